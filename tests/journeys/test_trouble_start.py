"""A server that cannot start says in one sentence why and what to do, exits with 78, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.journeys.command import Said, run, run_all
from tests.journeys.product import Served, short_folder

CONFIGURATION = 78
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
as_nobody = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can become nobody"
)


async def serve(folder: Path, *arguments: str, prefix: Sequence[str] = (), **settings: str) -> Said:
    """Try to serve with the files in `folder`, unless told otherwise."""
    settings = {"DB": str(folder / "depot.db"), "HOST": "127.0.0.1", "PORT": "0"} | settings
    return await run("serve", *arguments, folder=folder, prefix=prefix, settings=settings)


def refused(said: Said, *words: str) -> None:
    assert said.code == CONFIGURATION
    assert said.is_sentence, said
    for word in words:
        assert word in said.err


async def test_taken_places_are_told_and_the_first_server_goes_on(folder: Path) -> None:
    """Port, socket, database and API port of a running server: each refused by name, nothing of it is touched."""
    async with Served(folder) as first:
        with short_folder() as other:
            database, elsewhere = str(first.db), str(other / "s")
            refused(await serve(other, PORT=str(first.port)), f"port {first.port} is taken", "--port")
            refused(await serve(other, SOCKET=str(first.socket)), "another server runs on", "--socket")
            refused(await serve(other, DB=database, SOCKET=elsewhere), "in use by another server", "attach")
            refused(await serve(other, "--api-token", "t", API_PORT=str(first.port)), str(first.port), "--api-port")
            assert not (other / "s").exists()
        assert (await first.get("/api/health"))["status"] == "healthy"
        assert await first.terminate() == 0
        assert first.said == ""


async def test_socket_of_a_killed_server_is_no_obstacle(folder: Path) -> None:
    """kill -9 leaves socket and lock file behind: the next start works without cleaning up by hand."""
    served = Served(folder)
    await served.start()
    await served.kill()
    assert served.socket.exists()
    await served.start()
    assert await served.terminate() == 0
    assert not served.socket.exists()


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, but for lock files."""
    files = [file for file in folder.iterdir() if file.suffix != ".lock"]
    return {file.name: file.read_bytes() if file.is_file() else b"" for file in files}


def no_database(path: Path) -> None:
    path.write_bytes(b"These are my notes about chargers.\n" * 300)


