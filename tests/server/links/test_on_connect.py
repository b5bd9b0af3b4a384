"""What goes on while a charger connects: little is asked of it, and nothing waits for anything."""

from __future__ import annotations

from server.model.command import CommandState, GetConfiguration
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot

STAMP = "2026-11-21T10:42:07Z"


async def test_nothing_is_asked_of_a_charger_that_connects(depot: Depot) -> None:
    """CFG-08, CFG-10, Q16, Q25: no probing of measurands, no burst on each connect."""
    async with await depot.connect() as client:
        await client.boot()
        await client.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
        assert await client.nothing_arrives(0.4)


async def test_a_call_of_ours_never_blocks_the_charger(depot: Depot) -> None:
    """RPC-03, RPC-02: while GetConfiguration waits for its answer, boot and heartbeat are answered."""
    async with await depot.connect() as client:
        await client.boot()
        _, waiting = depot.start_call(GetConfiguration())
        asked = await client.receive()
        assert asked[2] == "GetConfiguration"
        assert (await client.call("Heartbeat", {}))[0] == 3
        assert (await client.boot())["status"] == "Accepted"
        client.send([3, asked[1], {"configurationKey": []}])
        assert (await waiting).state is CommandState.ACCEPTED


async def test_a_stop_with_frequency_in_hertz_is_not_lost(depot: Depot) -> None:
    """MV-04, Q31: the package's schema of StopTransaction does not know the unit; the stop counts all the same."""
    async with await depot.connect() as client:
        await client.boot()
        start = {"connectorId": 1, "idTag": "A1B2C3", "meterStart": 100, "timestamp": STAMP}
        begun = (await client.call("StartTransaction", start))[2]["transactionId"]
        value = {"value": "50.02", "measurand": "Frequency", "unit": "Hertz"}
        data = [{"timestamp": STAMP, "sampledValue": [value]}]
        stop = {"transactionId": begun, "meterStop": 900, "timestamp": STAMP, "transactionData": data}

        assert (await client.call("StopTransaction", stop))[0] == 3
        ended = next(iter(depot.core.fleet.ended["CP-1"]))
        assert (ended.transaction_id, ended.energy_wh) == (begun, 800)
        assert await RawClient.is_alive(client)
