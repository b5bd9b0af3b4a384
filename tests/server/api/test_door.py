"""The door: terminals and programs on one socket, limits, the beginning and the end."""

# ruff: noqa: ASYNC240 - a look at one file does not hold up a test
from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from server.api.door import MAX_CONNECTIONS, Door, DoorError
from server.api.peer import PeerCredentials
from tests.machine import Machine
from tests.server.api.fake_depot import FakeDepot, living_depot

GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: PeerCredentials) -> None:
    """A terminal that answers with who it is and what it got, until the other end has nothing more to say."""
    writer.write(f"{peer.uid} {peer.role} ".encode())
    while data := await reader.read(100):
        writer.write(data)
    writer.write(b" bye")


async def answer_of(reader: asyncio.StreamReader) -> bytes:
    """One HTTP answer without chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    return head + await reader.readexactly(length)


async def said_to(path: Path, said: bytes) -> bytes:
    """The answer to it on a connection of its own; nothing where that is turned away."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    try:
        writer.write(said)
        return await answer_of(reader)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    finally:
        writer.close()


def door_on(path: Path, depot: FakeDepot | None = None, port: int | None = None) -> Door:
    return Door(depot or FakeDepot(), path, port, "token", echo)


async def test_terminals_and_programs_share_the_socket(socket_path: Path) -> None:
    """The first byte decides; both work at the same time, and a terminal gets every byte that it sent."""
    async with door_on(socket_path):
        terminal, to_terminal = await asyncio.open_unix_connection(str(socket_path))
        program, to_program = await asyncio.open_unix_connection(str(socket_path))
        to_program.write(GET)
        to_terminal.write(b"\x00hello")
        assert (await answer_of(program)).startswith(b"HTTP/1.1 200")
        assert await terminal.readexactly(len(f"{os.getuid()} admin ") + 6) == f"{os.getuid()} admin \0hello".encode()
        to_terminal.write(b" more")
        to_terminal.write_eof()
        assert await terminal.read() == b" more bye"
        to_program.write(GET)
        assert (await answer_of(program)).endswith(b'{"status":"alive"}')
        to_program.close()


async def test_terminal_byte_on_tcp_is_no_terminal(socket_path: Path) -> None:
    """On TCP there is only HTTP: nobody proved who he is."""
    async with door_on(socket_path, port=0) as door:
        assert door.port
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"\x00hello\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
        writer.close()


async def test_terminals_are_turned_away_without_a_handler(socket_path: Path) -> None:
    """A server without a console closes terminals at once."""
    async with Door(FakeDepot(), socket_path, None, "", None):
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.write(b"\x00")
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()


async def test_request_in_pieces_is_understood(socket_path: Path) -> None:
    """One byte at a time, with the libraries still to be loaded."""
    async with door_on(socket_path):
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        for i in range(len(GET)):
            writer.write(GET[i : i + 1])
            await asyncio.sleep(0.001)
        assert (await answer_of(reader)).startswith(b"HTTP/1.1 200")
        writer.close()


