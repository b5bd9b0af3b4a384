"""A plain CSMS stand-in: answers everything, records every frame, can be told to be difficult."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol


class Call(NamedTuple):
    """One CALL of a charge point, in order of arrival over all connections."""

    charger_id: str
    action: str
    payload: dict[str, Any]
    connection: int  #: 1 for the charger's first connection, 2 for its second, ...


@dataclass
class Csms:
    """`script` overrides answers: action -> payloads in order; None = do not answer; a text = CALLERROR code."""

    url: str = ""
    heartbeat_s: int = 300
    calls: list[Call] = field(default_factory=list)
    script: dict[str, deque[dict[str, Any] | str | None]] = field(default_factory=dict)
    outstanding: dict[str, int] = field(default_factory=dict)
    most_outstanding: int = 0
    hold_s: float = 0.0  #: think this long before each answer
    headers: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)  #: common names of what clients showed, empty = none
    subprotocols: list[str | None] = field(default_factory=list)
    sockets: dict[str, ServerConnection] = field(default_factory=dict)
    connections: dict[str, int] = field(default_factory=dict)
    replies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  #: CALLRESULTs by action, oldest first
    _transaction: int = 100
    _asked: dict[str, str] = field(default_factory=dict)  #: action by message id
    _answers: dict[str, asyncio.Future[list[Any]]] = field(default_factory=dict)
    _waiters: list[tuple[Callable[[], object], asyncio.Event]] = field(default_factory=list)

    def of(self, action: str, charger_id: str = "") -> list[dict[str, Any]]:
        """Payloads of one action, oldest first."""
        return [c.payload for c in self.calls if c.action == action and charger_id in ("", c.charger_id)]

    def statuses(self, connector_id: int) -> list[str]:
        return [p["status"] for p in self.of("StatusNotification") if p["connectorId"] == connector_id]

    def status(self, connector_id: int) -> str:
        """The newest status of a connector; empty before the first."""
        return (self.statuses(connector_id) or [""])[-1]

    async def until(self, condition: Callable[[], object], timeout: float = 15.0) -> None:
        """Return once `condition()` is true, asked again after every frame."""
        event = asyncio.Event()
        waiter = (condition, event)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    event.clear()
                    await event.wait()
        finally:
            self._waiters.remove(waiter)

    async def call(self, charger_id: str, action: str, payload: dict[str, Any]) -> list[Any]:
        """Send a CALL; the whole answer frame."""
        message_id = f"csms-{len(self._answers)}"
        self._answers[message_id] = asyncio.get_running_loop().create_future()
        self._asked[message_id] = action
        await self.sockets[charger_id].send(json.dumps([2, message_id, action, payload]))
        return await asyncio.wait_for(self._answers[message_id], 15)

    async def ask(self, charger_id: str, action: str, **payload: Any) -> dict[str, Any]:
        """Payload of the answer to a CALL; it must be a CALLRESULT."""
        frame = await self.call(charger_id, action, payload)
        assert frame[0] == 3, frame
        result: dict[str, Any] = frame[2]
        return result

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        charger_id = socket.request.path.rsplit("/", 1)[-1]
        self.sockets[charger_id] = socket
        self.connections[charger_id] = number = self.connections.get(charger_id, 0) + 1
        self.certificates.append(_shown(socket))
        self.headers.append(socket.request.headers.get("Authorization", ""))
        self.subprotocols.append(socket.subprotocol)
        self.outstanding[charger_id] = 0
        try:
            async with asyncio.TaskGroup() as group:
                async for raw in socket:
                    frame = json.loads(raw)
                    if frame[0] == 2:
                        self.outstanding[charger_id] += 1
                        self.most_outstanding = max(self.most_outstanding, self.outstanding[charger_id])
                        self.calls.append(Call(charger_id, frame[2], frame[3], number))
                        group.create_task(self._respond(socket, charger_id, frame))
                    elif frame[1] in self._answers:
                        if frame[0] == 3:
                            self.replies.append((self._asked[frame[1]], frame[2]))
                        self._answers[frame[1]].set_result(frame)
                    self._tell()
        except* ConnectionClosed:
            pass

    async def _respond(self, socket: ServerConnection, charger_id: str, frame: list[Any]) -> None:
        answers = self.script.get(frame[2])
        answer = answers.popleft() if answers else self._usual(frame[2])
        if answer is None:
            return
        if self.hold_s:
            await asyncio.sleep(self.hold_s)
        self.outstanding[charger_id] -= 1
        if isinstance(answer, str):
            await socket.send(json.dumps([4, frame[1], answer, "", {}]))
        else:
            await socket.send(json.dumps([3, frame[1], answer]))
        self._tell()

    def _usual(self, action: str) -> dict[str, Any]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        match action:
            case "BootNotification":
                return {"status": "Accepted", "currentTime": now, "interval": self.heartbeat_s}
            case "Heartbeat":
                return {"currentTime": now}
            case "Authorize" | "StopTransaction":
                return {"idTagInfo": {"status": "Accepted"}}
            case "StartTransaction":
                self._transaction += 1
                return {"transactionId": self._transaction, "idTagInfo": {"status": "Accepted"}}
            case "DataTransfer":
                return {"status": "UnknownVendorId"}
            case "SignCertificate":
                return {"status": "Accepted"}
        return {}

    def _tell(self) -> None:
        for condition, event in self._waiters:
            if condition():
                event.set()


def _shown(socket: ServerConnection) -> str:
    security = socket.transport.get_extra_info("ssl_object")
    certificate = (security.getpeercert() or {}) if security is not None else {}
    return "".join(value for part in certificate.get("subject", ()) for name, value in part if name == "commonName")


@asynccontextmanager
async def csms(tls: ssl.SSLContext | None = None) -> AsyncIterator[Csms]:
    """A stand-in on a free port of the loopback; with `tls` it speaks nothing else."""
    stand_in = Csms()
    async with serve(
        stand_in._serve,
        "127.0.0.1",
        0,
        subprotocols=[Subprotocol("ocpp1.6")],
        compression=None,
        ping_interval=None,
        ssl=tls,
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stand_in.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/ocpp"
        yield stand_in
