"""Sessions that end unsaid, begin unseen, or are told late."""

from __future__ import annotations

import pytest

from server.core import roster
from server.core.core import Core, Policy
from server.core.ghosts import GRACE_MS
from server.core.reboots import LIMIT, WINDOW_MS
from server.model.charger import Charger
from server.model.observation import (
    Booted,
    Connected,
    Disconnected,
    MeterReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus, Severity, TagStatus, TransactionState
from server.model.tag import IdTag
from server.model.transaction import MeterSample
from tests.server.core.conftest import MINUTE, T0, Report

S = ConnectorStatus


def start(core: Core, at: int = T0, meter: int = 1_000, tag: str = "A1B2C3", connector_id: int = 1) -> int:
    told = TransactionStarted("CP-0001", at, connector_id, tag, meter, at)
    return core.transaction_started(told).transaction_id


def meter(core: Core, at: int, energy: int, transaction_id: int | None, connector_id: int = 1) -> None:
    core.meter_reported(
        MeterReported("CP-0001", at, connector_id, transaction_id, (MeterSample(at, energy_wh=energy),))
    )


def test_available_with_an_open_session_is_closed_after_grace(core: Core, charger: Charger, report: Report) -> None:
    """SN-14, Q43: by us, with the energy of the last sample, marked as an estimate."""
    begun = start(core)
    meter(core, T0 + MINUTE, 4_000, begun)
    report(S.AVAILABLE, at=T0 + 2 * MINUTE)

    core.review(T0 + 2 * MINUTE + GRACE_MS - 1)
    assert charger.connectors[1].transaction is not None
    core.review(T0 + 2 * MINUTE + GRACE_MS)

    closed = charger.connectors[1].previous
    assert closed is not None
    assert (closed.transaction_id, closed.state, closed.closed_by) == (begun, TransactionState.TERMINATED, "csms")
    assert closed.energy_wh == 3_000
    assert "never reported" in closed.estimated


def test_a_session_of_an_offline_charger_is_never_closed(core: Core, charger: Charger, report: Report) -> None:
    """SN-14: its stop may wait in its queue; only what is online can be judged."""
    start(core)
    report(S.AVAILABLE, at=T0 + MINUTE)
    core.disconnected(Disconnected("CP-0001", T0 + MINUTE, "link lost"))

    core.review(T0 + 24 * 60 * MINUTE)

    assert charger.connectors[1].transaction is not None


def test_a_session_that_still_meters_is_no_ghost(core: Core, charger: Charger, report: Report) -> None:
    """SN-14: a changing meter contradicts the status; it is left alone."""
    begun = start(core)
    report(S.AVAILABLE, at=T0 + MINUTE)
    for minute in range(2, 8):
        meter(core, T0 + minute * MINUTE, 1_000 + minute, begun)
        core.review(T0 + minute * MINUTE)

    assert charger.connectors[1].transaction is not None


def test_a_session_that_began_with_a_clock_years_behind_is_as_long_as_it_was(
    core: Core, charger: Charger, report: Report
) -> None:
    """HB-04, SN-14: its start is that of receipt, its status is heard, nobody closes it while it charges."""
    years = 6 * 366 * 24 * 60 * MINUTE
    report(S.AVAILABLE, station_at=T0)
    core.booted(Booted("CP-0001", T0))
    begun = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0, T0 - years)).transaction_id
    report(S.CHARGING, at=T0 + 1, station_at=T0 + 1 - years)
    core.review(T0 + 10 * GRACE_MS)
    running = charger.connectors[1].transaction
    assert running is not None and charger.connectors[1].status is S.CHARGING

    core.transaction_stopped(TransactionStopped("CP-0001", T0 + 60 * MINUTE, begun, 9_000, T0 + 60 * MINUTE))
    assert (running.started_at, running.stopped_at, running.energy_wh) == (T0, T0 + 60 * MINUTE, 9_000)