@pytest.mark.parametrize("said", [b"", b"GET /livez HT"])
async def test_slow_clients_are_cut(socket_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """T8: a connection that says nothing, or begins a request and does not end it, is closed."""
    monkeypatch.setattr("server.api.connection.FIRST_BYTE_S", 0.1)
    monkeypatch.setattr("server.api.connection.REQUEST_S", 0.1)
    async with door_on(socket_path):
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.write(said)
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


async def test_idle_connection_waits_for_the_next_request(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is for requests that began, not for the time between two."""
    monkeypatch.setattr("server.api.connection.REQUEST_S", 0.2)
    async with door_on(socket_path):
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        for _ in range(2):
            writer.write(GET)
            assert (await answer_of(reader)).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.4)
        writer.close()


async def test_too_many_connections_are_turned_away(socket_path: Path) -> None:
    """64 at once; a place that gets free is given again."""
    async with door_on(socket_path):
        held = [await asyncio.open_unix_connection(str(socket_path)) for _ in range(MAX_CONNECTIONS)]
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        assert await reader.read() == b""
        writer.close()
        held.pop()[1].close()
        async with asyncio.timeout(10):
            while not (told := await said_to(socket_path, GET)):  # noqa: ASYNC110 - until it has seen that one go
                await asyncio.sleep(0.01)
        assert told.startswith(b"HTTP/1.1 200")
        for _, other in held:
            other.close()


async def test_peer_that_leaves_while_http_loads_harms_nobody(socket_path: Path) -> None:
    """The next one is served."""
    async with door_on(socket_path):
        for _ in range(3):
            _, writer = await asyncio.open_unix_connection(str(socket_path))
            writer.write(GET)
            writer.transport.abort()
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.write(GET)
        assert (await answer_of(reader)).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_failed_load_of_http_is_tried_again(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade under the running server costs one request, not the API."""
    load = Door._load_web
    monkeypatch.setattr(Door, "_load_web", lambda door: (_ for _ in ()).throw(ImportError("half installed")))
    async with door_on(socket_path):
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.write(GET)
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        monkeypatch.setattr(Door, "_load_web", load)
        reader, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.write(GET)
        assert (await answer_of(reader)).startswith(b"HTTP/1.1 200")
        writer.close()


# the socket file


async def test_socket_is_for_owner_and_group_and_goes_at_the_end(socket_path: Path) -> None:
    """Mode 0660, a new folder 0700, nothing left behind."""
    path = socket_path.parent / "new" / "deeper" / "s"
    async with door_on(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.exists()
    assert list(path.parent.iterdir()) == []


async def test_socket_of_a_dead_server_is_replaced(socket_path: Path) -> None:
    """After kill -9 the file stays; the next start takes its place."""
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(socket_path))
    dead.listen()
    dead.close()
    async with door_on(socket_path):
        transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
        async with httpx.AsyncClient(transport=transport) as client:
            assert (await client.get("http://x/livez")).status_code == 200


async def test_second_server_is_refused_and_the_first_goes_on(socket_path: Path) -> None:
    """A living server is never pushed aside."""
    async with door_on(socket_path):
        with pytest.raises(DoorError, match=f"another server runs on {socket_path}"):
            async with door_on(socket_path):
                pass
        _, writer = await asyncio.open_unix_connection(str(socket_path))
        writer.close()


async def test_of_two_servers_that_start_at_once_one_wins(socket_path: Path) -> None:
    """Both see the dead socket; only one gets the place."""
    for _ in range(20):
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(socket_path))
        dead.close()
        doors = [door_on(socket_path) for _ in range(3)]
        results = await asyncio.gather(*(d.__aenter__() for d in doors), return_exceptions=True)
        assert sorted(type(r).__name__ for r in results) == ["Door", "DoorError", "DoorError"]
        for result in results:
            if isinstance(result, Door):
                await result.__aexit__()


async def test_what_is_not_a_socket_is_left_alone(socket_path: Path) -> None:
    """A file, a folder and a link are refused with a clear word and still there."""
    (socket_path.parent / "target").write_text("precious")
    for make in (
        lambda: socket_path.write_text("precious"),
        lambda: socket_path.mkdir(),
        lambda: socket_path.symlink_to("target"),
    ):
        make()
        with pytest.raises(DoorError, match="is not a socket"):
            await door_on(socket_path).__aenter__()
        if socket_path.is_dir():
            socket_path.rmdir()
        else:
            assert socket_path.read_text() == "precious"
            socket_path.unlink()


async def test_socket_that_somebody_replaced_stays(socket_path: Path) -> None:
    """At the end only our own file is removed."""
    async with door_on(socket_path):
        socket_path.rename(socket_path.with_name("old"))
        socket_path.write_text("not ours")
    assert socket_path.read_text() == "not ours"


async def test_impossible_places_are_told(socket_path: Path) -> None:
    """Too long, a file where a folder must be, a TCP port that is taken, TCP without a token: each a clear word."""
    with pytest.raises(DoorError, match="107 bytes"):
        await door_on(socket_path.parent / ("x" * 120)).__aenter__()
    (socket_path.parent / "file").touch()
    with pytest.raises(DoorError, match="cannot use the folder"):
        await door_on(socket_path.parent / "file" / "s").__aenter__()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(DoorError, match="another program uses it"):
        await door_on(socket_path, port=taken.getsockname()[1]).__aenter__()
    with pytest.raises(DoorError, match="needs a token"):
        await Door(FakeDepot(), socket_path, 0, "", None).__aenter__()
    assert not socket_path.exists()


# the end


async def test_closing_ends_everything_in_two_seconds(socket_path: Path) -> None:
    """Silent, idle, busy, half-said and terminal connections: all end, the idle ones at once, no task is left."""
    depot = FakeDepot()
    depot.never_answers = True
    has_come, said_goodbye = asyncio.Event(), asyncio.Event()

    async def stubborn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: PeerCredentials) -> None:
        try:
            has_come.set()
            writer.write(b"x" * 10_000_000)  # more than any buffer: the other end does not read
            await reader.read(-1)
        finally:
            said_goodbye.set()
            await writer.drain()

    before = asyncio.all_tasks()
    with Machine() as machine:
        async with Door(depot, socket_path, None, "", stubborn):
            keep = []
            for said in (b"", b"GET / HT", b"\x00", GET):
                reader, writer = await asyncio.open_unix_connection(str(socket_path))
                writer.write(said)
                keep.append((reader, writer))
            assert (await answer_of(keep[3][0])).startswith(b"HTTP/1.1 200")
            await has_come.wait()
            started = time.monotonic()
        assert time.monotonic() - started - machine.withheld(started) < 2
    assert said_goodbye.is_set()
    assert asyncio.all_tasks() == before
    for reader, writer in keep:
        if writer is not keep[2][1]:
            assert await reader.read() in (b"",)
        writer.close()


