"""Charging profiles, those that wait for their session, and composite schedules as rows: the typed object is JSON."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import aiosqlite
import orjson

from server.model.charger import Charger
from server.model.profile import (
    AwaitedProfile,
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    InstalledProfile,
)
from server.store.commands import typed
from server.store.tables import upsert
from server.store.wide import to_json

log = logging.getLogger("ocpp_console.store")

_SLOT = ("charger_id", "connector_id", "purpose", "stack_level")
UPSERT_PROFILE = upsert("charging_profiles", _SLOT, ("profile", "installed_at"))
DELETE_PROFILE = """
DELETE FROM charging_profiles WHERE charger_id = ? AND connector_id = ? AND purpose = ? AND stack_level = ?
"""
UPSERT_SCHEDULE = upsert("composite_schedules", ("charger_id", "connector_id"), ("schedule", "told_at"))
DELETE_SCHEDULE = "DELETE FROM composite_schedules WHERE charger_id = ? AND connector_id = ?"
#: All of a charger in one row, oldest first; no row when nothing waits.
UPSERT_AWAITED = upsert("awaited_profiles", ("charger_id",), ("profiles",))
DELETE_AWAITED = "DELETE FROM awaited_profiles WHERE charger_id = ?"

SELECT_PROFILES = """
SELECT charger_id, connector_id, profile, installed_at FROM charging_profiles
ORDER BY charger_id, connector_id, purpose, stack_level
"""
SELECT_SCHEDULES = "SELECT charger_id, connector_id, schedule, told_at FROM composite_schedules"
SELECT_AWAITED = "SELECT charger_id, profiles FROM awaited_profiles"


def slot_params(installed: InstalledProfile) -> tuple[str | int, ...]:
    connector_id, purpose, stack_level = installed.slot
    return installed.charger_id, connector_id, purpose.value, stack_level


def profile_params(installed: InstalledProfile) -> tuple[str | int, ...]:
    return *slot_params(installed), to_json(asdict(installed.profile)), installed.installed_at


def schedule_params(told: CompositeSchedule) -> tuple[str | int, ...]:
    return told.charger_id, told.connector_id, to_json(asdict(told.schedule)), told.told_at


def awaited_params(charger: Charger) -> tuple[str, str]:
    return charger.charger_id, to_json([asdict(awaited) for awaited in charger.awaited_profiles])


async def attach_profiles(db: aiosqlite.Connection, chargers: Mapping[str, Charger]) -> None:
    """Give the chargers their profiles and schedules back. A row that makes no sense is told to the log."""
    for charger_id, connector_id, text, at in await db.execute_fetchall(SELECT_PROFILES):
        charger, profile = chargers.get(charger_id), _read(ChargingProfile, text)
        if charger is not None and profile is not None:
            installed = InstalledProfile(charger_id, connector_id, profile, at)
            charger.profiles[installed.slot] = installed
    for charger_id, connector_id, text, at in await db.execute_fetchall(SELECT_SCHEDULES):
        charger, schedule = chargers.get(charger_id), _read(ChargingSchedule, text)
        if charger is not None and schedule is not None:
            charger.schedules[connector_id] = CompositeSchedule(charger_id, connector_id, schedule, at)
    for charger_id, text in await db.execute_fetchall(SELECT_AWAITED):
        charger, awaited = chargers.get(charger_id), _read(tuple[AwaitedProfile, ...], text)
        if charger is not None and awaited is not None:
            charger.awaited_profiles = list(awaited)


def _read(kind: Any, text: str) -> Any:
    try:
        return typed(kind, orjson.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        log.warning("a stored charging profile cannot be read: %s", error)
        return None
