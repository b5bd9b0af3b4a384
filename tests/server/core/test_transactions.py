"""Transactions are begun once, ended once, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.core import Core, Policy
from server.model.charger import Charger
from server.model.observation import (
    Authorizing,
    Connected,
    MeterReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.snapshot import Snapshot
from server.model.status import TagStatus, TransactionState
from server.model.tag import IdTag
from server.model.transaction import MeterSample
from tests.server.core.conftest import MINUTE, T0


def begin(core: Core, at: int = T0, connector_id: int = 1, tag: str = "A1B2C3", meter: int = 1_000) -> int:
    started = TransactionStarted("CP-0001", at, connector_id, tag, meter, station_at=at)
    return core.transaction_started(started).transaction_id


def end(core: Core, transaction_id: int, meter: int | None, at: int = T0 + 30 * MINUTE, tag: str = "") -> None:
    core.transaction_stopped(TransactionStopped("CP-0001", at, transaction_id, meter, station_at=at, id_tag=tag))


def test_ids_go_on_from_the_database_and_are_unique_over_chargers(core: Core) -> None:
    """TX-03: two starts in one millisecond at two chargers get two ids."""
    core.connected(Connected("CP-0002", T0, "", "1.6"))

    first = begin(core)
    second = core.transaction_started(TransactionStarted("CP-0002", T0, 1, "A1B2C3", 1_000, T0)).transaction_id

    assert (first, second) == (901, 902)


def test_ids_stay_positive_int32() -> None:
    """TX-03: some chargers hold the id in a signed 32 bit integer."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot(last_transaction_id=0x7FFF_FFFE))
    core.connected(Connected("CP-0001", T0, "", "1.6"))

    assert begin(core, connector_id=1) == 0x7FFF_FFFF
    assert begin(core, connector_id=2) == 1


def test_an_identical_start_gets_the_same_id(core: Core) -> None:
    """TX-04, TX-05: a retry is the same transaction, also after it has ended, and is never concurrent with itself."""
    first = begin(core)
    again = core.transaction_started(TransactionStarted("CP-0001", T0 + MINUTE, 1, "A1B2C3", 1_000, T0))
    end(core, first, 2_000)
    late = core.transaction_started(TransactionStarted("CP-0001", T0 + 2 * MINUTE, 1, "A1B2C3", 1_000, T0))

    assert (first, True) == (again.transaction_id, again.is_retry)
    assert (first, True) == (late.transaction_id, late.is_retry)
    assert again.tag.status is TagStatus.ACCEPTED


def test_a_retry_is_known_by_a_clock_that_cannot_be_true(core: Core) -> None:
    """TX-04, Q17: 1970 or hours ahead, the charger repeats the same time, and that is what tells."""
    for wrong in (0, T0 + 6 * 60 * MINUTE):
        first = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 7, wrong))
        again = core.transaction_started(TransactionStarted("CP-0001", T0 + MINUTE, 1, "A1B2C3", 7, wrong))
        assert (again.transaction_id, again.is_retry) == (first.transaction_id, True)


def test_a_late_retry_of_any_of_the_last_sessions_is_known(core: Core) -> None:
    """TX-04: whatever their order; the clock of the charger may have gone back meanwhile, even before 1970."""
    starts = [
        TransactionStarted("CP-0001", T0, 1, "A1B2C3", 1_000, told)
        for told in (T0, T0 - 60 * MINUTE, T0 + MINUTE, 0, -5_000)
    ]
    given = []
    for start in starts:
        given.append(core.transaction_started(start).transaction_id)
        end(core, given[-1], 2_000)
    late = [core.transaction_started(start) for start in starts]

    assert [(answer.transaction_id, answer.is_retry) for answer in late] == [(known, True) for known in given]


