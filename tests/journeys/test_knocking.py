"""As a technician at 80x24: a charger does not connect, and the screen says why and what to do."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.journeys.command import run
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient
from tests.server.links.knocking import basic

pytestmark = pytest.mark.slow

WAIT = 10.0


async def speak_tls(port: int) -> None:
    """wss to the plain port, by the TLS of Python."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname="csms")


async def dial(served: Served, target: str, *extra: str, offers: tuple[str, ...] | None = ("ocpp1.6",)) -> int:
    client = await RawClient.connect(served.port, target, offers, extra=extra)
    await client.close()
    return client.status


async def test_screen_says_what_to_do_for_each_charger_that_does_not_connect(folder: Path) -> None:
    """WS-02, WS-05, WS-10, WS-24, SEC-01: wrong password, TLS on the plain port, wrong path, other and no
    subprotocol; on a real terminal, by one key, in `get connections`, and gone from the top once it is repaired."""
    async with Served(folder, OCPP_UNKNOWN_CHARGERS="ask") as served:
        said = await run("chargers", "add", "CP-0003", "--generate", folder=folder)
        password = said.out.splitlines()[1].removeprefix("password: ")
        attach = [*COMMAND, "attach", "--socket", str(served.socket)]
        async with PtyScreen(attach, 80, 24) as screen:
            await screen.until("CP-0003", WAIT)
            for _ in range(3):
                assert await dial(served, "/ocpp/CP-0003", *basic("CP-0003", "wrong")) == 401
            await screen.until(lambda s: "7 Link 1" in s.text and "password wrong: 7 says what to do" in s.text, WAIT)
            await speak_tls(served.port)
            assert await dial(served, "/") == 404
            assert await dial(served, "/ocpp/CP-0007", offers=("ocpp2.0.1",)) == 400
            assert await dial(served, "/ocpp/CP-0008", offers=None) == 101
            await screen.until("7 Link 4", WAIT)
            screen.send("7")
            await screen.until("4 to repair", WAIT)
            sentences = {
                "password wrong": "set-password CP-0003 --generate",
                "tls on plain port": "ws, not wss",
                "no charger id": "URL ends without a charger id",
                "wrong subprotocol": "Set the charger to OCPP 1.6 JSON",
            }
            screen.send("g")
            while sentences:  # row by row, each with its own sentence below the list
                await screen.until(lambda s: any(told in below(s) for told in sentences.values()), WAIT)
                del sentences[next(cause for cause, told in sentences.items() if told in below(screen))]
                screen.send("j")
            screen.send("/CP-0008\r")
            await screen.until(lambda s: "should offer the subprotocol ocpp1.6" in below(s), WAIT)
            screen.send("\x1b")
            said = await run("get", "connections", "-o", "csv", folder=folder)
            for cause in ("password_wrong", "tls_on_plain_port", "no_charger_id", "wrong_subprotocol"):
                assert cause in said.out
            assert ",3," in next(line for line in said.out.splitlines() if "password_wrong" in line)
            assert await dial(served, "/ocpp/CP-0003", *basic("CP-0003", bytes.fromhex(password))) == 101
            screen.send("q")
            assert await screen.wait_exit() == 0
        await served.kill()
        await served.start()  # what was seen is still there after a power cut
        kept = {row["cause"] for row in (await served.get("/api/connections"))["connections"]}
        assert {"password_wrong", "tls_on_plain_port", "no_charger_id", "wrong_subprotocol"} <= kept
        assert await served.terminate() == 0
    assert password not in served.said


def below(screen: PtyScreen) -> str:
    """What stands under the list, as one line."""
    return " ".join(" ".join(screen.line(n) for n in range(14, 23)).split())
