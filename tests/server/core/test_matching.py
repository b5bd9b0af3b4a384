"""Which session a report means: late, repeated, of a charger with ids of its own, or of none that we know."""

from __future__ import annotations

import pytest

from server.core.core import Core
from server.model.charger import Charger
from server.model.event import Event, EventKind
from server.model.observation import MeterReported, TransactionStarted, TransactionStopped
from server.model.status import ConnectorStatus, TransactionState
from server.model.transaction import MeterSample, Transaction
from tests.server.core.conftest import MINUTE, T0, Report, kinds

HOUR = 60 * MINUTE
OWN_ID = 77_001  #: of the charger, not given by us
NO_IDS = pytest.mark.parametrize("no_id", [-1, 0])


def begin(core: Core, meter: int, told_at: int | None, tag: str = "A1B2C3", connector_id: int = 1) -> int:
    start = TransactionStarted("CP-0001", T0, connector_id, tag, meter, told_at)
    return core.transaction_started(start).transaction_id


def end(core: Core, told_id: int, meter: int | None, told_at: int | None, tag: str = "", at: int = T0) -> None:
    core.transaction_stopped(TransactionStopped("CP-0001", at, told_id, meter, told_at, id_tag=tag))


def sample(core: Core, register: int, told_id: int | None, told_at: int, connector_id: int = 1) -> None:
    samples = (MeterSample(told_at, energy_wh=register),)
    core.meter_reported(MeterReported("CP-0001", max(T0, told_at), connector_id, told_id, samples))


def running(charger: Charger, connector_id: int = 1) -> Transaction:
    found = charger.connectors[connector_id].transaction
    assert found is not None
    return found


def ended(core: Core) -> dict[int, Transaction]:
    return {t.transaction_id: t for t in core.fleet.recent("CP-0001")}


# stops without an id


@NO_IDS
@pytest.mark.parametrize(
    ("meter", "told_at"),
    [(60_000, T0 - HOUR), (20_000, T0 + MINUTE)],
    ids=["it ended before the session began", "its register is below the start"],
)
def test_a_stop_that_cannot_mean_the_session_leaves_it_open(
    core: Core, charger: Charger, no_id: int, meter: int, told_at: int
) -> None:
    """TX-10, TX-11: the queued stop of an older session is an orphan; the session that runs ends with its own stop."""
    begun = begin(core, 50_000, T0 - 10 * MINUTE)
    end(core, no_id, meter, told_at, tag="A1B2C3")
    assert running(charger).transaction_id == begun
    assert [t.state for t in ended(core).values()] == [TransactionState.ORPHANED]

    end(core, begun, 60_000, T0)
    assert (ended(core)[begun].energy_wh, ended(core)[begun].estimated) == (10_000, "")


@pytest.mark.parametrize("claimed", [None, 0, T0 + 6 * HOUR])
def test_a_start_without_a_believable_time_is_met_by_a_stop_that_has_one(
    core: Core, charger: Charger, claimed: int | None
) -> None:
    """TX-10, HB-04: of such a session nobody knows when it began; no time of a stop contradicts it."""
    begun = begin(core, 1_000, claimed)
    end(core, -1, 3_000, T0 - 10 * MINUTE)
    assert ended(core)[begun].energy_wh == 2_000


@NO_IDS
def test_a_stop_without_an_id_that_comes_again_adds_nothing(core: Core, charger: Charger, no_id: int) -> None:
    """TX-10, TX-09: neither an orphan nor the end of the next session."""
    begun = begin(core, 1_000, T0 - HOUR)
    end(core, no_id, 3_000, T0 - 30 * MINUTE, tag="A1B2C3")
    end(core, no_id, 3_000, T0 - 30 * MINUTE, tag="A1B2C3")
    following = begin(core, 3_000, T0 - 20 * MINUTE)
    end(core, no_id, 3_000, T0 - 30 * MINUTE, tag="A1B2C3")

    assert list(ended(core)) == [begun]
    assert running(charger).transaction_id == following


