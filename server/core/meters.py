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
#: W: more than any connector delivers.
MOST_W = 1_000_000
#: Wh that a register told in kWh may be below the one of the start.
ROUNDED = 1_000
#: What `estimated` says, or ends with, of a session whose samples have a register of their own (MV-08).
PER_SESSION = "the register counts per session"
HISTORY_MINUTES = 60
SECOND = 1_000
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
            _apply(fleet, bus, connector, sample, at, transaction)
        row = MeterRow(
            charger.key, connector.connector_id, transaction.transaction_id if transaction else None, at, sample
        )
        bus.emit(EventKind.METER_RECORDED, at, charger.charger_id, row)


def _apply(
    fleet: Fleet, bus: Bus, connector: Connector, sample: MeterSample, at: int, transaction: Transaction | None
) -> None:
    power = sample.power_w
    register = sample.energy_wh
    if register is None:
        if power:
            connector.moved_at = at
    elif is_reading(connector, register, sample.context) and (
        transaction is None or _count(fleet, bus, transaction, register, sample.at, at)
    ):
        if power is None:
            power = _power_between(connector, register, sample.at)
        if register != connector.register_wh:
            connector.moved_at = at
        connector.register_wh = register
        connector.register_at = sample.at
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


def _count(fleet: Fleet, bus: Bus, transaction: Transaction, register: int, sampled_at: int, at: int) -> bool:
    """Count a reading for its session; False where it cannot be one."""
    estimated = transaction.estimated
    energy = energy_at(transaction, register, sampled_at, at)
    if energy is None:
        return False
    if energy > transaction.energy_wh:
        fleet.add_energy(energy - transaction.energy_wh, at)
        transaction.energy_wh = energy
    if transaction.estimated != estimated:
        bus.emit(EventKind.TRANSACTION_UPDATED, at, transaction.charger_id, transaction)
    return True


def is_reading(connector: Connector, register: int, context: str) -> bool:
    """Not so the zero at the begin of a session, nor one after a higher reading: a dropout (MV-09)."""
    return register > 0 or (not connector.register_wh and context != "Transaction.Begin")


def energy_at(transaction: Transaction, register: int, sampled_at: int, at: int) -> int | None:
    """Energy of the session at this reading; None where the reading cannot be one of it (MV-08, TX-15).

    Below the start a register may count from zero in every session: from then on it does so in this one. It is told
    from rounding, from a reading of before the session, and from a register that dropped out or was exchanged.
    """
    start = transaction.meter_start_wh
    if transaction.estimated and is_per_session(transaction):
        return register if _can_have_flowed(transaction, register, sampled_at, at) else None
    if register >= start:
        return register - start
    below = start - register
    if transaction.energy_wh or transaction.estimated or (below <= ROUNDED and register >= below):
        return None
    if sampled_at < transaction.started_at - SECOND or not _can_have_flowed(transaction, register, sampled_at, at):
        return None
    transaction.estimated = PER_SESSION
    return register


def is_per_session(transaction: Transaction) -> bool:
    return transaction.estimated.endswith(PER_SESSION)


def energy_of_stop(transaction: Transaction, meter_stop_wh: int) -> int:
    """Energy of a session whose register counts per session: which register the stop is of, is told by its samples."""
    metered = transaction.energy_wh
    possible = [wh for wh in (meter_stop_wh - transaction.meter_start_wh, meter_stop_wh) if wh >= metered]
    return min(possible, default=metered)


def _can_have_flowed(transaction: Transaction, energy_wh: int, sampled_at: int, at: int) -> bool:
    """Since the start, by either clock; a minute more, as times are rounded."""
    elapsed = max(sampled_at - transaction.started_at, at - transaction.start_received_at, 0) + MINUTE
    return energy_wh * 3_600_000 <= MOST_W * elapsed


def _power_between(connector: Connector, register: int, sampled_at: int) -> int | None:
    """Mean power since the last reading, for chargers that report energy alone; None when it cannot be told."""
    before, elapsed = connector.register_wh, sampled_at - connector.register_at
    if before is None or not connector.register_at or elapsed < 1_000 or register < before:
        return None
    power = (register - before) * 3_600_000 // elapsed
    return power if power <= MOST_W else None


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
