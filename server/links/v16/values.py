"""Reads single fields within the bounds that state and database hold, whatever the number on the wire was."""

from __future__ import annotations

from server.links.v16.times import write_time
from server.model.tag import TagVerdict

MAX_CONNECTOR_ID = 999
MAX_WH = 2**53
MAX_INT64 = 2**63 - 1

TagInfo = dict[str, str]


def connector_id(value: object) -> int | None:
    """None when it is no connector: hostile numbers must not create connectors (SN-09 creates the others)."""
    return value if isinstance(value, int) and 0 <= value <= MAX_CONNECTOR_ID else None


def transaction_id(value: object) -> int | None:
    return whole_number(value)


def whole_number(value: object) -> int | None:
    return value if isinstance(value, int) and -MAX_INT64 <= value <= MAX_INT64 else None


def watt_hours(value: object) -> int | None:
    return value if isinstance(value, int) and -MAX_WH <= value <= MAX_WH else None


def tag_info(verdict: TagVerdict) -> TagInfo:
    """`idTagInfo` of an answer (OCPP 1.6 edition 2, section 7.8)."""
    info: TagInfo = {"status": verdict.status}
    if verdict.expires_at is not None:
        info["expiryDate"] = write_time(verdict.expires_at)
    if verdict.parent_id_tag:
        info["parentIdTag"] = verdict.parent_id_tag
    return info