def of_another_program(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE notes(text)")
    db.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA application_id = {0x4F435043}")
        db.execute("CREATE TABLE things(text)")
        db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(no_database, ("is not a database", "--db"), id="notes"),
        pytest.param(
            of_another_program, ("of another program", "--db"), id="another program's", marks=pytest.mark.slow
        ),
        pytest.param(newer, ("schema 99", "newer version"), id="of a newer version"),
        pytest.param(Path.mkdir, ("Is a directory", "--db"), id="a folder", marks=pytest.mark.slow),
    ],
)
async def test_what_is_not_our_database_is_left_alone(
    folder: Path, make: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    """Named, refused, and not one byte of it is changed."""
    path = folder / "depot.db"
    make(path)
    before = contents(folder)
    refused(await serve(folder), str(path), *words)
    assert contents(folder) == before


def cut_off(whole: bytes) -> bytes:
    return whole[: 4096 * 5]


def overwritten(whole: bytes) -> bytes:
    return whole[:4096] + random.Random(5).randbytes(30_000) + whole[34_096:]


@pytest.mark.parametrize("damage", [cut_off, pytest.param(overwritten, marks=pytest.mark.slow)])
async def test_damaged_database_is_refused_by_name(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """Cut off, or overwritten in the middle: never a traceback, never a start on half of the books."""
    async with Served(folder) as served:
        assert await served.terminate() == 0
    served.db.write_bytes(damage(served.db.read_bytes()))
    refused(await serve(folder), str(served.db), "damaged", "backup")


@pytest.mark.parametrize(
    ("setting", "place", "words"),
    [
        pytest.param(
            "DB",
            "/proc/nowhere/depot.db",
            ("/proc/nowhere", "--db"),
            id="database where nothing can be",
            marks=pytest.mark.slow,
        ),
        pytest.param("DB", "{}/file/depot.db", ("/file", "--db"), id="database below a file"),
        pytest.param("SOCKET", "/proc/nowhere/s", ("/proc/nowhere", "--socket"), id="socket where nothing can be"),
        pytest.param("SOCKET", "{}/file", ("is not a socket", "--socket"), id="socket is a file"),
        pytest.param(
            "SOCKET", "{}/" + "x" * 110, ("longer", "--socket"), id="socket path too long", marks=pytest.mark.slow
        ),
        pytest.param("HOST", "192.0.2.77", ("192.0.2.77", "--host"), id="address of another machine"),
        pytest.param(
            "HOST",
            "no-such-host.invalid",
            ("no-such-host.invalid", "--host"),
            id="no such host",
            marks=pytest.mark.slow,
        ),
        pytest.param("PORT", "70000", ("OCPP_CONSOLE_PORT", "65535"), id="no such port", marks=pytest.mark.slow),
        pytest.param("PROT", "9220", ("OCPP_CONSOLE_PROT", "OCPP_CONSOLE_PORT"), id="misspelt variable"),
    ],
)
async def test_impossible_place_is_told(folder: Path, setting: str, place: str, words: tuple[str, ...]) -> None:
    """The place and the option that names another one, never an errno."""
    (folder / "file").write_text("mine")
    settings = {"DB": str(folder / "depot.db"), "HOST": "127.0.0.1", "PORT": "0", setting: place.format(folder)}
    said = await run("serve", folder=folder, settings=settings)
    refused(said, *words)
    assert "Errno" not in said.err
    assert (folder / "file").read_text() == "mine"


async def test_missing_folders_are_made_for_the_owner_alone(folder: Path) -> None:
    """A first start needs no preparation."""
    served = Served(folder)
    served.db = folder / "new" / "data" / "depot.db"
    served.socket = folder / "run" / "s"
    await served.start()
    assert (served.db.parent.stat().st_mode & 0o777, served.socket.parent.stat().st_mode & 0o777) == (0o700, 0o700)
    assert await served.terminate() == 0


def nobodys(folder: Path) -> tuple[Path, Path]:
    """A folder of nobody in one that is only readable, and a database in it that nobody may not write."""
    folder.chmod(0o755)
    mine = folder / "mine"
    mine.mkdir()
    os.chown(mine, 65534, 65534)
    database = mine / "depot.db"
    database.touch(mode=0o444)
    return mine, database


@pytest.mark.slow
@as_nobody
async def test_places_without_permission_are_told(folder: Path) -> None:
    """A read-only folder, a read-only database, a privileged port: told by name, exit code 78."""
    mine, database = nobodys(folder)
    ours = {"DB": str(mine / "new.db"), "SOCKET": str(mine / "s"), "HOST": "127.0.0.1", "PORT": "0"}
    for setting, place, option in (
        ("DB", str(folder / "x.db"), "--db"),
        ("DB", str(database), "--db"),
        ("SOCKET", str(folder / "s"), "--socket"),
        ("PORT", "80", "--port"),
    ):
        said = await run("serve", folder=folder, prefix=NOBODY, settings=ours | {setting: place})
        refused(said, str(folder) if option != "--port" else "127.0.0.1:80", option)


BAD_TOML = """\
[ocpp]
prot = 9220
heartbeat_interval = "often"
unknown_chargers = "maybe"
[store]
path = 5
[banana]
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(b"[ocpp\n", ("line 1", "not valid TOML"), id="no TOML"),
        pytest.param(b"[ocpp]\nport = 1\nport = 2\n", ("not valid TOML",), id="twice", marks=pytest.mark.slow),
        pytest.param(b"\xff\xfe[ocpp]", ("not UTF-8",), id="no text", marks=pytest.mark.slow),
        pytest.param(b"\x00" * 100, ("not valid TOML",), id="zeros", marks=pytest.mark.slow),
        pytest.param(b"a = " + b"[" * 50_000, ("not valid TOML",), id="nested without end"),
        pytest.param(b"[ocpp]\nport = " + b"9" * 5000, ("line 2", "digits"), id="number of 5000 digits"),
        pytest.param(None, ("no such file",), id="missing"),
    ],
)
async def test_broken_file_of_settings_is_told_with_its_line(
    folder: Path, text: bytes | None, words: tuple[str, ...]
) -> None:
    """`serve` and `config check` say the same, before anything is opened."""
    file = folder / "depot.toml"
    if text is not None:
        file.write_bytes(text)
    for said in await run_all((f"serve --config {file}", f"config check --config {file}"), folder):
        refused(said, str(file), *words)
        assert len(said.err) < 500
    assert contents(folder).keys() <= {"depot.toml"}


async def test_every_wrong_setting_is_told_with_its_line(folder: Path) -> None:
    """All of them at once: nobody wants to start ten times."""
    file = folder / "depot.toml"
    file.write_text(BAD_TOML)
    for settings in ({}, {"CONFIG": str(file)}):
        option = [] if settings else ["--config", str(file)]
        said = await run("config", "check", *option, folder=folder, settings=settings)
        assert (said.code, said.out) == (CONFIGURATION, "")
        for line, words in ((2, "ocpp.port"), (3, "heartbeat_interval"), (4, "ask"), (6, "path"), (7, "banana")):
            assert any(f"line {line}:" in told and words in told for told in said.err.splitlines()), (line, said.err)


async def test_port_taken_while_waiting_is_free_at_once(folder: Path) -> None:
    """A restart does not wait for connections of the server before (TIME_WAIT)."""
    served = Served(folder)
    await served.start()
    peers = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(3)]
    assert await served.terminate() == 0
    await served.start()
    for _, writer in peers:
        writer.close()
    with socket.create_connection(("127.0.0.1", served.port)):
        assert await served.terminate() == 0
