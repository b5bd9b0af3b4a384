"""`get`, `do` and `tags` against a running server with a few simulated chargers."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from simulator import ChargePoint, Traits, Vehicle
from tests.journeys.command import Said, run, run_all
from tests.journeys.product import COMMAND, Served, environment, short_folder
from tests.raw_client import RawClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHATS = ("chargers", "connectors", "transactions", "faults", "commands", "frames", "tags", "config")


@dataclass
class Depot:
    """A server, a charger that does everything, one that refuses, and one that has gone."""

    served: Served
    willing: ChargePoint
    refusing: ChargePoint

    async def run(self, line: str) -> Said:
        return await run(*line.split(), folder=self.served.folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def depot() -> AsyncIterator[Depot]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(short_folder())
        served = await stack.enter_async_context(Served(folder, API_PORT="0", API_TOKEN="canary"))
        willing = await stack.enter_async_context(ChargePoint("CP-1", served.url, traits=Traits(reboot_s=0.2)))
        refuses = Traits(refuses=frozenset({"Reset", "RemoteStartTransaction", "ChangeConfiguration"}))
        refusing = await stack.enter_async_context(ChargePoint("CP-2", served.url, traits=refuses))
        async with ChargePoint("CP-GONE", served.url) as gone:
            await gone.until(lambda: gone.registered, 15)
        await willing.until(lambda: willing.registered, 15)
        await refusing.until(lambda: refusing.registered, 15)
        yield Depot(served, willing, refusing)
        assert await served.terminate() == 0
        assert served.said == ""


async def test_five_operations_are_done(depot: Depot) -> None:
    """Exit code 0, one line with the outcome; the charger has done it."""
    said = await depot.run("do GetConfiguration CP-1 key=HeartbeatInterval key=Nope")
    assert said.code == 0 and "HeartbeatInterval = 300" in said.out and "Nope: unknown" in said.out
    said = await depot.run("do ChangeConfiguration CP-1 key=HeartbeatInterval value=77")
    assert said.code == 0 and depot.willing.configuration.text("HeartbeatInterval") == "77"
    depot.willing.plug_in(1, Vehicle())
    said = await depot.run("do RemoteStartTransaction CP-1 idTag=A1 connectorId=1")
    assert said.code == 0 and said.out.startswith("CP-1 RemoteStartTransaction: accepted")
    await depot.willing.until(lambda: depot.willing.acknowledged)
    transaction = depot.willing.acknowledged[0].transaction_id
    said = await depot.run(f"do remotestoptransaction cp-1 transactionId={transaction}")
    assert said.code == 0
    said = await depot.run("do Reset CP-1 type=Soft --json")
    assert said.code == 0 and json.loads(said.out)["state"] == "accepted"


#: Operations that come to nothing: exit code, and a word of what is told.
NOT_DONE = {
    "do Reset CP-2 type=Hard": (1, "the charger says no"),
    "do RemoteStartTransaction CP-2 idTag=A1": (1, "the charger says no"),
    "do ChangeConfiguration CP-2 key=HeartbeatInterval value=1": (1, "the charger says no"),
    "do RemoteStopTransaction CP-2 transactionId=4711": (1, "the charger says no"),
    "do Reset CP-GONE type=Soft": (1, "not sent: charger is offline"),
    "do Reset CP-NONE type=Soft": (1, "'CP-NONE' is not known"),
    "do Reset CP-2 type=Warm": (2, "type: must be one of Hard, Soft"),
    "do Reset CP-2": (2, "type: is missing"),
    "do Reset CP-2 type=Soft kind=Hard": (2, "kind: is no field of Reset"),
    "do ClearChargingProfile CP-2 csChargingProfiles=[]": (2, "is no field of ClearChargingProfile"),
    "do SendLocalList CP-2 listVersion=1 updateType=Full localAuthorizationList=[]": (2, "localAuthorizationList:=["),
    "do GetCompositeSchedule CP-2 connectorId=1 duration=true": (2, "duration must be a whole number"),
    "do Explode CP-2": (2, "no operation 'Explode'"),
    "do RemoteStartTransaction CP-2 idTag=" + "x" * 21: (2, "idTag"),
}


@pytest.mark.slow
async def test_operation_that_is_not_done_is_no_success(depot: Depot) -> None:
    """Rejected, offline, unknown, impossible: never exit code 0, and the reason in one line."""
    told = await run_all(NOT_DONE, depot.served.folder)
    for (line, (code, words)), said in zip(NOT_DONE.items(), told, strict=True):
        assert said.code == code, (line, said)
        assert words in said.out + said.err, (line, said)
        assert (said.out + said.err).count("\n") == 1, (line, said)


@pytest.mark.slow
async def test_every_list_in_every_output(depot: Depot) -> None:
    """Table, JSON and CSV of the same rows, each parseable, nothing on stderr."""
    charger = depot.willing
    await charger.until(lambda: charger.registered, 15)
    charger.plug_in(2, Vehicle())
    charger.start(2, "A1")
    charger.stop(2)
    charger.plug_out(2)
    await charger.until(lambda: charger.outbox.waiting == 0)
    charger.fault(2, "GroundFailure", "com.example", "E-113", "RCD trip")
    await depot.run("tags add A1 --note Ana")
    charger.clear_fault(2)
    await depot.run("do GetConfiguration CP-1 key=HeartbeatInterval")
    wanted = [(what, output) for what in WHATS for output in ("table", "json", "csv")]
    told = await run_all(
        (f"get {what} -o {output} --limit 500 --charger CP-1" for what, output in wanted), depot.served.folder
    )
    for (what, output), said in zip(wanted, told, strict=True):
        assert (said.code, said.err) == (0, ""), (what, output)
        if what in ("tags", "config"):
            continue  # not of a charger
        if output == "json":
            assert json.loads(said.out)[what], what
        elif output == "csv":
            assert {row["chargerId"] for row in csv.DictReader(io.StringIO(said.out))} == {"CP-1"}, what
        else:
            assert len(said.out.splitlines()) > 1 and "CP-1" in said.out, what


async def test_tags_are_written_and_obeyed(depot: Depot) -> None:
    """add, block, list, remove; what a charger is told changes at once."""
    assert (await depot.run("tags add C0FFEE --note Front --expires 2099-01-01T00:00:00Z")).code == 0
    assert await verdict(depot, "c0ffee") == "Accepted"
    assert (await depot.run("tags block C0FFEE")).out == "C0FFEE: Blocked, until 2099-01-01T00:00:00.000Z\n"
    assert await verdict(depot, "C0FFEE") == "Blocked"
    (row,) = [line for line in (await depot.run("tags list")).out.splitlines() if line.startswith("C0FFEE")]
    assert row.split() == ["C0FFEE", "Blocked", "2099-01-01", "00:00", "Front"]
    assert (await depot.run("tags add C0FFEE --expires 2020-01-01T00:00:00Z")).out.startswith("C0FFEE: Expired, until")
    (row,) = [line for line in (await depot.run("tags list")).out.splitlines() if line.startswith("C0FFEE")]
    assert row.split()[1:3] == ["Expired", "2020-01-01"]
    assert (await depot.run("tags remove C0FFEE")).code == 0
    assert "C0FFEE" not in (await depot.run("tags list")).out
    assert (await depot.run("tags remove C0FFEE")).code == 1
    assert (await depot.run("tags add " + "x" * 21)).code == 2


async def verdict(depot: Depot, id_tag: str) -> str:
    async with await RawClient.connect(depot.served.port, "/READER") as reader:
        await reader.boot()
        answer = await reader.call("Authorize", {"idTag": id_tag})
    return str(answer[2]["idTagInfo"]["status"])


async def test_watch_goes_on_until_interrupted(depot: Depot) -> None:
    """Ctrl-C is how it ends: exit code 0, no traceback; each round shows what is there now."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("get", "chargers", "--watch"),
        env=environment(SOCKET=str(depot.served.socket)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(2):
        while not (await asyncio.wait_for(process.stdout.readline(), 20)).startswith(b"CHARGER"):
            pass
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.slow
async def test_api_on_tcp_wants_its_token(depot: Depot) -> None:
    """Over TCP with the token; without it or with a wrong one a sentence and exit code 1."""
    folder = depot.served.folder
    url = depot.served.api
    assert (await run("get", "chargers", "--api", url, "--token", "canary", folder=folder)).code == 0
    assert (await run("get", "chargers", "--api", url, folder=folder, settings={"API_TOKEN": "canary"})).code == 0
    for token in ("", "wrong"):
        said = await run("get", "chargers", "--api", url, "--token", token, folder=folder)
        assert said.code == 1 and said.is_sentence and "--token" in said.err


async def test_pipe_that_closes_is_no_trouble(depot: Depot) -> None:
    """`get frames | head -1` ends quietly."""
    command = " ".join(
        [*COMMAND, "get", "frames", "-o", "json", "--limit", "500", "--socket", str(depot.served.socket)]
    )
    process = await asyncio.create_subprocess_shell(
        f"{command} | head -1", env=environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (out, err) == (b"{\n", b"")