def test_a_stop_finds_its_session_by_any_spelling_of_the_tag(core: Core, charger: Charger) -> None:
    """TX-10, AUTH-02: two sessions run, and one of them has this tag."""
    begun = begin(core, 0, T0, tag="abCD")
    begin(core, 0, T0, tag="zz", connector_id=2)
    end(core, -1, 500, T0 + MINUTE, tag="ABCD")
    assert ended(core)[begun].energy_wh == 500
    assert len(charger.open_transactions()) == 1


def test_a_start_is_known_again_by_any_spelling_of_the_tag(core: Core) -> None:
    """TX-04, AUTH-02."""
    assert begin(core, 1_000, T0, tag="20:69:C0:21") == begin(core, 1_000, T0, tag="2069c021")


# older sessions that come late


def test_an_older_start_does_not_end_the_session_that_runs(core: Core, charger: Charger) -> None:
    """TX-08, TX-06: both are kept; each has the energy of its own stop, and the register of now stays."""
    live = begin(core, 50_000, T0 - MINUTE)
    sample(core, 50_500, live, T0)
    old = begin(core, 10_000, T0 - 2 * HOUR, tag="OTHER")
    assert old != live
    assert begin(core, 10_000, T0 - 2 * HOUR, tag="OTHER") == old  # TX-04
    assert running(charger).transaction_id == live

    sample(core, 15_000, old, T0 - 90 * MINUTE)
    end(core, old, 20_000, T0 - HOUR)
    assert charger.connectors[1].register_wh == 50_500
    sample(core, 52_000, live, T0 + MINUTE)
    assert running(charger).energy_wh == 2_000
    end(core, live, 54_000, T0 + 2 * MINUTE)

    told = [(t.energy_wh, t.estimated, t.state) for t in (ended(core)[old], ended(core)[live])]
    assert told == [(10_000, "", TransactionState.COMPLETED), (4_000, "", TransactionState.COMPLETED)]
    assert core.fleet.totals().energy_today_wh == 14_000


def test_an_older_session_whose_stop_does_not_come_says_so(core: Core) -> None:
    """TX-08: it is in the list, with no energy that nobody reported."""
    begin(core, 50_000, T0 - MINUTE)
    number = begin(core, 10_000, T0 - 2 * HOUR)
    old = ended(core)[number]
    assert (old.state, old.closed_by, old.energy_wh) == (TransactionState.TERMINATED, "csms", 0)
    assert old.estimated and old.stopped_at == old.started_at == T0 - 2 * HOUR


def test_a_clock_that_stepped_back_does_not_make_a_start_old(core: Core, charger: Charger) -> None:
    """TX-06, HB-03: the register has moved on, so it is the next session."""
    begin(core, 50_000, T0 + 4 * MINUTE)
    following = begin(core, 51_000, T0 + MINUTE)
    assert running(charger).transaction_id == following


def test_energy_of_an_older_session_that_came_late_is_not_missing(core: Core, charger: Charger) -> None:
    """MV-15: what counts is the session that ended nearest below this register, not the one that came last."""
    end(core, begin(core, 50_000, T0 - 10 * MINUTE), 60_000, T0 - 5 * MINUTE)
    end(core, begin(core, 10_000, T0 - 2 * HOUR), 20_000, T0 - HOUR)
    begin(core, 60_000, T0)
    assert running(charger).missing_wh == 0
    end(core, running(charger).transaction_id, 61_000, T0)
    begin(core, 61_300, T0 + MINUTE)
    assert running(charger).missing_wh == 300


# ids of the charger's own


