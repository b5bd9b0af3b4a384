"""What can be asked for beside the controls: look, wait, count. The prompt and the JSON mode carry out the same."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.connector import Connector, Refused
from simulator.controls import CONTROLS, Field, Values, perform
from simulator.messages import utc
from simulator.words import Status

LONGEST_WAIT_S = 86_400.0


class Said(NamedTuple):
    """What came of it: a sentence part in the past tense, and for programs the facts."""

    text: str
    facts: dict[str, Any] | None = None


class Order(NamedTuple):
    name: str
    help: str
    fields: tuple[Field, ...]
    work: Callable[[ChargePoint, Values], Awaitable[Said]]


class Quit(Exception):
    """The person or the program has had enough."""


async def carry_out(station: ChargePoint, name: str, given: Mapping[str, str], tag: str) -> Said:
    """Do it, a control or an order. `Refused` with a sentence when it cannot be, `Quit` when that was it.

    `tag` is taken where one is wanted and none is given.
    """
    order = ORDERS.get(name)
    if order is None:
        return Said(perform(station, name, with_tag(name, given, tag)))
    return await order.work(station, _complete(order, given))


def with_tag(name: str, given: Mapping[str, str], tag: str) -> dict[str, str]:
    """`given`, with `tag` as the default of a field of that name."""
    control = CONTROLS.get(name)
    wants = control is not None and any(field.name == "tag" for field in control.fields)
    return {"tag": tag, **given} if wants else dict(given)


def _complete(order: Order, given: Mapping[str, str]) -> Values:
    names = {field.name: field.default for field in order.fields}
    if unknown := [name for name in given if name not in names]:
        raise Refused(f"{order.name} takes {', '.join(names) or 'no values'}, not {unknown[0]!r}.")
    values = {name: given.get(name, default) for name, default in names.items()}
    for name, value in values.items():
        if value is None:
            raise Refused(f"{order.name} needs a value for {name}.")
    return {name: value for name, value in values.items() if value is not None}


def state_of(connector: Connector) -> dict[str, Any]:
    """A connector for programs: kW, kWh, UTC; None where there is nothing."""
    face, session = connector.face, connector.session
    return {
        "connector": connector.connector_id,
        "status": face.status.value,
        "errorCode": face.error_code,
        "vendorId": face.vendor_id or None,
        "vendorErrorCode": face.vendor_error_code or None,
        "info": face.info or None,
        "cable": connector.cable,
        "idTag": session.id_tag if session is not None else None,
        "transactionId": session.transaction_id if session is not None else None,
        "powerKw": round(connector.power_w / 1000, 3),
        "energyKwh": round(connector.session_wh / 1000, 3),
        "meterKwh": round(connector.register_wh / 1000, 3),
        "since": utc(connector.since or wall_ms()),
    }


async def delivered(station: ChargePoint, seconds: float) -> bool:
    """Wait until nothing is left to be sent, at most `seconds`; False when something is."""
    try:
        await station.until(lambda: station.outbox.next(math.inf) is None, seconds)
    except TimeoutError:
        return False
    return True


async def _status(station: ChargePoint, _values: Values) -> Said:
    station.look()
    connectors = [state_of(connector) for connector in (station.main, *station.connectors.values())]
    facts = {"registered": station.registered, "lastError": station.last_error or None, "connectors": connectors}
    return Said("status", facts)


async def _stats(station: ChargePoint, _values: Values) -> Said:
    counters = asdict(station.counters)
    del counters["latency_ms"]
    percentiles = {f"latency_p{p}_ms": round(station.counters.percentile(p / 100), 1) for p in (50, 99)}
    return Said("statistics", counters | percentiles | {"waiting": station.outbox.waiting})


async def _wait(station: ChargePoint, values: Values) -> Said:
    seconds = _seconds(values)
    await station.clock.sleep(seconds)
    return Said(f"waited {seconds:g} s")


async def _wait_for(station: ChargePoint, values: Values) -> Said:
    what, seconds = values["what"], _seconds(values)
    condition = _condition(station, what, values["connector"])
    try:
        await station.until(condition, station.clock.real(seconds))
    except TimeoutError:
        raise Refused(f"{what} did not come within {seconds:g} s.") from None
    return Said(f"{what} has come")


def _condition(station: ChargePoint, what: str, number: str) -> Callable[[], object]:
    match what.lower():
        case "online":
            return lambda: station.registered
        case "offline":
            return lambda: not station.registered
        case "delivered":
            return lambda: station.outbox.next(math.inf) is None
    found = {status.value.lower(): status for status in Status}.get(what.lower())
    if found is None:
        names = ", ".join(Status)
        raise Refused(f"{what!r} is nothing to wait for: online, offline, delivered, {names}.")
    connector = station.connectors.get(int(number) if number.isascii() and number.isdigit() else -1)
    if connector is None:
        raise Refused(f"There is no connector {number}: choose 1 to {len(station.connectors)}.")
    return lambda: connector.status is found


def _seconds(values: Values) -> float:
    try:
        seconds = float(values["seconds"])
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_WAIT_S:
        raise Refused(f"seconds is a number up to {LONGEST_WAIT_S:g}, not {values['seconds']!r}.")
    return seconds


async def _quit(_station: ChargePoint, _values: Values) -> Said:
    raise Quit


ORDERS: dict[str, Order] = {
    order.name: order
    for order in (
        Order("status", "how every connector stands", (), _status),
        Order("stats", "how the wire did so far", (), _stats),
        Order("wait", "do nothing for a while", (Field("seconds", "Seconds"),), _wait),
        Order(
            "wait-for",
            "until a connector has a status, or `online`, `offline`, `delivered`",
            (
                Field("what", "Status"),
                Field("connector", "Connector", "1"),
                Field("seconds", "At most, seconds", "60"),
            ),
            _wait_for,
        ),
        Order("quit", "deliver what waits and leave", (), _quit),
    )
}
