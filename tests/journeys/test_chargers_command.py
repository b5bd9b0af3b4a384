"""`ocpp-console chargers`: registered, given a password, switched off, given a new key, removed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.journeys.command import Said, run, run_all
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import Closed, RawClient
from tests.server.links.knocking import basic

pytestmark = pytest.mark.slow

TYPED = "typed by ana 1"


async def chargers(folder: Path, *arguments: str, typed: str = "") -> Said:
    """One command; `typed` is what comes from stdin."""
    prefix = ["sh", "-c", 'printf "%s\\n" "$0" | "$@"', typed] if typed else []
    return await run("chargers", *arguments, folder=folder, prefix=prefix)


async def status_of(served: Served, password: str | bytes | None = None, charger_id: str = "CP-1") -> int:
    extra = basic(charger_id, password) if password is not None else ()
    client = await RawClient.connect(served.port, f"/ocpp/{charger_id}", extra=extra)
    await client.close()
    return client.status


def files_with(secret: str, folder: Path) -> list[str]:
    """Database, log and whatever else lies there, that has `secret` in it."""
    return [path.name for path in folder.iterdir() if path.is_file() and secret.encode() in path.read_bytes()]


async def test_charger_is_registered_with_a_password_before_it_comes(folder: Path) -> None:
    """SEC-01, WS-12: `add --generate` tells the password once; with it, and with nothing else, the charger gets in."""
    async with Served(folder, OCPP_UNKNOWN_CHARGERS="refuse") as served:
        assert await status_of(served) == 404
        said = await chargers(folder, "add", "CP-1", "--alias", "gate", "--generate")
        assert said.code == 0, said.err
        first, second = said.out.splitlines()
        assert first == "CP-1: Accepted" and second.startswith("password: ")
        password = second.removeprefix("password: ")
        assert len(bytes.fromhex(password)) == 20
        assert await status_of(served) == 401
        assert await status_of(served, password) == 101
        assert await status_of(served, bytes.fromhex(password)) == 101
        known = await served.get("/api/chargers/CP-1")
        assert known["alias"] == "gate" and known["access"]["hasPassword"]
        assert known["access"]["passwordForm"] == "decoded bytes"
        await served.kill()
        await served.start()  # and after a restart
        assert await status_of(served, bytes.fromhex(password)) == 101
        assert await status_of(served, "guessed it") == 401
        assert await served.terminate() == 0


async def test_password_is_set_changed_and_taken_away(folder: Path) -> None:
    """SEC-01, SEC-07: read from stdin, never told again: not by `get`, the API, the log, or in the database."""
    async with Served(folder) as served:
        assert await status_of(served) == 101
        said = await chargers(folder, "set-password", "cp-1", typed=TYPED)
        assert (said.code, said.out) == (0, "CP-1: password set; it is asked for from now on\n")
        assert await status_of(served, TYPED) == 101
        assert await status_of(served) == 401
        lists = await run_all((f"get {what} -o json" for what in ("chargers", "connections", "frames")), folder)
        assert [said.code for said in lists] == [0, 0, 0]
        assert not [said for said in lists if TYPED in said.out]
        assert TYPED not in await served.text("/api/chargers/CP-1")
        said = await chargers(folder, "set-password", "CP-1", "--none")
        assert (said.code, said.out) == (0, "CP-1: no password is asked for any more\n")
        assert await status_of(served) == 101
        assert await served.terminate() == 0
    assert TYPED not in served.said
    assert files_with(TYPED, folder) == []


async def test_password_is_typed_twice_on_a_terminal(folder: Path) -> None:
    """SEC-07: without echo; two that differ change nothing."""
    async with Served(folder) as served:
        assert await status_of(served) == 101
        env = {"OCPP_CONSOLE_SOCKET": str(served.socket)}
        for again, code in (("another one", 1), (TYPED, 0)):
            async with PtyScreen([*COMMAND, "chargers", "set-password", "CP-1"], env=env) as screen:
                await screen.until("Password of CP-1", 10)
                screen.send(f"{TYPED}\r")
                await screen.until("Again", 10)
                screen.send(f"{again}\r")
                assert await screen.wait_exit(10) == code
                assert TYPED not in screen.text
            assert await status_of(served) == (101 if code else 401)
        assert await status_of(served, TYPED) == 101
        assert await served.terminate() == 0


async def test_key_is_rotated_over_ocpp(folder: Path) -> None:
    """SEC-06: `rotate-key` ends with 0 when the charger took the key, and says what holds when it did not."""
    async with Served(folder) as served:
        assert await status_of(served) == 101
        await chargers(folder, "set-password", "CP-1", typed=TYPED)
        said = await chargers(folder, "rotate-key", "CP-1")
        assert said.code == 1 and said.is_sentence and "offline" in said.err
        for status, code, words in (("Rejected", 1, "the one before stays"), ("Accepted", 0, "it has the new key")):
            async with await RawClient.connect(served.port, "/CP-1", extra=basic("CP-1", TYPED)) as client:
                await client.boot()
                rotating = asyncio.create_task(chargers(folder, "rotate-key", "CP-1"))
                call = await client.receive(10)
                while call[2] != "ChangeConfiguration":
                    client.send([3, call[1], {"status": "Accepted"}])
                    call = await client.receive(10)
                client.send([3, call[1], {"status": status}])
                said = await rotating
                assert said.code == code and words in said.out
        key = call[3]["value"]
        assert await status_of(served, TYPED) == 401
        assert await status_of(served, bytes.fromhex(key)) == 101
        for what in ("commands", "frames"):
            assert key not in (await run("get", what, "-o", "json", folder=folder)).out
        assert await served.terminate() == 0
    assert key not in served.said
    assert files_with(key, folder) == []


async def test_charger_is_switched_off_on_and_removed(folder: Path) -> None:
    """T1: its link is closed, it is turned away, let in again, and a stranger after `remove`."""
    async with Served(folder, OCPP_UNKNOWN_CHARGERS="ask") as served:
        assert (await chargers(folder, "add", "CP-1")).code == 0
        client = await RawClient.connect(served.port, "/CP-1")
        assert (await client.boot())["status"] == "Accepted"
        assert (await chargers(folder, "disable", "CP-1")).out == "CP-1: disabled\n"
        with pytest.raises(Closed):
            await client.receive()
        assert await status_of(served) == 403
        assert (await chargers(folder, "enable", "CP-1")).out == "CP-1: enabled\n"
        assert await status_of(served) == 101
        assert (await chargers(folder, "remove", "CP-1")).out == "CP-1: removed\n"
        assert (await served.get("/api/chargers"))["count"] == 0
        client = await RawClient.connect(served.port, "/CP-1")
        assert (await client.boot())["status"] == "Pending"
        await client.close()
        assert await served.terminate() == 0


async def test_what_is_not_possible_is_said_in_one_sentence(folder: Path) -> None:
    """Each says what is wrong; none shows a traceback, none changes anything."""
    async with Served(folder) as served:
        assert await status_of(served) == 101
        lines = {
            "remove CP-9": 1,
            "disable CP-9": 1,
            "set-password CP-9 --generate": 1,
            "rotate-key CP-9": 1,
            "adopt CP-9": 1,
            "add a:b": 2,
            "set-password CP-1 --generate --none": 2,
            "set-password CP-1": 2,  # nothing on stdin
        }
        for line, code in lines.items():
            said = await chargers(folder, *line.split())
            assert said.code == code and said.is_sentence, (line, said)
        for typed in ("short", "x" * 300, "bell\x07bell"):
            said = await chargers(folder, "set-password", "CP-1", typed=typed)
            assert said.code == 2 and said.is_sentence and "password" in said.err and typed not in said.err
        client = await RawClient.connect(served.port, "/CP-1")
        await client.boot()
        start = {"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        await client.call("StartTransaction", start)
        said = await chargers(folder, "remove", "CP-1")
        assert said.code == 1 and "a session is running" in said.err
        await client.close()
        assert not (await served.get("/api/chargers/CP-1"))["access"]["hasPassword"]
        assert await served.terminate() == 0
    said = await run("chargers", "add", "CP-1", folder=folder)
    assert said.code == 69 and said.is_sentence
