"""`ocpp-console simulate` as a process of its own, by a pipe, by JSON lines and on a real terminal, on `serve`."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.certificates import Authority
from tests.journeys.command import Said, run
from tests.journeys.product import COMMAND, Served, environment
from tests.pty_screen import PtyScreen

LONGEST_S = 20.0


class Simulated:
    """A simulator with pipes at both ends."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.told: list[dict[str, Any]] = []  #: JSON lines that were read

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *COMMAND,
            "simulate",
            *self._arguments,
            env=environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def send(self, line: str | dict[str, Any]) -> None:
        assert self.process.stdin is not None
        text = line if isinstance(line, str) else json.dumps(line)
        self.process.stdin.write(text.encode() + b"\n")

    async def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next JSON line for which it is true."""
        assert self.process.stdout is not None
        async with asyncio.timeout(LONGEST_S):
            while line := await self.process.stdout.readline():
                self.told.append(json.loads(line))
                if condition(self.told[-1]):
                    return self.told[-1]
        raise AssertionError(f"it ended before that came: {self.told}")

    async def answer(self, number: object) -> dict[str, Any]:
        return await self.until(lambda told: "answer" in told and told["answer"] == number)

    async def end(self) -> Said:
        """Close the input; what it left behind, without what was read."""
        async with asyncio.timeout(LONGEST_S):
            out, err = await self.process.communicate(b"")  # without input it would leave stdin open
        assert b"Traceback" not in err, err.decode()
        assert self.process.returncode is not None
        return Said(self.process.returncode, out.decode(), err.decode())


async def script(url: str, text: str, *options: str) -> Said:
    async with Simulated(url, "--plain", "--tempo", "20", *options) as simulated:
        assert simulated.process.stdin is not None
        simulated.process.stdin.write(text.encode())
        return await simulated.end()


async def test_a_script_charges_and_the_server_has_the_session(folder: Path) -> None:
    """Rows 147, 150, 152 to 155, 161, 164, 167: a session with a tag of one's own, typed by a pipe, exit code 0."""
    async with Served(folder) as served:
        text = "plug-in 1\nstart 1 tag=CARD7\nwait-for Charging\nwait 30\nstatus\nstop 1\nwait-for delivered\n"
        said = await script(f"{served.url}/CP001", text, "--vendor", "ACME", "--model", "X1", "--connectors", "3")
        assert (said.code, said.err) == (0, ""), said
        assert "● Charging" in said.out and "7.2 kW" in said.out and "tag CARD7" in said.out
        assert "\x1b" not in said.out
        listed = (await served.get("/api/transactions"))["transactions"][0]
        charger = await served.get("/api/chargers/CP001")
    assert (listed["chargerId"], listed["connectorId"], listed["idTag"], listed["status"]) == (
        "CP001",
        1,
        "CARD7",
        "COMPLETED",
    )
    assert listed["energyConsumedKwh"] > 0
    assert (charger["vendor"], charger["model"], len(charger["connectors"])) == ("ACME", "X1", 3)


OFFLINE = "plug-in 1\ndrop-line {}\nwait-for offline\nstart 1\nstop 1\n"
UNDELIVERED = "2 transaction messages are not delivered: at most 5 s for them."


async def test_the_end_of_a_script_waits_for_what_is_not_delivered(folder: Path) -> None:
    """Row 163: the line is back within the time: all is delivered, and the wait was told."""
    async with Served(folder) as served:
        said = await script(f"{served.url}/CP001", OFFLINE.format(20))
        assert UNDELIVERED in said.out and "were not delivered" not in said.out
        assert (said.code, said.err) == (0, ""), said
        assert (await served.get("/api/transactions"))["transactions"][0]["status"] == "COMPLETED"


