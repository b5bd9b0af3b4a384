"""A live session written down as a scenario: what was done by hand, what went over the wire, and the pauses between.

What comes by the clock and not by what is done, Heartbeat and MeterValues, is left out, and so are times and meter
readings. Transaction ids become variables, the tag of the command line `$tag`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.messages import utc
from simulator.scenario.pattern import literal
from simulator.scenario.seen import Call, Seen
from simulator.scenario.telling import without_secrets
from simulator.scenario.toml import document
from simulator.wanted import Unusable, Wanted
from simulator.watch import Happening, Kind

MOST_STEPS = 900
_SHORTEST_WAIT_S = 0.3
_DEEPEST = 10  #: levels of a payload that are written down
_MOST_OPEN = 100  #: calls that may still be answered
_BY_THE_CLOCK = frozenset({"Heartbeat", "MeterValues"})
#: Fields that are the same when it is done again.
_STEADY = frozenset(
    (
        *("connectorId", "status", "errorCode", "vendorId", "vendorErrorCode", "info", "idTag", "reason"),
        *("reservationId", "transactionId", "messageId", "type", "key", "value", "requestedMessage", "requestId"),
        *("certificateType", "chargingProfilePurpose"),
    )
)
_LEAVING = frozenset({"drop-line", "reset", "Reset"})  #: what the line goes down of
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT")

Rows = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Follows one charge point. `text` is the file."""

    wanted: Wanted
    steps: list[Rows] = field(default_factory=list)
    left_out: int = 0  #: steps beyond the last that was kept
    _seen: Seen = field(default_factory=Seen)
    _open: list[tuple[Call, Rows]] = field(default_factory=list)  #: calls without their answer, and their steps
    _names: dict[int, str] = field(default_factory=dict)  #: variable of a transaction id
    _at: int = field(default_factory=wall_ms)  #: of the last step, ms
    _last: str = ""  #: the last thing that was done, by hand or by the CSMS

    def follow(self, station: ChargePoint) -> None:
        station.acted.append(self.acted)
        station.listeners.append(self.noticed)

    def acted(self, control: str, values: Mapping[str, str], refusal: str) -> None:
        """Somebody used a control."""
        gap_s = (wall_ms() - self._at) / 1000 * self.wanted.tempo
        if gap_s >= _SHORTEST_WAIT_S:
            self._add({"wait": round(gap_s, 1)})
        told = {key: self._told(key, value) for key, value in values.items() if value}
        self._add({"do": control} | told | ({"refused": refusal} if refusal else {}))
        self._last = self._last if refusal else control

    def noticed(self, happening: Happening) -> None:
        if happening.kind is Kind.REGISTERED:
            self._add({"until": "online"})
        elif happening.kind is Kind.LINE_DOWN and self._last in _LEAVING:
            self._add({"until": "offline"})

    def trace(self, direction: str, text: str) -> None:
        """One frame."""
        self._seen.trace(direction, without_secrets(text))
        call = self._seen.newest()
        if call is not None:
            self._seen.take(call)
            if call.action not in _BY_THE_CLOCK:
                self._called(call)
        for pair in [pair for pair in self._open if pair[0].answered]:
            self._open.remove(pair)
            self._answered(*pair)

    def _called(self, call: Call) -> None:
        step: Rows = {"expect": call.action}
        if call.direction == "in":
            self._last = call.action
            step = {
                "csms": call.action,
                "example": self._example(call.payload if isinstance(call.payload, dict) else {}),
            }
        if steady := self._steady(call.payload):
            step["payload"] = steady
        step["answered"] = False  # until it is
        self._add(step)
        self._open = [*self._open[-_MOST_OPEN:], (call, step)]

    def _answered(self, call: Call, step: Rows) -> None:
        del step["answered"]
        if call.error_code:
            step["error"] = call.error_code
            return
        answer = call.answer if isinstance(call.answer, dict) else {}
        info = answer.get("idTagInfo")
        pattern: Rows = {"status": answer["status"]} if isinstance(answer.get("status"), str) else {}
        if isinstance(info, dict):
            pattern["idTagInfo"] = {"status": info.get("status", "absent")}
        if pattern:
            step["answer"] = pattern
        number = answer.get("transactionId")
        if isinstance(number, int) and call.action == "StartTransaction" and number not in self._names:
            self._names[number] = f"transaction{len(self._names) + 1}"
            step["remember"] = {self._names[number]: "answer.transactionId"}

    def _steady(self, payload: Any) -> Rows:
        rows = payload.items() if isinstance(payload, dict) else ()
        return {key: self._told(key, value) for key, value in rows if key in _STEADY and _is_plain(value)}

    def _told(self, key: str, value: Any) -> Any:
        if key == "transactionId" and value in self._names:
            return f"${self._names[value]}"
        if key in ("tag", "idTag") and value == self.wanted.tag:
            return "$tag"
        return literal(value)

    def _example(self, value: Any, key: str = "", depth: int = 0) -> Any:
        """A payload of the CSMS so that it can be sent again."""
        match value:
            case dict() | list() if depth >= _DEEPEST:
                return "..."
            case dict():
                return {name: self._example(part, name, depth + 1) for name, part in value.items()}
            case list():
                return [self._example(part, depth=depth + 1) for part in value]
        if not _is_plain(value) and not _is_time(value):
            return str(value)
        if _is_time(value):
            return "$now" if value <= utc(wall_ms()) else "$later"
        return self._told(key, value)

    def _add(self, step: Rows) -> None:
        self._at = wall_ms()
        if len(self.steps) < MOST_STEPS:
            self.steps.append(step)
        else:
            self.left_out += 1

    def text(self) -> str:
        """The scenario file."""
        plate = self.wanted.nameplate
        top = {
            "name": f"Recorded {utc(wall_ms())[:16]}",
            "shows": f"What was done at {self.wanted.charger_id}.",
            "complete": True,
        }
        told = {"connectors": self.wanted.connectors, "vendor": plate.vendor, "model": plate.model}
        comment = f"{self.left_out} more steps were left out." if self.left_out else ""
        return document(top, {"charge-point": told}, self.steps, comment)


def _is_plain(value: Any) -> bool:
    """A text or a number that is the same tomorrow, and that TOML can hold."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str | float) and not _is_time(value)


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


@contextmanager
def recorded(wanted: Wanted, path: Path, tell: Callable[[str], object]) -> Iterator[Recorder]:
    """Write the file in the end, however the session ends. `Unusable`: it cannot be written, or is there already."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise Unusable(f"--record {path}: this file is there already.") from None
    except OSError as error:
        raise Unusable(f"--record {path} cannot be written: {error.strerror}.") from None
    recorder = Recorder(wanted)
    try:
        yield recorder
    finally:
        tell(_written(recorder, path))


def _written(recorder: Recorder, path: Path) -> str:
    """Write it; what became of it, as a sentence part."""
    try:
        if not recorder.steps:
            path.unlink()
            return "nothing was recorded"
        path.write_text(recorder.text(), encoding="utf-8")
    except OSError as error:
        return f"the recording could not be written: {error.strerror}"
    return f"{len(recorder.steps)} steps are in {path}"
