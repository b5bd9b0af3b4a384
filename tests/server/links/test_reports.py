"""What a charger reports by itself: firmware, diagnostics and log jobs, security events, certificate requests."""

from __future__ import annotations

import pytest

from server.core.core import Policy
from server.links.link import now_ms
from server.model.command import Command, Operation, Reply
from server.model.event import Event, EventKind
from server.model.job import STALE_AFTER, JobKind
from server.model.log import Level
from server.model.operations import GetDiagnostics, GetLog, SignedUpdateFirmware, UpdateFirmware
from server.model.security_event import SecurityEvent
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot

AT = "2026-11-21T10:00:00Z"
DIAGNOSTICS, FIRMWARE = "DiagnosticsStatusNotification", "FirmwareStatusNotification"
LOG, SIGNED = "LogStatusNotification", "SignedFirmwareStatusNotification"


def jobs(depot: Depot) -> list[tuple[str, str, int | None]]:
    """(kind, state, request id) of CP-1, newest first."""
    return [(j.kind.value, j.state, j.request_id) for j in depot.core.jobs.of("CP-1")]


def events(depot: Depot, kind: EventKind) -> list[Event]:
    found: list[Event] = []
    depot.core.bus.listen(lambda event: found.append(event) if event.kind is kind else None)
    return found


async def told(client: RawClient, action: str, **payload: object) -> None:
    """Send a status and expect `{}`."""
    answer = await client.call(action, payload)
    assert answer[0] == 3 and answer[2] == {}, answer


@pytest.mark.parametrize(
    ("action", "kind", "states", "request_id"),
    [
        (DIAGNOSTICS, "diagnostics", ["Uploading", "Uploaded"], None),
        (FIRMWARE, "firmware", ["Downloading", "Downloaded", "Installing", "Installed"], None),
        (LOG, "log", ["Uploading", "Uploaded"], 12),
        (SIGNED, "firmware", ["Downloading", "SignatureVerified", "InstallRebooting", "Installed"], 13),
    ],
)
async def test_states_of_one_job_are_one_job(
    depot: Depot, action: str, kind: str, states: list[str], request_id: int | None
) -> None:
    """FW-01, SEC-14: each state is answered `{}` and goes to the same job, which began elsewhere."""
    changed = events(depot, EventKind.JOB_CHANGED)
    async with await depot.connect() as client:
        for state in states:
            await told(client, action, status=state, **({} if request_id is None else {"requestId": request_id}))
    (job,) = depot.core.jobs.of("CP-1")
    assert (job.kind, job.state, job.request_id, job.started_elsewhere) == (kind, states[-1], request_id, True)
    assert [step.state for step in job.history] == states
    assert all(step.at > 0 for step in job.history) and not job.is_open
    assert len(changed) == len(states)


@pytest.mark.parametrize("word", ["InstallRebooting", "installREBOOTING", "DownloadPaused"])
async def test_signed_words_on_the_plain_message(depot: Depot, word: str) -> None:
    """FW-01: vendor statuses of the signed set are taken on the plain action, and kept."""
    async with await depot.connect() as client:
        await told(client, FIRMWARE, status=word)
        ((_, state, _),) = jobs(depot)
        assert state in ("InstallRebooting", "DownloadPaused")
        assert await client.is_alive()


async def test_a_word_of_nobody_is_kept_and_bounded(depot: Depot) -> None:
    """FW-01: a status of a vendor is a state like others, however long it is; another case of letters is none."""
    async with await depot.connect() as client:
        await told(client, FIRMWARE, status="Verifying" + "x" * 5_000)
        await told(client, FIRMWARE, status="INSTALLED")
        await told(client, DIAGNOSTICS)
        await told(client, DIAGNOSTICS, status=None)
        assert await client.is_alive()
    (job,) = depot.core.jobs.of("CP-1")
    assert [len(step.state) for step in job.history] == [40, 9] and job.state == "Installed"
    assert depot.lines(FIRMWARE)[0].level is Level.WARNING


async def test_idle_changes_nothing(depot: Depot) -> None:
    """FW-03, SEC-14: Idle, which only comes when it is asked for, opens no job and ends none, with or without id."""
    async with await depot.connect() as client:
        for action in (DIAGNOSTICS, FIRMWARE, LOG, SIGNED):
            await told(client, action, status="Idle")
        assert jobs(depot) == []
        await told(client, LOG, status="Uploading", requestId=4)
        await told(client, LOG, status="Idle")
        await told(client, LOG, status="Idle", requestId=4)
    assert jobs(depot) == [("log", "Uploading", 4)]


async def test_stale_is_derived_from_silence(depot: Depot) -> None:
    """FW-03: half an hour without news while something should move is stale; news, or an end, is not."""
    async with await depot.connect() as client:
        for action, moving, end in ((FIRMWARE, "Installing", "Installed"), (DIAGNOSTICS, "Uploading", "Uploaded")):
            await told(client, action, status=moving)
            job = depot.core.jobs.of("CP-1")[0]
            assert not job.is_stale(job.changed_at + STALE_AFTER) and job.is_stale(job.changed_at + STALE_AFTER + 1)
            await told(client, action, status=end)
            assert not job.is_stale(job.changed_at + 10 * STALE_AFTER)


