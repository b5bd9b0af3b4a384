"""The edges of the command line: which server is asked, exit codes, what `serve` says to a journal."""

from __future__ import annotations

import json
import re
import resource
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.journeys.command import run, run_all
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient

pytestmark = pytest.mark.slow

#: Each asks the server that the settings of the file name, wherever `--config` stands.
ASKING = (
    "get chargers --config {file}",
    "--config {file} get chargers",
    "--socket {socket} get chargers",
    "tags list --config {file}",
    "--config {file} tags add A1",
    "chargers list --config {file}",
    "files list --config {file}",
)


async def test_version_is_told() -> None:
    """One line, as scripts and reports of faults want it."""
    said = await run("--version")
    assert (said.code, said.out, said.err) == (0, f"ocpp-console {version('ocpp-console')}\n", "")


async def test_commands_ask_the_server_of_the_file(folder: Path) -> None:
    """The socket in the file of `--config` or OCPP_CONSOLE_CONFIG counts; --socket and OCPP_CONSOLE_SOCKET beat it."""
    file = folder / "depot.toml"
    file.write_text('socket = "s"\n')
    nowhere = {"XDG_STATE_HOME": str(folder)}
    async with Served(folder):
        lines = [line.format(file=file, socket=folder / "s") for line in ASKING]
        for line, said in zip(lines, await run_all(lines), strict=True):
            assert (said.code, said.err) == (0, ""), (line, said)
        said = await run("do", "Reset", "CP-1", "type=Soft", "--config", str(file))
        assert said.code == 1 and "CP-1" in said.err
        assert (await run("get", "chargers", settings={"CONFIG": str(file)})).code == 0
        assert (await run("get", "chargers", settings={"CONFIG": str(file), "SOCKET": str(folder / "x")})).code == 69
        other = str(folder / "y")
        assert (await run("get", "chargers", "--config", str(file), "--socket", other, settings=nowhere)).code == 69
        async with PtyScreen([*COMMAND, "attach", "--config", str(file)]) as screen:
            await screen.until("no charger yet")
            screen.send("q")
            assert await screen.wait_exit() == 0


async def test_a_wrong_file_is_78_for_commands_too(folder: Path) -> None:
    """One sentence that names the file."""
    said = await run("get", "chargers", "--config", str(folder / "none.toml"))
    assert said.code == 78 and said.is_sentence and "none.toml" in said.err


#: What a person typed wrong is 2, also when it is a setting; what stands in a file or variable is 78.
TYPED_WRONG = ("serve --port 99999", "serve --api-port -1", "serve --log-level loud", "attach", "get tags --until 2026")


async def test_what_was_typed_wrong_is_2(folder: Path) -> None:
    for line, said in zip(TYPED_WRONG, await run_all(TYPED_WRONG, folder), strict=True):
        assert (said.code, said.out) == (2, ""), (line, said)
    said = await run("serve", settings={"PORT": "99999", "SOCKET": str(folder / "s")})
    assert said.code == 78 and said.is_sentence, said


async def test_help_tells_the_exit_codes() -> None:
    """All of them, where a script's author looks first."""
    said = await run("--help")
    told = re.sub(r"\s+", " ", said.out)
    assert all(f" {code} " in told for code in (0, 1, 2, 69, 78)), told


async def test_every_list_comes_as_json(folder: Path) -> None:
    """`--json` is `-o json`, for each of them."""
    from console.oneshot.listings import WHATS

    async with Served(folder):
        for what, said in zip(WHATS, await run_all((f"get {what} --json" for what in WHATS), folder), strict=True):
            assert said.code == 0, (what, said)
            assert isinstance(json.loads(said.out), dict), what


async def test_frames_of_a_stretch_of_time(folder: Path) -> None:
    """`--since` and `--until` bound it at both ends; with `--action` it is one conversation."""
    async with Served(folder) as served:
        async with await RawClient.connect(served.port) as client:
            await client.boot()
            assert await client.is_alive()
        await served.flushed()
        whole = json.loads((await run("get", "frames", "--json", folder=folder)).out)["frames"]
        beat = next(frame for frame in whole if frame["action"] == "Heartbeat" and frame["direction"] == "in")
        line = f"get frames --json --until {beat['time']} --since {whole[-1]['time']} --action BootNotification"
        (said,) = await run_all([line], folder)
        assert [f["direction"] for f in json.loads(said.out)["frames"]] == ["out", "in"]
        (said,) = await run_all(["get frames --json --since 2099-01-01"], folder)
        assert json.loads(said.out)["frames"] == []
        (said,) = await run_all([f"get frames --json --since 2099-01-01 --until {beat['time']}"], folder)
        assert (said.code, said.out) == (2, "") and "--since" in said.err


async def test_few_open_files_are_told_at_the_start(folder: Path) -> None:
    """The soft limit is raised to the hard one without a word; a low hard one is told with what to do."""
    for hard, told in ((300, "only 300 files"), (4_000, "")):
        served = Served(folder)
        served.prefix = ["prlimit", f"--nofile=256:{hard}", "--"]
        async with served:
            assert served.process is not None
            soft, _ = resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)
            assert soft == hard
            assert await served.terminate() == 0
        assert told in served.said and bool(told) == bool(served.said), served.said
        served.log.unlink()


@pytest.mark.slow
async def test_serve_tells_its_journal_what_happens_in_the_depot(folder: Path) -> None:
    """Refused, offline, fault, recovered: a line each, with nothing in it that a terminal obeys."""
    served = Served(folder)
    served.log_level = "info"
    async with served:
        refused = await RawClient.connect(served.port, "/CP-9", offers=("ocpp0.1",))
        assert refused.status == 400
        await refused.close()
        async with await RawClient.connect(served.port) as client:
            await client.boot()
            status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
            fault = {"errorCode": "GroundFailure", "status": "Faulted", "info": "wet\x1b[2J\nE forged"}
            await client.call("StatusNotification", status | fault)
            await client.call("StatusNotification", status)
        await served.offline()
        async with await RawClient.connect(served.port) as client:
            await client.boot()
            assert await served.terminate() == 0
    news = [line.split(" depot: ", 1)[1] for line in served.news.splitlines()]
    assert len(news) == 5, news
    assert news[0].startswith("refused 127.0.0.1:") and "CP-9" in news[0]
    assert news[1].startswith("CP-1 connector 1 fault: GroundFailure") and "\x1b" not in news[1]
    assert news[2].startswith("CP-1 connector 1 recovered: GroundFailure")
    assert news[3].startswith("CP-1 offline: ") and news[4].startswith("CP-1 back online")
