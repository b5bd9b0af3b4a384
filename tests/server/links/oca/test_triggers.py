"""Remote trigger profile."""

from __future__ import annotations

from typing import Any

import pytest

from server.model.command import CommandState
from server.model.operations import TRIGGERS, TriggerMessage
from tests.server.links.oca.bench import AT, Bench, confirmed

SAMPLE = {"timestamp": AT, "sampledValue": [{"value": "1000", "unit": "Wh"}]}
MESSAGES: dict[str, dict[str, Any]] = {
    "BootNotification": {"chargePointVendor": "ACME", "chargePointModel": "M1"},
    "DiagnosticsStatusNotification": {"status": "Idle"},
    "FirmwareStatusNotification": {"status": "Idle"},
    "Heartbeat": {},
    "MeterValues": {"connectorId": 1, "meterValue": [SAMPLE]},
    "StatusNotification": {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
}


@pytest.mark.oca("TC_054_CSMS_TriggerMessage")
@pytest.mark.parametrize("message", TRIGGERS)
async def test_message_that_is_asked_for(bench: Bench, message: str) -> None:
    """TRG-01: each of the six may be asked for; its coming confirms the command."""
    connector_id = MESSAGES[message].get("connectorId")
    command = await bench.asks(TriggerMessage(message, connector_id))
    wanted = {"requestedMessage": message} | ({"connectorId": connector_id} if connector_id else {})
    assert bench.sent("TriggerMessage") == wanted and not command.is_finished
    await bench.tell(message, **MESSAGES[message])
    assert message in await confirmed(command)


@pytest.mark.oca("TC_055_CSMS_TriggerMessage_Rejected")
async def test_message_that_does_not_come(bench: Bench) -> None:
    """TRG-02: Rejected is the outcome, and remembered."""
    command = await bench.asks(TriggerMessage("MeterValues", 1), status="Rejected")
    assert command.state is CommandState.REJECTED and command.is_finished
    assert bench.site.chargers["CP-1"].refused_triggers == {"MeterValues": "Rejected"}
