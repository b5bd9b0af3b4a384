"""Places of the file drop: who may not use them, what is fetched from them, and trouble."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import httpx
import pytest

from server.api import drop_disk, drop_web
from server.core.ports import CannotStart
from server.model.command import Command, CommandState
from server.model.drop_file import FileKind
from server.model.event import EventKind
from server.model.log import Level
from server.model.operations import GetDiagnostics, GetLog, UpdateFirmware
from tests.server.api.drop_bench import DAY, NOW, Place, client, everything, opened, place, raw, until

__all__ = ["client", "place"]  # fixtures


# strangers


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
@pytest.mark.parametrize(
    "target",
    ["/", "/drop", "/drop/", "/drop/x", "/drop/x/y", "/dropx", "/docs", "//drop", "/drop//", "/drop/%00"],
)
async def test_unknown_is_404(place: Place, method: str, target: str) -> None:
    """T13: nothing is listed, and nothing tells a wrong token from a wrong path."""
    place.slot()
    status, _ = await raw(place, place.request(method, target, "Content-Length: 0"))
    assert status == 404
    assert place.on_disk() == []


async def test_strangers_make_one_line_a_minute(place: Place, client: httpx.AsyncClient) -> None:
    """A scanner does not push the log away."""
    for _ in range(20):
        await client.get(place.drop.url(place.slot())[:-10])
    assert len([line for line in place.lines() if "asked for a file" in line]) == 1
    place.now += 60_000
    await client.get(place.drop.url(place.slot())[:-10])
    assert len([line for line in place.lines() if "asked for a file" in line]) == 2


@pytest.mark.parametrize("method", ["DELETE", "PROPFIND", "OPTIONS", "PATCH"])
async def test_other_methods_are_405(place: Place, client: httpx.AsyncClient, method: str) -> None:
    """Only GET, HEAD, PUT and POST mean something here."""
    assert (await client.request(method, place.drop.url(place.slot()))).status_code == 405


async def test_expired_place_is_404_and_its_file_goes(
    place: Place, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time a place is as if it had never been, and the sweep throws its bytes away."""
    late, used = place.slot(), place.slot()
    assert (await client.put(place.drop.url(used), content=b"x")).status_code == 200
    place.now += DAY
    assert (await client.put(place.drop.url(late), content=b"x")).status_code == 404
    place.now += 30 * DAY
    assert place.files.expired(place.now) == [late, used]
    async with place.another() as again:
        await again.listen(0)  # its first sweep is at once
        await until(lambda: place.files.all() == [] and place.on_disk() == [])


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2f..%2fetc%2fpasswd",
        "..%5c..%5cboot.ini",
        "%2e%2e",
        "%00",
        "%0d%0aSet-Cookie:x",
        "%1b%5b31m",
        "C:%5cx",
        "x" * 4_000,
        "%e2%80%ae",
        "~root",
        "1.part",
    ],
)
async def test_no_name_of_a_charger_is_a_path(place: Place, tmp_path: Path, name: str) -> None:
    """T12, T13: whatever it calls its file, the folder holds numbers and nothing else is touched."""
    file = place.slot()
    before = everything(tmp_path)
    status, _ = await raw(place, place.request("PUT", f"/drop/{file.token}/{name}", "Content-Length: 4"), b"evil")
    assert status == 200
    assert everything(tmp_path) - before == {place.folder, place.drop.path(file)}
    assert file.name.isprintable() and len(file.name) <= 100 and "/" not in file.name and "\\" not in file.name


async def test_uploads_cannot_be_fetched(place: Place, client: httpx.AsyncClient) -> None:
    """Diagnostics are for the operator: who knows the URL can put, not get."""
    file = place.slot()
    assert (await client.put(place.drop.url(file), content=b"secret")).status_code == 200
    assert (await client.get(place.drop.url(file))).status_code == 404


# firmware


async def test_firmware_is_put_once_and_fetched_often(place: Place, client: httpx.AsyncClient) -> None:
    """FW-01: served as bytes with ranges, under a name; nobody who knows its URL can change it."""
    body = os.urandom(90_000)
    file = place.drop.add("dir/acme 1.2.bin")
    assert (await client.get(place.drop.url(file))).status_code == 404
    assert (await client.put(place.drop.upload_url(file), content=body)).status_code == 200
    assert (await client.put(place.drop.upload_url(file), content=b"changed")).status_code == 404
    url = place.drop.url(file)
    assert url.endswith(f"/drop/{file.token}/acme%201.2.bin")
    for _ in range(2):
        answer = await client.get(url)
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
    part = await client.get(url, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, body[100:200])
    head = await client.head(url)
    assert (head.headers["content-length"], head.content) == ("90000", b"")


async def test_firmware_that_is_gone_from_disk_is_404(place: Place, client: httpx.AsyncClient) -> None:
    """Somebody emptied the folder: one line says so, no traceback."""
    file = place.drop.add("a.bin")
    await client.put(place.drop.upload_url(file), content=b"x")
    place.drop.path(file).unlink()
    assert (await client.get(place.drop.url(file))).status_code == 404
    assert any(line.startswith("ERROR cannot be read") for line in place.lines())


