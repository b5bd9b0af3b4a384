"""Energy and power out of registers that are rounded, count per session, drop out, or are told late."""

from __future__ import annotations

import pytest

from server.core.core import Core
from server.core.ghosts import GRACE_MS
from server.model.charger import Charger
from server.model.observation import MeterReported, TransactionStarted, TransactionStopped
from server.model.status import ConnectorStatus
from server.model.transaction import MeterSample, Transaction
from tests.server.core.conftest import MINUTE, SECOND, T0, Report

PER_SESSION = "the register counts per session"


def start(core: Core, meter: int, at: int = T0) -> int:
    told = TransactionStarted("CP-0001", max(at, T0), 1, "A1B2C3", meter, at)
    return core.transaction_started(told).transaction_id


def sample(core: Core, register: int, at: int, transaction_id: int | None = None, received_at: int = 0) -> None:
    told = (MeterSample(at, energy_wh=register),)
    core.meter_reported(MeterReported("CP-0001", received_at or at, 1, transaction_id, told))


def running(charger: Charger) -> Transaction:
    found = charger.connectors[1].transaction
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("register", "at"),
    [
        (1_000_000, T0 + MINUTE),  # told in kWh, rounded
        (1_000_400, T0 + MINUTE),  # a little back
        (999_000, T0 - MINUTE),  # of the time before the session
        (3_000, T0 - MINUTE),
        (950_000, T0 + MINUTE),  # nothing that a minute can hold
        (0, T0 + MINUTE),  # a dropout
    ],
)
def test_a_reading_below_the_start_that_is_no_session_counts_nothing(
    core: Core, charger: Charger, register: int, at: int
) -> None:
    """MV-08, TX-15: no energy of the session, none of the day, no flag."""
    begun = start(core, 1_000_500)
    sample(core, register, at, None, T0 + MINUTE)

    assert (running(charger).energy_wh, running(charger).estimated) == (0, "")
    assert core.fleet.totals().energy_today_wh == 0
    core.transaction_stopped(TransactionStopped("CP-0001", T0 + 2 * MINUTE, begun, 1_003_200))
    assert core.fleet.totals().energy_today_wh == 2_700


@pytest.mark.parametrize("stopped_at", [10_000, 15_000])
def test_a_register_of_the_session_stays_one(core: Core, charger: Charger, stopped_at: int) -> None:
    """MV-08, Q04: also past the reading of the start; the stop may be told by either register."""
    begun = start(core, 5_000)
    for n, register in enumerate((0, 2_000, 4_000, 6_000, 10_000), start=1):
        sample(core, register, T0 + n * 10 * MINUTE, begun)
    session = running(charger)
    assert (session.energy_wh, session.estimated) == (10_000, PER_SESSION)

    core.transaction_stopped(TransactionStopped("CP-0001", T0 + 60 * MINUTE, begun, stopped_at))
    assert (session.energy_wh, session.estimated) == (10_000, PER_SESSION)
    assert core.fleet.totals().energy_today_wh == 10_000


def test_a_late_stop_of_a_register_of_the_session_counts_so_too(core: Core, charger: Charger, report: Report) -> None:
    """MV-08, SN-14: the estimate of a session that we closed ourselves is replaced by what its register says."""
    begun = start(core, 5_000)
    for n, register in enumerate((2_000, 9_000), start=1):
        sample(core, register, T0 + n * 10 * MINUTE, begun)
    report(ConnectorStatus.AVAILABLE, at=T0 + 30 * MINUTE)
    core.review(T0 + 30 * MINUTE + GRACE_MS)
    core.transaction_stopped(TransactionStopped("CP-0001", T0 + 60 * MINUTE, begun, 9_500))

    ended = charger.connectors[1].previous
    assert ended is not None and (ended.energy_wh, ended.estimated) == (9_500, PER_SESSION)


def test_a_register_that_drops_out_loses_nothing(core: Core, charger: Charger) -> None:
    """MV-09: what was counted stays, and what comes after it is counted from the start."""
    begun = start(core, 5_000)
    for n, register in enumerate((8_000, 0, 3, 9_000), start=1):
        sample(core, register, T0 + n * MINUTE, begun)
    assert (running(charger).energy_wh, running(charger).estimated) == (4_000, "")


def test_power_is_of_the_time_between_the_readings(core: Core, charger: Charger) -> None:
    """MV-13: a queue that is emptied fast was not filled fast: 2.5 kWh in a quarter of an hour are 10 kW."""
    begun = start(core, 1_000, T0 - 60 * MINUTE)
    for n in range(1, 4):
        sample(core, 1_000 + 2_500 * n, T0 - (60 - 15 * n) * MINUTE, begun, T0 + n * 1_100)
    assert (charger.connectors[1].power_w, charger.connectors[1].rated_w) == (10_000, 11_000)


@pytest.mark.parametrize("dropout", [0, 5])
def test_a_dropout_is_no_power(core: Core, charger: Charger, dropout: int) -> None:
    """MV-09: the reading after it is no jump of the register, and no rating of the connector."""
    begun = start(core, 100_000)
    for n, register in enumerate((103_000, dropout, 106_000), start=1):
        sample(core, register, T0 + n * 15 * MINUTE, begun)
    assert charger.connectors[1].rated_w <= 22_000


def test_more_than_a_connector_can_deliver_is_no_power(core: Core, charger: Charger) -> None:
    """MV-09: nor the rating of it."""
    begun = start(core, 100_000)
    sample(core, 600_000, T0 + MINUTE, begun)
    assert (charger.connectors[1].power_w, charger.connectors[1].rated_w) == (0, 0)


def test_readings_that_do_not_change_keep_no_session_open(core: Core, charger: Charger, report: Report) -> None:
    """SN-14: the clock-aligned values of an idle connector say nothing against its status."""
    start(core, 5_000)
    report(ConnectorStatus.AVAILABLE, at=T0 + SECOND)
    for n in range(1, 12):
        sample(core, 5_000, T0 + n * 20 * SECOND)
        core.review(T0 + n * 20 * SECOND)

    assert charger.connectors[1].transaction is None
