"""Effects that show in the state of connectors: service, reservations."""

from __future__ import annotations

from collections.abc import Callable

from server.model.charger import Charger, Connector
from server.model.event import Event
from server.model.operations import CancelReservation, ChangeAvailability, ReserveNow
from server.model.status import ConnectorStatus
from server.operations.expected import Expected, Limits

_OUT_OF_SERVICE = frozenset({ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED})
_IN_SERVICE = frozenset(ConnectorStatus) - {ConnectorStatus.UNAVAILABLE, ConnectorStatus.UNKNOWN}


def of_availability(operation: ChangeAvailability, limits: Limits) -> tuple[Expected, ...]:
    """Connector 0 is the whole charger: it may report for itself alone, or for each connector."""
    wanted = _IN_SERVICE if operation.operative else _OUT_OF_SERVICE
    word = "in service" if operation.operative else "out of service"
    if operation.connector_id == 0:
        return (Expected(f"charger {word}", _whole(wanted), limits.status, f"the charger is not {word}"),)
    return (_connector(operation.connector_id, word, lambda c: c.status in wanted, limits),)


def of_reservation(operation: ReserveNow, limits: Limits) -> tuple[Expected, ...]:
    """Which connector is kept for connector 0 the charger does not tell."""
    if operation.connector_id == 0:
        return ()
    return (_connector(operation.connector_id, "reserved", lambda c: c.status is ConnectorStatus.RESERVED, limits),)


def of_cancelling(operation: CancelReservation, charger: Charger, limits: Limits) -> tuple[Expected, ...]:
    """Expected only of a connector that says it is reserved now."""
    reservation = charger.reservations.get(operation.reservation_id)
    connector = charger.connectors.get(reservation.connector_id) if reservation is not None else None
    if connector is None or connector.status is not ConnectorStatus.RESERVED:
        return ()
    return (_connector(connector.connector_id, "free", lambda c: c.status is not ConnectorStatus.RESERVED, limits),)


def _connector(connector_id: int, word: str, is_so: Callable[[Connector], bool], limits: Limits) -> Expected:
    def sight(charger: Charger, event: Event | None) -> str | None:
        connector = charger.connectors.get(connector_id)
        return str(connector.status) if connector is not None and is_so(connector) else None

    def hint(charger: Charger) -> str:
        connector = charger.connectors.get(connector_id)
        return "" if connector is None else f"it is {connector.status}"

    told = f"connector {connector_id}"
    return Expected(f"{told} {word}", sight, limits.status, f"{told} is not {word}", hint=hint)


def _whole(wanted: frozenset[ConnectorStatus]) -> Callable[[Charger, Event | None], str | None]:
    def sight(charger: Charger, event: Event | None) -> str | None:
        if event is not None and event.subject is charger.main and charger.main.status in wanted:
            return str(charger.main.status)
        places = charger.connectors.values()
        return "" if places and all(c.status in wanted for c in places) else None

    return sight
