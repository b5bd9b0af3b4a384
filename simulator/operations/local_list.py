"""Local authorisation list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.link import Reply
from simulator.operations.replies import BadPayload, chosen, number, status
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


def get_version(station: Station, payload: Payload) -> Reply:
    is_on = station.configuration.flag("LocalAuthListEnabled")
    return Reply({"listVersion": station.authority.local_list.version if is_on else -1})


def send(station: Station, payload: Payload) -> Reply:
    version = number(payload, "listVersion")
    kind = chosen(payload, "updateType", "Full", "Differential")
    rows = payload.get("localAuthorizationList", [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) and "idTag" in row for row in rows)):
        raise BadPayload("localAuthorizationList must be a list of objects with an idTag")
    if not station.configuration.flag("LocalAuthListEnabled"):
        return status("NotSupported")
    verdict = station.authority.local_list.update(version, kind, rows)
    return status(verdict, then=lambda: _settle_conflict(station) if verdict == "Accepted" else None)


def _settle_conflict(station: Station) -> None:
    """A new list: whatever the old one contradicted the CSMS in is over."""
    trouble = station.main.trouble
    if trouble is not None and trouble.error_code == "LocalListConflict":
        station.board.clear(station.main)