@pytest.mark.parametrize("unset", [None, 0, -5_000])
def test_an_unset_clock_knows_no_start_again_that_has_ended_or_flowed(core: Core, unset: int | None) -> None:
    """TX-04, HB-04: all its starts may tell one time; of those at 0 Wh only an open one without energy is meant."""
    start = TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0, unset)
    answers = [core.transaction_started(start)]
    end(core, answers[0].transaction_id, 1_000)
    answers += [core.transaction_started(start), core.transaction_started(start)]
    core.meter_reported(MeterReported("CP-0001", T0, 1, None, (MeterSample(T0, energy_wh=400),)))
    answers.append(core.transaction_started(start))

    told = [(answer.transaction_id, answer.is_retry) for answer in answers]
    assert told == [(901, False), (902, False), (902, True), (903, False)]
    assert [t.energy_wh for t in core.fleet.recent("CP-0001")] == [1_000, 400]


@pytest.mark.parametrize("unset", [0, -5_000])
def test_a_register_that_counts_on_tells_a_retry_without_a_clock(core: Core, unset: int) -> None:
    """TX-04, HB-04: it was at 5000 Wh once only, unless nothing flowed meanwhile."""
    start = TransactionStarted("CP-0001", T0, 1, "A1B2C3", 5_000, unset)
    answers = [core.transaction_started(start)]
    end(core, 901, 5_000)
    answers.append(core.transaction_started(start))
    core.meter_reported(MeterReported("CP-0001", T0, 1, None, (MeterSample(T0, energy_wh=5_400),)))
    answers.append(core.transaction_started(start))
    end(core, 902, 6_000)
    answers.append(core.transaction_started(start))

    told = [(answer.transaction_id, answer.is_retry) for answer in answers]
    assert told == [(901, False), (902, False), (902, True), (902, True)]


def test_a_refused_tag_still_gets_a_transaction(core: Core, charger: Charger) -> None:
    """TX-01, TX-02: the session exists at the charger, so it is kept; the verdict tells it to stop."""
    answer = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "STRANGER", -5, None))

    assert answer.transaction_id > 0
    assert answer.tag.status is TagStatus.INVALID
    assert charger.connectors[1].transaction is not None


def test_a_second_start_supersedes_the_first_and_keeps_both(core: Core, charger: Charger) -> None:
    """TX-06: the first ends as terminated by the CSMS with what was metered."""
    first = begin(core)
    core.meter_reported(MeterReported("CP-0001", T0 + MINUTE, 1, first, (MeterSample(T0 + MINUTE, energy_wh=1_400),)))
    second = begin(core, at=T0 + 5 * MINUTE)

    old = charger.connectors[1].previous
    assert old is not None
    assert (old.transaction_id, old.state, old.energy_wh, old.closed_by) == (
        first,
        TransactionState.TERMINATED,
        400,
        "csms",
    )
    assert second != first


def test_energy_is_stop_minus_start(core: Core, charger: Charger) -> None:
    """The register decides, and the connector is free again."""
    begun = begin(core, meter=1_000)
    end(core, begun, 8_500)

    ended = charger.connectors[1].previous
    assert ended is not None
    assert (ended.energy_wh, ended.estimated, ended.state) == (7_500, "", TransactionState.COMPLETED)
    assert charger.connectors[1].transaction is None


def test_a_register_that_went_backwards_keeps_the_last_sample_and_says_so(core: Core, charger: Charger) -> None:
    """TX-15: negative energy is not billed, it is estimated and flagged."""
    begun = begin(core, meter=10_000)
    core.meter_reported(MeterReported("CP-0001", T0, 1, begun, (MeterSample(T0, energy_wh=12_000),)))
    end(core, begun, 5)

    ended = charger.connectors[1].previous
    assert ended is not None
    assert ended.energy_wh == 2_000
    assert "backwards" in ended.estimated


def test_an_unknown_stop_is_kept_as_an_orphan_once(core: Core, charger: Charger) -> None:
    """TX-09: answered, stored, flagged; a repeat of it adds nothing."""
    end(core, 4_711, 9_000, tag="A1B2C3")
    end(core, 4_711, 9_000, tag="A1B2C3")

    orphans = list(core.fleet.ended["CP-0001"])
    assert [t.state for t in orphans] == [TransactionState.ORPHANED]
    assert "4711" in orphans[0].estimated
    assert charger.connectors == {}


