"""What the answers of a charger teach about it: limits, versions, what it refuses, has reserved, and will do."""

from __future__ import annotations

from server.core import profiles, reservations
from server.core.bus import Bus
from server.model.charger import Charger
from server.model.command import Command, CommandState, GetConfiguration, RemoteStart
from server.model.configuration import ConfigItem
from server.model.event import EventKind, ReadConfiguration
from server.model.operations import (
    CancelReservation,
    ClearChargingProfile,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetLocalListVersion,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    TriggerMessage,
)
from server.model.secret import is_secret


def learn(bus: Bus, charger: Charger, command: Command, state: CommandState, at: int) -> None:
    """`command` was answered just now; `state` is what the answer means, also where it came too late to count."""
    accepted = state is CommandState.ACCEPTED
    match command.operation:
        case GetConfiguration() if accepted:
            _configuration(bus, charger, command.items, at)
        case TriggerMessage(message=message) | ExtendedTriggerMessage(message=message):
            _trigger(charger, message, state, command.status)
        case GetLocalListVersion() | SendLocalList():
            _local_list(bus, charger, command, state, at)
        case ReserveNow() as asked if accepted:
            reservations.made(bus, charger, asked, command.sent_at, at)
        case CancelReservation(reservation_id=reservation_id) if accepted:
            reservations.cancelled(bus, charger, reservation_id, at)
        case SetChargingProfile() | RemoteStart() as asked if accepted:
            profiles.installed(bus, charger, asked, at, command.sent_at)
        case ClearChargingProfile() as asked if accepted:
            profiles.cleared(bus, charger, asked, at)
        case GetCompositeSchedule(connector_id=connector_id) if accepted:
            profiles.told(bus, charger, connector_id, command.schedule, at)


def _configuration(bus: Bus, charger: Charger, items: tuple[ConfigItem, ...], at: int) -> None:
    """Keep what the charger says of its keys. Secrets are not kept (SEC-07)."""
    kept = tuple(item._replace(value=None) if is_secret(item.key) else item for item in items)
    charger.configuration.update((item.key.casefold(), item) for item in kept)
    if kept:
        bus.emit(EventKind.CONFIGURATION_READ, at, charger.charger_id, ReadConfiguration(charger, kept))


def _trigger(charger: Charger, message: str, state: CommandState, status: str) -> None:
    """Remember what it does not send when asked, until it does (TRG-02)."""
    if state is CommandState.ACCEPTED:
        charger.refused_triggers.pop(message, None)
    elif state is CommandState.REJECTED:
        charger.refused_triggers[message] = status


def _local_list(bus: Bus, charger: Charger, command: Command, state: CommandState, at: int) -> None:
    version = charger.local_list_version
    if isinstance(command.operation, SendLocalList):
        if state is CommandState.ACCEPTED:
            version = command.operation.list_version
    elif command.response is not None and state in (CommandState.ACCEPTED, CommandState.REJECTED):
        told = command.response.get("listVersion")
        version = told if isinstance(told, int) else version
    if version != charger.local_list_version:
        charger.local_list_version = version
        bus.emit(EventKind.CHARGER_CHANGED, at, charger.charger_id, charger)
