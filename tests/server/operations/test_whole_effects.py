"""What a charger does after it agreed, through the whole server: status, messages, reservations."""

from __future__ import annotations

import pytest

from server.model.command import (
    CommandState,
    Operation,
    RemoteStop,
    StepState,
)
from server.model.operations import (
    CancelReservation,
    ChangeAvailability,
    ExtendedTriggerMessage,
    ReserveNow,
    TriggerMessage,
    UnlockConnector,
)
from tests.raw_client import RawClient
from tests.server.operations.whole import FAR, Whole, done, finished, told


async def test_sn13_scheduled_waits_for_the_session(whole: Whole) -> None:
    """SN-13: Scheduled is no failure; the step waits, and is done when the connector goes out of service."""
    site, charger = whole
    tx = await charger.starts(1)
    await charger.reports(1, "Charging")
    charger.answers["ChangeAvailability"] = {"status": "Scheduled"}
    command = await done(site, ChangeAvailability(1, operative=False))
    assert (command.state, command.status) == (CommandState.ACCEPTED, "Scheduled")
    assert told(command)[2:] == ["connector 1 out of service running", "confirmed open"]
    await charger.tell("StopTransaction", transactionId=tx, meterStop=10, timestamp="2026-11-21T11:00:00Z")
    await charger.reports(1, "Unavailable")
    assert (await finished(command)).steps[-1].state is StepState.DONE


async def test_whole_charger_out_of_service_and_back(whole: Whole) -> None:
    """SN-13: connector 0 is confirmed by the charger's own report, or by all of its connectors."""
    site, charger = whole
    command = await done(site, ChangeAvailability(0, operative=False))
    await charger.reports(1, "Unavailable")
    assert not command.is_finished
    await charger.reports(0, "Unavailable")
    assert (await finished(command)).steps[-1].state is StepState.DONE
    back = await done(site, ChangeAvailability(0, operative=True))
    await charger.reports(1, "Available")
    assert (await finished(back)).steps[-1].state is StepState.DONE


