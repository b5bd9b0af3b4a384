"""Firmware, diagnostics and log commands: followed to the end that the charger reports."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from server.core.jobs import Jobs
from server.model.charger import Charger
from server.model.command import Command, CommandState, Operation, Reply
from server.model.job import JobKind
from server.model.observation import JobReported
from server.model.operations import GetDiagnostics, GetLog, SignedUpdateFirmware, UpdateFirmware
from tests.server.operations.bench import ACCEPTED, SHORT, Bench, asked, finished, states, steps
from tests.server.operations.whole import Whole, done
from tests.server.operations.whole import finished as whole_finished

DIAGNOSTICS, FIRMWARE = GetDiagnostics("http://h/"), UpdateFirmware("http://h/fw.bin", 0)
NAMED = Reply(CommandState.ACCEPTED, "", {"fileName": "d.zip"}, facts=("file d.zip",))
UNNAMED = Reply(CommandState.ACCEPTED, "", {}, facts=("nothing to upload",))


class Working:
    """A charger with jobs: what the core does, on the bus of a bench."""

    def __init__(self, bench: Bench) -> None:
        self.charger: Charger = bench.charger()
        self.jobs = Jobs(bench.bus)
        self._bench = bench

    def agreed(self, command: Command) -> None:
        self.jobs.accepted(command, self._bench.clock)

    def says(self, kind: JobKind, *states: str, request_id: int | None = None) -> None:
        for state in states:
            self.jobs.reported(JobReported("CP-1", self._bench.clock, kind, state, request_id))


@pytest.mark.parametrize(
    ("operation", "kind", "request_id", "words"),
    [
        (DIAGNOSTICS, JobKind.DIAGNOSTICS, None, ["Uploading", "Uploaded"]),
        (GetLog(location="http://h/"), JobKind.LOG, 501, ["Uploading", "Uploaded"]),
        (FIRMWARE, JobKind.FIRMWARE, None, ["Downloading", "Downloaded", "Installing", "Installed"]),
        (
            SignedUpdateFirmware("http://h/fw.bin", 0, "cert", "sig"),
            JobKind.FIRMWARE,
            501,
            ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"],
        ),
    ],
)
async def test_command_goes_through_its_stages(
    operation: Operation, kind: JobKind, request_id: int | None, words: list[str]
) -> None:
    """FW-01, FW-02, SEC-14: sent, accepted, every stage, confirmed; ids that nobody gave are those of the command."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, operation) as (desk, command, call):
        agreed = "answered" if request_id is None else "accepted"  # the plain answers of 1.6 have no word
        assert list(states(command)) == ["sent", agreed, *words, "confirmed"]
        assert getattr(command.operation, "request_id", None) == request_id
        command.facts = ("file d.zip",)
        working.agreed(command)
        call.answer(NAMED)
        assert await desk.wait(command, 1)
        working.says(kind, *words, request_id=request_id)
        assert set(states(command).values()) == {"done"}
        await bench.changed()
    assert bench.lines()[-1].startswith("INFO") and "confirmed" in bench.lines()[-1]


async def test_only_the_end_must_be_seen() -> None:
    """FW-01: chargers leave stages out; what was not said is told as such."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, FIRMWARE) as (desk, command, call):
        call.answer(ACCEPTED)
        assert await desk.wait(command, 1)
        working.says(JobKind.FIRMWARE, "Downloading", "Installed")
        assert steps(command)[2:] == [
            "Downloading done",
            "Downloaded done not reported",
            "Installing done not reported",
            "Installed done",
            "confirmed done",
        ]


@pytest.mark.parametrize("word", ["DownloadFailed", "InstallationFailed", "InvalidSignature"])
async def test_failure_ends_the_command_at_once(word: str) -> None:
    """FW-01: nobody waits half an hour for what the charger has given up."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, FIRMWARE) as (desk, command, call):
        call.answer(ACCEPTED)
        assert await desk.wait(command, 1)
        working.says(JobKind.FIRMWARE, "Downloading", word)
        assert command.is_finished
        assert steps(command)[3] == f"Downloaded missing the charger reports {word}"
        assert states(command)["confirmed"] == "missing"


