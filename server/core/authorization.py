"""May this id tag charge? (OCPP 1.6 edition 2, section 7.2; rules AUTH-01 to AUTH-03)."""

from __future__ import annotations

from server.core.fleet import Fleet
from server.model.status import TagStatus
from server.model.tag import TagVerdict


def verdict(fleet: Fleet, id_tag: str, at: int, accept_unknown: bool) -> TagVerdict:
    """The verdict at time `at` (ms). Unknown tags follow the policy of `[tags] unknown`."""
    tag = fleet.find_tag(id_tag)
    if tag is None:
        return TagVerdict(TagStatus.ACCEPTED if accept_unknown else TagStatus.INVALID)
    status = tag.status
    if status is TagStatus.ACCEPTED and tag.expires_at is not None and tag.expires_at <= at:
        status = TagStatus.EXPIRED
    return TagVerdict(status, tag.expires_at, tag.parent_id_tag)