@pytest.mark.slow
async def test_the_end_of_a_script_does_not_wait_for_ever(folder: Path) -> None:
    """Row 163: five seconds, then what is lost is told; the exit code too."""
    async with Served(folder) as served:
        loop = asyncio.get_running_loop()
        said = await script(f"{served.url}/CP001", OFFLINE.format(36_000))
        assert said.out.endswith(f"{UNDELIVERED}\n2 transaction messages were not delivered.\n") and said.code == 1
        async with Simulated(f"{served.url}/CP002", "--json", "--tempo", "20") as simulated:
            await simulated.until(lambda told: told.get("event") == "registered")
            for command in ("plug-in", "drop-line", "start", "stop"):
                more = {"seconds": 36_000} if command == "drop-line" else {"connector": 1}
                simulated.send({"do": command, "id": command} | more)
            await simulated.answer("stop")
            began = loop.time()
            last = [json.loads(line) for line in (await simulated.end()).out.splitlines()]
            assert 4 < loop.time() - began < 15
    (waiting,) = [told for told in last if told["event"] == "waiting"]
    assert (waiting["undelivered"], waiting["seconds"]) == (2, 5)
    assert (last[-1]["event"], last[-1]["undelivered"]) == ("ended", 2)


async def test_a_script_goes_on_behind_a_refusal_and_ends_with_1(folder: Path) -> None:
    """Row 175: each refusal is a sentence beside its line; everything else was carried out; the exit code tells."""
    async with Served(folder) as served:
        text = "plug-out 1\nnonsense\nfault 1 'open quote\nplug-in 9\n# a remark\n\nplug-in 2\nwait-for Reserved 2 1\n"
        said = await script(f"{served.url}/CP001", text)
    assert said.code == 1
    for sentence in (
        "No cable is plugged in.",
        "There is no control 'nonsense'",
        "quotation mark",
        "There is no connector 9",
        "ok: cable plugged in at connector 2",
        "Reserved did not come within 1 s.",
    ):
        assert sentence in said.out
    assert said.out.count("refused: ") == 5


@pytest.mark.slow
async def test_verbose_shows_every_frame_and_a_high_level_almost_nothing(folder: Path) -> None:
    """Rows 149, 162, 174: raw frames both ways with -v; refusals alone with --log-level error."""
    async with Served(folder) as served:
        loud = await script(f"{served.url}/CP001", "events on\n", "-v")
        quiet = await script(f"{served.url}/CP001", "plug-in 1\nplug-in 1\n", "--log-level", "error")
    assert '→ [2,"' in loud.out and '"BootNotification",{"chargePointVendor"' in loud.out and '← [3,"' in loud.out
    assert "Preparing" not in quiet.out and "refused: A cable is plugged in already." in quiet.out


@pytest.mark.slow
async def test_help_of_the_prompt_and_of_the_command_teach(folder: Path) -> None:
    """Every control is listed with its values; the help of the command has examples that fit 80 columns."""
    async with Served(folder) as served:
        said = await script(f"{served.url}/CP001", "help\nhelp fault\nstats\nevents off\nquit\n")
    for words in ("plug-in [connector]", "GroundFailure", "wait-for", "Calls sent", "Fault injection"):
        assert words in said.out
    helped = await run("simulate", "--help")
    assert "ocpp-console simulate ws://" in helped.out and "--plain" in helped.out
    assert max(len(line) for line in helped.out.splitlines()) <= 80


async def test_without_a_csms_json_goes_on_dialling_and_tells_why(unused_tcp_port: int) -> None:
    """The reason is an event; what is done to the charge point meanwhile is done."""
    async with Simulated(f"ws://127.0.0.1:{unused_tcp_port}/CP001", "--json") as simulated:
        failed = await simulated.until(lambda told: told.get("event") == "dial-failed")
        assert "nothing listens there" in failed["detail"]
        simulated.send({"do": "plug-in", "id": 1})
        assert (await simulated.answer(1))["ok"]
        assert (await simulated.end()).code == 0


async def test_help_of_a_script_is_there_before_a_csms(unused_tcp_port: int) -> None:
    """A prompt behind a pipe answers while it dials; what needs a CSMS waits for it."""
    async with Simulated(f"ws://127.0.0.1:{unused_tcp_port}/CP001", "--plain") as simulated:
        simulated.send("help")
        simulated.send("plug-in 1")
        assert simulated.process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(LONGEST_S):
            while not lines or "Values stand in their order" not in lines[-1]:
                lines.append((await simulated.process.stdout.readline()).decode())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    while "plug-in 1" not in lines[-1]:
                        lines.append((await simulated.process.stdout.readline()).decode())
        assert "> help\n" in lines