@pytest.mark.parametrize(
    ("operation", "kind", "said"),
    [
        (replace(DIAGNOSTICS, retries=3), JobKind.DIAGNOSTICS, ["Uploading", "UploadFailed", "Uploading", "Uploaded"]),
        (
            replace(FIRMWARE, retries=1),
            JobKind.FIRMWARE,
            ["Downloading", "DownloadFailed", "Downloading", "Downloaded", "Installing", "Installed"],
        ),
    ],
)
async def test_a_charger_that_may_try_again_is_waited_for(operation: Operation, kind: JobKind, said: list[str]) -> None:
    """FW-01, FW-02: with retries a failed transfer is not the end; it is told while nothing better is."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, operation) as (desk, command, call):
        command.facts = NAMED.facts
        working.agreed(command)
        call.answer(NAMED)
        assert await desk.wait(command, 1)
        working.says(kind, *said[:2])
        assert steps(command)[3].endswith(f" running the charger reports {said[1]}: it may try again")
        working.says(kind, *said[2:])
        assert set(states(command).values()) == {"done"}
        assert steps(command)[3] == f"{said[3]} done"


async def test_a_charger_that_does_not_try_again_has_failed() -> None:
    """FW-02: the last word stands when the time is over; what cannot be tried again ends it at once."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, replace(DIAGNOSTICS, retries=3), replace(SHORT, stage=0.3)) as (desk, command, call):
        command.facts = NAMED.facts
        working.agreed(command)
        call.answer(NAMED)
        assert await desk.wait(command, 1)
        working.says(JobKind.DIAGNOSTICS, "Uploading", "UploadFailed")
        await finished(bench, command)
        assert steps(command)[3] == "Uploaded missing the charger reports UploadFailed: it may try again"
        firmware = desk.submit("CP-1", replace(FIRMWARE, retries=3), "ana")
        (await bench.sender.calls.get()).answer(ACCEPTED)
        assert await desk.wait(firmware, 1)
        working.says(JobKind.FIRMWARE, "Downloading", "Downloaded", "Installing", "InstallationFailed")
        assert steps(firmware)[5] == "Installed missing the charger reports InstallationFailed"


async def test_failure_before_the_answer_leaves_the_answer_open() -> None:
    """The charger may still answer what it has failed to do."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, DIAGNOSTICS) as (desk, command, call):
        working.says(JobKind.DIAGNOSTICS, "UploadFailed")
        assert states(command)["answered"] == "running" and states(command)["Uploaded"] == "missing"
        call.answer(NAMED)
        assert await desk.wait(command, 1)
        assert states(command)["answered"] == "done" and command.is_finished


async def test_nothing_to_upload_confirms() -> None:
    """FW-02: a charger without diagnostics has done what it was asked."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, DIAGNOSTICS) as (desk, command, call):
        working.agreed(command)
        call.answer(UNNAMED)
        assert await desk.wait(command, 1)
        assert steps(command)[3:] == ["Uploaded done nothing to upload", "confirmed done"]


async def test_a_newer_command_takes_the_place_of_the_older() -> None:
    """The older one is told so at once, the newer one goes on."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, FIRMWARE) as (desk, older, call):
        working.agreed(older)
        call.answer(ACCEPTED)
        assert await desk.wait(older, 1)
        newer = desk.submit("CP-1", FIRMWARE, "ana")
        second = await bench.sender.calls.get()
        working.agreed(newer)
        second.answer(ACCEPTED)
        assert await desk.wait(newer, 1)
        assert older.is_finished and "a newer one took its place" in "".join(steps(older))
        working.says(JobKind.FIRMWARE, "Installed")
        assert set(states(newer).values()) == {"done"}


async def test_booting_with_other_firmware_is_installed() -> None:
    """FW-01: a charger that only comes back with a new version has done it."""
    bench = Bench()
    working = Working(bench)
    working.charger.firmware = "1.0"
    async with asked(bench, FIRMWARE) as (desk, command, call):
        call.answer(ACCEPTED)
        assert await desk.wait(command, 1)
        bench.boots(working.charger)
        assert not command.is_finished
        working.charger.firmware = "1.1"
        bench.boots(working.charger)
        assert "Installed done boots with 1.1" in steps(command)


async def test_silence_is_told_with_what_was_last_said() -> None:
    """FW-03: no end within the time of a stage names the missing step and the last word."""
    bench = Bench()
    working = Working(bench)
    async with asked(bench, DIAGNOSTICS, replace(SHORT, stage=0.3)) as (desk, command, call):
        call.answer(NAMED)
        assert await desk.wait(command, 1)
        working.says(JobKind.DIAGNOSTICS, "Uploading")
        await finished(bench, command)
    assert "accepted, but no Uploaded within 0.3 s: it last said Uploading" in steps(command)[3]


async def test_a_file_that_never_came_is_not_uploaded(whole: Whole) -> None:
    """FW-02: the word of the charger is not enough where the place is our own; the file itself confirms."""
    site, charger = whole
    if not site.drop.port:  # taken by another
        await site.drop.listen(0)
    charger.answers["GetDiagnostics"] = {"fileName": "d.zip"}
    command = await done(site, GetDiagnostics())
    for word in ("Uploading", "Uploaded"):
        await charger.tell("DiagnosticsStatusNotification", status=word)
    assert steps(command)[3:] == [
        "Uploaded running the charger says Uploaded, but no file has come",
        "confirmed open",
    ]
    (location,) = (payload["location"] for payload in charger.sent("GetDiagnostics"))
    async with httpx.AsyncClient() as client:
        assert (await client.put(location + "d.zip", content=b"z")).status_code == 200
    assert steps(await whole_finished(command))[3] == "Uploaded done d.zip"