@pytest.mark.parametrize(
    ("operation", "sent", "payload"),
    [
        (TriggerMessage("Heartbeat"), "Heartbeat", {}),
        (TriggerMessage("MeterValues", 2), "MeterValues", {"connectorId": 2, "meterValue": []}),
        (
            TriggerMessage("StatusNotification", 1),
            "StatusNotification",
            {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
        ),
        (
            TriggerMessage("BootNotification"),
            "BootNotification",
            {"chargePointVendor": "ACME", "chargePointModel": "M1"},
        ),
        (ExtendedTriggerMessage("Heartbeat"), "Heartbeat", {}),
    ],
)
async def test_trg01_the_asked_message_confirms(
    whole: Whole, operation: Operation, sent: str, payload: dict[str, object]
) -> None:
    """TRG-01: accepted is a promise; the message itself, of the connector that was asked, is the effect."""
    site, charger = whole
    command = await done(site, operation)
    assert not command.is_finished
    other = {"connectorId": 1 if payload.get("connectorId") == 2 else 2}
    if sent == "MeterValues":
        await charger.tell(sent, **(payload | other))
        assert not command.is_finished
    await charger.tell(sent, **payload)
    assert (await finished(command)).steps[-1].state is StepState.DONE
    assert told(command)[2] == f"{getattr(operation, 'message', '')} done"


async def test_trg01_a_boot_may_come_on_the_next_link(whole: Whole) -> None:
    """TRG-01: many connect anew to send the BootNotification that they were asked for."""
    site, charger = whole
    command = await done(site, TriggerMessage("BootNotification"))
    await charger.client.close()
    again = await RawClient.connect(int(site.health.ocpp_url.rsplit(":", 1)[1]))
    assert not command.is_finished
    await again.call("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "M1"})
    assert (await finished(command)).steps[-1].state is StepState.DONE
    await again.close()


async def test_tx19_stop_of_another_unknown_transaction_does_not_confirm(whole: Whole) -> None:
    """TX-09, TX-19: both ids are free; the orphan is known by the one that the charger stopped."""
    site, charger = whole
    command = await done(site, RemoteStop(555))
    stop = {"meterStop": 0, "timestamp": "2026-11-21T11:00:00Z"}
    await charger.tell("StopTransaction", transactionId=556, **stop)
    assert told(command)[2] == "StopTransaction running"
    await charger.tell("StopTransaction", transactionId=555, **stop)
    assert (await finished(command)).steps[-1].state is StepState.DONE


async def test_trg02_a_refused_trigger_is_remembered(whole: Whole) -> None:
    """TRG-02: told before it is asked again, and not forbidden; forgotten when it works."""
    from server.model.guards import consequences

    site, charger = whole
    asked = TriggerMessage("MeterValues")
    charger.answers["TriggerMessage"] = {"status": "NotImplemented"}
    command = await done(site, asked)
    assert (command.state, command.status) == (CommandState.REJECTED, "NotImplemented")
    state = site.chargers["CP-1"]
    assert consequences(state, asked) == ["Asked for MeterValues before, the charger answered NotImplemented."]
    assert site.why_not("CP-1", asked) is None
    del charger.answers["TriggerMessage"]
    await done(site, asked)
    assert consequences(state, asked) == []


async def test_unl01_words_of_an_unlock(whole: Whole) -> None:
    """UNL-01: Unlocked, and the Accepted of some, are no refusals; the session that was there ends first."""
    site, charger = whole
    charger.answers["UnlockConnector"] = {"status": "Accepted"}
    command = await finished(await done(site, UnlockConnector(2)))
    assert (command.state, command.status) == (CommandState.ACCEPTED, "Accepted")
    charger.answers["UnlockConnector"] = {"status": "Unlocked"}
    tx = await charger.starts(1)
    command = await done(site, UnlockConnector(1))
    assert told(command)[2] == f"transaction {tx} stopped running"
    await charger.tell(
        "StopTransaction", transactionId=tx, meterStop=5, timestamp="2026-11-21T11:00:00Z", reason="UnlockCommand"
    )
    assert (await finished(command)).steps[2].note == "UnlockCommand"


async def test_res01_reservation_is_kept_and_confirmed(whole: Whole) -> None:
    """RES-01: accepted, then Reserved; the same id again replaces it; cancelled, the connector is free."""
    site, charger = whole
    command = await done(site, ReserveNow(1, "A1", FAR, 77))
    await charger.reports(1, "Reserved")
    assert told(await finished(command))[2] == "connector 1 reserved done"
    assert site.chargers["CP-1"].reservations[77].id_tag == "A1"
    await done(site, ReserveNow(1, "B2", FAR, 77))
    assert [r.id_tag for r in site.chargers["CP-1"].reservations.values()] == ["B2"]
    command = await done(site, CancelReservation(77))
    await charger.reports(1, "Available")
    assert told(await finished(command))[2] == "connector 1 free done"
    assert not site.chargers["CP-1"].reservations


@pytest.mark.parametrize("ending", ["used", "faulted", "freed", "expired"])
async def test_res02_whatever_ends_a_reservation(whole: Whole, ending: str) -> None:
    """RES-02: a transaction that names it (0 names none), out of service, given free, or its time."""
    site, charger = whole
    await done(site, ReserveNow(1, "A1", 1_000 if ending == "expired" else FAR, 77))
    state = site.chargers["CP-1"]
    reservation = state.reservations[77]
    await charger.reports(1, "Reserved")
    if ending == "used":
        await charger.starts(2, reservationId=0)
        assert state.reservations
        await charger.starts(1, reservationId=77)
    elif ending == "faulted":
        await charger.reports(1, "Faulted")
    elif ending == "freed":
        await charger.reports(1, "Available")
    assert not state.reservations
    assert (
        reservation.ended_because.split()[0]
        == {
            "used": "used",
            "faulted": "the",
            "freed": "the",
            "expired": "expired",
        }[ending]
    )
