"""Firmware management profile: firmware and diagnostics."""

from __future__ import annotations

import pytest

from server.model.command import CommandState, StepState
from server.model.operations import GetDiagnostics, UpdateFirmware
from tests.server.links.oca.bench import Bench, confirmed
from tests.server.operations.whole import finished

AT_TEN = 1_795_255_200_000
UPDATE = UpdateFirmware("https://files.example/fw.bin", AT_TEN)


@pytest.mark.oca("TC_044_1_CSMS_FirmwareUpdate_DownloadAndInstall")
async def test_firmware_is_downloaded_and_installed(bench: Bench) -> None:
    """FW-01: the command follows the reports over the reboot, to the end."""
    bench.charger.answers["UpdateFirmware"] = {}
    command = await bench.asks(UPDATE)
    assert bench.sent("UpdateFirmware") == {"location": UPDATE.location, "retrieveDate": "2026-11-21T10:00:00Z"}
    for word in ("Downloading", "Downloaded", "Installing"):
        assert await bench.tell("FirmwareStatusNotification", status=word) == {}
    await bench.boots()
    assert await bench.tell("FirmwareStatusNotification", status="Installed") == {}
    names = ["sent", "answered", "Downloading", "Downloaded", "Installing", "Installed", "confirmed"]
    assert await confirmed(command) == names


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        pytest.param(
            ("Downloading", "DownloadFailed"),
            "Downloaded",
            marks=pytest.mark.oca("TC_044_2_CSMS_FirmwareUpdate_DownloadFailed"),
        ),
        pytest.param(
            ("Downloading", "Downloaded", "Installing", "InstallationFailed"),
            "Installed",
            marks=pytest.mark.oca("TC_044_3_CSMS_FirmwareUpdate_InstallationFailed"),
        ),
    ],
)
async def test_firmware_that_fails(bench: Bench, words: tuple[str, ...], missing: str) -> None:
    """The step that failed says with which word; the job is over."""
    bench.charger.answers["UpdateFirmware"] = {}
    command = await bench.asks(UPDATE)
    for word in words:
        assert await bench.tell("FirmwareStatusNotification", status=word) == {}
    await finished(command)
    failed = [step.name for step in command.steps if step.state is StepState.MISSING]
    assert failed[0] == missing and any(words[-1] in step.note for step in command.steps)
    (job,) = await bench.site.find_jobs("CP-1")
    assert job.state == words[-1] and not job.is_open


@pytest.mark.parametrize(
    ("last", "is_done"),
    [
        pytest.param("Uploaded", True, marks=pytest.mark.oca("TC_045_1_CSMS_GetDiagnostics")),
        pytest.param("UploadFailed", False, marks=pytest.mark.oca("TC_045_2_CSMS_GetDiagnostics_UploadFailed")),
    ],
)
async def test_diagnostics(bench: Bench, last: str, is_done: bool) -> None:
    """The file's name is told; the upload is followed to its end, good or bad."""
    command = await bench.asks(GetDiagnostics("https://files.example/in"), fileName="diag.zip")
    assert bench.sent("GetDiagnostics") == {"location": "https://files.example/in"}
    assert (command.state, command.facts) == (CommandState.ACCEPTED, ("file diag.zip",))
    for word in ("Uploading", last):
        assert await bench.tell("DiagnosticsStatusNotification", status=word) == {}
    await finished(command)
    assert (command.steps[-1].state is StepState.DONE) == is_done
    (job,) = await bench.site.find_jobs("CP-1")
    assert (job.state, job.file_name) == (last, "diag.zip")
