"""Who may connect, over HTTP: registered, given passwords and keys, forgotten; and who tried."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from server.core.passwords import matching_form
from server.model.command import CommandState, Reply
from server.model.status import Registration
from tests.server.api.fake_depot import FakeDepot

PASSWORD = "canary of a password"


async def test_charger_is_registered_and_its_password_never_told(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """SEC-07: what is set is sealed; no answer, log line or event has it."""
    events: list[str] = []
    depot.listen(lambda event: events.append(repr(event.subject)))
    body = {"password": PASSWORD, "alias": "gate", "securityProfile": 1}
    answer = await unix.put("/api/chargers/CP-77", json=body)
    assert answer.status_code == 200
    assert answer.json()["access"] | {"passwordChanged": None} == {
        "enabled": True,
        "securityProfile": 1,
        "hasPassword": True,
        "passwordForm": None,
        "passwordChanged": None,
        "lastLogin": None,
        "keyIsChanging": False,
    }
    assert (answer.json()["alias"], answer.json()["registration"]) == ("gate", "Accepted")
    told = [answer.text, *events, *(line.text for line in depot.log.since(0))]
    for path in ("/api/chargers", "/api/chargers/CP-77", "/api/connections", "/metrics"):
        told.append((await unix.get(path)).text)
    assert not [text for text in told if PASSWORD in text]
    credential = depot.core.credentials.find("cp-77")
    assert credential is not None and credential.current is not None
    assert matching_form(credential.current, PASSWORD.encode()) is not None


async def test_password_is_taken_away_with_the_profile_that_needs_it(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """SEC-08: a person says so; else the charger could never come in again. Profile 3 needs no password."""
    security = depot.config.security
    security.certificate = security.client_ca = Path("a.pem")
    await unix.put("/api/chargers/CP-77", json={"password": PASSWORD, "securityProfile": 1})
    access = (await unix.put("/api/chargers/CP-77", json={"password": None})).json()["access"]
    assert (access["hasPassword"], access["securityProfile"]) == (False, 0)
    await unix.put("/api/chargers/CP-77", json={"password": PASSWORD, "securityProfile": 3})
    access = (await unix.put("/api/chargers/CP-77", json={"password": None})).json()["access"]
    assert (access["hasPassword"], access["securityProfile"]) == (False, 3)


async def test_password_is_made_and_told_once(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """SEC-04: 20 random bytes as hex, another each time; 404 for a charger that nobody knows."""
    made = [(await unix.post("/api/chargers/cp-01/password", json={})).json() for _ in range(2)]
    assert made[0]["chargerId"] == "CP-01" and len(bytes.fromhex(made[0]["password"])) == 20
    assert made[0]["password"] != made[1]["password"]
    assert made[1]["password"] not in (await unix.get("/api/chargers/CP-01")).text
    assert (await unix.post("/api/chargers/CP-99/password", json={})).status_code == 404


async def test_key_is_rotated_or_it_is_said_why_not(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """SEC-06: the outcome of the operation; 409 when the charger is away; 404 for one that nobody knows."""
    answer = await unix.post("/api/chargers/CP-01/rotate-key", json={})
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    depot.reply = Reply(CommandState.REJECTED, "Rejected", {"status": "Rejected"})
    assert (await unix.post("/api/chargers/CP-01/rotate-key", json={})).json()["state"] == "rejected"
    answer = await unix.post("/api/chargers/CP-02/rotate-key", json={})
    assert answer.status_code == 409 and "offline" in answer.json()["message"]
    assert (await unix.post("/api/chargers/CP-99/rotate-key", json={})).status_code == 404


async def test_charger_is_removed_only_when_nothing_runs(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """409 in words while a session runs; 204; then 404."""
    answer = await unix.delete("/api/chargers/CP-01")
    assert answer.status_code == 409 and "session" in answer.json()["message"]
    assert (await unix.delete("/api/chargers/cp-02")).status_code == 204
    assert (await unix.delete("/api/chargers/cp-02")).status_code == 404
    assert depot.find_charger("CP-02") is None


async def test_registering_one_that_waits_lets_it_in(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """WS-12: `PUT` is as good as `adopt`."""
    assert depot.chargers["CP-NEW"].registration is Registration.PENDING
    assert (await unix.put("/api/chargers/cp-new", json={})).json()["registration"] == "Accepted"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("CP-77", {"password": "short"}, "password"),
        ("CP-77", {"password": "x" * 256}, "password"),
        ("CP-77", {"password": "bell\x07bell"}, "password"),
        ("CP-77", {"password": 12345678}, "password"),
        ("CP-77", {"securityProfile": 4}, "securityProfile"),
        ("CP-77", {"securityProfile": True}, "securityProfile"),
        ("CP-77", {"enabled": "yes"}, "enabled"),
        ("CP-77", {"passwort": PASSWORD}, "passwort"),
        ("a:b", {}, "chargerId"),
        ("x" * 49, {}, "chargerId"),
        ("%20", {}, "chargerId"),
    ],
)
async def test_what_does_not_fit_is_named_and_changes_nothing(
    unix: httpx.AsyncClient, depot: FakeDepot, path: str, body: dict[str, object], field: str
) -> None:
    """400 with the field; never with the password."""
    before = set(depot.chargers)
    answer = await unix.put(f"/api/chargers/{path}", json=body)
    assert answer.status_code == 400 and field in answer.json()["message"]
    assert str(body.get("password", "nothing")) not in answer.text
    assert set(depot.chargers) == before


async def test_tries_are_listed_with_what_to_do(unix: httpx.AsyncClient) -> None:
    """WS-24: time, address, id, cause, what was seen, and the sentence; of one id in any case."""
    (row,) = (await unix.get("/api/connections")).json()["connections"]
    assert (row["chargerId"], row["cause"], row["peer"]) == ("CP-99", "password_missing", "10.0.4.13:50512")
    assert (row["detail"], row["fix"], row["count"], row["isOpen"]) == ("no Authorization", "Set a password.", 1, False)
    assert row["time"].endswith("Z")
    assert (await unix.get("/api/connections", params={"charger": "CP-01"})).json()["count"] == 0
