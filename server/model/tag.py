"""Id tags: who may charge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from server.model.status import TagStatus

#: Characters of a tag in OCPP 1.6; chargers send longer ones.
LONGEST_TAG = 20
#: Chargers add a character to tags of full length and then cannot stop with them (AUTH-04).
LONGEST_OF_OURS = 19

_HEX_PARTS = re.compile(r"[0-9a-f]{2}([: -][0-9a-f]{2})+")


def tag_key(id_tag: str) -> str:
    """By this two spellings of one tag are the same: capitals, blanks around it, controls in it, and the separators of
    hex digits do not count (AUTH-02)."""
    if id_tag.isalnum():  # as nearly all are: there is nothing to leave out
        return id_tag.casefold()
    key = id_tag if id_tag.isprintable() else "".join(filter(str.isprintable, id_tag))
    key = key.strip().casefold()
    return re.sub("[: -]", "", key) if _HEX_PARTS.fullmatch(key) else key


def is_echo(told: str, asked: str) -> bool:
    """Does a charger that was given the tag `asked` mean it by `told`? Some add a character to a full one (Q42)."""
    if len(asked) == LONGEST_TAG and len(told) == LONGEST_TAG + 1:
        told = told[:LONGEST_TAG]
    return tag_key(told) == tag_key(asked)


@dataclass(slots=True)
class IdTag:
    """One id tag. Compared case-insensitively (AUTH-02); `id_tag` keeps the spelling of its first writer."""

    id_tag: str
    status: TagStatus = TagStatus.ACCEPTED
    expires_at: int | None = None
    parent_id_tag: str = ""
    note: str = ""

    def status_at(self, at: int) -> TagStatus:
        """What it is worth at the time `at`, ms: one that was accepted expires by itself."""
        is_over = self.expires_at is not None and self.expires_at <= at
        return TagStatus.EXPIRED if is_over and self.status is TagStatus.ACCEPTED else self.status


@dataclass(frozen=True, slots=True)
class LocalListEntry:
    """One tag of a local authorization list. `status` None deletes it in a differential update (LL-02)."""

    id_tag: str
    status: TagStatus | None = TagStatus.ACCEPTED
    expires_at: int | None = None
    parent_id_tag: str = ""


class TagVerdict(NamedTuple):
    """The answer about a tag, as Authorize, StartTransaction and StopTransaction carry it."""

    status: TagStatus
    expires_at: int | None = None
    parent_id_tag: str = ""
