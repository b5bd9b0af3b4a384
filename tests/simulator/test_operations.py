"""The five operations, each with its effect."""

from __future__ import annotations

import pytest

from simulator import Kind, Status
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
async def test_reset_ends_sessions_reboots_and_comes_back(central: Csms, make: Make, kind: str, reason: str) -> None:
    """TC_013, TC_014: Accepted, StopTransaction (soft before it goes, hard after its boot), line closed, a new boot."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        await central.until(lambda: "Charging" in central.statuses(1))
        assert await central.ask("CP-1", "Reset", type=kind) == {"status": "Accepted"}
        await central.until(lambda: len(central.of("BootNotification")) == 2 and central.of("StopTransaction"))
        await central.until(lambda: central.status(1) == "Preparing")  # the cable is still in
    [stop] = [c for c in central.calls if c.action == "StopTransaction"]
    assert stop.payload["reason"] == reason
    assert stop.connection == (1 if kind == "Soft" else 2)
    assert point.counters.connects == 2


async def test_reset_clears_an_open_fault(central: Csms, make: Make) -> None:
    """The self test of a reboot passes: the fault is gone when the charge point is back."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.fault(1, "GroundFailure", "ABB", "E-113", "RCD trip")
        await central.until(lambda: "Faulted" in central.statuses(1))
        await central.ask("CP-1", "Reset", type="Hard")
        await central.until(lambda: central.status(1) == "Available")


async def test_get_configuration_all_some_and_unknown(central: Csms, make: Make) -> None:
    """CFG-01, CFG-04: everything without keys; known and unknown apart, names compared without case."""
    async with make() as point:
        await point.until(lambda: point.registered)
        everything = await central.ask("CP-1", "GetConfiguration")
        some = await central.ask("CP-1", "GetConfiguration", key=["heartbeatinterval", "Nonsense"])
    assert len(everything["configurationKey"]) >= 25
    assert "unknownKey" not in everything
    readonly = {entry["key"] for entry in everything["configurationKey"] if entry["readonly"]}
    assert "NumberOfConnectors" in readonly
    assert some == {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
        "unknownKey": ["Nonsense"],
    }


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("MeterValueSampleInterval", "7", "Accepted"),
        ("MeterValueSampleInterval", "soon", "Rejected"),
        ("NumberOfConnectors", "4", "Rejected"),
        ("Nonsense", "1", "NotSupported"),
        ("WebSocketPingInterval", "30", "RebootRequired"),
        ("MeterValuesSampledData", "Frequency", "Rejected"),
    ],
)
async def test_change_configuration_verdicts(central: Csms, make: Make, key: str, value: str, verdict: str) -> None:
    """Each of the four verdicts, and the value read back is the one that counts."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "ChangeConfiguration", key=key, value=value) == {"status": verdict}
        read = await central.ask("CP-1", "GetConfiguration", key=[key])
        values = [entry["value"] for entry in read["configurationKey"]]
        assert (value in values) == (verdict == "Accepted")


async def test_reboot_required_value_counts_after_the_boot(central: Csms, make: Make) -> None:
    """CFG-05: RebootRequired stores the value, the next boot puts it into force."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="WebSocketPingInterval", value="30")
        await central.ask("CP-1", "Reset", type="Soft")
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        await point.until(lambda: point.registered)
        assert point.configuration.text("WebSocketPingInterval") == "30"


async def test_changed_sample_interval_counts_at_once(central: Csms, make: Make) -> None:
    """From one value an hour to one a second without waiting for the hour."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.configuration.set("MeterValueSampleInterval", "3600")
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("MeterValues"))
        await central.ask("CP-1", "ChangeConfiguration", key="MeterValueSampleInterval", value="1")
        await central.until(lambda: len(central.of("MeterValues")) >= 4)


async def test_remote_start_with_a_waiting_cable(central: Csms, make: Make) -> None:
    """TC_010: Accepted, then StartTransaction with the tag, then Charging."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        answer = await central.ask("CP-1", "RemoteStartTransaction", idTag="C0FFEE", connectorId=1)
        await central.until(lambda: central.status(1) == "Charging")
    assert answer == {"status": "Accepted"}
    assert central.statuses(1)[-2:] == ["Preparing", "Charging"]
    assert central.of("StartTransaction")[0]["idTag"] == "C0FFEE"
    assert not central.of("Authorize")


