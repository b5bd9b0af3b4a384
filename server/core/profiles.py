"""Charging profiles that a charger keeps, and what it says it will do: known from what it was asked and accepted.

A charger never lists its profiles (OCPP 1.6 has no message for it), so this is the only place where they can be seen.
"""

from __future__ import annotations

from dataclasses import replace

from server.core.bus import Bus
from server.model.charger import Charger
from server.model.command import Operation, RemoteStart
from server.model.event import EventKind
from server.model.guards.profiles import slot_of
from server.model.operations import ClearChargingProfile, SetChargingProfile
from server.model.profile import (
    AwaitedProfile,
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    InstalledProfile,
    ProfilePurpose,
)
from server.model.rates import fitted
from server.model.tag import is_echo
from server.model.transaction import Transaction

#: A session that was asked for begins within this, or never (ConnectionTimeOut of the charger).
PATIENCE_MS = 600_000
MOST_AWAITED = 20  #: remote starts of a charger whose connector is not known yet


def installed(bus: Bus, charger: Charger, asked: Operation, at: int, asked_at: int | None = None) -> None:
    """The charger accepted what it was asked at `asked_at`, or just now.

    The same id, and the same purpose and level on the connector, are replaced (SC-02).
    """
    match fitted(charger, asked):
        case SetChargingProfile(connector_id=connector_id, profile=profile):
            _install(bus, charger, connector_id, profile, at)
        case RemoteStart(connector_id=int() as connector_id, profile=ChargingProfile() as profile):
            _install(bus, charger, connector_id, profile, at)
        case RemoteStart(connector_id=None, id_tag=id_tag, profile=ChargingProfile() as profile):
            _await(bus, charger, AwaitedProfile(id_tag, profile, at if asked_at is None else asked_at), at)


def _await(bus: Bus, charger: Charger, awaited: AwaitedProfile, at: int) -> None:
    """Which connector it is for the charger shows when the session begins, or it has shown that already (TX-22)."""
    young = _young(charger, at)
    _set_awaited(bus, charger, [*young, awaited][-MOST_AWAITED:], at)
    begun = [t for t in charger.open_transactions() if _is_for(awaited, t)]
    if begun:
        session_began(bus, charger, max(begun, key=lambda t: t.transaction_id), at)


def _young(charger: Charger, at: int) -> list[AwaitedProfile]:
    return [known for known in charger.awaited_profiles if at - known.asked_at <= PATIENCE_MS]


def _set_awaited(bus: Bus, charger: Charger, awaited: list[AwaitedProfile], at: int) -> None:
    if awaited != charger.awaited_profiles:
        charger.awaited_profiles = awaited
        bus.emit(EventKind.PROFILE_AWAITED, at, charger.charger_id, charger)


def _is_for(awaited: AwaitedProfile, begun: Transaction) -> bool:
    """Tags compare as AUTH-02 says; a session that was there before was not asked for, nor is its repeat."""
    waited_ms = begun.start_received_at - awaited.asked_at
    return 0 <= waited_ms <= PATIENCE_MS and is_echo(begun.id_tag, awaited.id_tag)


def _install(bus: Bus, charger: Charger, connector_id: int, profile: ChargingProfile, at: int) -> None:
    slot = slot_of(charger, connector_id, profile)
    kept = InstalledProfile(charger.charger_id, connector_id, replace(profile, stack_level=slot[2]), at)
    for known in list(charger.profiles.values()):
        if known.profile.profile_id == profile.profile_id and known.slot != slot:
            _end(bus, charger, known, at)
    charger.profiles[slot] = kept
    bus.emit(EventKind.PROFILE_INSTALLED, at, charger.charger_id, kept)
    connector = charger.connectors.get(connector_id)
    if connector is not None and connector.transaction is not None:  # it began before the answer was handled
        _bind(bus, charger, connector.transaction, at)


def cleared(bus: Bus, charger: Charger, asked: ClearChargingProfile, at: int) -> None:
    """What fits all that was named is gone; an id names one alone (SC-06)."""
    for known in list(charger.profiles.values()):
        if _is_meant(charger, known, asked):
            _end(bus, charger, known, at)


def _is_meant(charger: Charger, known: InstalledProfile, asked: ClearChargingProfile) -> bool:
    if asked.profile_id is not None:
        return known.profile.profile_id == asked.profile_id
    level = 0 if charger.options.stack_level_zero and asked.stack_level is not None else asked.stack_level
    return (
        asked.connector_id in (None, known.connector_id)
        and asked.purpose in (None, known.profile.purpose)
        and level in (None, known.profile.stack_level)
    )


def session_began(bus: Bus, charger: Charger, begun: Transaction, at: int) -> None:
    """A profile that came with a remote start belongs to this session now."""
    awaited = next((known for known in charger.awaited_profiles if _is_for(known, begun)), None)
    if awaited is not None:
        _set_awaited(bus, charger, [known for known in charger.awaited_profiles if known is not awaited], at)
        _install(bus, charger, begun.connector_id, awaited.profile, at)
    _bind(bus, charger, begun, at)


def _bind(bus: Bus, charger: Charger, begun: Transaction, at: int) -> None:
    for known in list(charger.profiles.values()):
        waits = known.profile.purpose is ProfilePurpose.TX and known.profile.transaction_id is None
        if waits and known.connector_id == begun.connector_id:
            bound = replace(known, profile=replace(known.profile, transaction_id=begun.transaction_id))
            charger.profiles[known.slot] = bound
            bus.emit(EventKind.PROFILE_INSTALLED, at, charger.charger_id, bound)


def settle(bus: Bus, charger: Charger, at: int) -> None:
    """Drop what is over: profiles of sessions that ended, or never began, and those whose time is over."""
    _set_awaited(bus, charger, _young(charger, at), at)
    for known in list(charger.profiles.values()):
        if _is_over(charger, known, at):
            _end(bus, charger, known, at)


def _is_over(charger: Charger, known: InstalledProfile, at: int) -> bool:
    profile = known.profile
    if profile.valid_to is not None and profile.valid_to <= at:
        return True
    if profile.purpose is not ProfilePurpose.TX:
        return False
    if profile.transaction_id is None:
        return at - known.installed_at > PATIENCE_MS
    connector = charger.connectors.get(known.connector_id)
    running = connector.transaction if connector is not None else None
    return running is None or profile.transaction_id not in (running.transaction_id, running.charger_calls_it)


def told(bus: Bus, charger: Charger, connector_id: int, schedule: ChargingSchedule | None, at: int) -> None:
    """The answer to GetCompositeSchedule; one without a schedule says that nothing limits the connector."""
    if schedule is not None:
        answer = CompositeSchedule(charger.charger_id, connector_id, schedule, at)
        charger.schedules[connector_id] = answer
        bus.emit(EventKind.SCHEDULE_TOLD, at, charger.charger_id, answer)


def _end(bus: Bus, charger: Charger, known: InstalledProfile, at: int) -> None:
    del charger.profiles[known.slot]
    bus.emit(EventKind.PROFILE_ENDED, at, charger.charger_id, known)