def test_a_charger_with_ids_of_its_own_ends_its_session_by_them(core: Core, charger: Charger) -> None:
    """TX-18, TX-19, Q46: the id in its samples is the one to stop it with, and the one it stops with."""
    begun = begin(core, 1_000, T0 - 10 * MINUTE)
    sample(core, 1_500, OWN_ID, T0)
    assert running(charger).charger_calls_it == begun  # one sample may have any id (Q23, Q45)
    sample(core, 1_700, OWN_ID, T0 + MINUTE)
    assert running(charger).charger_calls_it == OWN_ID

    end(core, OWN_ID, 2_000, T0 + 2 * MINUTE, tag="A1B2C3")
    end(core, OWN_ID, 2_000, T0 + 2 * MINUTE, tag="A1B2C3")  # TX-09
    assert [(t.transaction_id, t.energy_wh, t.estimated) for t in ended(core).values()] == [(begun, 1_000, "")]
    assert charger.open_transactions() == []


def test_one_sample_and_the_stop_are_two_words_for_an_own_id(core: Core, charger: Charger) -> None:
    """TX-18, Q46: the stop is the second time that the id is heard on this connector."""
    begun = begin(core, 1_000, T0 - 10 * MINUTE)
    sample(core, 1_500, OWN_ID, T0)
    end(core, OWN_ID, 2_000, T0 + MINUTE)
    assert list(ended(core)) == [begun]


def test_an_own_id_is_kept_for_the_next_start_of_the_server(core: Core, charger: Charger, events: list[Event]) -> None:
    """TX-18: learnt once, told to the store once."""
    begin(core, 1_000, T0)
    for minute in range(5):
        sample(core, 1_000 + minute, OWN_ID, T0 + minute * MINUTE)
    assert kinds(events).count(EventKind.TRANSACTION_UPDATED) == 1


def test_random_ids_in_samples_are_no_names(core: Core, charger: Charger) -> None:
    """TX-19, Q23, Q45: each another one; the session keeps the id that we gave, and so does its stop."""
    begun = begin(core, 1_000, T0)
    for told_id in (1_745_408_128, 0, 99_999, -1, 1_745_408_999):
        sample(core, 1_100, told_id, T0 + MINUTE)
    assert running(charger).charger_calls_it == begun
    end(core, begun, 2_000, T0 + MINUTE)
    assert ended(core)[begun].energy_wh == 1_000


def test_our_id_counts_beside_one_of_the_chargers_own(core: Core, charger: Charger) -> None:
    """TX-19, Q44: what it said last is how it calls its session; a stop by either id ends it."""
    begun = begin(core, 1_000, T0)
    for _ in range(2):
        sample(core, 1_100, OWN_ID, T0 + MINUTE)
    sample(core, 1_200, begun, T0 + 2 * MINUTE)
    assert running(charger).charger_calls_it == begun
    for _ in range(2):
        sample(core, 1_300, OWN_ID, T0 + 3 * MINUTE)
    end(core, begun, 2_000, T0 + 4 * MINUTE)
    assert list(ended(core)) == [begun]


def test_an_old_stop_by_an_own_id_does_not_end_the_session_that_runs(core: Core, charger: Charger) -> None:
    """TX-10, Q44: samples name the session before, and its queued stop comes: time and register tell them apart."""
    begun = begin(core, 5_000, T0 - MINUTE)
    for _ in range(2):
        sample(core, 5_100, OWN_ID, T0)
    end(core, OWN_ID, 5_000, T0 - HOUR)
    assert running(charger).transaction_id == begun


def test_samples_that_name_the_session_before_count_for_the_one_that_runs(core: Core, charger: Charger) -> None:
    """Q44, TX-17: those from after its start; what was measured before it belongs to the one they name."""
    before = begin(core, 1_000, T0 - 10 * MINUTE)
    end(core, before, 2_000, T0 - 5 * MINUTE)
    begun = begin(core, 2_000, T0 - MINUTE)
    sample(core, 1_900, before, T0 - 6 * MINUTE)
    assert running(charger).energy_wh == 0
    for minute, register in enumerate((3_000, 4_000)):
        sample(core, register, before, T0 + minute * MINUTE)
    assert (running(charger).transaction_id, running(charger).energy_wh) == (begun, 2_000)
    assert running(charger).charger_calls_it == begun
    assert ended(core)[before].energy_wh == 1_000


