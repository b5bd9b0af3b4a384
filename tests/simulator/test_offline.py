"""No transaction message is lost, whatever happens to the line."""

from __future__ import annotations

from collections import deque

from simulator import Status
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


async def test_stop_while_offline_is_sent_later_with_its_own_time(central: Csms, make: Make) -> None:
    """TX-08: StopTransaction made without a line comes after the reconnect, same id, original timestamp and meter."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        point.drop_line(10)
        await point.until(lambda: not point.connected)
        point.stop(1)
        stopped_at = point.connectors[1].since
        point.plug_out(1)
        assert point.outbox.waiting
        await central.until(lambda: central.of("StopTransaction"))
        await point.until(lambda: not point.outbox.waiting)
        await central.until(lambda: central.status(1) == "Available")
    [stop] = [c for c in central.calls if c.action == "StopTransaction"]
    assert stop.connection == 2
    assert stop.payload["transactionId"] == 101
    assert stop.payload["timestamp"][:19] == _utc(stopped_at)[:19]
    assert len(central.of("BootNotification")) == 1  # a lost line is no reboot
    assert "Finishing" not in central.statuses(1)  # told as it is, not as it was


async def test_a_whole_session_offline(central: Csms, make: Make) -> None:
    """Start, values and stop made offline arrive in order; the id given to the start is used for the rest."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.drop_line(30)
        await point.until(lambda: not point.connected)
        point.configuration.set("AllowOfflineTxForUnknownId", "true")
        point.present_tag(1, "A1B2C3")
        await point.until(lambda: point.outbox.waiting >= 1)
        point.plug_out(1, force=True)
        await central.until(lambda: central.of("StopTransaction"))
    kept = [c for c in central.calls if c.action in ("StartTransaction", "MeterValues", "StopTransaction")]
    assert kept[0].action == "StartTransaction"
    assert kept[-1].action == "StopTransaction"
    assert kept[-1].payload["reason"] == "EVDisconnected"
    assert {c.payload["transactionId"] for c in kept[1:]} == {101}
    assert not central.of("Authorize")


async def test_an_unanswered_start_is_repeated_as_it_was(central: Csms, make: Make) -> None:
    """TX-04: the line drops between StartTransaction and its answer: the same payload comes again."""
    central.script["StartTransaction"] = deque([None])
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("StartTransaction"))
        point.drop_line(1)
        await central.until(lambda: len(central.of("StartTransaction")) == 2)
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
    first, second = central.of("StartTransaction")
    assert first == second
    assert point.counters.unanswered >= 1


async def test_a_refused_message_is_tried_again_then_given_up(central: Csms, make: Make) -> None:
    """TX-23: after CALLERROR it comes again TransactionMessageAttempts times in all, others pass meanwhile."""
    central.script["StartTransaction"] = deque(["InternalError"] * 3)
    async with make() as point:
        await point.until(lambda: point.registered)
        point.configuration.set("TransactionMessageRetryInterval", "1")
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: len(central.of("StartTransaction")) == 3)
        assert central.status(1) == "Charging"
        await central.until(lambda: central.of("MeterValues"))
    assert point.counters.discarded == 1
    assert central.of("MeterValues")[0]["transactionId"] == -1  # TX-10: it was never given an id


async def test_one_call_at_a_time(central: Csms, make: Make) -> None:
    """RPC-01: with a slow CSMS and much to tell, never more than one CALL waits for its answer."""
    central.hold_s = 0.01
    central.heartbeat_s = 1
    async with make() as point:
        await point.until(lambda: point.registered)
        for number in (1, 2):
            point.plug_in(number)
            point.start(number, f"TAG{number}")
            point.fault(number, "OtherError", stops=False)
            point.clear_fault(number)
        await central.until(lambda: len(central.calls) >= 25)
    assert central.most_outstanding == 1


async def test_acknowledged_messages_are_on_record(central: Csms, make: Make) -> None:
    """Exactly the transaction messages that were answered, in order, with what they said and were told."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: len(central.of("MeterValues")) >= 2)
        point.stop(1)
        await point.until(lambda: not point.outbox.waiting)
        record = list(point.acknowledged)
    sent = [c for c in central.calls if c.action in ("StartTransaction", "MeterValues", "StopTransaction")]
    assert [(a.action, a.payload) for a in record] == [(c.action, c.payload) for c in sent]
    assert {a.transaction_id for a in record} == {101}
    assert record[0].answer["transactionId"] == 101


async def test_some_chargers_boot_after_every_loss(central: Csms, make: Make) -> None:
    """With `boots_again` a reconnect begins with BootNotification and a transaction goes on over it (BOOT-09)."""
    async with make(boots_again=True) as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        point.drop_line(1)
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        assert point.connectors[1].status is Status.CHARGING
    assert not central.of("StopTransaction")


def _utc(ms: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()
