"""What the server keeps of a charger's password: enough to check one, never the password itself (SEC-07)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Scheme(StrEnum):
    """How a digest is made. The values stand in the database."""

    SCRYPT = "scrypt"  #: slow on purpose: for passwords that a person chose
    HMAC = "hmac-sha256"  #: fast: for keys of 16 random bytes and more, which nobody can guess


class Form(StrEnum):
    """How a charger sent its password (SEC-04)."""

    PLAIN = "plain text"
    DECODED = "decoded bytes"
    HEX_LOWER = "hex, lower case"
    HEX_UPPER = "hex, upper case"


class Sealed(NamedTuple):
    """A password that can only be compared. `is_key`: it was written as hex digits and stands for their bytes."""

    scheme: Scheme
    salt: bytes
    digest: bytes
    is_key: bool


@dataclass(slots=True)
class Credential:
    """The password of one charger. Only `server.core.credentials` writes.

    While a new key is on its way to the charger `coming` is accepted too: whether it took the key, only its next
    login tells (SEC-06). When answers were lost there may be several.
    """

    charger_id: str
    current: Sealed | None  #: None: none is asked for yet, a first key is on its way
    changed_at: int
    coming: tuple[Sealed, ...] = ()  #: the newest last
    after_reboot: bool = False  #: the charger took the last of `coming`, and uses it after its next reboot
    form: str = ""  #: how it was last sent, see `Form`; "" = not yet
    used_at: int = 0  #: last login, ms
    #: A slow one, and the same as a fast one, which is easy to guess from its digest: in memory alone.
    quick: tuple[Sealed, Sealed] | None = field(default=None, repr=False)