def test_a_start_that_comes_after_its_samples_is_one_session(core: Core, charger: Charger, report: Report) -> None:
    """TX-18: what was noticed without a start gets the start that was queued, and its energy once."""
    report(ConnectorStatus.CHARGING)
    sample(core, 6_000, OWN_ID, T0)
    sample(core, 7_000, OWN_ID, T0 + MINUTE)
    noticed = running(charger)
    told = TransactionStarted("CP-0001", T0 + MINUTE, 1, "A1B2C3", 1_000, T0 - HOUR)
    assert core.transaction_started(told).transaction_id == noticed.transaction_id
    assert core.transaction_started(told).is_retry
    assert running(charger) is noticed
    assert (noticed.id_tag, noticed.started_at, noticed.energy_wh) == ("A1B2C3", T0 - HOUR, 6_000)
    assert (noticed.estimated, noticed.charger_calls_it) == ("", OWN_ID)
    assert [t.transaction_id for t in core.fleet.running("a1b2c3")] == [noticed.transaction_id]

    end(core, OWN_ID, 8_000, T0 + 2 * MINUTE)
    assert list(ended(core)) == [noticed.transaction_id]
    assert core.fleet.totals().energy_today_wh == noticed.energy_wh == 7_000
    assert list(core.fleet.running("A1B2C3")) == list(core.fleet.running("")) == []


@pytest.mark.parametrize(("meter", "told_at"), [(8_000, T0 + 2 * MINUTE), (1_000, None)], ids=["later", "no time"])
def test_a_start_that_may_be_another_session_is_kept_beside(
    core: Core, charger: Charger, report: Report, meter: int, told_at: int | None
) -> None:
    """TX-06, TX-18: only one that surely began before is the start of what was noticed."""
    report(ConnectorStatus.CHARGING)
    sample(core, 6_000, OWN_ID, T0)
    noticed = running(charger)
    assert begin(core, meter, told_at) != noticed.transaction_id
    assert ended(core)[noticed.transaction_id].stop_reason == "Superseded"


# stops that nobody knows


def test_two_unknown_stops_are_two(core: Core) -> None:
    """TX-09: all that is told is the same but the id; a repeat of either adds nothing."""
    for told_id in (91_111, 92_222, 91_111, 92_222):
        end(core, told_id, 0, T0 - MINUTE)
    assert [t.charger_calls_it for t in ended(core).values()] == [91_111, 92_222]


def test_unknown_stops_without_an_id_are_told_apart_by_their_tag(core: Core) -> None:
    """TX-09, TX-10: nothing but the tag differs; capitals do not count."""
    for tag in ("ONE", "TWO", "one", "Two"):
        end(core, -1, 0, T0 - MINUTE, tag=tag)
    assert [t.stop_id_tag for t in ended(core).values()] == ["ONE", "TWO"]


def test_an_id_that_is_used_again_at_another_time_is_another_stop(core: Core) -> None:
    """TX-09: a charger that counts its own ids anew; no energy is made up between the two."""
    end(core, 1, 5_000, T0 - HOUR)
    end(core, 1, 5_000, T0 - MINUTE)
    end(core, 1, 9_000, T0)
    assert [t.energy_wh for t in ended(core).values()] == [0, 0, 0]


def test_an_unknown_stop_by_a_clock_that_was_never_set_is_kept_once(core: Core) -> None:
    """TX-09, HB-04, Q47: repeated for ever, with a time that says nothing."""
    for minute in range(3):
        end(core, 4_711, 9_000, 0, at=T0 + minute * MINUTE)
    assert len(ended(core)) == 1