async def test_locations_are_filled_in(place: Place, client: httpx.AsyncClient) -> None:
    """FW-02: an empty location becomes a new place, the name of a firmware file its URL; others stay as they are."""
    for empty in (GetDiagnostics(), GetLog()):
        filled, made = place.drop.fill("CP-1", empty)
        assert made is not None and getattr(filled, "location", "") == place.drop.url(made)
        assert "…" in getattr(place.drop.shown(empty), "location", "")
    file = place.drop.add("acme.bin")
    update = UpdateFirmware("acme.bin", 0)
    assert place.drop.fill("CP-1", update) == (update, None)
    await client.put(place.drop.upload_url(file), content=b"x")
    assert place.drop.fill("CP-1", update) == (UpdateFirmware(place.drop.url(file), 0), None)
    for elsewhere in (GetDiagnostics("ftp://h/"), UpdateFirmware("http://h/acme.bin", 0)):
        assert place.drop.fill("CP-1", elsewhere) == (elsewhere, None)


async def test_place_of_a_command_that_was_refused_goes(place: Place) -> None:
    """Nobody was told its URL."""
    for state, left in ((CommandState.BLOCKED, 0), (CommandState.QUEUED, 1)):
        made = place.slot()
        place.drop.told(made, Command(7, "CP-1", GetDiagnostics(), "ana", NOW, state))
        assert len(place.files.all()) == left
    assert made.command_id == 7


# trouble


async def test_folder_that_cannot_be_written(place: Place, client: httpx.AsyncClient) -> None:
    """A file where the folder should be: 503, one line with the reason, uploads work again afterwards."""
    place.folder.write_text("in the way")
    file = place.slot()
    assert (await client.put(place.drop.url(file), content=b"x")).status_code == 503
    assert place.lines()[-1].startswith("ERROR cannot be stored: ")
    place.folder.unlink()
    assert (await client.put(place.drop.url(file), content=b"x")).status_code == 200


async def test_full_disk_is_507(place: Place, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half file goes, and the charger is told to come again."""

    def full(incoming: drop_disk.Incoming, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drop_disk.Incoming, "write", full)
    assert (await client.put(place.drop.url(place.slot()), content=b"x")).status_code == 507
    assert place.on_disk() == [] and place.lines()[-1] == "ERROR cannot be stored: No space left on device"


async def test_upload_that_is_not_durable_is_not_acknowledged(place: Place, client: httpx.AsyncClient) -> None:
    """The charger keeps its copy until we know of the file after a power cut too."""
    place.is_durable = False
    assert (await client.put(place.drop.url(place.slot()), content=b"x")).status_code == 503


async def test_half_files_of_an_earlier_run_go(place: Place, client: httpx.AsyncClient) -> None:
    """What nobody knows any more is thrown away at start; what is known stays."""
    file = place.slot()
    await client.put(place.drop.url(file), content=b"keep")
    for name in ("77", "8.part"):
        (place.folder / name).write_bytes(b"left behind")
    async with place.another() as again:
        await again.listen(0)
        await until(lambda: place.on_disk() == [str(file.file_id)])


async def test_garbage_is_not_http(place: Place) -> None:
    """TLS hello and noise: 400 or the end of the connection, and the next one is served."""
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET /" + b"a" * 70_000, b"\r\n\r\n\r\n\x00"):
        reader, writer = await asyncio.open_connection("127.0.0.1", place.drop.port)
        writer.write(noise)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert (await raw(place, place.request("GET", "/")))[0] == 404


async def test_taken_port_closes_the_drop_only(place: Place) -> None:
    """Chargers are served without it; who asked for that very port is told at start."""
    place.settings.port = place.drop.port
    async with place.another() as second:
        assert second.port == 0 and "cannot be opened" in second.why_closed
        assert second.fill("CP-1", GetDiagnostics()) == (GetDiagnostics(), None)
        assert second.shown(GetDiagnostics()) == GetDiagnostics()
    assert place.lines()[-1].startswith("WARNING off: port")
    with pytest.raises(CannotStart, match=r"\[drop\] port"):
        async with place.another(is_wanted=True):
            pass


async def test_end_waits_for_nobody(tmp_path: Path) -> None:
    """An upload that stands still does not keep the server from stopping; no half file stays."""
    async with opened(tmp_path / "files") as place:
        file = place.slot()
        reader, writer = await asyncio.open_connection("127.0.0.1", place.drop.port)
        writer.write(place.request("PUT", f"/drop/{file.token}", "Content-Length: 10") + b"12345")
        await until(lambda: place.on_disk() == [f"{file.file_id}.part"])
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < drop_web.IDLE_S / 3
    assert place.on_disk() == []
    assert b" 503 " in await reader.readline()
    writer.close()


async def test_changes_are_events(place: Place, client: httpx.AsyncClient) -> None:
    """Made, told to a command, received, removed: each is on the bus for the store."""
    kinds: list[EventKind] = []
    place.bus.listen(lambda event: kinds.append(event.kind))
    file = place.slot()
    place.drop.told(file, Command(7, "CP-1", GetDiagnostics(), "ana", NOW))
    await client.put(place.drop.url(file), content=b"x")
    await place.drop.remove(file)
    assert kinds == [EventKind.FILE_CHANGED] * 3 + [EventKind.FILE_REMOVED]
    assert place.on_disk() == [] and file.kind is FileKind.UPLOAD
    assert all(line.level is Level.INFO for line in place.log.since(0))
