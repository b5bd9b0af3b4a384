"""The fields of the contract (design, section 7): they may be added to, never renamed."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from server.model.log import Frame
from tests.server.api.fake_depot import T0, FakeDepot

CHARGER = "chargerId model vendor status isOnline lastHeartbeat firmware ocppVersion connectors"
CONNECTOR = "connectorId status errorCode vendorErrorCode info transactionId powerKw since"
FIELDS = [
    (
        "/api/health",
        "",
        "status cloudConnected lastSyncTime activeChargers activeTransactions unsynchronizedEvents reasons",
    ),
    (
        "/health",
        "",
        "status cloudConnected lastSyncTime activeChargers activeTransactions unsynchronizedEvents reasons",
    ),
    ("/api/chargers", "", "count chargers"),
    ("/api/chargers", "chargers.0", CHARGER),
    ("/api/chargers", "chargers.0.connectors.0", CONNECTOR),
    ("/api/chargers/CP-01", "", CHARGER),
    ("/api/chargers/CP-01", "connectors.1", CONNECTOR),
    ("/api/transactions", "", "count transactions"),
    (
        "/api/transactions",
        "transactions.0",
        "transactionId chargerId connectorId idTag status meterStartKwh energyConsumedKwh startTime endTime stopReason"
        " state",
    ),
    ("/api/faults", "", "count faults"),
    (
        "/api/faults",
        "faults.0",
        "faultId chargerId connectorId errorCode vendorErrorCode info severity openedAt clearedAt count meaning"
        " firstAction acknowledgedBy",
    ),
    ("/api/frames", "frames.0", "id time chargerId direction action messageId raw deviations"),
    ("/api/tags/AB12CD", "", "idTag status expiryDate parentIdTag note"),
]


def at(value: Any, path: str) -> Any:
    for step in path.split(".") if path else ():
        value = value[int(step)] if step.isdigit() else value[step]
    return value


@pytest.mark.parametrize(("url", "path", "fields"), FIELDS)
async def test_fields_of_the_contract_are_there(unix: httpx.AsyncClient, url: str, path: str, fields: str) -> None:
    """Every field of the table is in the answer."""
    answer = await unix.get(url)
    assert answer.status_code == 200
    assert set(fields.split()) <= set(at(answer.json(), path))


async def test_times_are_utc_with_z(unix: httpx.AsyncClient) -> None:
    """Every time in every answer is ISO 8601 and ends in Z."""
    body = (await unix.get("/api/chargers/CP-01")).json()
    assert body["lastHeartbeat"] == "2026-11-18T11:06:40.000Z"
    for url in ("/api/transactions", "/api/faults", "/api/frames"):
        text = (await unix.get(url)).text
        times = re.findall(r'"(\d{4}-[^"]+)"', text)
        assert times and all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", t) for t in times)


async def test_values_are_in_the_units_they_say(unix: httpx.AsyncClient) -> None:
    """kW, kWh, A and V, from W, Wh, mA and mV."""
    first, second = (await unix.get("/api/chargers/CP-01")).json()["connectors"]
    assert (first["powerKw"], first["meterKwh"], first["energyKwh"]) == (11.04, 15.5, 3.5)
    assert (first["currentA"], first["voltageV"], first["transactionId"]) == (16.0, 230.0, 1)
    assert (second["errorCode"], second["vendorErrorCode"], second["info"]) == ("GroundFailure", "E042", "RCD tripped")


async def test_charger_is_found_in_any_case(unix: httpx.AsyncClient) -> None:
    """WS-13: ids are compared case-insensitively; percent-encoding is undone."""
    assert (await unix.get("/api/chargers/cp%2D01")).json()["chargerId"] == "CP-01"


async def test_health_tells_what_is_wrong(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """degraded with reasons; the process is alive all the same."""
    body = (await unix.get("/api/health")).json()
    assert (body["status"], body["activeChargers"], body["activeTransactions"]) == ("healthy", 2, 1)
    depot.health.degraded.append("the disk is full")
    body = (await unix.get("/health")).json()
    assert (body["status"], body["reasons"]) == ("degraded", ["the disk is full"])
    assert (await unix.get("/livez")).status_code == 200


async def test_transactions_filter_and_page(unix: httpx.AsyncClient) -> None:
    """Newest first; state, charger and before narrow."""
    body = (await unix.get("/api/transactions")).json()
    assert [t["transactionId"] for t in body["transactions"]] == [2, 1]
    ended, running = body["transactions"]
    assert (ended["status"], ended["state"], ended["stopReason"]) == ("COMPLETED", "completed", "EVDisconnected")
    assert (ended["energyConsumedKwh"], ended["durationSeconds"]) == (7.4, 3600)
    assert (running["status"], running["state"], running["endTime"]) == ("IN_PROGRESS", "ongoing", None)
    assert (await unix.get("/api/transactions?state=ongoing")).json()["count"] == 1
    assert (await unix.get("/api/transactions?state=&charger=cp-02&limit=1&before=3")).json()["count"] == 1
    assert (await unix.get("/api/transactions?before=1")).json()["count"] == 0


async def test_faults_say_what_to_do(unix: httpx.AsyncClient) -> None:
    """Meaning and first action come with every fault; open=true leaves out the cleared ones."""
    body = (await unix.get("/api/faults?open=true&charger=cp-01")).json()
    (fault,) = body["faults"]
    assert (fault["errorCode"], fault["severity"], fault["clearedAt"]) == ("GroundFailure", "fault", None)
    assert fault["meaning"] and fault["firstAction"]
    assert (await unix.get("/api/faults?open=true&charger=CP-02")).json()["count"] == 0


async def test_frames_are_byte_for_byte(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """raw is what was on the wire; what is not text comes as latin-1 and says so."""
    odd = '[2,"\\u0041" , "Heartbeat",\t{"π":1e2, "esc":"\\u001b[2J"}]\n'
    depot.frames.append((4, Frame(T0 + 20, 1, "CP-01", "in", "Heartbeat", "A", odd)))
    frames = (await unix.get("/api/frames")).json()["frames"]
    assert [f["id"] for f in frames] == [4, 3, 2, 1]
    assert frames[0]["raw"] == odd
    assert frames[1]["rawEncoding"] == "latin-1"
    assert frames[1]["raw"].encode("latin-1") == b"\x00\xff\x9b[31m"
    assert frames[2]["deviations"] == ["HB-03", "WS-05"]
    assert (await unix.get("/api/frames?direction=out&action=Heartbeat")).json()["count"] == 1
    later = (await unix.get("/api/frames", params={"since": "2026-11-18T11:06:40.009Z"})).json()
    assert [f["id"] for f in later["frames"]] == [4, 3]
    earlier = (await unix.get("/api/frames", params={"until": "2026-11-18T11:06:40.009Z"})).json()
    assert [f["id"] for f in earlier["frames"]] == [3, 2, 1]


async def test_frames_too_large_for_one_answer_are_cut(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """One answer holds about a megabyte, so that it does not hold the loop; it says that there is more."""
    depot.frames = [(i, Frame(T0 + i, 1, "CP-01", "in", "", "", "x" * 600_000)) for i in range(1, 5)]
    body = (await unix.get("/api/frames")).json()
    assert (body["count"], body["isComplete"]) == (1, False)


async def test_text_that_is_not_unicode_still_leaves(unix: httpx.AsyncClient, depot: FakeDepot) -> None:
    """A lone surrogate in a charger's text costs nobody the answer."""
    depot.core.fleet.chargers["CP-01"].model = "AC\ud800"
    assert (await unix.get("/api/chargers/CP-01")).json()["model"] == "AC\ud800"


async def test_settings_come_without_secrets(unix: httpx.AsyncClient) -> None:
    """T15: the token is masked."""
    answer = await unix.get("/api/config")
    values = {row["key"]: row["value"] for row in answer.json()["settings"]}
    assert values["ocpp.port"] == "9220"
    assert set(values["api.token"]) == {"*"}
    assert "canary-token" not in answer.text


async def test_openapi_and_docs_need_nothing_from_elsewhere(unix: httpx.AsyncClient) -> None:
    """The description works offline: no script and no foreign address in it."""
    schema = (await unix.get("/openapi.json")).json()
    assert "/api/chargers/{charger_id}/operations/{operation}" in schema["paths"]
    page = (await unix.get("/docs")).text
    assert "/api/transactions" in page and "transactions[].energyConsumedKwh" in page
    assert "<script" not in page and "http://" not in page and "https://" not in page
