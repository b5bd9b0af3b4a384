"""A technician sees a fault and does all five operations by keys; each reaches the charger and leaves its trace."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator import ChargePoint, Vehicle
from tests.journeys.product import COMMAND, confirm
from tests.pty_screen import PtyScreen

WAIT = 15.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def console(folder: Path, port: int, columns: int = 160, lines: int = 48) -> PtyScreen:
    """`ocpp-console` as a person starts it, with its files in `folder`."""
    settings = {
        "OCPP_CONSOLE_DB": str(folder / "depot.db"),
        "OCPP_CONSOLE_SOCKET": str(folder / "s"),
        "OCPP_CONSOLE_PORT": str(port),
        "OCPP_CONSOLE_HOST": "127.0.0.1",
        "OCPP_CONSOLE_OCPP_UNKNOWN_CHARGERS": "accept",
        "OCPP_CONSOLE_TAGS_UNKNOWN": "accept",
        "COLORTERM": "truecolor",
    }
    return PtyScreen(COMMAND, columns, lines, settings)


async def ask(folder: Path, path: str) -> Any:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(folder / "s"))) as client:
        return (await client.get(f"http://local{path}", timeout=30)).json()


async def outcome(folder: Path, operation: str) -> dict[str, Any]:
    """The newest command of that name in the journal of the server, which is on the disk a moment after the screen."""
    await ask(folder, "/api/reservations")  # read behind a flush
    commands = (await ask(folder, "/api/commands"))["commands"]
    return next(c for c in commands if c["operation"] == operation)


@pytest.mark.slow
async def test_fault_is_seen_and_five_operations_are_done_by_keys(folder: Path) -> None:
    """GroundFailure shows in grid and panel; Reset, GetConfiguration, ChangeConfiguration, RemoteStart and RemoteStop
    reach the charger, their outcome is on the screen and in the journal."""
    port = free_port()
    async with console(folder, port) as screen:
        await screen.until("6 Operations", WAIT)
        async with ChargePoint("CP-0007", f"ws://127.0.0.1:{port}/ocpp") as charger:
            await screen.until("CP-0007", WAIT)
            await see_the_fault(screen, charger)
            await read_configuration(screen, folder)
            await change_configuration(screen, charger, folder)
            await start(screen, charger, folder)
            await stop(screen, charger, folder)
            await reset(screen, charger, folder)

            screen.send("6")
            for name in ("Reset", "GetConfiguration", "ChangeConfiguration", "RemoteStart", "RemoteStop"):
                await screen.until(name, WAIT)


async def see_the_fault(screen: PtyScreen, charger: ChargePoint) -> None:
    charger.fault(1, "GroundFailure", "com.example", "E-113", "RCD trip")
    await screen.until("! FLT GroundFailure", WAIT)
    await screen.until("E-113", WAIT)
    await screen.until("RCD trip", WAIT)
    await screen.until("residual-current device has tripped", WAIT)
    await screen.until("! 1 fault", WAIT)
    column, line = screen.find("! FLT") or (0, 0)
    assert screen.cell(column, line).bg == "d55e00"
    charger.clear_fault(1)
    await screen.until(lambda s: "! FLT" not in s.text and "1 fault" not in s.text, WAIT)


async def read_configuration(screen: PtyScreen, folder: Path) -> None:
    screen.send("c")
    await screen.until("HeartbeatInterval", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "HeartbeatInterval" not in s.text, WAIT)
    assert (await outcome(folder, "GetConfiguration"))["state"] == "accepted"


async def change_configuration(screen: PtyScreen, charger: ChargePoint, folder: Path) -> None:
    screen.send("C")
    await screen.until("Change  CP-0007", WAIT)
    screen.send("MeterValueSampleInterval\r")
    await screen.until("MeterValueSampleInterval", WAIT)
    screen.send("17\r")
    await screen.until('"value":"17"', WAIT)
    await confirm(screen)
    await screen.until("●  accepted", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "●  accepted" not in s.text, WAIT)
    assert charger.configuration.text("MeterValueSampleInterval") == "17"
    assert (await outcome(folder, "ChangeConfiguration"))["state"] == "accepted"


async def start(screen: PtyScreen, charger: ChargePoint, folder: Path) -> None:
    charger.plug_in(1, Vehicle())
    await screen.until("+ PRE", WAIT)
    screen.send("s")
    await screen.until("confirm: level", WAIT)
    screen.send("C0FFEE\r")
    await screen.until('"C0FFEE"}]', WAIT)
    await confirm(screen)
    await screen.until("●  Charging", WAIT)
    screen.send("\x1b")
    await screen.until("> CHG", WAIT)
    assert (await outcome(folder, "RemoteStartTransaction"))["state"] == "accepted"


async def stop(screen: PtyScreen, charger: ChargePoint, folder: Path) -> None:
    screen.send("x")
    await screen.until("Ends transaction", WAIT)
    await confirm(screen)
    await screen.until("●  StopTransaction", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "> CHG" not in s.text, WAIT)
    await ask(folder, "/api/reservations")  # read behind a flush: what the screen knows is on the disk then
    transactions = (await ask(folder, "/api/transactions"))["transactions"]
    assert transactions[0]["status"] == "COMPLETED"
    assert transactions[0]["stopReason"] == "Remote"


async def reset(screen: PtyScreen, charger: ChargePoint, folder: Path) -> None:
    screen.send("r")
    await screen.until('"Reset",{"type":"Soft"}', WAIT)
    await confirm(screen)
    await screen.until("●  confirmed", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "●  confirmed" not in s.text, WAIT)
    assert (await outcome(folder, "Reset"))["state"] == "accepted"