async def test_wrong_usage_is_2_and_one_sentence() -> None:
    """An address, an option, a mode that cannot be meant; nothing on stdout."""
    for arguments, words in (
        (("http://h/CP001",), "no address"),
        (("ws://h:1",), "Which charge point"),
        (("ws://h/CP001", "--plain", "--json"), "choose one"),
        (("ws://h/CP001", "--ocpp", "2.0.1", "--plain"), "not spoken"),
        (("ws://h/CP001",), "--plain"),
    ):
        said = await run("simulate", *arguments)
        assert said.code == 2 and said.is_sentence and words in said.err, said


async def test_json_lines_drive_a_session(folder: Path) -> None:
    """Every command is answered with its id, every frame and happening is an event, the end is clean."""
    async with Served(folder) as served, Simulated(f"{served.url}/CP001", "--json") as simulated:
        started = await simulated.until(lambda told: told.get("event") == "started")
        assert (started["charger"], started["connectors"], started["ocpp"]) == ("CP001", 2, "1.6")
        await simulated.until(lambda told: told.get("event") == "registered")
        simulated.send({"do": "plug-in", "connector": 1, "id": 7})
        assert (await simulated.answer(7))["said"] == "cable plugged in at connector 1"
        simulated.send({"do": "start", "connector": 1, "tag": "CARD7", "id": ["any", "thing"]})
        assert (await simulated.answer(["any", "thing"]))["ok"]
        begun = await simulated.until(lambda told: told.get("event") == "session-start")
        assert begun["detail"].startswith("CARD7 ")
        simulated.send({"do": "status", "id": 8})
        state = (await simulated.answer(8))["facts"]["connectors"][1]
        assert (state["status"], state["cable"], state["idTag"]) == ("Charging", True, "CARD7")
        simulated.send({"do": "plug-out", "connector": 1, "id": 9})
        refused = await simulated.answer(9)
        assert (refused["ok"], refused["error"]) == (False, "refused") and "stop it first" in refused["said"]
        said = await simulated.end()
    last = [json.loads(line) for line in said.out.splitlines()]
    assert (said.code, said.err) == (1, ""), "a line was refused"
    assert (last[-1]["event"], last[-1]["undelivered"]) == ("ended", 0)
    frames = [told for told in simulated.told if told.get("event") == "frame"]
    assert frames[0]["direction"] == "out" and frames[0]["frame"][2] == "BootNotification"
    assert {"StartTransaction", "StatusNotification"} <= {f["action"] for f in frames if f["direction"] == "in"}
    status = next(told for told in simulated.told if told.get("event") == "status")
    assert status["state"]["status"] == "Preparing" and status["at"].endswith("Z")


async def test_bad_json_lines_are_answered(folder: Path) -> None:
    """No traceback, no silence: what is wrong with the line, and the next one is carried out."""
    bad = ["{", "[1]", "7", '{"id": 1}', '{"do": 5}', '{"do": "plug-in", "connector": [1]}', "\x00\xff", "x" * 70_000]
    async with Served(folder) as served, Simulated(f"{served.url}/CP001", "--json") as simulated:
        for line in bad:
            simulated.send(line)
        simulated.send({"do": "fly", "id": 2})
        simulated.send({"do": "plug-in", "connector": "one", "id": 3})
        simulated.send({"do": "plug-in", "id": 4})
        assert (await simulated.answer(4))["ok"]
        answers = [told for told in simulated.told if "answer" in told]
        assert [told.get("error") for told in answers] == ["malformed"] * len(bad) + ["refused", "refused", None]
        simulated.send({"do": "quit", "id": 5})
        assert (await simulated.answer(5))["ok"]
        assert (await simulated.end()).code == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
async def test_a_signal_ends_json_cleanly(folder: Path, number: signal.Signals) -> None:
    """Exit code 0 and a last line, within two seconds."""
    async with Served(folder) as served, Simulated(f"{served.url}/CP001", "--json") as simulated:
        await simulated.until(lambda told: told.get("event") == "registered")
        simulated.process.send_signal(number)
        await simulated.until(lambda told: told.get("event") == "ended")
        assert (await simulated.end()).code == 0


