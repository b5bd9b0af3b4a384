"""A technician takes a connector out of service, limits it and fetches diagnostics, by keys on a real terminal."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.journeys.product import COMMAND, confirm
from tests.journeys.test_operations import WAIT, ask, free_port, outcome
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient
from tests.server.operations.whole import AnsweringCharger


def console(folder: Path, port: int, drop_port: int) -> PtyScreen:
    settings = {
        "OCPP_CONSOLE_DB": str(folder / "depot.db"),
        "OCPP_CONSOLE_SOCKET": str(folder / "s"),
        "OCPP_CONSOLE_PORT": str(port),
        "OCPP_CONSOLE_HOST": "127.0.0.1",
        "OCPP_CONSOLE_DROP_PORT": str(drop_port),
        "OCPP_CONSOLE_OCPP_UNKNOWN_CHARGERS": "accept",
        "COLORTERM": "truecolor",
    }
    return PtyScreen(COMMAND, 80, 24, settings)


@pytest.mark.slow
async def test_three_operations_with_forms_are_done_by_keys(folder: Path) -> None:
    """ChangeAvailability, SetChargingProfile, GetDiagnostics: from the key to what the charger got, and back again."""
    port, drop_port = free_port(), free_port()
    async with console(folder, port, drop_port) as screen:
        await screen.until("6 Ops", WAIT)
        charger = AnsweringCharger(await RawClient.connect(port))
        try:
            await charger.boots()
            await screen.until("CP-1 ", WAIT)
            await put_out_of_service(screen, charger, folder)
            await limit(screen, charger, folder)
            await fetch_diagnostics(screen, charger, folder)
            screen.send("6")
            for name in ("ChangeAvailability", "SetChargingProfile", "GetDiagnostics"):
                await screen.until(name, WAIT)
        finally:
            await charger.close()


async def put_out_of_service(screen: PtyScreen, charger: AnsweringCharger, folder: Path) -> None:
    screen.send("A")
    await screen.until('"type":"Inoperative"', WAIT)
    await screen.until("Out of service, also after a reset", WAIT)
    await confirm(screen)
    await screen.until("waiting for connector 1 out of service", WAIT)
    await charger.reports(1, "Unavailable")
    await screen.until("●  confirmed", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "x UNA" in s.text and "●  confirmed" not in s.text, WAIT)
    assert charger.sent("ChangeAvailability") == [{"connectorId": 1, "type": "Inoperative"}]
    assert (await outcome(folder, "ChangeAvailability"))["state"] == "accepted"


async def limit(screen: PtyScreen, charger: AnsweringCharger, folder: Path) -> None:
    screen.send(":")
    await screen.until("Operations  CP-1", WAIT)
    screen.send("setcharging\r")
    await screen.until("limit is missing", WAIT)
    screen.send("16, 1h 8")
    await screen.until("sends", WAIT)
    screen.send("\t" * 9)  # over the rest of the form
    await screen.until("▌  Cancel", WAIT)
    await confirm(screen)
    await screen.until("●  accepted", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "●  accepted" not in s.text, WAIT)
    (sent,) = charger.sent("SetChargingProfile")
    schedule = sent["csChargingProfiles"]["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 16}, {"startPeriod": 3600, "limit": 8}]
    assert (await outcome(folder, "SetChargingProfile"))["state"] == "accepted"


async def fetch_diagnostics(screen: PtyScreen, charger: AnsweringCharger, folder: Path) -> None:
    charger.answers["GetDiagnostics"] = {"fileName": "diag.zip"}
    screen.send("D")
    await screen.until("/drop/", WAIT)
    await confirm(screen)
    await screen.until("not there yet", WAIT)
    (sent,) = charger.sent("GetDiagnostics")
    await charger.tell("DiagnosticsStatusNotification", status="Uploading")
    async with httpx.AsyncClient() as client:
        answer = await client.put(f"{sent['location']}diag.zip", content=b"x" * 5_000, timeout=10)
    assert answer.status_code in (200, 201, 204)
    await charger.tell("DiagnosticsStatusNotification", status="Uploaded")
    await screen.until("diag.zip, 5000 bytes", WAIT)
    await screen.until("ocpp-console files save", WAIT)
    screen.send("\x1b")
    await screen.until(lambda s: "files save" not in s.text, WAIT)
    (file,) = [f for f in (await ask(folder, "/api/files"))["files"] if f["name"] == "diag.zip"]
    assert file["size"] == 5_000
