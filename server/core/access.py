"""Who may connect, as console, API and command line administrate it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from server.model.charger import Charger
from server.model.command import Command


class AccessChange(NamedTuple):
    """What is to be changed of a charger; None = as it is. `password` "" = none is asked for any more."""

    alias: str | None = None
    enabled: bool | None = None
    password: str | None = None
    profile: int | None = None  #: OCPP security profile 0 to 3: the least it must come with


class PasswordState(NamedTuple):
    """What may be told about a password (SEC-07)."""

    is_set: bool
    form: str = ""  #: how the charger sent it last, see `server.model.credential.Form`
    changed_at: int = 0
    used_at: int = 0
    is_changing: bool = False  #: a new key is on its way: both are accepted


class Access(Protocol):
    async def put(self, charger_id: str, change: AccessChange) -> Charger:
        """Register the charger when nobody knows it, then change what is given. `ValueError` in words for a password
        that no charger can send."""

    async def generate_password(self, charger_id: str) -> str:
        """A new key of the charger, to be typed into it; this is the only time that it is told. `KeyError`: unknown."""

    async def rotate_key(self, charger_id: str, operator: str, wait: float = 30.0) -> Command:
        """Give the charger a new key over OCPP. `KeyError` when there is no such charger."""

    def remove(self, charger_id: str) -> None:
        """Forget the charger. `KeyError` when there is none, `ValueError` in words when it must not go now."""

    def password_of(self, charger_id: str) -> PasswordState: ...