def test_stop_minus_one_belongs_to_the_only_open_transaction(core: Core, charger: Charger) -> None:
    """TX-10, TX-11: a charger that never learnt its id sends -1 or 0."""
    begun = begin(core)
    end(core, -1, 3_000)

    ended = charger.connectors[1].previous
    assert ended is not None
    assert ended.transaction_id == begun


def test_the_verdict_comes_only_when_a_tag_was_sent(core: Core) -> None:
    """TX-14: StopTransaction without idTag gets no idTagInfo."""
    begun = begin(core)

    assert core.transaction_stopped(TransactionStopped("CP-0001", T0, begun, 2_000)) is None
    stop = TransactionStopped("CP-0001", T0, begun, 2_000, id_tag="a1b2c3")
    verdict = core.transaction_stopped(stop)
    assert verdict is not None
    assert verdict.status is TagStatus.ACCEPTED


def test_tags_are_compared_without_case_and_expire(core: Core) -> None:
    """AUTH-01, AUTH-02."""
    core.put_tag(IdTag("OLD", expires_at=T0 - 1), T0)
    core.put_tag(IdTag("BAD", TagStatus.BLOCKED), T0)

    def ask(tag: str) -> TagStatus:
        return core.authorizing(Authorizing("CP-0001", T0, tag)).status

    assert [
        ask("a1b2c3"),
        ask("old"),
        ask("BAD"),
        ask("NOBODY"),
    ] == [TagStatus.ACCEPTED, TagStatus.EXPIRED, TagStatus.BLOCKED, TagStatus.INVALID]


def test_a_session_register_counts_from_zero(core: Core, charger: Charger) -> None:
    """MV-08: samples below meterStart are energy of the session itself."""
    begun = begin(core, meter=4_000_000)
    core.meter_reported(MeterReported("CP-0001", T0, 1, begun, (MeterSample(T0, energy_wh=1_500),)))

    transaction = charger.connectors[1].transaction
    assert transaction is not None
    assert (transaction.energy_wh, transaction.estimated) == (1_500, "the register counts per session")


def test_a_zero_at_transaction_begin_is_ignored(core: Core, charger: Charger) -> None:
    """MV-09: it is not a reading of the register."""
    begun = begin(core, meter=1_000)
    samples = (MeterSample(T0, "Transaction.Begin", energy_wh=0), MeterSample(T0, energy_wh=1_250))
    core.meter_reported(MeterReported("CP-0001", T0, 1, begun, samples))

    transaction = charger.connectors[1].transaction
    assert transaction is not None
    assert (transaction.energy_wh, transaction.estimated) == (250, "")


@given(st.lists(st.tuples(st.sampled_from(["start", "stop", "meter"]), st.integers(1, 2), st.integers(0, 6))))
def test_every_start_and_stop_is_kept_whatever_the_order(story: list[tuple[str, int, int]]) -> None:
    """Any order of messages leaves each connector with at most one open transaction and no negative energy."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot())
    core.connected(Connected("CP-0001", T0, "", "1.6"))
    given_ids: list[int] = []
    for i, (what, connector_id, pick) in enumerate(story):
        at = T0 + i * MINUTE
        if what == "start":
            given_ids.append(begin(core, at, connector_id, meter=i * 100))
        elif what == "stop":
            end(core, given_ids[pick % len(given_ids)] if given_ids else pick, i * 100, at)
        else:
            core.meter_reported(MeterReported("CP-0001", at, connector_id, pick, (MeterSample(at, energy_wh=i * 90),)))

    charger = core.fleet.chargers["CP-0001"]
    open_ids = [t.transaction_id for t in charger.open_transactions()]
    assert len(set(given_ids)) == len(given_ids)
    assert len(open_ids) <= 2
    assert all(t.energy_wh >= 0 for t in [*charger.open_transactions(), *core.fleet.ended.get("CP-0001", [])])
