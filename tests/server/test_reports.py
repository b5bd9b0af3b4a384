"""Through the whole server: what a charger reports, and the files that it puts and fetches."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.oneshot import files
from console.oneshot.client import Server
from server.config import Config, DropSettings, OcppSettings, StoreSettings
from server.model.command import Command, CommandState
from server.model.operations import GetDiagnostics, GetLog, UpdateFirmware
from server.site import Site, open_site
from tests.raw_client import RawClient

AT = "2026-11-21T10:00:00Z"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="oc-"))
    yield made
    shutil.rmtree(made)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(folder: Path, drop_port: int | None = None) -> AsyncIterator[Site]:
    config = Config(
        ocpp=OcppSettings(host="127.0.0.1", port=0, unknown_chargers="accept"),
        store=StoreSettings(path=folder / "depot.db"),
        drop=DropSettings(port=free_port() if drop_port is None else drop_port),
        socket=folder / "s",
    )
    async with open_site(config) as site:
        yield site


@asynccontextmanager
async def charger(site: Site) -> AsyncIterator[RawClient]:
    port = int(site.health.ocpp_url.rpartition(":")[2])
    async with await RawClient.connect(port) as client:
        await client.boot()
        yield client


async def asked(client: RawClient, answer: dict[str, Any]) -> dict[str, Any]:
    """The payload of the next operation, which the charger answers."""
    call = await client.receive()
    client.send([3, call[1], answer])
    payload: dict[str, Any] = call[3]
    return payload


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - plain state of the server
            await asyncio.sleep(0.01)


def api(site: Site) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds=str(site.config.socket))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", trust_env=False, timeout=30)


def names(command: Command) -> list[str]:
    return [f"{step.name} {step.state}" for step in command.steps]


async def test_diagnostics_come_into_the_drop(folder: Path) -> None:
    """FW-02: no location is needed: the charger is told one, uploads there, and the job is told with its file."""
    async with running(folder) as site, charger(site) as client, api(site) as http:
        preview = site.preview("CP-1", GetDiagnostics())
        assert f":{site.drop.port}/drop/…/" in preview
        command = site.submit("CP-1", GetDiagnostics(), "ana")
        location = (await asked(client, {"fileName": "diag.zip"}))["location"]
        async with httpx.AsyncClient(trust_env=False) as uploader:
            for state in ("Uploading", "Uploaded"):
                await client.call("DiagnosticsStatusNotification", {"status": state})
                if state == "Uploading":
                    assert (await uploader.put(location + "diag.zip", content=b"log" * 1000)).status_code == 200
        await until(lambda: command.is_finished)
        assert names(command)[2:] == ["Uploading done", "Uploaded done", "confirmed done"]
        (job,) = (await http.get("/api/jobs", params={"charger": "cp-1"})).json()["jobs"]
        assert (job["kind"], job["state"], job["commandId"]) == ("diagnostics", "Uploaded", command.command_id)
        assert job["fileName"] == "diag.zip" and not job["isStale"]
        assert [step["state"] for step in job["history"]][-2:] == ["Uploading", "Uploaded"]
        (file,) = (await http.get("/api/files")).json()["files"]
        assert (file["fileId"], file["size"], file["name"]) == (job["fileId"], 3000, "diag.zip")
        content = await http.get(f"/api/files/{file['fileId']}/content")
        assert content.content == b"log" * 1000
        saved = folder / "saved.zip"
        server = Server(site.config.socket)
        assert await asyncio.to_thread(files.save, server, file["fileId"], saved) == 0
        assert saved.read_bytes() == b"log" * 1000
        assert await asyncio.to_thread(files.save, server, file["fileId"], saved) == 2  # it exists
        assert await asyncio.to_thread(files.save, server, 999, folder / "x") == 1


async def test_log_gets_place_and_request_id(folder: Path) -> None:
    """SEC-14: GetLog carries a place and the number of its command; LogStatusNotification comes back with it."""
    async with running(folder) as site, charger(site) as client:
        command = site.submit("CP-1", GetLog("SecurityLog"), "ana")
        told = await asked(client, {"status": "Accepted", "filename": "sec.log"})
        assert told["requestId"] == command.command_id and "/drop/" in told["log"]["remoteLocation"]
        for state in ("Uploading", "Uploaded"):
            await client.call("LogStatusNotification", {"status": state, "requestId": told["requestId"]})
        assert not command.is_finished  # nothing has come yet
        async with httpx.AsyncClient(trust_env=False) as uploader:
            place = told["log"]["remoteLocation"] + "sec.log"
            assert (await uploader.put(place, content=b"log")).status_code == 200
        await until(lambda: command.is_finished)
        assert names(command)[-1] == "confirmed done"


async def test_firmware_is_added_and_fetched(folder: Path) -> None:
    """FW-01: `files add`, then its name as location: the charger is told the URL and fetches what was added."""
    firmware = folder / "acme 1.2.bin"
    firmware.write_bytes(b"\x7fELF" * 5_000)
    async with running(folder) as site, charger(site) as client:
        server = Server(site.config.socket)
        assert await asyncio.to_thread(files.add, server, firmware) == 0
        assert await asyncio.to_thread(files.add, server, folder / "missing") == 2
        command = site.submit("CP-1", UpdateFirmware("acme 1.2.bin", site.now()), "ana")
        location = (await asked(client, {}))["location"]
        async with httpx.AsyncClient(trust_env=False) as fetcher:
            answer = await fetcher.get(location)
            assert answer.content == firmware.read_bytes()
            for state in ("Downloading", "Downloaded", "Installing", "Installed"):
                await client.call("FirmwareStatusNotification", {"status": state})
            await until(lambda: command.is_finished)
            (file,) = site.drop.files()
            assert await asyncio.to_thread(files.remove, server, file.file_id) == 0
            assert (await fetcher.get(location)).status_code == 404


async def test_without_a_drop_a_location_is_asked_for(folder: Path) -> None:
    """FW-02: switched off, the guard says what is missing and nothing is sent; files cannot be added."""
    async with running(folder, drop_port=0) as site, charger(site) as client, api(site) as http:
        command = await site.execute("CP-1", GetDiagnostics(), "ana", 1)
        assert command.state is CommandState.BLOCKED and command.error
        assert site.why_not("CP-1", GetDiagnostics()) == command.error
        assert await client.nothing_arrives() and site.drop.files() == []
        answer = await http.post("/api/files", json={"name": "a.bin"})
        assert (answer.status_code, answer.json()["error"]) == (409, "closed")


async def test_refused_command_leaves_no_place(folder: Path) -> None:
    """A command that the guard stops makes no place that nobody knows of."""
    async with running(folder) as site:
        async with charger(site):
            pass
        await until(lambda: not site.chargers["CP-1"].online)
        assert site.submit("CP-1", GetDiagnostics(), "ana").state is CommandState.BLOCKED
        assert site.drop.files() == []


async def test_everything_is_there_after_a_restart(folder: Path) -> None:
    """SEC-12, SEC-13, FW-03: jobs go on where they were, places stay open, events and requests are kept."""
    port = free_port()
    async with running(folder, port) as site:
        async with charger(site) as client:
            site.submit("CP-1", GetDiagnostics(), "ana")
            location = (await asked(client, {"fileName": "d.zip"}))["location"]
            await client.call("DiagnosticsStatusNotification", {"status": "Uploading"})
            await client.call("LogStatusNotification", {"status": "Uploading", "requestId": 9})
            tampered = {"type": "TamperDetectionActivated", "timestamp": AT, "techInfo": "lid"}
            await client.call("SecurityEventNotification", tampered)
            odd = r'[2,"o1","FirmwareStatusNotification",{"status":"\ud800\u0000\u001b"}]'
            client.send(odd)
            assert (await client.receive())[:2] == [3, "o1"]
            client.send(odd.replace("o1", "o2").replace("FirmwareStatus", "SecurityEvent").replace("status", "type"))
            assert (await client.receive())[:2] == [3, "o2"]
            for csr in ("first", "second"):
                await client.call("SignCertificate", {"csr": csr})
            await site.flush()
        before = await site.find_jobs()
    async with running(folder, port) as site, charger(site) as client, api(site) as http:
        assert await site.find_jobs("cp-1") == before
        (odd_id, odd_event), (first_id, event) = await site.find_security_events("CP-1")
        assert odd_id > first_id and odd_event.type
        assert (event.type, event.tech_info, event.is_critical) == ("TamperDetectionActivated", "lid", True)
        (request,) = await site.find_certificate_requests()
        assert (request.csr, request.is_accepted) == ("second", False)
        async with httpx.AsyncClient(trust_env=False) as uploader:
            assert (await uploader.post(location, content=b"late")).status_code == 200
        await client.call("DiagnosticsStatusNotification", {"status": "Uploaded"})
        await client.call("LogStatusNotification", {"status": "Uploaded", "requestId": 9})
        await client.call("LogStatusNotification", {"status": "Uploading", "requestId": 10})
        assert [(j.job_id, j.state) for j in await site.find_jobs()] == [
            (4, "Uploading"),
            (3, before[0].state),
            (2, "Uploaded"),
            (1, "Uploaded"),
        ]
        body = (await http.get("/api/security-events", params={"limit": 5})).json()
        assert body["securityEvents"][1]["timestamp"] == "2026-11-21T10:00:00.000Z"
        assert (await http.get("/api/certificates")).json()["certificates"][0]["csr"] == "second"
    async with running(folder, port) as site:
        (file,) = site.drop.files()
        assert file.is_received and site.drop.path(file).read_bytes() == b"late"
        assert [j.state for j in await site.find_jobs()] == ["Uploading", before[0].state, "Uploaded", "Uploaded"]