def test_a_session_whose_status_was_left_out_is_not_closed(core: Core, charger: Charger, report: Report) -> None:
    """SN-08, SN-14: a report that came late may have been true, where a clock was set back: nothing is guessed."""
    report(S.AVAILABLE, station_at=T0)
    start(core)
    report(S.CHARGING, at=T0 + 1, station_at=T0 - 60 * MINUTE)
    core.review(T0 + GRACE_MS + MINUTE)
    assert charger.connectors[1].transaction is not None

    report(S.AVAILABLE, at=T0 + 10 * MINUTE, station_at=T0 + 10 * MINUTE)
    core.review(T0 + 10 * MINUTE + GRACE_MS)
    assert charger.connectors[1].transaction is None


def test_a_late_stop_replaces_the_estimate_once(core: Core, charger: Charger, report: Report) -> None:
    """SN-14: the charger's own numbers count as soon as they come; a repeat of them changes nothing."""
    begun = start(core)
    report(S.AVAILABLE, at=T0 + MINUTE)
    core.review(T0 + MINUTE + GRACE_MS)

    stop = TransactionStopped("CP-0001", T0 + 60 * MINUTE, begun, 9_000, T0 + 30 * MINUTE, "EVDisconnected")
    core.transaction_stopped(stop)
    core.transaction_stopped(stop._replace(meter_stop_wh=99_000))

    ended = charger.connectors[1].previous
    assert ended is not None
    assert (ended.energy_wh, ended.estimated, ended.closed_by, ended.state) == (
        8_000,
        "",
        "charger",
        TransactionState.COMPLETED,
    )


def test_a_charging_connector_with_a_strange_id_runs_a_session_we_never_saw(
    core: Core, charger: Charger, report: Report
) -> None:
    """TX-18, TX-19, Q46: kept under our id, with the charger's own beside it; its stop ends it."""
    report(S.CHARGING)
    meter(core, T0, 5_000, 77_001)
    meter(core, T0 + MINUTE, 5_400, 77_001)

    found = charger.connectors[1].transaction
    assert found is not None
    assert (found.claimed_id, found.charger_calls_it, found.energy_wh) == (77_001, 77_001, 400)
    assert "never reported" in found.estimated

    core.transaction_stopped(TransactionStopped("CP-0001", T0 + 2 * MINUTE, 77_001, 6_000))
    assert charger.connectors[1].transaction is None
    assert found.energy_wh == 1_000


def test_an_idle_connector_with_a_random_id_runs_nothing(core: Core, charger: Charger, report: Report) -> None:
    """MV-10, Q23: clock-aligned values with a random id are values, no session."""
    report(S.AVAILABLE)
    meter(core, T0, 5_000, 1_745_408_128)

    assert charger.connectors[1].transaction is None
    assert charger.connectors[1].register_wh == 5_000


def test_values_after_the_stop_do_not_open_the_session_again(core: Core, charger: Charger, report: Report) -> None:
    """TX-17, Q37, Q42: stored with the session they name; it stays ended."""
    begun = start(core)
    core.transaction_stopped(TransactionStopped("CP-0001", T0 + MINUTE, begun, 2_000))
    report(S.CHARGING)
    meter(core, T0 + 2 * MINUTE, 2_000, begun)

    assert charger.connectors[1].transaction is None
    ended = charger.connectors[1].previous
    assert ended is not None
    assert ended.energy_wh == 1_000


def test_energy_between_two_sessions_is_told(core: Core, charger: Charger) -> None:
    """MV-15: the register went on while nobody charged."""
    first = start(core, meter=1_000)
    core.transaction_stopped(TransactionStopped("CP-0001", T0 + MINUTE, first, 5_000))
    start(core, at=T0 + 5 * MINUTE, meter=5_250)

    running = charger.connectors[1].transaction
    assert running is not None
    assert running.missing_wh == 250


def test_a_second_session_of_a_tag_is_told_concurrent_and_kept() -> None:
    """TX-07, AUTH-01: only where it is set so; the answer carries an id of its own all the same."""
    core = Core(Policy(unknown_chargers="accept", concurrent_tags=False), Snapshot())
    core.put_tag(IdTag("A1B2C3"), T0)
    core.connected(Connected("CP-0001", T0, "", "1.6"))
    first = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0, T0))
    again = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0, T0))
    second = core.transaction_started(TransactionStarted("CP-0001", T0, 2, "a1b2c3", 0, T0))

    assert [a.tag.status for a in (first, again, second)] == [
        TagStatus.ACCEPTED,
        TagStatus.ACCEPTED,
        TagStatus.CONCURRENT_TX,
    ]
    assert 0 < second.transaction_id != first.transaction_id


