"""Core profile: sessions, resets and locks that the server asks for."""

from __future__ import annotations

from typing import Literal

import pytest

from server.model.command import CommandState, RemoteStart, RemoteStop, Reset
from server.model.operations import ClearCache, UnlockConnector
from tests.server.links.oca.bench import CARD, Bench, ago, confirmed
from tests.server.operations.whole import told

START = RemoteStart(CARD, 1)


@pytest.mark.oca("TC_010_CSMS_RemoteStartChargingSession_CablePluggedInFirst")
async def test_remote_start_with_the_cable_in(bench: Bench) -> None:
    """Preparing is seen already; authorization, start and charging follow."""
    await bench.reports("Preparing")
    command = await bench.asks(START)
    assert bench.sent("RemoteStartTransaction") == {"connectorId": 1, "idTag": CARD}
    assert await bench.authorizes() == "Accepted"
    assert (await bench.starts(at=ago(0)))["idTagInfo"]["status"] == "Accepted"
    await bench.reports("Charging")
    names = ["sent", "accepted", "Preparing", "StartTransaction", "Charging", "confirmed"]
    assert await confirmed(command) == names


@pytest.mark.oca("TC_011_1_CSMS_RemoteStartChargingSession_RemoteStartFirst")
async def test_remote_start_before_the_cable(bench: Bench) -> None:
    """TX-20: the command waits for the cable, and for all that follows."""
    command = await bench.asks(START)
    assert command.state is CommandState.ACCEPTED and not command.is_finished
    assert await bench.authorizes() == "Accepted"
    tx = await bench.charges(at=ago(0))
    await confirmed(command)
    assert bench.transaction() == tx


@pytest.mark.oca("TC_011_2_CSMS_RemoteStartChargingSession_Timeout")
async def test_remote_start_and_no_cable_comes(bench: Bench) -> None:
    """Accepted is no session: the command still misses its start when the charger gives the connector free."""
    command = await bench.asks(START)
    await bench.reports("Preparing")
    await bench.reports("Available")
    assert told(command)[2:] == ["Preparing done", "StartTransaction running", "Charging open", "confirmed open"]
    assert bench.transaction() is None and await bench.ended() == []


@pytest.mark.oca("TC_026_CSMS_RemoteStartChargingSession_Rejected")
async def test_remote_start_that_is_rejected(bench: Bench) -> None:
    """The outcome says so, and no step is waited for."""
    command = await bench.asks(START, status="Rejected")
    assert (command.state, command.status) == (CommandState.REJECTED, "Rejected")
    assert command.is_finished and bench.transaction() is None


@pytest.mark.oca("TC_012_CSMS_RemoteStopChargingSession")
async def test_remote_stop(bench: Bench) -> None:
    """The stop comes with its reason, then the connector is free."""
    tx = await bench.charges()
    command = await bench.asks(RemoteStop(tx))
    assert bench.sent("RemoteStopTransaction") == {"transactionId": tx}
    await bench.stops(tx, "Remote")
    await bench.unplugs()
    assert "StopTransaction" in await confirmed(command)
    assert await bench.ended() == [(CARD, "Remote", 2000)]


@pytest.mark.oca("TC_028_CSMS_RemoteStopTransaction_Rejected")
async def test_remote_stop_of_a_session_that_is_not_there(bench: Bench) -> None:
    """Any id may be asked for; the charger's no is the outcome, and the running session goes on."""
    tx = await bench.charges()
    command = await bench.asks(RemoteStop(tx + 1000), status="Rejected")
    assert bench.sent("RemoteStopTransaction") == {"transactionId": tx + 1000}
    assert command.state is CommandState.REJECTED and bench.transaction() == tx


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("Hard", marks=pytest.mark.oca("TC_013_CSMS_HardReset")),
        pytest.param("Soft", marks=pytest.mark.oca("TC_014_CSMS_SoftReset")),
    ],
)
async def test_reset(bench: Bench, kind: Literal["Hard", "Soft"]) -> None:
    """RST-01: the session is stopped with the reason, the charger boots, and all connectors report."""
    tx = await bench.charges()
    command = await bench.asks(Reset(kind))
    assert bench.sent("Reset") == {"type": kind}
    await bench.stops(tx, f"{kind}Reset")
    assert (await bench.boots())["status"] == "Accepted"
    assert (await confirmed(command))[2:4] == [f"transaction {tx} stopped", "BootNotification"]
    assert await bench.ended() == [(CARD, f"{kind}Reset", 2000)]


@pytest.mark.parametrize(
    ("connector_id", "status", "state"),
    [
        pytest.param(
            1,
            "Unlocked",
            CommandState.ACCEPTED,
            marks=pytest.mark.oca("TC_017_1_CSMS_UnlockConnector_NoTransaction_NotFixedCable"),
        ),
        pytest.param(
            1,
            "NotSupported",
            CommandState.REJECTED,
            marks=pytest.mark.oca("TC_017_2_CSMS_UnlockConnector_NoTransaction_FixedCable"),
        ),
        pytest.param(
            1, "UnlockFailed", CommandState.REJECTED, marks=pytest.mark.oca("TC_030_CSMS_UnlockConnector_UnlockFailure")
        ),
        pytest.param(
            9,
            "NotSupported",
            CommandState.REJECTED,
            marks=pytest.mark.oca("TC_031_CSMS_UnlockConnector_UnknownConnector"),
        ),
    ],
)
async def test_unlock_without_a_session(bench: Bench, connector_id: int, status: str, state: CommandState) -> None:
    """The charger's own word is the outcome, also for a connector that it does not have."""
    command = await bench.asks(UnlockConnector(connector_id), status=status)
    assert bench.sent("UnlockConnector") == {"connectorId": connector_id}
    assert (command.state, command.status) == (state, status) and command.is_finished


@pytest.mark.oca("TC_018_1_CSMS_UnlockConnector_WithChargingSession")
async def test_unlock_ends_the_session(bench: Bench) -> None:
    """UNL-01: unlocked, and the session stops with the reason UnlockCommand."""
    tx = await bench.charges()
    command = await bench.asks(UnlockConnector(1), status="Unlocked")
    await bench.stops(tx, "UnlockCommand")
    await bench.unplugs()
    assert f"transaction {tx} stopped" in await confirmed(command)
    assert await bench.ended() == [(CARD, "UnlockCommand", 2000)]


@pytest.mark.oca("TC_061_CSMS_ClearAuthorizationDataInAuthorizationCache")
async def test_cache_is_cleared(bench: Bench) -> None:
    """An empty message; either answer is told as it is."""
    assert (await bench.asks(ClearCache())).state is CommandState.ACCEPTED
    assert bench.sent("ClearCache") == {}
    assert (await bench.asks(ClearCache(), status="Rejected")).state is CommandState.REJECTED
