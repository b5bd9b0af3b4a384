"""Quirks add up: any two of them bend any frame without breaking, also frames that no CSMS should send."""

from __future__ import annotations

import itertools
import random
from typing import Any

import orjson
import pytest

from simulator import ChargePoint, Rating
from simulator.link import Answer
from simulator.quirks.catalogue import QUIRKS
from simulator.quirks.habit import Squeezed
from simulator.quirks.quirk import Quirk

_STAMP = "2026-11-21T10:42:06.050Z"
_VALUE: dict[str, Any] = {
    "timestamp": _STAMP,
    "sampledValue": [
        {"value": "120", "context": "Sample.Clock", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": "16.0", "context": "Sample.Clock", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
    ],
}
_OUT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}),
    ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Preparing", "timestamp": _STAMP}),
    ("Authorize", {"idTag": "A1B2C3"}),
    ("StartTransaction", {"connectorId": 1, "idTag": "A1B2C3", "meterStart": 7, "timestamp": _STAMP}),
    ("MeterValues", {"connectorId": 1, "meterValue": [_VALUE], "transactionId": 101}),
    (
        "StopTransaction",
        {"meterStop": 900, "timestamp": _STAMP, "reason": "Local", "transactionData": [_VALUE], "transactionId": -1},
    ),
    ("Heartbeat", {}),
)
_ODD: tuple[Any, ...] = (None, 7, "x", [], {}, [{}], {"status": None}, {"stackLevel": "3", "chargingSchedule": 7}, -1.5)
_ASKED = ("SetChargingProfile", "RemoteStartTransaction", "ChangeConfiguration", "TriggerMessage", "GetConfiguration")
_FIELDS = ("transactionId", "idTagInfo", "csChargingProfiles", "chargingProfile", "stackLevel", "requestedMessage")


class _NoLine:
    """A connection that takes everything and brings nothing."""

    idle_s = 0.0

    def post(self, text: str, delay_s: float) -> None:
        assert text


def _bent(quirks: tuple[Quirk, ...], rng: random.Random) -> None:
    point = ChargePoint("CP-1", "ws://127.0.0.1:1", (Rating(),), quirks=quirks)
    answered: list[Answer] = []
    point.bend.linked(_NoLine(), lambda _id, answer: answered.append(answer))
    for number, (action, payload) in enumerate(_OUT):
        for piece in point.bend.leaving(orjson.dumps([2, f"n{number}", action, payload]).decode()):
            assert isinstance(piece, str | bytes | list | Squeezed)
        odd = {field: rng.choice(_ODD) for field in _FIELDS}
        point.bend.coming(orjson.dumps([3, rng.choice([f"n{number}", "1"]), odd]).decode())
        point.bend.coming(orjson.dumps([4, f"n{number}", ""]).decode())
    for number, action in enumerate(_ASKED):
        odd = {field: rng.choice(_ODD) for field in _FIELDS}
        point.bend.coming(orjson.dumps([2, f"m{number}", action, odd]).decode())
        point.bend.leaving(orjson.dumps([3, f"m{number}", {"status": "Accepted"}]).decode())
        point.bend.leaving(orjson.dumps([4, f"m{number}", "InternalError", "", {}]).decode())
    for raw in ("", "[", "[2]", "[3,4]", '{"a":1}', b"\xff\xfe"):
        point.bend.coming(raw)


@pytest.mark.parametrize("part", range(4))
async def test_any_two(part: int) -> None:
    """RPC-12: hundreds of pairs, always the same ones; no frame breaks a charge point."""
    rng = random.Random(part)
    pairs = list(itertools.permutations(QUIRKS.values(), 2))
    for pair in rng.sample(pairs, 400):
        try:
            _bent(pair, rng)
        except Exception as error:
            error.add_note(" and ".join(quirk.name for quirk in pair))
            raise


async def test_each_alone() -> None:
    rng = random.Random(0)
    for quirk in QUIRKS.values():
        for _ in range(4):
            try:
                _bent((quirk,), rng)
            except Exception as error:
                error.add_note(quirk.name)
                raise
