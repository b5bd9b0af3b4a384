"""Operations over HTTP: what is sent, what comes back, what is refused."""

from __future__ import annotations

import getpass

import httpx
import pytest

from server.model.command import ChangeConfiguration, CommandState, Reply, Reset
from tests.server.api.fake_depot import FakeDepot

URL = "/api/chargers/{}/operations/{}"
OUTCOME = {"commandId", "state", "status", "response", "error", "latencyMs"}


async def test_accepted_operation_tells_its_outcome(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """200 with all fields of the contract; the operator is the login behind the socket."""
    answer = await unix.post(URL.format("cp-01", "Reset"), json={"type": "Hard"})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) >= OUTCOME
    assert (body["state"], body["status"], body["error"], body["latencyMs"]) == ("accepted", "Accepted", None, 42)
    assert body["response"] == {"status": "Accepted"}
    assert depot.asked == [("CP-01", Reset("Hard"), getpass.getuser())]


@pytest.mark.parametrize("state", ["rejected", "error", "timed_out", "offline"])
async def test_every_outcome_is_an_answer(unix: httpx.AsyncClient, depot: FakeDepot, state: str) -> None:
    """Whatever the charger does is 200 with a state, never an HTTP error."""
    depot.reply = Reply(CommandState(state), "", None, "in words")
    answer = await unix.post(URL.format("CP-01", "Reset"), json={"type": "Soft"})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["error"]) == (state, "in words")


async def test_wait_is_over_before_the_answer(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """What is not answered in time is queued; its command can be asked for later."""
    depot.never_answers = True
    answer = await unix.post(URL.format("CP-01", "Reset") + "?wait=0.05", json={"type": "Soft"})
    assert answer.json()["state"] == "queued"
    command = (await unix.get(f"/api/commands/{answer.json()['commandId']}")).json()
    assert (command["state"], command["isFinished"]) == ("queued", False)
    assert command["sentAt"].endswith("Z") and command["answeredAt"] is None


async def test_blocked_is_409_with_the_reason(unix: httpx.AsyncClient) -> None:
    """The words of the guard, and the command that the audit keeps."""
    answer = await unix.post(URL.format("CP-02", "Reset"), json={"type": "Soft"})
    assert answer.status_code == 409
    body = answer.json()
    assert (body["error"], body["message"], body["state"]) == ("blocked", "charger is offline", "blocked")
    assert body["commandId"] == 1


async def test_payload_that_does_not_fit_is_400(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """The field is named, nothing is sent."""
    answer = await unix.post(URL.format("CP-01", "Reset"), json={"type": "Warm"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid", "message": "type: must be Soft or Hard", "field": "type"}
    assert depot.asked == []


@pytest.mark.parametrize(("charger", "operation"), [("NOPE", "Reset"), ("CP-01", "Explode")])
async def test_unknown_charger_or_operation_is_404(unix: httpx.AsyncClient, charger: str, operation: str) -> None:
    """404, and for an operation the ones there are."""
    answer = await unix.post(URL.format(charger, operation), json={})
    assert answer.status_code == 404
    assert operation == "Reset" or "GetConfiguration" in answer.json()["message"]


@pytest.mark.parametrize("wait", ["-1", "601", "soon", "nan"])
async def test_impossible_wait_is_400(unix: httpx.AsyncClient, wait: str) -> None:
    """wait is 0 to 600 seconds."""
    answer = await unix.post(URL.format("CP-01", "Reset") + f"?wait={wait}", json={"type": "Soft"})
    assert (answer.status_code, answer.json()["field"]) == (400, "wait")


async def test_operation_name_in_any_case(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """People type; values stay what they are."""
    body = {"key": "HeartbeatInterval", "value": "60"}
    assert (await unix.post(URL.format("CP-01", "changeconfiguration"), json=body)).status_code == 200
    assert depot.asked[0][1] == ChangeConfiguration("HeartbeatInterval", "60")


async def test_commands_tell_their_steps(unix: httpx.AsyncClient) -> None:
    """The list is newest first; one command has its steps in order."""
    for kind in ("Soft", "Hard"):
        await unix.post(URL.format("CP-01", "Reset"), json={"type": kind})
    body = (await unix.get("/api/commands?charger=CP-01")).json()
    assert [c["commandId"] for c in body["commands"]] == [2, 1]
    steps = body["commands"][0]["steps"]
    assert [(s["name"], s["state"]) for s in steps] == [("sent", "done"), ("BootNotification", "open")]


async def test_unknown_charger_is_adopted(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """Adopting changes the registration once, is durable, and may be repeated."""
    headers = {"content-type": "application/json"}
    for _ in range(2):
        answer = await unix.post("/api/chargers/CP-NEW/adopt", headers=headers)
        assert (answer.status_code, answer.json()["registration"]) == (200, "Accepted")
    assert (await unix.post("/api/chargers/NOPE/adopt", headers=headers)).status_code == 404


async def test_adopting_says_when_the_disk_does_not_take_it(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """Nobody is told that something is kept that is not."""
    depot.is_durable = False
    answer = await unix.post("/api/chargers/CP-NEW/adopt", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (503, "not_durable")