async def test_running_answer_is_given_before_the_end(socket_path: Path) -> None:
    """A request that is being answered at the stop still gets its answer, and then the connection closes."""
    depot = FakeDepot()
    gate = asyncio.Event()
    flush = depot.flush

    async def slow_flush() -> bool:
        gate.set()
        await asyncio.sleep(0.2)
        return await flush()

    depot.flush = slow_flush  # type: ignore[method-assign]
    door = door_on(socket_path, depot)
    await door.__aenter__()
    reader, writer = await asyncio.open_unix_connection(str(socket_path))
    writer.write(
        b"PUT /api/tags/X HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    await gate.wait()
    await door.__aexit__()
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200") and b'"idTag":"X"' in answer
    writer.close()


async def test_long_request_is_told_that_the_server_stops(socket_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An operation that waits for its charger ends with 503 after a second, without a word in the error log."""
    depot = living_depot()
    depot.never_answers = True
    door = door_on(socket_path, depot)
    await door.__aenter__()
    reader, writer = await asyncio.open_unix_connection(str(socket_path))
    head = b"POST /api/chargers/CP-01/operations/Reset HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    writer.write(head + b'Content-Length: 15\r\n\r\n{"type":"Soft"}')
    await depot.was_asked.wait()
    with Machine() as machine:
        started = time.monotonic()
        await door.__aexit__()
        assert time.monotonic() - started - machine.withheld(started) < 2
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 503") and b'"error":"stopping"' in answer
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    writer.close()


# what it costs


def test_door_alone_imports_no_http_library() -> None:
    """The libraries of the API are loaded with the first request, not with the server."""
    code = (
        "import sys, server.api.door, server.outlets.metrics;"
        "print([m for m in ('fastapi', 'uvicorn', 'pydantic', 'starlette', 'prometheus_client') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == "[]"


async def test_first_request_does_not_stall_the_loop(socket_path: Path) -> None:
    """A fresh process: the longest gap of the loop while the HTTP libraries are imported is told and bounded."""
    told = []
    for _ in range(5):  # 1.5 ms on a quiet machine; a busy one makes a run slower, never quicker
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.server.api.stall", str(socket_path), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        longest_ms, first_answer_ms = (float(part) for part in out.split())
        if longest_ms < 50 and first_answer_ms < 5_000:
            return
        told.append(f"{longest_ms} ms, answered after {first_answer_ms} ms")
    pytest.fail("; ".join(told))
