"""Uploads into the file drop: PUT, POST, forms, and their limits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import httpx
import pytest

from server.api import drop_web
from tests.server.api.drop_bench import DAY, NOW, Place, client, place, raw, until

__all__ = ["client", "place"]  # fixtures


# uploads


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("tail", ["", "diag 1.zip", "a/b/diag.zip"])
async def test_upload_is_stored_under_a_number(place: Place, client: httpx.AsyncClient, method: str, tail: str) -> None:
    """FW-02: the raw body of PUT and POST, to the URL as told or with the charger's own name behind it."""
    file = place.slot()
    body = os.urandom(70_000)
    answer = await client.request(method, place.drop.url(file) + tail, content=body)
    assert (answer.status_code, answer.text) == (200, "stored\n")
    assert place.on_disk() == [str(file.file_id)]
    assert place.drop.path(file).read_bytes() == body
    assert (file.size, file.received_at, file.name) == (70_000, NOW, tail.rpartition("/")[2])
    assert file.expires_at == NOW + 30 * DAY
    assert os.stat(place.folder).st_mode & 0o777 == 0o700
    assert os.stat(place.drop.path(file)).st_mode & 0o777 == 0o600
    assert place.lines()[-1].startswith("INFO received 70000 bytes")


async def test_form_gives_its_first_file(place: Place, client: httpx.AsyncClient) -> None:
    """FW-02: a browser's form: other fields are passed over, what looks like a boundary is not one."""
    file = place.slot()
    body = b"\r\n--\r\n" + os.urandom(50_000) + b"\r\n--notit\r\n"
    answer = await client.post(
        place.drop.url(file),
        data={"id": "CP-1", "filename": "x"},
        files=[("file", ("..\\..\\log.txt", body)), ("more", ("b.txt", b"second"))],
    )
    assert answer.status_code == 200
    assert place.drop.path(file).read_bytes() == body
    assert file.name == "log.txt"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"no form at all"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\ncut off'),
        ("multipart/form-data; boundary=" + "x" * 5_000, b""),
        ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"b" * 30_000),
    ],
)
async def test_form_without_a_whole_file_is_refused(
    place: Place, client: httpx.AsyncClient, kind: str, body: bytes
) -> None:
    """400, one line, nothing on disk, and the place can be used again."""
    file = place.slot()
    answer = await client.post(place.drop.url(file), content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert place.on_disk() == [] and place.lines()[-1].startswith("WARNING upload refused")
    assert (await client.put(place.drop.url(file), content=b"good")).status_code == 200


async def test_empty_and_repeated_uploads(place: Place, client: httpx.AsyncClient) -> None:
    """An empty file is a file; the same upload again (its answer was lost) takes the place of the first."""
    file = place.slot()
    for body in (b"", b"first", b"second"):
        assert (await client.put(place.drop.url(file), content=body)).status_code == 200
    assert place.drop.path(file).read_bytes() == b"second" and place.on_disk() == [str(file.file_id)]


async def test_chunked_upload(place: Place, client: httpx.AsyncClient) -> None:
    """No length is told beforehand."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000

    file = place.slot()
    assert (await client.put(place.drop.url(file), content=pieces())).status_code == 200
    assert file.size == 20_000


# limits


async def test_declared_too_large_is_413_before_the_body(place: Place) -> None:
    """T13: a charger that says how much it will send learns at once; nothing is written."""
    file = place.slot()
    status, _ = await raw(place, place.request("PUT", f"/drop/{file.token}", "Content-Length: 99999999999999999999"))
    assert status == 413 and place.on_disk() == []
    assert place.lines()[-1] == "WARNING upload larger than 100000 bytes"


@pytest.mark.parametrize("kind", ["application/octet-stream", "multipart/form-data; boundary=x"])
async def test_grows_too_large_is_413(place: Place, kind: str) -> None:
    """T13: a stream without a length is cut where it becomes too large; nothing stays."""
    file = place.slot()
    head = place.request("POST", f"/drop/{file.token}/", "Transfer-Encoding: chunked", f"Content-Type: {kind}")
    form = b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\n' if "form" in kind else b""
    body = form + b"y" * 100_001
    status, head_back = await raw(place, head, b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    assert status == 413 and "connection: close" in head_back.lower()
    assert place.on_disk() == [] and not file.is_received


async def test_slow_upload_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """T8: who sends nothing for too long is cut with 408; nothing stays on disk, the place is free again."""
    monkeypatch.setattr(drop_web, "IDLE_S", 0.05)
    file = place.slot()
    status, _ = await raw(place, place.request("PUT", f"/drop/{file.token}", "Content-Length: 10"), b"12345")
    assert status == 408 and place.on_disk() == []
    assert place.lines()[-1] == "WARNING the upload stood still: given up"
    monkeypatch.undo()
    status, _ = await raw(place, place.request("PUT", f"/drop/{file.token}", "Content-Length: 2"), b"ok")
    assert status == 200


async def test_broken_off_upload_leaves_nothing(place: Place) -> None:
    """A link that drops in the middle: no half file, one line, the place is free again."""
    file = place.slot()
    _, writer = await asyncio.open_connection("127.0.0.1", place.drop.port)
    writer.write(place.request("PUT", f"/drop/{file.token}", "Content-Length: 10") + b"12345")
    await until(lambda: place.on_disk() == [f"{file.file_id}.part"])
    writer.transport.abort()
    await until(lambda: place.on_disk() == [])
    await until(lambda: place.lines()[-1:] == ["WARNING the upload was broken off"])


async def test_one_upload_at_a_time_in_one_place(place: Place) -> None:
    """The second gets 409 and disturbs nothing."""
    file = place.slot()
    reader, writer = await asyncio.open_connection("127.0.0.1", place.drop.port)
    writer.write(place.request("PUT", f"/drop/{file.token}", "Content-Length: 10") + b"12345")
    await until(lambda: place.on_disk() == [f"{file.file_id}.part"])
    status, _ = await raw(place, place.request("PUT", f"/drop/{file.token}", "Content-Length: 2"), b"no")
    assert status == 409
    writer.write(b"67890")
    assert b" 200 " in await asyncio.wait_for(reader.readline(), 10)
    assert place.drop.path(file).read_bytes() == b"1234567890"
    writer.close()
