"""A charger that nobody knows, as the default policy `ask` has it: it waits, is adopted, and only then counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.command import run
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import Closed, RawClient

WAIT = 10.0
START = {"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": "2026-11-21T10:00:00Z"}
STATUS = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"}


def asking(folder: Path) -> Served:
    """A server without a word about chargers and tags in its settings."""
    return Served(folder, OCPP_UNKNOWN_CHARGERS="", TAGS_UNKNOWN="")


async def boot(served: Served, charger_id: str) -> tuple[RawClient, dict[str, Any]]:
    client = await RawClient.connect(served.port, f"/ocpp/{charger_id}")
    return client, await client.boot()


async def business(client: RawClient) -> set[str]:
    """Tell everything that counts; the outcomes."""
    sample = {"timestamp": "2026-11-21T10:00:00Z", "sampledValue": [{"value": "7"}]}
    answers = [
        await client.call("StatusNotification", STATUS),
        await client.call("Authorize", {"idTag": "A1"}),
        await client.call("StartTransaction", START),
        await client.call("MeterValues", {"connectorId": 1, "meterValue": [sample]}),
        await client.call("StopTransaction", {"transactionId": 1, "meterStop": 5, "timestamp": "2026-11-21T10:00:00Z"}),
    ]
    return {answer[2] if answer[0] == 4 else "result" for answer in answers}


async def test_unknown_charger_waits_is_adopted_and_then_counts(folder: Path) -> None:
    """BOOT-02, BOOT-06, WS-12: Pending, nothing of it is kept; `chargers adopt`; Accepted, and it is kept."""
    async with asking(folder) as served:
        waiting, answer = await boot(served, "NEW-1")
        async with waiting:
            assert answer["status"] == "Pending"
            assert answer["interval"] <= 60
            assert await business(waiting) == {"SecurityError"}
            said = await run("get", "chargers", folder=folder)
            assert said.out.splitlines()[1].split()[:2] == ["NEW-1", "Pending"]
            said = await run("do", "RemoteStartTransaction", "NEW-1", "idTag=A1", folder=folder)
            assert said.code == 1 and "not adopted yet" in said.out
            said = await run("chargers", "adopt", "new-1", folder=folder)
            assert (said.code, said.out) == (0, "NEW-1: Accepted\n")
            with pytest.raises(Closed) as closed:  # so that it boots again at once
                await waiting.receive()
            assert closed.value.code == 1000
        assert (await served.get("/api/transactions"))["count"] == 0
        assert (await served.get("/api/faults"))["count"] == 0
        adopted, answer = await boot(served, "NEW-1")
        async with adopted:
            assert answer["status"] == "Accepted"
            assert await business(adopted) == {"result"}
        await kept(served)
        await served.kill()
        await served.start()  # adopted is adopted
        again, answer = await boot(served, "NEW-1")
        async with again:
            assert answer["status"] == "Accepted"
        await kept(served)
        assert await served.terminate() == 0
    assert served.said == ""


async def kept(served: Served) -> None:
    transactions = (await served.get("/api/transactions", charger="NEW-1"))["transactions"]
    assert 1 in {t["connectorId"] for t in transactions}
    (fault,) = (await served.get("/api/faults", charger="NEW-1"))["faults"]
    assert fault["errorCode"] == "GroundFailure"


async def test_unknown_tag_is_turned_away_until_it_is_added(folder: Path) -> None:
    """AUTH-01, TX-02: the default for tags is `reject`; a start gets its id all the same."""
    async with asking(folder) as served:
        client, _ = await boot(served, "CP-1")
        await client.close()
        assert (await run("chargers", "adopt", "CP-1", folder=folder)).code == 0
        client, _ = await boot(served, "CP-1")
        async with client:
            assert (await client.call("Authorize", {"idTag": "A1"}))[2]["idTagInfo"]["status"] == "Invalid"
            started = (await client.call("StartTransaction", START))[2]
            assert started["idTagInfo"]["status"] == "Invalid" and started["transactionId"] > 0
            assert (await run("tags", "add", "A1", folder=folder)).code == 0
            assert (await client.call("Authorize", {"idTag": "a1"}))[2]["idTagInfo"]["status"] == "Accepted"
        assert await served.terminate() == 0


async def test_unknown_charger_is_adopted_by_key(folder: Path) -> None:
    """It is seen on the screen with the key that lets it in; a read-only terminal cannot."""
    async with asking(folder) as served:
        waiting, _ = await boot(served, "NEW-2")
        attach = [*COMMAND, "attach", "--socket", str(served.socket)]
        async with waiting, PtyScreen([*attach, "--read-only"], 120, 30) as watching, PtyScreen(attach) as screen:
            await watching.until("NEW-2", WAIT)
            watching.send("+")
            await watching.until("read-only", WAIT)
            assert (await served.get("/api/chargers/NEW-2"))["registration"] == "Pending"
            await screen.until("lets it in", WAIT)  # also on 80x24
            screen.send("+")
            with pytest.raises(Closed):
                await waiting.receive(timeout=WAIT)
            adopted, answer = await boot(served, "NEW-2")
            async with adopted:
                assert answer["status"] == "Accepted"
                await watching.until(lambda s: "lets it in" not in s.text, WAIT)
            screen.send("q")
            assert await screen.wait_exit() == 0
        assert await served.terminate() == 0
    assert served.said == ""


async def test_refused_unknown_charger_is_not_let_in(folder: Path) -> None:
    """WS-12: `refuse` answers the handshake with 404, and makes no charger of it."""
    async with Served(folder, OCPP_UNKNOWN_CHARGERS="refuse") as served:
        client = await RawClient.connect(served.port, "/ocpp/STRANGER")
        assert client.status == 404 and "does not know this charger" in client.body
        await client.close()
        assert (await served.get("/api/chargers"))["count"] == 0
        assert await served.terminate() == 0