@pytest.mark.parametrize(
    ("operation", "action", "answer", "kind", "name"),
    [
        (GetDiagnostics("ftp://h/up"), DIAGNOSTICS, {"fileName": "diag.zip"}, JobKind.DIAGNOSTICS, "diag.zip"),
        (UpdateFirmware("http://h/fw/a.bin?x=1", 0), FIRMWARE, {}, JobKind.FIRMWARE, "a.bin"),
    ],
)
async def test_plain_news_belong_to_the_newest_command(
    depot: Depot, operation: Operation, action: str, answer: dict[str, str], kind: JobKind, name: str
) -> None:
    """FW-01, FW-02: without request id the newest open job of the kind is meant; the one before is superseded."""
    async with await depot.connect() as client:
        for command_id in (1, 2):
            await accepted(depot, client, operation, command_id, answer)
        await told(client, action, status="Uploaded" if kind is JobKind.DIAGNOSTICS else "Installed")
    newest, older = depot.core.jobs.of("CP-1")
    assert (newest.command_id, newest.kind, newest.is_open, newest.file_name) == (2, kind, False, name)
    assert (older.command_id, older.state) == (1, "Superseded")


async def test_news_carry_the_request_id(depot: Depot) -> None:
    """SEC-14: GetLog and SignedUpdateFirmware are told apart by request id, also when an older one goes on."""
    async with await depot.connect() as client:
        await accepted(depot, client, GetLog(request_id=71, location="http://h/"), 1, {"status": "Accepted"})
        await accepted(depot, client, GetLog(request_id=72, location="http://h/"), 2, {"status": "Accepted"})
        signed = SignedUpdateFirmware("http://h/fw.bin", 0, "cert", "signature", request_id=73)
        await accepted(depot, client, signed, 3, {"status": "Accepted"})
        await told(client, LOG, status="Uploading", requestId=72)
        await told(client, LOG, status="AcceptedCanceled", requestId=71)
        await told(client, SIGNED, status="Downloading", requestId=73)
        await told(client, LOG, status="Uploading", requestId=99)
    assert jobs(depot) == [
        ("log", "Uploading", 99),
        ("firmware", "Downloading", 73),
        ("log", "Uploading", 72),
        ("log", "AcceptedCanceled", 71),
    ]
    assert [j.command_id for j in depot.core.jobs.of("CP-1")] == [None, 3, 2, 1]


async def test_news_before_the_answer_belong_to_the_command(depot: Depot) -> None:
    """SEC-14: a charger that reports faster than it answers has one job, not two."""
    async with await depot.connect() as client:
        command, task = depot.start_call(GetDiagnostics("ftp://h/up"), command_id=5)
        call = await client.receive()
        command.sent_at = 1
        await told(client, DIAGNOSTICS, status="Uploading")
        client.send([3, call[1], {"fileName": "d.zip"}])
        settle(depot, command, await task)
    (job,) = depot.core.jobs.of("CP-1")
    assert (job.command_id, job.state, job.file_name) == (5, "Uploading", "d.zip")


async def test_nothing_to_upload_is_an_end(depot: Depot) -> None:
    """FW-02: no file name in the answer means that there is nothing; a charger that uploads all the same goes on."""
    async with await depot.connect() as client:
        await accepted(depot, client, GetDiagnostics("ftp://h/up"), 1, {})
        assert jobs(depot) == [("diagnostics", "NothingToUpload", None)]
        assert not depot.core.jobs.of("CP-1")[0].is_open
        await told(client, DIAGNOSTICS, status="Uploading")
    assert jobs(depot) == [("diagnostics", "Uploading", None)]


async def test_a_retry_goes_on_and_a_repeated_end_is_no_new_job(depot: Depot) -> None:
    """FW-01: after a failure the charger tries again; some repeat `Installed` at every boot."""
    async with await depot.connect() as client:
        for state in ("Downloading", "DownloadFailed", "Downloading", "Downloaded", "Installed", "Installed"):
            await told(client, FIRMWARE, status=state)
        assert len(jobs(depot)) == 1
        await told(client, FIRMWARE, status="Downloading")
    assert [state for _, state, _ in jobs(depot)] == ["Downloading", "Installed"]


async def test_jobs_at_hand_are_bounded(depot: Depot) -> None:
    """A charger that invents request ids, or goes back and forth for ever, fills nothing."""
    async with await depot.connect() as client:
        for number in range(40):
            await told(client, LOG, status="Uploading", requestId=number)
        await told(client, LOG, status="Uploading", requestId=2**70)
        for number in range(120):
            await told(client, FIRMWARE, status=f"Stage{number}")
    found = depot.core.jobs.of("CP-1")
    assert len(found) == 20 and max(len(job.history) for job in found) <= 50
    assert found[0].history[0].state == "Stage0" and found[0].state == "Stage119"