@pytest.mark.parametrize(
    ("stopped_with", "told"),
    [("A1B2C3", False), ("SAME-GROUP", False), ("OTHER", True), ("GROUP", True)],
)
def test_a_stop_with_a_tag_of_another_group_is_told(core: Core, stopped_with: str, told: bool) -> None:
    """AUTH-03: a group is equal parents; the parent itself is no tag of it."""
    core.put_tag(IdTag("A1B2C3", parent_id_tag="GROUP"), T0)
    core.put_tag(IdTag("SAME-GROUP", parent_id_tag="group"), T0)
    core.put_tag(IdTag("OTHER", parent_id_tag="ELSE"), T0)
    begun = start(core)
    core.transaction_stopped(TransactionStopped("CP-0001", T0, begun, 2_000, id_tag=stopped_with))

    assert any(line.action == "other tag" for line in core.log.since(0)) is told


def test_a_charger_that_boots_all_the_time_is_a_warning_until_it_stays_up(core: Core, charger: Charger) -> None:
    """BOOT-11, Q16: eight boots in an hour; an hour without one clears it; reports of the charger do not."""
    for boot in range(LIMIT - 1):
        core.booted(Booted("CP-0001", T0 + boot * MINUTE))
    assert charger.open_faults() == []
    core.booted(Booted("CP-0001", T0 + LIMIT * MINUTE))
    core.booted(Booted("CP-0001", T0 + (LIMIT + 1) * MINUTE))

    (alarm,) = charger.open_faults()
    assert (alarm.error_code, alarm.severity, alarm.count) == ("RebootLoop", Severity.WARNING, 2)
    core.review(T0 + (LIMIT + 1) * MINUTE + WINDOW_MS - 1)
    assert charger.open_faults() == [alarm]
    core.review(T0 + (LIMIT + 1) * MINUTE + WINDOW_MS)
    assert charger.open_faults() == []
    assert not alarm.is_open


def test_the_warning_of_a_reboot_loop_says_how_many_boots_there_were(core: Core, charger: Charger) -> None:
    """BOOT-11: also of boots that come seldom, and of those after a restart of the server."""
    told = []
    for at in (*range(26), 70, 110):
        core.booted(Booted("CP-0001", T0 + at * MINUTE))
        told += [charger.alarm.info] if charger.alarm else []
    assert told[0] == "8 boots within 7 min"
    assert told[18] == "26 boots, the last 8 within 7 min"
    assert told[19:] == ["27 boots, the last 8 within 51 min", "28 boots, the last 2 within 40 min"]
    charger.boots.clear()
    core.booted(Booted("CP-0001", T0 + 150 * MINUTE))
    assert charger.alarm is not None and (charger.alarm.info, charger.alarm.count) == ("29 boots", 22)


def test_the_warning_of_a_reboot_loop_counts_as_one(core: Core, charger: Charger) -> None:
    """BOOT-11: header, tab and metrics say what the list of faults shows."""
    for boot in range(LIMIT):
        assert core.fleet.totals().warnings == 0
        core.booted(Booted("CP-0001", T0 + boot * MINUTE))
    assert core.fleet.totals().warnings == len(core.fleet.open_faults()) == 1
    assert core.fleet.totals().faults == 0


def test_no_warning_of_a_removed_charger_stays_open(core: Core, charger: Charger) -> None:
    """BOOT-11: who has gone for good boots no more."""
    for boot in range(LIMIT):
        core.booted(Booted("CP-0001", T0 + boot * MINUTE))
    (alarm,) = charger.open_faults()
    roster.remove(core, charger, T0 + LIMIT * MINUTE)
    assert (alarm.is_open, alarm.note) == (False, "the charger was removed")
