"""What a charger says wrong or tells by itself, on the screen of a person: real sockets, a real terminal."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient

WAIT = 10.0


async def test_deviation_job_and_security_event_reach_the_screen(folder: Path) -> None:
    """SN-07, FW-01, SEC-13: the details explain them, screen 8 lists them, and a second terminal knows them too."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/CP-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 160, 48) as screen:
            await screen.until("CP-1", WAIT)
            odd = {"connectorId": 1, "errorCode": "NoError", "status": "Mode3Error"}
            await charger.call("StatusNotification", odd)
            await charger.call("FirmwareStatusNotification", {"status": "Downloading"})
            event = {"type": "TamperDetectionActivated", "timestamp": "2026-11-21T10:00:00Z"}
            await charger.call("SecurityEventNotification", event)
            screen.send("d\t")
            await screen.until("A status or an error code is not a word of OCPP", WAIT)
            await screen.until('"status":"Mode3Error"', WAIT)  # a painted screen may arrive in two reads
            screen.send("8")
            await screen.until("Somebody has opened it", WAIT)
            await screen.until("Downloading", WAIT)
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 80, 24) as second:
            await second.until("CP-1", WAIT)
            second.send("8")
            await second.until("TamperDetectionActivated", WAIT)
            await second.until("Downloading", WAIT)


async def test_a_quirk_profile_is_applied_by_a_key_and_holds_after_a_restart(folder: Path) -> None:
    """`Q` on a charger of a known make sets its option; it is there after a restart, and `Q` takes it back."""
    async with Served(folder) as served:
        async with await RawClient.connect(served.port, "/CP-1") as charger:
            boot = {"chargePointVendor": "ABB", "chargePointModel": "Terra AC", "firmwareVersion": "1.8.32"}
            await charger.call("BootNotification", boot)
            async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
                await screen.until("CP-1", WAIT)
                screen.send("Q")
                await screen.until("abb-stack-level applied", WAIT)
        await served.terminate()
        await served.start()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
            await screen.until("CP-1", WAIT)
            screen.send("d\t\t")
            await screen.until("set here", WAIT)
            screen.send("Q")
            await screen.until("taken back", WAIT)
            await screen.until("suggested", WAIT)
