"""One raw frame as one line for people. Answers carry no action: the reader remembers what was asked."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import orjson

from simulator.showing import Tone

_REMEMBERED = 200  #: calls whose answer is still to come

#: Fields that say what a message is about, in the order in which they are told, and what stands before each.
_TELLING = {
    "connectorId": "c",
    "status": "",
    "errorCode": "",
    "type": "",
    "key": "",
    "value": "=",
    "requestedMessage": "",
    "idTag": "",
    "transactionId": "#",
    "meterStart": "from ",
    "meterStop": "to ",
    "reason": "",
    "vendorErrorCode": "",
    "info": "",
    "chargePointVendor": "",
    "chargePointModel": "",
    "interval": "every ",
    "vendorId": "",
    "messageId": "",
}


class Told(NamedTuple):
    """A frame in short: `StatusNotification c1 Charging`. `parsed` is None when it was no JSON."""

    text: str
    tone: Tone
    action: str
    parsed: object


class FrameReader:
    """Feed it every frame of one charge point, in order."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str], str] = OrderedDict()

    def read(self, direction: str, frame: str) -> Told:
        """`direction` is "in" or "out"."""
        try:
            parsed = orjson.loads(frame)
        except orjson.JSONDecodeError:
            return Told(f"not JSON: {frame[:200]}", Tone.BAD, "", None)
        match parsed:
            case [2, str(message_id), str(action), *rest]:
                self._remember((direction, message_id), action)
                payload = rest[0] if rest else {}
                return Told(f"{action} {summary(payload)}".strip(), Tone.TEXT, action, parsed)
            case [3, str(message_id), payload, *_]:
                action = self._action(direction, message_id)
                return Told(f"{action} ok {summary(payload)}".strip(), Tone.DIM, action, parsed)
            case [4, str(message_id), *rest]:
                action = self._action(direction, message_id)
                what = " ".join(str(part) for part in rest[:2] if part)
                return Told(f"{action} CALLERROR {what}".strip(), Tone.BAD, action, parsed)
        return Told(f"not OCPP: {frame[:200]}", Tone.BAD, "", parsed)

    def _remember(self, key: tuple[str, str], action: str) -> None:
        self._asked[key] = action
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)

    def _action(self, direction: str, message_id: str) -> str:
        asked = "in" if direction == "out" else "out"
        return self._asked.pop((asked, message_id), "?")


def summary(payload: object) -> str:
    """What a payload is about: `c1 Charging`."""
    if not isinstance(payload, dict):
        return ""
    found = {**payload, **_within(payload)}
    told = [f"{before}{found[name]}" for name, before in _TELLING.items() if _worth(name, found.get(name))]
    return " ".join(told)


def _within(payload: dict[str, object]) -> dict[str, object]:
    """Of nested objects that which counts: the status of a tag."""
    info = payload.get("idTagInfo")
    return {"status": info.get("status")} if isinstance(info, dict) else {}


def _worth(name: str, value: object) -> bool:
    return isinstance(value, str | int) and value not in ("", "NoError")
