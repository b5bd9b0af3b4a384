"""Id tags: who may charge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from server.model.status import TagStatus


@dataclass(slots=True)
class IdTag:
    """One id tag. Compared case-insensitively (AUTH-02); `id_tag` keeps the spelling of its first writer."""

    id_tag: str
    status: TagStatus = TagStatus.ACCEPTED
    expires_at: int | None = None
    parent_id_tag: str = ""
    note: str = ""


class LocalListEntry(NamedTuple):
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
