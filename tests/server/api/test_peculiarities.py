"""Deviations, quirks and options over HTTP."""

from __future__ import annotations

import httpx
import pytest

from server import quirks
from server.core.quirks import judge
from tests.server.api.fake_depot import T0, FakeDepot


async def test_deviations_are_listed(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """By charger in any spelling, the one seen last first, with a sample."""
    for n, rule in enumerate(("MV-12", "HB-02")):
        depot.core.peculiar.note(depot.chargers["CP-01"], T0 + n, rule, "empty value", f"frame {n}")
    everything = (await unix.get("/api/deviations")).json()
    assert everything["count"] == 3
    own = (await unix.get("/api/deviations", params={"charger": "cp-01"})).json()["deviations"]
    assert [(d["chargerId"], d["rule"], d["detail"], d["count"], d["sample"]) for d in own] == [
        ("CP-01", "HB-02", "empty value", 1, "frame 1"),
        ("CP-01", "MV-12", "empty value", 1, "frame 0"),
    ]
    assert own[0]["firstAt"].endswith("Z") and own[0]["lastAt"].endswith("Z")
    assert (await unix.get("/api/deviations", params={"limit": 1})).json()["count"] == 1


async def test_quirks_are_listed(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """Applied, suggested, or advice alone; why, because of what, and what helps."""
    charger = depot.chargers["CP-01"]
    charger.vendor = "Wallbox"
    judge(quirks.load(), charger, {})
    found = (await unix.get("/api/quirks", params={"charger": "CP-01"})).json()["quirks"]
    assert [(q["profile"], q["state"], q["because"]) for q in found] == [
        ("wallbox-settle", "applied", "vendor"),
        ("wallbox-stack-level", "suggested", "vendor"),
        ("wallbox-meter", "advice", "vendor"),
    ]
    assert found[0]["options"] == {"settle_ms": 3000, "boot_wait_ms": 5000} and found[0]["sources"] == ["Q21", "Q22"]


async def test_options_are_set_shown_and_taken_back(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """They hold at once, are shown with the chargers, and stay until they are taken back."""
    put = await unix.put("/api/chargers/cp-01", json={"options": {"start_delay_ms": "1000", "no_ping": True}})
    assert put.status_code == 200
    assert put.json()["ownOptions"] == {"start_delay_ms": 1000, "no_ping": True}
    assert depot.chargers["CP-01"].options.no_ping
    listed = (await unix.get("/api/chargers")).json()["chargers"][0]
    assert listed["options"]["start_delay_ms"] == 1000 and listed["options"]["strict"] is False
    back = await unix.put("/api/chargers/CP-01", json={"options": {"no_ping": None, "start_delay_ms": "default"}})
    assert back.json()["ownOptions"] == {} and not depot.chargers["CP-01"].options.no_ping


@pytest.mark.parametrize(
    ("options", "field"),
    [({"warp": 9}, "options.warp"), ({"strict": "maybe"}, "options.strict"), ("strict", "options")],
)
async def test_impossible_options_change_nothing(
    unix: httpx.AsyncClient, depot: FakeDepot, options: object, field: str
) -> None:
    """400 that names the option; a good one beside it is not set, nor is anything else of the request."""
    before = depot.chargers["CP-01"].alias
    body = {"alias": "new", "options": {"no_ping": True, **options} if isinstance(options, dict) else options}
    refused = await unix.put("/api/chargers/CP-01", json=body)
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert depot.chargers["CP-01"].own_options == {} and depot.chargers["CP-01"].alias == before
