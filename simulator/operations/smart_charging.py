"""Smart charging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import messages
from simulator.charging_profiles import Unfit, read_profile
from simulator.clock import wall_ms
from simulator.link import Reply
from simulator.operations.replies import connector_id, inside, number, optional_number, status
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


def set_profile(station: Station, payload: Payload) -> Reply:
    wanted = connector_id(station, payload)
    try:
        profile = read_profile(inside(payload, "csChargingProfiles"))
    except Unfit:
        return status("Rejected")
    return status("Rejected" if wanted is None else station.load.install(wanted, profile))


def clear_profile(station: Station, payload: Payload) -> Reply:
    found = station.load.clear(
        optional_number(payload, "id"),
        optional_number(payload, "connectorId"),
        payload.get("chargingProfilePurpose"),
        optional_number(payload, "stackLevel"),
    )
    return status("Accepted" if found else "Unknown")


def get_composite_schedule(station: Station, payload: Payload) -> Reply:
    wanted, duration_s = connector_id(station, payload), number(payload, "duration")
    if wanted is None or duration_s <= 0:
        return status("Rejected")
    unit = "A" if payload.get("chargingRateUnit") == "A" else "W"
    return Reply(
        {
            "status": "Accepted",
            "connectorId": wanted,
            "scheduleStart": messages.utc(wall_ms()),
            "chargingSchedule": station.load.composite(wanted, duration_s, unit),
        }
    )