async def test_remote_start_waits_for_the_cable(central: Csms, make: Make) -> None:
    """TC_011: Preparing until the plug starts the transaction; no plug within ConnectionTimeOut: Available."""
    async with make() as point:
        await point.until(lambda: point.registered)
        happened: list[Kind] = []
        point.listeners.append(lambda happening: happened.append(happening.kind))
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A", connectorId=2) == {"status": "Accepted"}
        await central.until(lambda: central.status(2) == "Preparing")
        assert Kind.REMOTE_START in happened
        point.plug_in(2)
        await central.until(lambda: central.of("StartTransaction"))
        point.configuration.set("ConnectionTimeOut", "2")
        await central.ask("CP-1", "RemoteStartTransaction", idTag="B", connectorId=1)
        await central.until(lambda: central.statuses(1)[-2:] == ["Preparing", "Available"])
    assert len(central.of("StartTransaction")) == 1


async def test_remote_start_is_rejected_where_it_cannot_work(central: Csms, make: Make) -> None:
    """Faulted, in use, unknown connector: Rejected; without a connector the free one is taken."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.fault(1, "GroundFailure")
        rejected = {"status": "Rejected"}
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A", connectorId=1) == rejected
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A", connectorId=9) == rejected
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A") == {"status": "Accepted"}
        assert point.connectors[2].awaited_tag == "A"
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="B") == rejected


async def test_authorize_remote_tx_requests_asks_first(central: Csms, make: Make) -> None:
    """With AuthorizeRemoteTxRequests the tag is authorised before the start."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="AuthorizeRemoteTxRequests", value="true")
        point.plug_in(1)
        await central.ask("CP-1", "RemoteStartTransaction", idTag="C0FFEE", connectorId=1)
        await central.until(lambda: central.of("StartTransaction"))
    actions = [c.action for c in central.calls]
    assert actions.index("Authorize") < actions.index("StartTransaction")


async def test_remote_stop_ends_the_transaction(central: Csms, make: Make) -> None:
    """TC_012: Accepted, StopTransaction with reason Remote; an unknown id is Rejected."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        assert await central.ask("CP-1", "RemoteStopTransaction", transactionId=4711) == {"status": "Rejected"}
        assert await central.ask("CP-1", "RemoteStopTransaction", transactionId=101) == {"status": "Accepted"}
        await central.until(lambda: central.of("StopTransaction"))
        assert point.connectors[1].status is Status.FINISHING
    assert central.of("StopTransaction")[0]["reason"] == "Remote"


async def test_a_charger_that_refuses(central: Csms, make: Make) -> None:
    """An operation in `refuses` is answered Rejected and has no effect."""
    async with make(refuses=frozenset({"Reset", "RemoteStartTransaction"})) as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "Reset", type="Hard") == {"status": "Rejected"}
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A") == {"status": "Rejected"}
        assert not point.rebooting


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("MakeCoffee", {"connectorId": 1}, "NotImplemented"),
        ("Reset", {"type": "Gentle"}, "TypeConstraintViolation"),
        ("RemoteStopTransaction", {"transactionId": "x"}, "TypeConstraintViolation"),
        ("ChangeConfiguration", {}, "TypeConstraintViolation"),
    ],
)
async def test_what_it_cannot_do_is_a_callerror(
    central: Csms, make: Make, action: str, payload: dict[str, object], code: str
) -> None:
    """RPC-09: an operation that is not there is NotImplemented; a bad payload is told as such; the link lives on."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert (await central.call("CP-1", action, payload))[:3:2] == [4, code]
        assert "configurationKey" in await central.ask("CP-1", "GetConfiguration")


async def test_thinking_does_not_stop_its_own_messages(central: Csms, make: Make) -> None:
    """RPC-02: while it thinks about our call, its own calls go on and are answered."""
    async with make(answer_delay_s=(4.0, 4.0)) as point:
        await point.until(lambda: point.registered)
        sent = point.counters.answered
        answer = central.ask("CP-1", "GetConfiguration", key=["BlinkRepeat"])
        point.plug_in(1)
        point.start(1, "A1B2C3")
        assert (await answer)["configurationKey"][0]["value"] == "3"
        assert point.counters.answered > sent + 1
