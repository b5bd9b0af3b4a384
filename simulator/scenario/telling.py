"""What is told of a scenario that runs: lines for people, or one JSON object a line for programs.

    {"event": "scenario", "name": "...", "charger": "CP001", "url": "...", "steps": 9}
    {"event": "asks", "step": "4", "action": "ReserveNow", "please": "...", "payload": {...}}
    {"event": "step", "step": "4", "title": "...", "ok": true, "seconds": 0.031}
    {"event": "step", "step": "5", "title": "...", "ok": false, "seconds": 5.0, "said": "...", "frames": [...]}
    {"event": "result", "name": "...", "ok": false, "seconds": 5.6, "steps": 4, "failed": "5"}
    {"event": "stopped"}

`asks`: the CSMS has to send this operation now; the payload is one that will do. A frame has `at`, `direction` (`out`
is from the charge point) and `frame`, or `text` where it is no JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.messages import utc
from simulator.scenario.model import Scenario, Step
from simulator.scenario.run import Audience, Done, Outcome
from simulator.scenario.seen import Frame
from simulator.showing import clean

_MOST_FRAMES = 20
_LONGEST_FRAME = 1000
_DEEPEST = 50  #: levels of a frame that is searched for secrets
_SECRETS = frozenset({"authorizationkey"})  #: configuration keys whose values nobody prints

Put = Callable[[str], object]


class Teller(Audience, Protocol):
    """Tells of one scenario after the other."""

    def begins(self, scenario: Scenario, charger_id: str, url: str) -> None: ...
    def ends(self, outcome: Outcome) -> None: ...
    def stopped(self) -> None:
        """By a signal, in the middle of one."""


class Words:
    """Lines for people."""

    def __init__(self, put: Put, ascii_only: bool = False) -> None:
        self._put, self._ascii = put, ascii_only

    def begins(self, scenario: Scenario, charger_id: str, url: str) -> None:
        self._line(f"{scenario.name}: {charger_id} at {url}")

    def asks(self, step: Step, action: str, please: str, payload: Mapping[str, Any]) -> None:
        told = f" {orjson.dumps(payload).decode()}" if payload else ""
        self._line(f"  waits           {step.number:>4}  {please}: {action}{told}")

    def done(self, step: Done) -> None:
        self._line(f"  {'ok' if step.ok else 'failed':6}{step.seconds:6.1f} s  {step.number:>4}  {step.title}")
        if step.ok:
            return
        self._line(f"          {step.said}")
        frames = step.frames[-_MOST_FRAMES:]
        if left := len(step.frames) - len(frames):
            self._line(f"          {left} frames before these")
        for frame in frames:
            self._frame(frame)
        if not frames:
            self._line("          no frame since the step before")

    def ends(self, outcome: Outcome) -> None:
        if outcome.failed is None:
            self._line(f"passed: {outcome.steps} steps, {outcome.seconds:.1f} s")
        else:
            self._line(
                f"failed: step {outcome.failed.number}, after {outcome.steps} good ones, {outcome.seconds:.1f} s"
            )

    def stopped(self) -> None:
        self._line("stopped")

    def trace(self, direction: str, text: str) -> None:
        """A frame as it comes, for those who want to see them all."""
        self._frame(Frame(wall_ms(), direction, text))

    def follow(self, station: ChargePoint) -> None:
        """The frames are all that is wanted of it."""

    def _frame(self, frame: Frame) -> None:
        arrow = {"out": "->", "in": "<-"}[frame.direction]
        self._line(f"          {utc(frame.at)[11:23]} {arrow} {without_secrets(frame.text)}")

    def _line(self, text: str) -> None:
        self._put(clean(text, self._ascii, _LONGEST_FRAME) + "\n")


class Objects:
    """JSON lines for programs."""

    def __init__(self, put: Put) -> None:
        self._put = put

    def begins(self, scenario: Scenario, charger_id: str, url: str) -> None:
        self._line("scenario", name=scenario.name, charger=charger_id, url=url, steps=len(scenario.steps))

    def asks(self, step: Step, action: str, please: str, payload: Mapping[str, Any]) -> None:
        self._line("asks", step=step.number, action=action, please=please, payload=payload)

    def done(self, step: Done) -> None:
        told: dict[str, Any] = {"step": step.number, "title": step.title, "ok": step.ok}
        told["seconds"] = round(step.seconds, 3)
        if not step.ok:
            told |= {"said": step.said, "frames": [_frame(frame) for frame in step.frames]}
        self._line("step", **told)

    def ends(self, outcome: Outcome) -> None:
        told: dict[str, Any] = {"name": outcome.scenario.name, "ok": outcome.ok, "seconds": round(outcome.seconds, 3)}
        failed = outcome.failed.number if outcome.failed is not None else None
        self._line("result", **told, steps=outcome.steps, failed=failed)

    def stopped(self) -> None:
        self._line("stopped")

    def _line(self, event: str, **fields: Any) -> None:
        self._put(orjson.dumps({"event": event} | fields, default=str).decode() + "\n")


def _frame(frame: Frame) -> dict[str, Any]:
    text = without_secrets(frame.text)
    told: dict[str, Any] = {"at": utc(frame.at), "direction": frame.direction}
    try:
        parsed = orjson.loads(text)
        orjson.dumps(parsed)  # it reads more levels than it writes
    except (orjson.JSONDecodeError, TypeError):
        return told | {"text": text}
    return told | {"frame": parsed}


def without_secrets(text: str) -> str:
    """A frame without the passwords in it: what is printed ends up in the log of some build."""
    if "authorizationkey" not in text.lower():
        return text
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "a frame that names AuthorizationKey and is no JSON"
    return orjson.dumps(_masked(frame)).decode()


def _masked(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        return "..."
    match value:
        case {"key": str(key), "value": str(), **rest} if key.lower() in _SECRETS:
            return {"key": key, "value": "***", **rest}
        case dict():
            return {key: _masked(part, depth + 1) for key, part in value.items()}
        case list():
            return [_masked(part, depth + 1) for part in value]
    return value
