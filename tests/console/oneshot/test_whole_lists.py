"""`get`: nothing of a list is left out without a word."""

from __future__ import annotations

import csv
import io
import json

import pytest

from console.oneshot import get, paging
from console.oneshot.client import Server
from console.oneshot.listings import LISTINGS
from console.oneshot.table import Paper
from server.model.certificate import CertificateRequest
from server.model.command import Reset
from server.model.connection import Cause
from server.model.job import JobKind
from server.model.log import Frame
from server.model.observation import Connected, JobReported, StatusReported, TransactionStarted
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.status import ConnectorStatus
from tests.console.oneshot.conftest import Ask
from tests.server.api.fake_depot import T0, FakeDepot

MANY = 137  #: more than fit into a page of these tests, and into a table
PAGED = sorted(name for name, listing in LISTINGS.items() if listing.cursor is not None)


@pytest.fixture
def full(depot: FakeDepot) -> FakeDepot:
    """`MANY` of everything."""
    core = depot.core
    depot.security_events.clear()
    depot.certificate_requests.clear()
    depot.frames.clear()
    kept = core.fleet.chargers["CP-01"].reservations
    kept.clear()
    for n in range(MANY):
        at = T0 + n * 60_000
        depot.submit("CP-01", Reset(), "ana")
        depot.frames.append((n + 1, Frame(at, 1, "CP-01", "in", "Heartbeat", f"m{n}", "[]")))
        depot.security_events.append(SecurityEvent("CP-01", at, "ResetOrReboot", str(n), at))
        depot.certificate_requests.insert(0, CertificateRequest(f"CP-{n}", T0 + n // 3, "CSR", False))
        made_at = T0 - n // 3
        kept[n] = Reservation("CP-01", n, 2, "AB12CD", at + 10**12, made_at)
        core.doctor.failed(at, f"10.0.{n}.1:5", f"X-{n}", Cause.NO_PASSWORD)
        core.connected(Connected(f"J-{n}", at, "10.0.0.1:5", "1.6"))
        core.jobs.reported(JobReported(f"J-{n}", at, JobKind.LOG, "Uploading", n))
        core.transaction_started(TransactionStarted("CP-01", at, n + 3, "AB12CD", 1_000))
        core.status_reported(StatusReported("CP-02", at, n + 2, ConnectorStatus.FAULTED, "GroundFailure"))
    return depot


@pytest.fixture
def pages_of_40(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 40)


@pytest.mark.usefixtures("pages_of_40")
@pytest.mark.parametrize("what", PAGED)
@pytest.mark.parametrize("output", ["csv", "json"])
async def test_an_export_has_everything(ask: Ask, server: Server, full: FakeDepot, what: str, output: str) -> None:
    """Every row once, however many pages the server needs, and no word on stderr."""
    said = await ask(get.run, what, server, output)
    assert (said.code, said.err) == (0, "")
    rows = (
        json.loads(said.out)[LISTINGS[what].name] if output == "json" else list(csv.DictReader(io.StringIO(said.out)))
    )
    assert len(rows) >= MANY
    assert len({json.dumps(row) for row in rows}) == len(rows)
    if output == "json":
        assert json.loads(said.out)["count"] == len(rows)


@pytest.mark.usefixtures("pages_of_40")
@pytest.mark.parametrize("what", PAGED)
async def test_a_limit_beyond_one_page_counts(ask: Ask, server: Server, full: FakeDepot, what: str) -> None:
    """--limit is any number: within a page, over several, and none is too high."""
    for limit in (3, 40, 97):
        said = await ask(get.run, what, server, "json", limit=limit)
        assert said.code == 0 and json.loads(said.out)["count"] == limit
    assert len((await ask(get.run, what, server, limit=100_000)).lines) > MANY


async def test_a_table_says_how_many_it_leaves_out(ask: Ask, server: Server, full: FakeDepot) -> None:
    """On stderr, with what to write; not when everything is there, nor when a limit was asked for."""
    said = await ask(get.run, "security-events", server)
    assert len(said.lines) == 1 + 50
    assert f"the newest 50 of {MANY}" in said.err and f"--limit {MANY}" in said.err and "-o csv" in said.err
    assert (await ask(get.run, "security-events", server, limit=5)).err == ""
    assert (await ask(get.run, "quirks", server)).err == ""
    said = await ask(get.run, "frames", server)
    assert "the newest 50; there are more" in said.err


async def test_a_frame_list_that_comes_in_parts_is_whole(
    ask: Ask, server: Server, depot: FakeDepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames too large for one answer come with the next one."""
    monkeypatch.setattr("server.api.frames.MAX_RAW", 3_000)
    depot.frames = [(n, Frame(T0, 1, "CP-01", "in", "X", str(n), "x" * 1_000)) for n in range(1, 11)]
    said = await ask(get.run, "frames", server, "json")
    assert [frame["id"] for frame in json.loads(said.out)["frames"]] == list(range(10, 0, -1))


@pytest.mark.parametrize("what", ["faults", "connectors", "transactions", "connections", "profiles"])
@pytest.mark.parametrize("output", get.OUTPUTS)
async def test_a_charger_that_nobody_knows_is_an_error(ask: Ask, server: Server, what: str, output: str) -> None:
    """A slip of the finger does not read as `no faults`; a known charger without any is an empty list."""
    said = await ask(get.run, what, server, output, charger="NOPE")
    assert (said.code, said.out) == (1, "") and "charger 'NOPE' is not known" in said.err
    assert (await ask(get.run, what, server, output, charger="cp-new")).code == 0


async def test_faults_on_a_narrow_terminal_keep_what_to_do(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lesser columns go, whole, and stderr names them; what is wrong and the first action stay."""
    monkeypatch.setattr(get, "paper", lambda: Paper(80))
    said = await ask(get.run, "faults", server)
    head = said.lines[0]
    assert all(len(line) <= 80 for line in said.lines)
    assert "ERROR" in head and "FIRST ACTION" in head and "CLEARED" in head and "SEVERITY" not in head
    assert "GroundFailure E042" in said.lines[1]
    assert "SEVERITY" in said.err and "-o json" in said.err
    monkeypatch.setattr(get, "paper", lambda: Paper(200))
    said = await ask(get.run, "faults", server)
    assert "SEVERITY" in said.lines[0] and "INFO" in said.lines[0] and said.err == ""
