"""A depot in memory in which something happens all the time, and how much CPU it takes to make it happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from server.model.event import Event, EventKind
from server.model.log import Level, LogLine
from server.model.observation import StatusReported
from server.model.status import ConnectorStatus as Status
from tests.console.depot_fixture import NOW, DepotFixture, many_chargers

STEP_S = 0.01


class State(NamedTuple):
    status: Status
    error_code: str = "NoError"
    vendor_error_code: str = ""
    info: str = ""


#: What a connector goes through, one state a change; no two neighbours are alike.
LIFE = (
    State(Status.PREPARING),
    State(Status.CHARGING),
    State(Status.SUSPENDED_EV),
    State(Status.CHARGING),
    State(Status.FINISHING),
    State(Status.AVAILABLE),
    State(Status.FAULTED, "GroundFailure", "E-113", "RCD trip"),
    State(Status.AVAILABLE),
    State(Status.RESERVED),
    State(Status.CHARGING, "PowerMeterFailure"),
    State(Status.UNAVAILABLE),
    State(Status.AVAILABLE),
)
#: What is logged with every change, in turn: direction, action and text, as the links write them.
LINES = (
    ("in", "StatusNotification", "c{connector} {status}  {error}"),
    ("in", "MeterValues", "c{connector} {kw:4.1f} kW  {kwh:.2f} kWh  tx {tx}"),
    ("in", "Heartbeat", ""),
    ("in", "MeterValues", "c{connector} {kw:4.1f} kW  {kwh:.2f} kWh  tx {tx}"),
    ("in", "StartTransaction", "c{connector}  tag TAG{tx:05}  meterStart {wh}"),
    ("out", "StartTransaction", "tx {tx}  idTagInfo Accepted"),
    ("in", "MeterValues", "c{connector} {kw:4.1f} kW  {kwh:.2f} kWh  tx {tx}"),
    ("in", "StopTransaction", "tx {tx}  meterStop {wh}  EVDisconnected"),
)
_STRIDE = 37  #: one connector after the other, spread over the whole list


class BusyDepot(DepotFixture):
    """A real core with `chargers` x 2 connectors; `run` makes `per_second` status changes and as many log lines.

    `cpu_s` is what the changes cost without those who listen to them: that is no work of the console. A line is told
    to `on_line` as it is made.
    """

    def __init__(self, chargers: int, per_second: float) -> None:
        self._started = time.monotonic()
        super().__init__(many_chargers(chargers))
        self.per_second = per_second
        self.cpu_s = 0.0
        self.changes = 0
        self.on_line: Callable[[LogLine], None] | None = None
        self._connectors = [(i, number) for i in self.chargers for number in (1, 2)]

    def now(self) -> int:
        return NOW + round((time.monotonic() - self._started) * 1000)

    def listen(self, listener: Callable[[Event], None], *kinds: EventKind) -> Callable[[], None]:
        def apart(event: Event) -> None:
            began = time.thread_time()
            listener(event)
            self.cpu_s -= time.thread_time() - began

        return super().listen(apart, *kinds)

    async def run(self) -> None:
        """Make changes until cancelled. After a pause of the loop all that is due comes at once, as from a socket."""
        began, first = time.monotonic(), self.changes
        while True:
            due = first + int((time.monotonic() - began) * self.per_second)
            for _ in range(due - self.changes):
                self.change()
            await asyncio.sleep(STEP_S)

    def change(self) -> None:
        """A charger is heard, a line is logged, a connector gets another status."""
        began = time.thread_time()
        turn, place = divmod(self.changes * _STRIDE, len(self._connectors))
        charger_id, number = self._connectors[place]
        state = LIFE[(turn + place) % len(LIFE)]
        at = self.now()
        self.core.heard(self.chargers[charger_id], at)
        self._log(at, charger_id, number, state)
        self.core.status_reported(StatusReported(charger_id, at, number, *state[:2], "", *state[2:]))
        self.changes += 1
        self.cpu_s += time.thread_time() - began
        if self.on_line is not None:
            self.on_line(self.log.since(self.log.seq - 1)[0])

    def _log(self, at: int, charger_id: str, number: int, state: State) -> None:
        direction, action, text = LINES[self.changes % len(LINES)]
        n = self.changes
        told = {"kw": n % 220 / 10, "kwh": n % 4_000 / 100, "tx": 100 + n % 900, "wh": n * 131 % 999_983}
        text = text.format(connector=number, status=state.status.value, error=state.error_code, **told)
        level = Level.ERROR if state.status is Status.FAULTED else Level.INFO
        self.log.add(at, level, charger_id, direction, action, "%s", (text,))
