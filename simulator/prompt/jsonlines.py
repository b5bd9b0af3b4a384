"""`--json`: a charge point for other programs. One JSON object a line, in both directions, UTF-8.

In, on stdin: `{"do": NAME, FIELD: VALUE, ..., "id": ANYTHING}`. NAME is a control (`plug-in`, `start`, `fault`, ...) or
an order (`status`, `stats`, `wait`, `wait-for`, `quit`); its fields are those of `help` in the prompt. Commands are
carried out one after the other. The end of the input is the end: what waits is delivered first. The exit code is 1 when
a line was refused or malformed, or a transaction message was not delivered.

Out, on stdout, an answer to each line in:

    {"answer": ID, "do": NAME, "ok": true, "said": "cable plugged in at connector 1"}
    {"answer": ID, "do": NAME, "ok": true, "said": "status", "facts": {...}}
    {"answer": ID, "do": NAME, "ok": false, "error": "refused", "said": "No cable is plugged in."}
    {"answer": null, "do": null, "ok": false, "error": "malformed", "said": "..."}

and events as they come, `at` in UTC:

    {"event": "started", "at": ..., "charger": "CP001", "url": ..., "ocpp": "1.6", "connectors": 2}
    {"event": "frame", "at": ..., "direction": "out", "action": "Heartbeat", "frame": [2, "a1-1", "Heartbeat", {}]}
    {"event": "frame", "at": ..., "direction": "in", "action": "", "text": "no JSON"}
    {"event": "line-up", "at": ..., "connector": 0, "detail": ""}
    {"event": "status", "at": ..., "connector": 1, "detail": "Preparing", "state": {...}}
    {"event": "dropped", "at": ..., "count": 12}        nobody read: so many lines were given up
    {"event": "waiting", "at": ..., "undelivered": 2, "seconds": 5.0}       the input has ended: so long at most
    {"event": "ended", "at": ..., "undelivered": 0}

Other events have the shape of `line-up`: `line-down`, `dial-failed`, `registered`, `reboot`, `remote-start`,
`session-start`, `session-end`, `fault`, `warning`, `clear`. `state` is as in the facts of `status`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Any

import orjson

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.connector import Refused
from simulator.frames import FrameReader
from simulator.messages import utc
from simulator.prompt.orders import Quit, Said, carry_out, state_of
from simulator.prompt.streams import Writer
from simulator.showing import TROUBLES
from simulator.wanted import Level, Wanted
from simulator.watch import Happening, Kind


class Malformed(Exception):
    """A line that is no command; the text says what one looks like."""


class JsonFace:
    """One charge point as seen by a program."""

    def __init__(self, wanted: Wanted, writer: Writer) -> None:
        self.failed = 0  #: commands that were refused or not understood
        self._wanted, self._writer = wanted, writer
        self._frames = FrameReader()
        self._dropped = 0

    def trace(self, direction: str, frame: str) -> None:
        if not self._wanted.tells(Level.DEBUG):
            return
        told = self._frames.read(direction, frame)
        raw = {"text": frame} if told.parsed is None else {"frame": told.parsed}
        self._event("frame", direction=direction, action=told.action, **raw)

    def notice(self, station: ChargePoint, happening: Happening) -> None:
        if not self._wanted.tells(Level.WARNING if happening.kind in TROUBLES else Level.INFO):
            return
        more: dict[str, Any] = {}
        if happening.kind is Kind.STATUS:
            found = station.main if happening.connector_id == 0 else station.connectors[happening.connector_id]
            more["state"] = state_of(found)
        name = happening.kind.value.replace(" ", "-")
        self._event(name, happening.at, connector=happening.connector_id, detail=happening.detail, **more)

    def begin(self) -> None:
        wanted = self._wanted
        self._event(
            "started", charger=wanted.charger_id, url=wanted.url, ocpp=wanted.ocpp, connectors=wanted.connectors
        )

    async def work(self, station: ChargePoint, lines: AsyncIterable[str]) -> None:
        """Until the input ends, or `quit`."""
        async for line in lines:
            if line.strip() and not await self._answer(station, line):
                return

    def waits(self, station: ChargePoint, seconds: float) -> None:
        self._event("waiting", undelivered=station.outbox.waiting, seconds=seconds)

    def ended(self, station: ChargePoint) -> None:
        self._event("ended", undelivered=station.outbox.waiting)

    async def _answer(self, station: ChargePoint, line: str) -> bool:
        """Carry out one line and answer it; False when it was the last."""
        answer: dict[str, Any] = {"answer": None, "do": None}
        is_last = False
        try:
            name, values = _parse(line, answer)
            said = await carry_out(station, name, values, self._wanted.tag)
        except Quit:
            said, is_last = Said("leaving"), True
        except (Refused, Malformed) as error:
            self.failed += 1
            wrong = "refused" if isinstance(error, Refused) else "malformed"
            self._put(answer | {"ok": False, "error": wrong, "said": str(error)})
            return True
        facts = {} if said.facts is None else {"facts": said.facts}
        self._put(answer | {"ok": True, "said": said.text} | facts)
        return not is_last

    def _event(self, name: str, at: int | None = None, **fields: Any) -> None:
        self._put({"event": name, "at": utc(wall_ms() if at is None else at)} | fields)

    def _put(self, record: dict[str, Any]) -> None:
        lost = self._writer.dropped - self._dropped
        if lost and self._writer.put(_line({"event": "dropped", "at": utc(wall_ms()), "count": lost})):
            self._dropped += lost
        self._writer.put(_line(record))


def _parse(line: str, answer: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Name and values as texts. What is known of the command is noted in `answer` before anything is refused."""
    try:
        command = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"This is no JSON: {error}.") from None
    if not isinstance(command, dict):
        raise Malformed('A command is an object: {"do": "plug-in", "connector": 1, "id": 7}.')
    answer["answer"] = command.pop("id", None)
    name = command.pop("do", None)
    if not isinstance(name, str):
        raise Malformed('A command says what to do: {"do": "plug-in", "connector": 1}.')
    answer["do"] = name
    values = {}
    for key, value in command.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Malformed(f"{key} is a text or a number.")
        values[key] = str(value)
    return name, values


def _line(record: dict[str, Any]) -> str:
    return orjson.dumps(record).decode() + "\n"