@pytest.mark.slow
async def test_a_reader_that_has_gone_ends_it_quietly(folder: Path) -> None:
    """A closed pipe is no error: no traceback, no words, exit code 0."""
    async with Served(folder) as served:
        command = " ".join(COMMAND)
        process = await asyncio.create_subprocess_shell(
            f"sleep 5 | {{ {command} simulate {served.url}/CP001 --json; echo code $? >&2; }} | head -n 1",
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(LONGEST_S):
            out, err = await process.communicate()
    assert json.loads(out)["event"] == "started" and err == b"code 0\n"


@asynccontextmanager
async def at_the_prompt(url: str, *options: str) -> AsyncIterator[PtyScreen]:
    async with PtyScreen([*COMMAND, "simulate", f"{url}/CP001", "--plain", *options], 100, 40) as screen:
        await screen.until("accepted by the CSMS", 10)
        yield screen


async def test_a_person_at_the_prompt_sees_the_list_before_each_operation(folder: Path) -> None:
    """Rows 158, 159: icons in green, yellow, cyan and red; the prompt comes again; Ctrl-D leaves."""
    async with Served(folder) as served, at_the_prompt(served.url) as screen:
        await screen.until("CP001>")
        screen.send("plug-in 1\rstart 1\rfault 2 GroundFailure\rstatus\r")
        icons = (("○ Available", 32), ("◔ Preparing", 33), ("● Charging", 36), ("▲ Faulted", 31))
        wanted = [f"\x1b[{code}m{icon}".encode() for icon, code in icons]
        await screen.until(lambda s: all(icon in s.raw for icon in wanted))
        assert not screen.is_alternate
        screen.send("\x04")
        assert await screen.wait_exit() == 0


async def test_the_screen_on_a_real_terminal(folder: Path) -> None:
    """Keys, colours, and the terminal given back; SIGTERM ends it too."""
    async with Served(folder) as served:
        command = [*COMMAND, "simulate", f"{served.url}/CP001"]
        async with PtyScreen(command, 80, 24) as screen:
            await screen.until("online, Accepted", 10)
            screen.send("2\r\r")
            await screen.until("◔ Preparing")
            column, line = screen.find("◔ Preparing") or (0, 0)
            assert screen.cell(column, line).fg == "e8c95a" or screen.cell(column, line).fg != "default"
            assert screen.is_alternate
            screen.resize(60, 15)
            await screen.until(lambda s: "TX" not in s.text and "Preparing" in s.text)
            screen.send("q")
            assert await screen.wait_exit() == 0 and not screen.is_alternate and not screen.is_raw
        async with PtyScreen(command, 80, 24, {"NO_COLOR": "1", "LANG": "C", "LC_ALL": "C"}) as screen:
            await screen.until("online, Accepted", 10)
            assert max(ord(c) for c in screen.text) < 127
            screen.kill(signal.SIGTERM)
            assert await screen.wait_exit() == 0 and not screen.is_alternate


@pytest.mark.slow
async def test_the_screen_tells_why_there_is_no_line_and_comes_up_later(folder: Path) -> None:
    """Refused first; the server starts, and the charge point is accepted without a key."""
    served = Served(folder)
    async with served:
        port = served.port
        await served.terminate()
        async with PtyScreen([*COMMAND, "simulate", f"ws://127.0.0.1:{port}/CP001"], 80, 24) as screen:
            await screen.until("nothing listens there", 10)
            await served.start()
            await screen.until("online, Accepted", 15)


@pytest.mark.slow
async def test_a_password_and_tls_reach_the_server(folder: Path) -> None:
    """Basic authentication over wss:// with an authority of one's own; the wrong password is told in words."""
    authority = Authority(folder / "tls", "authority")
    pair = authority.server(is_rsa=False)
    settings = {
        "SECURITY_CERTIFICATE": str(pair.certificate),
        "SECURITY_KEY": str(pair.key),
        "SECURITY_TLS_PORT": "0",
    }
    async with Served(folder, **settings) as served:
        secure = next(word for word in served.ready.split() if word.startswith("ocpps=")).removeprefix("ocpps=")
        put = await run("chargers", "add", "CP001", "--generate", folder=folder)
        password = put.out.split()[-1]
        url = f"{secure.replace('0.0.0.0', '127.0.0.1')}/ocpp/CP001"
        trusted = ("--tls-ca", str(authority.certificate))
        said = await script(url, "wait-for online\n", *trusted, "--password", password)
        assert (said.code, said.err) == (0, ""), (said, put)
        async with Simulated(url, "--json", *trusted, "--password", "wrong-password-00") as simulated:
            failed = await simulated.until(lambda told: told.get("event") == "dial-failed")
            assert "401" in failed["detail"] and "password" in failed["detail"]
