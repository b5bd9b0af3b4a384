"""Id tags over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.server.api.fake_depot import FakeDepot


async def test_tag_is_written_read_and_removed(unix: httpx.AsyncClient) -> None:
    """What was put comes back, in UTC; after removing it is unknown."""
    body = {"status": "Blocked", "expiryDate": "2027-03-01T12:00:00+02:00", "parentIdTag": "FLEET", "note": "lost"}
    answer = await unix.put("/api/tags/04A2", json=body)
    assert answer.status_code == 200
    assert answer.json() == body | {"idTag": "04A2", "expiryDate": "2027-03-01T10:00:00.000Z"}
    assert (await unix.get("/api/tags/04a2")).json() == answer.json()
    assert [t["idTag"] for t in (await unix.get("/api/tags")).json()["tags"]] == ["04A2", "AB12CD"]
    assert (await unix.delete("/api/tags/04a2")).status_code == 204
    assert (await unix.delete("/api/tags/04a2")).status_code == 404
    assert (await unix.get("/api/tags/04A2")).status_code == 404


async def test_tag_keeps_the_spelling_of_its_first_writer(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """AUTH-02: another case is the same tag."""
    assert (await unix.put("/api/tags/ab12cd", json={})).json()["idTag"] == "AB12CD"
    assert len(depot.tags()) == 1


async def test_tag_may_hold_any_printable_character(unix: httpx.AsyncClient) -> None:
    """Slashes, percent signs and umlauts survive the path."""
    for encoded, id_tag in (("a%2Fb%25c", "a/b%c"), ("%C3%A4%20%3F", "ä ?")):
        assert (await unix.put(f"/api/tags/{encoded}", json={})).json()["idTag"] == id_tag
        assert (await unix.get(f"/api/tags/{encoded}")).json()["idTag"] == id_tag


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("X" * 21, {}, "idTag"),
        ("a%1Bb", {}, "idTag"),
        ("X", {"idTag": "Y"}, "idTag"),
        ("X", {"status": "Nice"}, "status"),
        ("X", {"status": "ConcurrentTx"}, "status"),
        ("X", {"status": 7}, "status"),
        ("X", {"expiryDate": "tomorrow"}, "expiryDate"),
        ("X", {"expiryDate": "2027-03-01T12:00:00"}, "expiryDate"),
        ("X", {"parentIdTag": "P" * 21}, "parentIdTag"),
        ("X", {"note": "n" * 501}, "note"),
        ("X", {"colour": "red"}, "colour"),
    ],
)
async def test_bad_tag_is_400_and_named(
    unix: httpx.AsyncClient, depot: FakeDepot, path: str, body: dict[str, object], field: str
) -> None:
    """The field is named and nothing is written."""
    answer = await unix.put(f"/api/tags/{path}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert len(depot.tags()) == 1


async def test_tag_that_is_not_durable_is_503(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """A blocked tag that the disk did not take is not called blocked."""
    depot.is_durable = False
    answer = await unix.put("/api/tags/X", json={"status": "Blocked"})
    assert (answer.status_code, answer.json()["error"]) == (503, "not_durable")