# security events


@pytest.mark.parametrize(
    ("kind", "critical", "level"),
    [
        ("FirmwareUpdated", True, Level.WARNING),
        ("SettingSystemTime", True, Level.WARNING),
        ("StartupOfTheDevice", True, Level.WARNING),
        ("ResetOrReboot", True, Level.WARNING),
        ("SecurityLogWasCleared", True, Level.WARNING),
        ("MemoryExhaustion", True, Level.WARNING),
        ("TamperDetectionActivated", True, Level.ERROR),
        ("InvalidFirmwareSignature", False, Level.WARNING),
        ("com.acme.LidOpened", False, Level.WARNING),
    ],
)
async def test_security_event_is_answered_kept_and_told(depot: Depot, kind: str, critical: bool, level: Level) -> None:
    """SEC-13: `{}`, an event on the bus with all it said, and one line; the critical ones of 1.6 are marked."""
    found = events(depot, EventKind.SECURITY_EVENT)
    async with await depot.connect() as client:
        await told(client, "SecurityEventNotification", type=kind, timestamp=AT, techInfo="door %s 2")
    (event,) = [e.subject for e in found]
    assert isinstance(event, SecurityEvent)
    assert (event.type, event.tech_info, event.is_critical) == (kind, "door %s 2", critical)
    assert event.station_at == 1_795_255_200_000
    (line,) = depot.lines("security")
    assert line.level is level and kind in line.text and "door %s 2" in line.text


@pytest.mark.parametrize("payload", [{}, {"type": None}, {"type": 7, "timestamp": "yesterday"}, {"type": "x" * 9_000}])
async def test_odd_security_event_is_answered(depot: Depot, payload: dict[str, object]) -> None:
    """SEC-13: always `{}`, whatever is missing or wrong; what there is is kept."""
    found = events(depot, EventKind.SECURITY_EVENT)
    async with await depot.connect() as client:
        await told(client, "SecurityEventNotification", **payload)
        assert await client.is_alive()
    assert len(found) == 1


async def test_security_event_is_answered_after_it_is_safe(depot: Depot) -> None:
    """SEC-13: the charger forgets it on our answer, so the answer waits for the disk."""
    async with await depot.connect() as client:
        depot.disk.is_held = True
        client.send([2, "s1", "SecurityEventNotification", {"type": "ResetOrReboot", "timestamp": AT}])
        assert await client.nothing_arrives()
        depot.disk.is_held = False
        depot.disk.commit()
        assert (await client.receive())[:2] == [3, "s1"]


# certificates


async def test_certificate_request_is_refused_without_a_ca(depot: Depot) -> None:
    """SEC-12: Rejected at once, the request is kept, nothing else is sent."""
    found = events(depot, EventKind.CERTIFICATE_REQUESTED)
    async with await depot.connect() as client:
        answer = await client.call("SignCertificate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----\nabc"})
        assert answer[2] == {"status": "Rejected"}
        assert await client.nothing_arrives()
    (request,) = [e.subject for e in found]
    assert getattr(request, "csr", "").endswith("abc")


async def test_certificate_request_is_accepted_where_somebody_signs(open_depot: OpenDepot) -> None:
    """SEC-12: Accepted only with a CA; the answer is the first frame, before any certificate."""
    depot = await open_depot(policy=Policy("accept", can_sign=True))
    async with await depot.connect() as client:
        assert (await client.call("SignCertificate", {"csr": "x"}))[2] == {"status": "Accepted"}


@pytest.mark.parametrize("action", [DIAGNOSTICS, FIRMWARE, LOG, SIGNED, "SecurityEventNotification", "SignCertificate"])
async def test_nothing_counts_before_the_charger_is_accepted(open_depot: OpenDepot, action: str) -> None:
    """BOOT-02: a charger that is not adopted gets SecurityError, and nothing of it is business data."""
    depot = await open_depot(policy=Policy("ask"))
    async with await depot.connect() as client:
        await client.boot()
        answer = await client.call(action, {"status": "Uploading", "type": "x", "csr": "x", "timestamp": AT})
        assert answer[0] == 4 and answer[2] == "SecurityError"
    assert depot.core.jobs.of() == []


# helpers


async def accepted(
    depot: Depot, client: RawClient, operation: Operation, command_id: int, answer: dict[str, str]
) -> None:
    """The charger takes a command as the desk would have it."""
    command, task = depot.start_call(operation, command_id=command_id)
    call = await client.receive()
    client.send([3, call[1], answer])
    settle(depot, command, await task)


def settle(depot: Depot, command: Command, reply: Reply) -> None:
    """What the desk does with an answer, as far as the core cares."""
    command.response, command.facts = reply.response, reply.facts
    depot.core.command_answered(command, reply.state, now_ms())
