"""A message that comes again with its id gets the answer that it had."""

from __future__ import annotations

from server.links.replay import KEPT, Replays
from server.model.event import Event, EventKind
from tests.server.links.conftest import Depot

START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-01-21T10:00:00Z"}
STOP = {"meterStop": 105, "timestamp": "2026-01-21T11:00:00Z"}


def kinds(depot: Depot) -> list[EventKind]:
    """Events from now on."""
    found: list[EventKind] = []

    def remember(event: Event) -> None:
        found.append(event.kind)

    depot.core.bus.listen(remember)
    return found


async def test_repeat_on_the_same_link(depot: Depot) -> None:
    """RPC-17: the stored answer, one transaction, the repeat noted and journaled."""
    events = kinds(depot)
    async with await depot.connect() as client:
        first = await client.call("StartTransaction", START, "id-1")
        again = await client.call("StartTransaction", START, "id-1")
        assert again == first
        assert await client.is_alive()
    assert events.count(EventKind.TRANSACTION_STARTED) == 1
    received = [f for f in depot.disk.frames if f.direction == "in" and f.action == "StartTransaction"]
    assert [f.deviations for f in received] == ["", "RPC-17:repeated"]


async def test_repeat_on_the_next_link(depot: Depot) -> None:
    """RPC-17: a StopTransaction whose answer was lost with the line ends one session, not two."""
    events = kinds(depot)
    async with await depot.connect() as client:
        number = (await client.call("StartTransaction", START, "id-1"))[2]["transactionId"]
        stop = {**STOP, "transactionId": number}
        first = await client.call("StopTransaction", stop, "id-2")
    async with await depot.connect() as client:
        assert await client.call("StopTransaction", stop, "id-2") == first
    assert events.count(EventKind.TRANSACTION_STOPPED) == 1


async def test_repeat_before_the_first_is_durable(depot: Depot) -> None:
    """RPC-17: neither copy is answered before the commit."""
    async with await depot.connect() as client:
        depot.disk.is_held = True
        for _ in range(2):
            client.send([2, "id-1", "StartTransaction", START])
        assert await client.nothing_arrives()
        depot.disk.commit()
        assert await client.receive() == await client.receive()


async def test_id_used_for_another_message(depot: Depot) -> None:
    """RPC-17: handled as what it is, and noted; only certification work refuses it."""
    other = {**START, "connectorId": 2}
    async with await depot.connect() as client:
        first = await client.call("StartTransaction", START, "id-1")
        second = await client.call("StartTransaction", other, "id-1")
        assert second[0] == 3 and second[2]["transactionId"] != first[2]["transactionId"]
        depot.set_options(strict=True)
        refused = await client.call("StartTransaction", {**START, "connectorId": 3}, "id-1")
        assert refused[:3] == [4, "id-1", "ProtocolError"]
    assert depot.core.peculiar.ledger.rules("CP-1") == {"RPC-17": 2}


async def test_ids_begin_again_with_every_link(depot: Depot) -> None:
    """RPC-17: also in certification work an id counts on its own link only, and a repeated Heartbeat has its answer."""
    async with await depot.connect() as client:
        depot.set_options(strict=True)
        first = await client.call("Heartbeat", {}, "1")
        assert await client.call("Heartbeat", {}, "1") == first
    async with await depot.connect() as client:
        assert (await client.call("StatusNotification", {"connectorId": 1, "status": "Available"}, "1"))[0] == 4
        ok = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
        assert (await client.call("StatusNotification", ok, "2"))[0] == 3


async def test_what_tells_the_time_is_never_repeated(depot: Depot) -> None:
    """RPC-17, BOOT-01: a charger that boots again with the id it always uses is told the time of now (Q47)."""
    boot = {"chargePointVendor": "Metron", "chargePointModel": "ME3"}
    events = kinds(depot)
    async with await depot.connect() as client:
        for _ in range(3):
            assert (await client.call("BootNotification", boot, "1000001"))[2]["status"] == "Accepted"
    assert events.count(EventKind.CHARGER_BOOTED) == 3


def test_memory_is_bounded() -> None:
    """The oldest answer is forgotten."""
    replays, link = Replays(), object()
    for n in range(KEPT + 1):
        replays.keep(str(n), f"frame {n}", f"answer {n}", link)
    assert replays.find("0", "frame 0", link) is None
    assert replays.find(str(KEPT), f"frame {KEPT}", object()) == f"answer {KEPT}"
