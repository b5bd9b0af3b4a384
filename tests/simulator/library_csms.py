"""A CSMS that we did not write: the server side of the `ocpp` package, over the server of `websockets`.

The package validates every message of the charge point against its schemas, and answers what does not fit with a
CALLERROR. Run it as a program for one on a free port, whose address is its first line of output; words after the
module's name make it wrong: `blocks` every start, `forgets` the transaction id, `fails` to stop.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from ocpp.exceptions import InternalError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

answers: Callable[[Action], Callable[[Any], Any]] = on  # the package has no types


@dataclass
class Depot:
    """What the server remembers. `wrong`: in which ways it is."""

    wrong: frozenset[str] = frozenset()
    url: str = ""
    running: dict[int, tuple[int, str]] = field(default_factory=dict)  #: transaction -> meter at its start, tag
    ended: list[tuple[int, int, str]] = field(default_factory=list)  #: transaction, Wh, reason
    statuses: list[tuple[int, str, str]] = field(default_factory=list)  #: connector, status, error code
    sampled: int = 0  #: MeterValues
    numbers: count[int] = field(default_factory=lambda: count(1))


class LibraryPoint(ChargePoint):  # type: ignore[misc]
    """One connected charge point, as the package sees it."""

    def __init__(self, charger_id: str, connection: Any, depot: Depot) -> None:
        super().__init__(charger_id, connection)
        self._depot = depot

    @answers(Action.boot_notification)
    def on_boot(self, **told: Any) -> Any:
        return call_result.BootNotification(_now(), 300, "Accepted")

    @answers(Action.heartbeat)
    def on_heartbeat(self) -> Any:
        return call_result.Heartbeat(_now())

    @answers(Action.authorize)
    def on_authorize(self, id_tag: str) -> Any:
        return call_result.Authorize(self._verdict())

    @answers(Action.status_notification)
    def on_status(self, connector_id: int, error_code: str, status: str, **told: Any) -> Any:
        self._depot.statuses.append((connector_id, status, error_code))
        return call_result.StatusNotification()

    @answers(Action.start_transaction)
    def on_start(self, connector_id: int, id_tag: str, meter_start: int, timestamp: str, **told: Any) -> Any:
        number = next(self._depot.numbers)
        self._depot.running[number] = (meter_start, id_tag)
        return call_result.StartTransaction(-1 if "forgets" in self._depot.wrong else number, self._verdict())

    @answers(Action.meter_values)
    def on_meter_values(self, **told: Any) -> Any:
        self._depot.sampled += 1
        return call_result.MeterValues()

    @answers(Action.stop_transaction)
    def on_stop(self, meter_stop: int, timestamp: str, transaction_id: int, **told: Any) -> Any:
        if "fails" in self._depot.wrong:
            raise InternalError(description="no room on the disk")
        started, _ = self._depot.running.pop(transaction_id)
        self._depot.ended.append((transaction_id, meter_stop - started, told.get("reason", "Local")))
        return call_result.StopTransaction()

    def _verdict(self) -> dict[str, str]:
        return {"status": "Blocked" if "blocks" in self._depot.wrong else "Accepted"}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@asynccontextmanager
async def library_csms(*wrong: str) -> AsyncIterator[Depot]:
    """One on a free port of the loopback."""
    depot = Depot(frozenset(wrong))

    async def attend(connection: ServerConnection) -> None:
        assert connection.request is not None
        point = LibraryPoint(connection.request.path.rsplit("/", 1)[-1], connection, depot)
        with suppress(ConnectionClosed):
            await point.start()

    async with serve(attend, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        depot.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield depot


async def _main() -> None:
    async with library_csms(*sys.argv[1:]) as depot:
        print(depot.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
