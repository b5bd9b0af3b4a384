"""What an answer brought, on the screen: read from a real charger's answer through the whole server."""

from __future__ import annotations

import httpx
import pytest

from server.model.command import CommandState
from tests.console.dialogs.real_depot import at_desk

pytestmark = pytest.mark.slow

HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "AA" * 32, "issuerKeyHash": "BB" * 32, "serialNumber": "01AB"}
PERIODS = [{"startPeriod": 0, "limit": 16}, {"startPeriod": 3600, "limit": 8.5, "numberPhases": 1}]


async def test_composite_schedule_is_a_small_table() -> None:
    """From when, how much, how many phases; the end too."""
    async with at_desk() as desk:
        desk.charger.answers["GetCompositeSchedule"] = {
            "status": "Accepted",
            "scheduleStart": "2026-11-21T10:00:00Z",
            "chargingSchedule": {"duration": 7200, "chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS},
        }
        await desk.open("GetCompositeSchedule")
        await desk.confirm()
        await desk.outcome()
        reader = desk.reader
        assert "LIMIT" in reader.line_with("FROM")
        assert "16 A" in reader.line_with("━━━━━━━━━━━━━━━━━━━━")
        assert "1 phase" in reader.line_with("8.5 A")
        assert "end" in desk.text()


async def test_long_schedule_scrolls() -> None:
    """j goes on to its end, and the dialog stays in the terminal."""
    async with at_desk((60, 15)) as desk:
        periods = [{"startPeriod": 60 * i, "limit": 6 + i} for i in range(20)]
        desk.charger.answers["GetCompositeSchedule"] = {
            "status": "Accepted",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        }
        await desk.open("GetCompositeSchedule")
        await desk.confirm()
        await desk.outcome()
        assert " 6 A" in desk.text() and "25 A" not in desk.text() and "j k" in desk.text()
        await desk.press(*["j"] * 25)
        assert "25 A" in desk.text() and "esc close" in desk.text()


async def test_installed_certificates_are_listed_and_can_be_deleted() -> None:
    """The list that was read is what DeleteCertificate offers."""
    async with at_desk() as desk:
        desk.charger.answers["GetInstalledCertificateIds"] = {
            "status": "Accepted",
            "certificateHashData": [HASHES, HASHES | {"serialNumber": "77"}],
        }
        await desk.open("GetInstalledCertificateIds")
        await desk.confirm()
        await desk.outcome()
        assert "2 are installed." in desk.text() and "SHA256" in desk.reader.line_with("01AB")
        await desk.press("escape")
        await desk.open("DeleteCertificate")
        await desk.fill(">")
        await desk.confirm()
        await desk.answered()
        assert desk.charger.sent("DeleteCertificate") == [{"certificateHashData": HASHES | {"serialNumber": "77"}}]


async def test_list_version_is_told() -> None:
    """LL-01: 0 is an empty list, -1 none at all."""
    async with at_desk() as desk:
        for version, told in ((3, "Version 3."), (0, "The list is empty."), (-1, "the charger has no local list")):
            desk.charger.answers["GetLocalListVersion"] = {"listVersion": version}
            await desk.open("GetLocalListVersion")
            await desk.outcome()
            assert told in desk.text()
            await desk.press("escape")


async def test_diagnostics_tell_where_the_file_lies() -> None:
    """FW-02: waited for, then name, size, and how it is taken from the drop; in the journal too."""
    async with at_desk() as desk:
        desk.charger.answers["GetDiagnostics"] = {"fileName": "diag.zip"}
        await desk.press("D", "y")
        await desk.answered()
        assert "not there yet" in desk.text()
        (sent,) = desk.charger.sent("GetDiagnostics")
        async with httpx.AsyncClient() as client:
            await client.put(f"{sent['location']}di%20ag.zip", content=b"x" * 12_000, timeout=15)
        for status in ("Uploading", "Uploaded"):
            await desk.charger.tell("DiagnosticsStatusNotification", status=status)
        await desk.outcome()
        assert "di ag.zip, 12 kB" in desk.text() and "files save 1 di_ag.zip" in desk.text()
        await desk.press("escape", "6", "enter")
        assert "di ag.zip, 12 kB" in desk.text()


async def test_refusal_is_explained_in_words() -> None:
    """The charger's own word, and what it means here."""
    async with at_desk() as desk:
        desk.charger.answers["UnlockConnector"] = {"status": "UnlockFailed"}
        await desk.press("u", "y")
        command = await desk.answered()
        assert command.state is CommandState.REJECTED
        assert "UnlockFailed: the lock did not open" in desk.text()
