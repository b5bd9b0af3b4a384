"""What quirks change is to be seen in the frames, and nothing else is changed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import ChargePoint, Clock, Rating, Traits, Vehicle
from simulator.quirks.catalogue import find
from tests.simulator.csms import Csms, csms
from tests.simulator.quirks.living import point_of, server, session_of

Frames = list[str]


@pytest.fixture
async def central() -> AsyncIterator[Csms]:
    """A CSMS that takes what does not fit the schemas."""
    async with csms() as stand_in:
        yield stand_in


def _point(central: Csms, frames: Frames, *names: str, seed: int = 0) -> ChargePoint:
    def trace(direction: str, text: str) -> None:
        if direction == "out":
            frames.append(text)

    point = ChargePoint(
        "CP-1",
        central.url,
        (Rating(11, 3),),
        clock=Clock(tempo=20.0, speed=60.0),
        traits=Traits(reboot_s=1.0, back_off_s=(0.5, 1.0)),
        seed=seed,
        trace=trace,
        quirks=find(names),
    )
    point.configuration.set("MeterValueSampleInterval", "4")
    return point


async def _session(point: ChargePoint) -> None:
    async with point:
        await point.until(lambda: point.registered)
        point.plug_in(1, Vehicle(soc=20))
        point.start(1, "A1B2C3")
        await point.until(lambda: sum(a.action == "MeterValues" for a in point.acknowledged) >= 2)
        point.fault(1, "GroundFailure")
        await point.until(lambda: not point.outbox.waiting)
        point.clear_fault(1)
        point.plug_out(1)
        await point.until(lambda: point.connectors[1].confirmed == point.connectors[1].face)


def _calls(frames: Frames, action: str) -> list[dict[str, Any]]:
    parsed = [json.loads(text) for text in frames]
    return [frame[3] for frame in parsed if frame[0] == 2 and frame[2] == action]


def _samples(frames: Frames) -> list[dict[str, Any]]:
    return [s for p in _calls(frames, "MeterValues") for value in p["meterValue"] for s in value["sampledValue"]]


Check = Callable[[Frames], object]
CHECKS: dict[str, Check] = {
    "schneider-long-serial": lambda f: len(_calls(f, "BootNotification")[0]["chargePointSerialNumber"]) == 33,
    "abb-null-texts": lambda f: {p.get("info") for p in _calls(f, "StatusNotification")} == {"null"},
    "abb-colon-tags": lambda f: _calls(f, "StartTransaction")[0]["idTag"] == "A1:B2:C3",
    "wallbox-counts-on": lambda f: _calls(f, "StopTransaction")[0]["transactionData"] == [],
    "huawei-meter-value-object": lambda f: all(isinstance(p["meterValue"], dict) for p in _calls(f, "MeterValues")),
    "growatt-no-zone": lambda f: (
        '"reservationId":0' in "".join(f) and not re.search(r'"timestamp":"[^"]*Z"', "".join(f))
    ),
    "openevse-numbers": lambda f: all(isinstance(s["value"], float) for s in _samples(f)),
    "chargeamps-hz": lambda f: "Hz" in {s["unit"] for s in _samples(f)},
    "viridian-hertz": lambda f: "Hertz" in {s["unit"] for s in _samples(f)},
    "blink-own-words": lambda f: (
        _calls(f, "TransactionStarted") and {"Amp", "Volt"} <= {s["unit"] for s in _samples(f)}
    ),
    "legrand-error": lambda f: "Error" in {p["errorCode"] for p in _calls(f, "StatusNotification")},
    "alfen-safe-mode": lambda f: ("Faulted", "210") in _of_zero(f),
    "ctek-no-proximity": lambda f: "NoPPDetected" in "".join(f),
    "enplus-offline-ids": lambda f: _of_zero(f)[0][0] == "Preparing",
    "ocular-long-tag": lambda f: len(_calls(f, "StartTransaction")[0]["idTag"]) == 21,
    "etrel-own-ids": lambda f: _calls(f, "StopTransaction")[0]["transactionId"] > 7_000_000,
    "delta-stop-zero": lambda f: _calls(f, "StopTransaction")[0]["transactionId"] == 0,
    "grizzl-e-relative-samples": lambda f: (
        float(_register(f)) < 90_000 < _calls(f, "StartTransaction")[0]["meterStart"]
    ),
    "year-1970": lambda f: all("1970-01-01T" in text for text in f if "StatusNotification" in text),
    "epoch-times": lambda f: isinstance(_calls(f, "StatusNotification")[0]["timestamp"], int),
    "local-times": lambda f: _calls(f, "StatusNotification")[0]["timestamp"].endswith("+02:00"),
    "old-status-words": lambda f: "Occupied" in {p["status"] for p in _calls(f, "StatusNotification")},
    "lower-case-words": lambda f: _calls(f, "StatusNotification")[0]["status"] == "available",
    "numbers-as-text": lambda f: _calls(f, "StartTransaction")[0]["connectorId"] == "1",
    "null-fields": lambda f: _calls(f, "BootNotification")[0].get("iccid", "") is None,
    "missing-fields": lambda f: set(_calls(f, "StatusNotification")[0]) == {"connectorId", "status"},
    "no-units": lambda f: {s["unit"] for s in _samples(f)} == {""},
    "indented-json": lambda f: all("\r\n" in text for text in f),
    "long-message-ids": lambda f: all(len(json.loads(text)[1]) == 60 for text in f),
    "one-message-id": lambda f: {json.loads(text)[1] for text in f} == {"1"},
    "duplicates": lambda f: len(f) > len(set(f)),
    "repeats-starts": lambda f: len(_calls(f, "StartTransaction")) == 3,
}


def _of_zero(frames: Frames) -> list[tuple[str, str]]:
    told = [p for p in _calls(frames, "StatusNotification") if p["connectorId"] == 0]
    return [(p["status"], p.get("vendorErrorCode", "")) for p in told]


def _register(frames: Frames) -> str:
    return str([s["value"] for s in _samples(frames) if s["measurand"].startswith("Energy")][-1])


@pytest.mark.parametrize("name", CHECKS)
async def test_quirk_is_seen(name: str, central: Csms) -> None:
    """Qnn: the frames of a session with a fault show what the name promises."""
    frames: Frames = []
    point = _point(central, frames, name)
    point.connectors[1].register_wh = 1e6
    await _session(point)
    assert CHECKS[name](frames)


async def test_empty_transaction_id_is_no_json(tmp_path: Path) -> None:
    """Q28, MV-12: `"transactionId":,` goes onto the wire as it is, and the real server repairs it."""
    frames: Frames = []
    async with server(tmp_path) as site:
        point = point_of(site, *find(["aefa-empty-transaction-id"]), trace=lambda _, text: frames.append(text))
        async with point:
            await session_of(point)
        assert any('"transactionId":,' in text for text in frames)
        assert "MV-12" in {deviation.rule for deviation in site.deviations(point.charger_id)}


async def test_without_a_quirk_no_check_is_true(central: Csms) -> None:
    """The checks above tell something: none of them is true of a charge point as it should be."""
    frames: Frames = []
    await _session(_point(central, frames))
    assert [name for name, check in CHECKS.items() if check(frames)] == []


async def test_quirks_add_up(central: Csms) -> None:
    """Several at once, each does its own."""
    frames: Frames = []
    await _session(_point(central, frames, "openevse-numbers", "long-message-ids", "abb-colon-tags"))
    for name in ("openevse-numbers", "long-message-ids", "abb-colon-tags"):
        assert CHECKS[name](frames)


async def test_the_seed_repeats_a_failure(central: Csms) -> None:
    """The same seed sends the same frames twice; another seed others."""

    async def doubled(seed: int) -> list[int]:
        frames: Frames = []
        async with _point(central, frames, "duplicates", seed=seed) as point:
            await point.until(lambda: point.registered)
            for _ in range(12):
                point.data_transfer("V")
            await point.until(lambda: point.counters.answered >= 14)
        return [n for n, text in enumerate(frames) if text in frames[:n]]

    first, again, other = [await doubled(seed) for seed in (3, 3, 4)]
    assert first == again != other
