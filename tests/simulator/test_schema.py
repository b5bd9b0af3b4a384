"""What the simulator says is OCPP 1.6: judged by the schemas that another project keeps."""

from __future__ import annotations

from typing import Any

from ocpp.messages import MessageType

from simulator import ChargePoint, Depot, Nameplate
from tests.simulator.csms import Csms
from tests.simulator.schemas import problems


async def test_every_message_of_a_depot_fits_its_schema(central: Csms) -> None:
    """Two minutes of a whole depot: all eight kinds of message, each as the schema wants it."""
    central.heartbeat_s = 30
    async with Depot(central.url, tempo=60.0) as depot:
        kinds = {"BootNotification", "StatusNotification", "StartTransaction", "MeterValues", "StopTransaction"}
        kinds |= {"Authorize", "Heartbeat", "DataTransfer"}
        await central.until(lambda: {c.action for c in central.calls} >= kinds and len(central.calls) > 300)
        assert depot.counters.errors == 0
    found = [p for call in central.calls for p in problems(MessageType.Call, call.action, call.payload)]
    assert found == []


async def test_every_answer_fits_its_schema(central: Csms) -> None:
    """The answers to the five operations, accepted and refused."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("GetConfiguration", {}),
        ("GetConfiguration", {"key": ["HeartbeatInterval", "Nonsense"]}),
        ("ChangeConfiguration", {"key": "Nonsense", "value": "1"}),
        ("RemoteStartTransaction", {"idTag": "A1B2C3", "connectorId": 1}),
        ("RemoteStartTransaction", {"idTag": "A1B2C3", "connectorId": 7}),
        ("RemoteStopTransaction", {"transactionId": 1}),
        ("Reset", {"type": "Hard"}),
    ]
    async with ChargePoint("CP-1", central.url, nameplate=Nameplate(iccid="8949", imsi="262")) as point:
        await point.until(lambda: point.registered)
        for action, payload in asked:
            answer = await central.ask("CP-1", action, **payload)
            assert problems(MessageType.CallResult, action, answer) == []
    assert problems(MessageType.Call, "BootNotification", central.of("BootNotification")[0]) == []
