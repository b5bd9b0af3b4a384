"""Text from a charger that would command the terminal, end the program or forge a line: it is only shown."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.journeys.command import run
from tests.journeys.neighbour import undisturbed
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient

#: Title, clipboard, link, colours, clear screen, C1, markup, closing markup, turned-round text, formats, new lines.
EVIL = (
    "\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1b]8;;http://evil\x07\x1b[31m\x1b[2J\x9b31m\x9d0;pwned\x9c"
    "[bold]b[/bold][/][/nope][link=http://evil]l[/link]\u202egpj.exe\u200b\u2066\u0301\u0301\u0301\u0301"
    "\r\n2026-11-21 00:00:00 E forged\t%s %d {0} $(id) `id` \x00\x08\x7f"
)
#: What a terminal must never get because of it: the beginnings of its sequences, C1 controls, turned-round text.
FORBIDDEN = re.compile(
    rb"\x1b\]0;pwned|\x1b\]52|\x1b\]8;;http|\x1b\[31m\x1b\[2J|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81\xa6|\x00|\x7f"
)
MARKUP_ID = "[red]x[/]"
FORMULA_ID = "=1+1|'calc'!A1"
WAIT = 10.0
#: Keys of the screens, and what each shows of the text.
SCREENS = (("2", "FLT"), ("3", "OtherError"), ("4", "␛"), ("5", "␛"), ("6", "Change"))


async def misbehave(client: RawClient) -> None:
    """Boot, fault, transaction, and messages that nobody knows, all with the text in every field that takes it."""
    long = EVIL * 40  # 10 kB
    await client.call(
        "BootNotification", {"chargePointVendor": EVIL, "chargePointModel": long, "firmwareVersion": EVIL}
    )
    report = {"errorCode": "OtherError", "status": "Faulted", "vendorId": EVIL}
    await client.call("StatusNotification", report | {"connectorId": 1, "info": EVIL, "vendorErrorCode": EVIL})
    await client.call(
        "StatusNotification", report | {"connectorId": 2, "info": long, "vendorErrorCode": long, "errorCode": EVIL}
    )
    await client.call("Authorize", {"idTag": EVIL})
    start = {"connectorId": 2, "idTag": EVIL, "meterStart": 0, "timestamp": EVIL}
    started = await client.call("StartTransaction", start)
    await client.call("DataTransfer", {"vendorId": EVIL, "messageId": EVIL, "data": long})
    await client.call(EVIL, {})
    client.send([3, EVIL, {"status": EVIL}])
    client.send([4, EVIL, EVIL, EVIL, {}])
    stop = {"transactionId": started[2]["transactionId"], "idTag": EVIL, "meterStop": 5, "reason": EVIL}
    await client.call("StopTransaction", stop | {"timestamp": "2026-11-21T10:00:00Z"})


async def reset_refused(served: Served, client: RawClient, charger: str) -> None:
    """An operation whose answer is such a text too."""
    path = f"/api/chargers/{quote(charger, safe='')}/operations/ChangeConfiguration"
    asked = asyncio.create_task(served.post(path, {"key": EVIL[:50], "value": EVIL[:500]}))
    _, message_id, _, _ = await client.receive()
    client.send([4, message_id, EVIL, EVIL, {"x": EVIL}])
    assert (await asked)["state"] == "error"


@pytest.mark.slow
async def test_no_text_of_a_charger_commands_the_screen(folder: Path) -> None:
    """T10: every screen shows it; no byte sequence of it reaches the terminal, and the program lives."""
    async with Served(folder) as served:
        async with undisturbed(served), await RawClient.connect(served.port, "/%5Bred%5Dx%5B%2F%5D") as client:
            await misbehave(client)
            await reset_refused(served, client, MARKUP_ID)
            attach = [*COMMAND, "attach", "--socket", str(served.socket)]
            async with PtyScreen(attach, 160, 48, {"COLORTERM": "truecolor"}) as screen:
                await look_around(screen)
                await misbehave(client)  # while the log is looked at
                await look_for(screen, "forged")
                screen.send("q")
                assert await screen.wait_exit() == 0
        assert screen.screen.title != "pwned"
        found = FORBIDDEN.search(bytes(screen.raw))
        assert not found, bytes(screen.raw)[max(found.start() - 80, 0) : found.end() + 80]
        assert await served.terminate() == 0
    assert served.said == ""


async def look_around(screen: PtyScreen) -> None:
    """The details of the evil charger, and every screen."""
    await screen.until(MARKUP_ID, WAIT)
    screen.send("]")  # to the fault
    await screen.until("Look the vendor code up", WAIT)
    screen.send("\r")
    await screen.until(lambda s: "CHATTER" not in s.text and "pwned" in s.text, WAIT)
    screen.send("-")
    await screen.until("CHATTER", WAIT)
    for key, seen in SCREENS:
        screen.send(key)
        await screen.until(seen, WAIT)


async def look_for(screen: PtyScreen, word: str) -> None:
    """In the log, with the filter."""
    screen.send("5")
    await screen.until("␛", WAIT)
    screen.send("/")
    await screen.until("words  !not", WAIT)
    screen.send(f"{word}\r")
    await screen.until(f"/ {word}", WAIT)


@pytest.mark.slow
async def test_no_text_of_a_charger_commands_a_list(folder: Path) -> None:
    """T10: tables and CSV hold no control character and one row a thing; no cell is a formula; JSON is exact."""
    async with Served(folder) as served:
        async with await RawClient.connect(served.port, "/=1+1%7C'calc'!A1") as client:
            await misbehave(client)
            await reset_refused(served, client, FORMULA_ID)
            for what in ("chargers", "connectors", "transactions", "faults", "commands", "frames"):
                table, as_csv = await asyncio.gather(
                    run("get", what, folder=folder), run("get", what, "-o", "csv", folder=folder)
                )
                assert (table.code, table.err, as_csv.code, as_csv.err) == (0, "", 0, "")
                assert (table.out + as_csv.out).replace("\n", "").isprintable()
                rows = list(csv.DictReader(io.StringIO(as_csv.out)))
                assert len(rows) == len(table.out.splitlines()) - 1 > 0
                assert not any((cell or "").startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
            said = await run("get", "faults", "-o", "json", folder=folder)
            assert any(fault["vendorErrorCode"] == EVIL for fault in json.loads(said.out)["faults"])
        assert await served.terminate() == 0
    assert served.said == ""
