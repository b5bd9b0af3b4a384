"""Meter samples: live values of a connector, energy of its transaction, rows for the store."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from server.core.bus import Bus
from server.core.fleet import Fleet
from server.model.charger import Charger, Connector
from server.model.event import EventKind
from server.model.transaction import MeterRow, MeterSample, Transaction

#: Usual sizes of connectors in W: a connector is the smallest that holds the highest power seen.
RATINGS = (3_700, 7_400, 11_000, 22_000, 43_000, 50_000, 75_000, 100_000, 150_000, 180_000, 250_000, 350_000, 400_000)
HISTORY_MINUTES = 60
MINUTE = 60_000


def record(
    fleet: Fleet,
    bus: Bus,
    charger: Charger,
    connector: Connector,
    samples: Iterable[MeterSample],
    at: int,
    transaction: Transaction | None,
) -> None:
    """Take `samples` of `connector`, oldest first; `transaction` is the one they belong to, open or ended (TX-17)."""
    for sample in samples:
        if transaction is None or transaction.is_open:
            _apply(fleet, connector, sample, at, transaction)
        row = MeterRow(
            charger.key, connector.connector_id, transaction.transaction_id if transaction else None, at, sample
        )
        bus.emit(EventKind.METER_RECORDED, at, charger.charger_id, row)


def _apply(fleet: Fleet, connector: Connector, sample: MeterSample, at: int, transaction: Transaction | None) -> None:
    power = sample.power_w
    register = sample.energy_wh
    if register is not None and not (register == 0 and sample.context == "Transaction.Begin"):  # MV-09
        if power is None:
            power = _power_between(connector, register, at)
        connector.register_wh = register
        if transaction is not None:
            _count(fleet, transaction, register, at)
    if power is not None:
        connector.power_w = power
        _remember_power(connector, at, power)
        if power > connector.rated_w:
            connector.rated_w = rating(power)
    if sample.offered_w is not None and sample.offered_w > connector.rated_w:
        connector.rated_w = sample.offered_w
    if sample.current_ma is not None:
        connector.current_ma = sample.current_ma
    if sample.voltage_mv is not None:
        connector.voltage_mv = sample.voltage_mv
    if sample.soc_percent is not None:
        connector.soc_percent = sample.soc_percent
    connector.metered_at = at


def _count(fleet: Fleet, transaction: Transaction, register: int, at: int) -> None:
    energy = register - transaction.meter_start_wh
    if energy < 0:  # MV-08: the register counts from zero in every session
        energy = register
        transaction.estimated = "the register counts per session"
    if energy > transaction.energy_wh:
        fleet.add_energy(energy - transaction.energy_wh, at)
        transaction.energy_wh = energy


def _power_between(connector: Connector, register: int, at: int) -> int | None:
    """Mean power since the last reading, for chargers that report energy alone; None when it cannot be told."""
    before, elapsed = connector.register_wh, at - connector.metered_at
    if before is None or not connector.metered_at or elapsed < 1_000 or register < before:
        return None
    return (register - before) * 3_600_000 // elapsed


def rating(power_w: int) -> int:
    """The usual connector size that holds this power; 3 % above a size still counts as that size."""
    i = bisect_left(RATINGS, power_w * 100 // 103)
    return max(RATINGS[i], power_w) if i < len(RATINGS) else power_w


def _remember_power(connector: Connector, at: int, power_w: int) -> None:
    minute = at // MINUTE
    history = connector.power_history
    if history and history[-1][0] == minute:
        history[-1] = (minute, power_w)
        return
    history.append((minute, power_w))
    if len(history) > HISTORY_MINUTES:
        del history[0]
