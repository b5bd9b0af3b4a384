"""Errors have one shape and say what is wrong; nobody gets in who should not (threats T14, T15)."""

from __future__ import annotations

import asyncio
import logging
import re

import httpx
import pytest

from server.api.door import Door
from tests.server.api.fake_depot import FakeDepot

RESET = "/api/chargers/CP-01/operations/Reset"
BY_ID = ("frames", "transactions", "faults", "jobs", "security-events", "connections", "commands")
BEYOND = 99_999_999_999_999_999_999_999  #: more than a database can count


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """Checks the shape; the message."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == code
    assert isinstance(body["message"], str) and body["message"]
    assert "Traceback" not in answer.text
    return str(body["message"])


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("/nothing", "/nothing"),
        ("/api/chargers/", "charger ''"),
        ("/api/chargers/NOPE", "NOPE"),
        ("/api/commands/77", "77"),
        ("/api/tags/NOPE", "NOPE"),
    ],
)
async def test_unknown_is_404(unix: httpx.AsyncClient, url: str, named: str) -> None:
    """404 names what is not there."""
    assert named in refused(await unix.get(url), 404, "not_found")


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/api/transactions?state=finished", "state"),
        ("/api/transactions?limit=0", "limit"),
        ("/api/transactions?limit=1001", "limit"),
        ("/api/transactions?before=x", "before"),
        ("/api/frames?direction=up", "direction"),
        ("/api/frames?since=yesterday", "since"),
        ("/api/frames?until=tomorrow", "until"),
        ("/api/frames?since=2026-11-18T11:00:00", "since"),
        ("/api/faults?open=perhaps", "open"),
        ("/api/commands/abc", "command_id"),
        (f"/api/commands/{BEYOND}", "command_id"),
        ("/api/commands/-1", "command_id"),
        *((f"/api/{name}?before={number}", "before") for name in BY_ID for number in (BEYOND, 2**63, -1)),
    ],
)
async def test_bad_parameter_is_400_and_named(unix: httpx.AsyncClient, url: str, field: str) -> None:
    """400 names the parameter."""
    answer = await unix.get(url)
    told = refused(answer, 400, "invalid")
    assert field in told and re.search("must|does not fit", told)
    assert "input should" not in told and "unable to parse" not in told and "value error" not in told.lower()
    assert answer.json()["field"] == field


async def test_wrong_method_is_405(unix: httpx.AsyncClient) -> None:
    """405 in the same shape, with the methods that are possible."""
    answer = await unix.delete("/api/chargers")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 60_000, b'{"type":NaN}'])
async def test_body_that_is_no_object_is_400(unix: httpx.AsyncClient, body: bytes) -> None:
    """Bad JSON, wrong type, bad UTF-8, deep nesting and NaN are told, not thrown."""
    answer = await unix.post(RESET, content=body, headers={"content-type": "application/json"})
    refused(answer, 400, "invalid_json")


async def test_body_that_is_not_json_is_415(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """T14: a form cannot do anything, and neither can an untyped body."""
    refused(await unix.post(RESET, data={"type": "Hard"}), 415, "unsupported_media_type")
    refused(await unix.post(RESET), 415, "unsupported_media_type")
    refused(await unix.put("/api/tags/X", content=b"{}"), 415, "unsupported_media_type")
    assert depot.asked == []


async def test_large_body_is_413(unix: httpx.AsyncClient) -> None:
    """More than 64 kB is refused, with and without a told length."""
    headers = {"content-type": "application/json"}
    refused(await unix.post(RESET, content=b" " * 65_537, headers=headers), 413, "too_large")

    async def chunks() -> object:
        for _ in range(9):
            yield b" " * 8_192

    refused(await unix.post(RESET, content=chunks(), headers=headers), 413, "too_large")  # type: ignore[arg-type]
    assert (await unix.post(RESET, content=b'{"type":"Soft"}' + b" " * 60_000, headers=headers)).status_code == 200


async def test_tcp_needs_the_token(door: Door) -> None:
    """401 without, with a wrong and with a half token; health is open."""
    base = f"http://127.0.0.1:{door.port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        for value in ("", "Bearer", "Bearer  x", "Bearer wrong", "Basic canary-token", "canary-token", "Bearer canary"):
            headers = {"Authorization": value} if value else {}
            refused(await client.get("/api/chargers", headers=headers), 401, "unauthorized")
        refused(await client.get("/nothing"), 401, "unauthorized")
        for url in ("/health", "/api/health", "/livez"):
            assert (await client.get(url)).status_code == 200


async def test_tcp_with_the_token_works(tcp: httpx.AsyncClient) -> None:
    """The same answers as on the unix socket; the audit says api."""
    assert (await tcp.get("/api/chargers")).json()["count"] == 3
    assert (await tcp.post(RESET, json={"type": "Soft"})).status_code == 200
    assert (await tcp.get("/api/commands/1")).json()["operator"] == "api"


@pytest.mark.parametrize("host", ["evil.com", "evil.com:9221", "127.0.0.1.evil.com", "[::2]:80", ""])
async def test_foreign_host_is_403(tcp: httpx.AsyncClient, host: str) -> None:
    """T14: DNS rebinding ends here, on open paths too."""
    for url in ("/api/chargers", "/health"):
        refused(await tcp.get(url, headers={"Host": host}), 403, "forbidden")


async def test_own_names_as_host_are_fine(tcp: httpx.AsyncClient) -> None:
    """Loopback by name and number, any port."""
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:80"):
        assert (await tcp.get("/api/chargers", headers={"Host": host})).status_code == 200


async def test_browser_origin_is_403(tcp: httpx.AsyncClient, unix: httpx.AsyncClient) -> None:
    """T14: a web page may not speak to us, token or not."""
    for client in (tcp, unix):
        for origin in ("http://evil", "null", "http://localhost"):
            refused(await client.get("/api/chargers", headers={"Origin": origin}), 403, "forbidden")


async def test_our_own_mistake_is_500_without_a_traceback(
    unix: httpx.AsyncClient, depot: FakeDepot, caplog: pytest.LogCaptureFixture
) -> None:
    """One request fails, the log says why, the connection goes on."""
    depot.breaks = True
    with caplog.at_level(logging.ERROR):
        answer = await unix.get("/api/chargers")
    refused(answer, 500, "internal")
    assert "canary" not in answer.text
    assert [r.name for r in caplog.records] == ["ocpp_console.api"]
    depot.breaks = False
    assert (await unix.get("/api/chargers")).status_code == 200


async def test_what_is_not_http_is_refused(door: Door) -> None:
    """Noise on the socket gets 400 and the end; others go on."""
    reader, writer = await asyncio.open_unix_connection(str(door.socket_path))
    writer.write(b"\x16\x03\x01 hello\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()
