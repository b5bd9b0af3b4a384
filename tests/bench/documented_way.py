"""The documented way to write a CSMS: `ocpp.v16.ChargePoint`, websockets, and an aiosqlite commit in each handler.

One connection to the database, and a lock around each transaction on it: without it the statements of fifty handlers
mix in one transaction, and a commit of one can fail another ("bad parameter or other API misuse").

Run as a program: `python -m tests.bench.documented_way DATABASE`; prints the port it listens on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import aiosqlite
import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus

SCHEMA = """
create table transactions (id integer primary key, charger text, connector integer, id_tag text, meter_start integer,
                           started text);
create table meter_values (charger text, connector integer, transaction_id integer, at text, value text, measurand text,
                           unit text, phase text, context text);
create table statuses (charger text, connector integer, status text, error_code text, at text);
"""


class Charger(ChargePoint):  # type: ignore[misc]  # the package ships no types
    def __init__(self, charger_id: str, connection: Any, db: aiosqlite.Connection, lock: asyncio.Lock) -> None:
        super().__init__(charger_id, connection)
        self.db = db
        self.lock = lock

    @on(Action.boot_notification)  # type: ignore[untyped-decorator]
    async def on_boot(self, **_: Any) -> Any:
        now = datetime.now(UTC).isoformat()
        return call_result.BootNotification(current_time=now, interval=300, status=RegistrationStatus.accepted)

    @on(Action.heartbeat)  # type: ignore[untyped-decorator]
    async def on_heartbeat(self) -> Any:
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on(Action.status_notification)  # type: ignore[untyped-decorator]
    async def on_status(self, connector_id: int, error_code: str, status: str, **_: Any) -> Any:
        async with self.lock:
            await self.db.execute(
                "insert into statuses values (?, ?, ?, ?, ?)",
                (self.id, connector_id, status, error_code, datetime.now(UTC).isoformat()),
            )
            await self.db.commit()
        return call_result.StatusNotification()

    @on(Action.start_transaction)  # type: ignore[untyped-decorator]
    async def on_start(self, connector_id: int, id_tag: str, meter_start: int, timestamp: str, **_: Any) -> Any:
        async with self.lock:
            cursor = await self.db.execute(
                "insert into transactions (charger, connector, id_tag, meter_start, started) values (?, ?, ?, ?, ?)",
                (self.id, connector_id, id_tag, meter_start, timestamp),
            )
            await self.db.commit()
        return call_result.StartTransaction(
            transaction_id=cursor.lastrowid, id_tag_info={"status": AuthorizationStatus.accepted}
        )

    @on(Action.meter_values)  # type: ignore[untyped-decorator]
    async def on_meter(
        self, connector_id: int, meter_value: list[dict[str, Any]], transaction_id: int = 0, **_: Any
    ) -> Any:
        rows = [
            (
                self.id,
                connector_id,
                transaction_id,
                moment["timestamp"],
                value["value"],
                value.get("measurand"),
                value.get("unit"),
                value.get("phase"),
                value.get("context"),
            )
            for moment in meter_value
            for value in moment["sampled_value"]
        ]
        async with self.lock:
            await self.db.executemany("insert into meter_values values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            await self.db.commit()
        return call_result.MeterValues()


async def main(path: str) -> None:
    logging.getLogger("ocpp").setLevel(logging.WARNING)
    async with aiosqlite.connect(path) as db:
        await db.execute("pragma journal_mode = wal")
        await db.execute("pragma synchronous = full")
        await db.executescript(SCHEMA)

        lock = asyncio.Lock()

        async def connected(connection: websockets.ServerConnection) -> None:
            assert connection.request is not None
            charger = Charger(connection.request.path.strip("/"), connection, db, lock)
            with contextlib.suppress(websockets.ConnectionClosed):
                await charger.start()

        async with websockets.serve(connected, "127.0.0.1", 0, subprotocols=[websockets.Subprotocol("ocpp1.6")]) as s:
            print(next(iter(s.sockets)).getsockname()[1], flush=True)
            await s.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
