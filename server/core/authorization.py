"""May this id tag charge? (OCPP 1.6 edition 2, section 7.2; rules AUTH-01 to AUTH-03)."""

from __future__ import annotations

from server.core.fleet import Fleet
from server.model.observation import TransactionStarted
from server.model.status import TagStatus
from server.model.tag import TagVerdict, tag_key

_INVALID = TagVerdict(TagStatus.INVALID)
_ACCEPTED = TagVerdict(TagStatus.ACCEPTED)


def verdict(fleet: Fleet, id_tag: str, at: int, accept_unknown: bool) -> TagVerdict:
    """The verdict at time `at` (ms). Unknown tags follow the policy of `[tags] unknown`."""
    tag = fleet.find_tag(id_tag)
    if tag is None:
        return _ACCEPTED if accept_unknown else _INVALID
    return TagVerdict(tag.status_at(at), tag.expires_at, tag.parent_id_tag)


def alone(fleet: Fleet, start: TransactionStarted, found: TagVerdict) -> TagVerdict:
    """`found`, or ConcurrentTx when the tag runs a session elsewhere (AUTH-01); its own first try is none (TX-05)."""
    if found.status is not TagStatus.ACCEPTED:
        return found
    here = (start.charger_id, start.connector_id)
    for running in fleet.running(start.id_tag):
        if running.connector_id and (running.charger_id, running.connector_id) != here:  # nobody ever ends one at 0
            return found._replace(status=TagStatus.CONCURRENT_TX)
    return found


def same_group(fleet: Fleet, one: str, other: str) -> bool:
    """The same tag, or two of one group: equal parents. A parent is never compared with a presented tag (AUTH-03)."""
    if tag_key(one) == tag_key(other):
        return True
    first, second = fleet.find_tag(one), fleet.find_tag(other)
    if first is None or second is None or not first.parent_id_tag:
        return False
    return first.parent_id_tag.casefold() == second.parent_id_tag.casefold()
