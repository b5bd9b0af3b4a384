"""One websocket seen as remote procedure calls: one CALL of ours at a time, calls of the CSMS answered meanwhile."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from typing import Any, NamedTuple, Protocol

import orjson

from simulator.statistics import Counters
from simulator.words import Payload

_CALL, _RESULT, _ERROR = 2, 3, 4
_PREFIX = secrets.token_hex(3)
_numbers = count(1)


class LineDown(Exception):
    """The line is gone; the text says why."""


class Answer(NamedTuple):
    """What came back on a CALL of ours: a payload, or an error code with its description."""

    payload: Payload
    error_code: str = ""
    description: str = ""

    @property
    def ok(self) -> bool:
        return not self.error_code


class Reply(NamedTuple):
    """What we say to a CALL of the CSMS. `then` runs once the reply is on the wire."""

    payload: Payload
    error_code: str = ""
    description: str = ""
    then: Callable[[], None] | None = None


class Socket(Protocol):
    """What is needed of a websocket: text in and out. `recv` and `send` raise `LineDown`."""

    async def send(self, text: str) -> None: ...
    async def recv(self) -> str | bytes: ...


Trace = Callable[[str, str], None]  #: ("in" or "out", frame)
Answerer = Callable[[str, Payload], Awaitable[Reply]]


class Link:
    """The RPC layer of one connection."""

    def __init__(self, socket: Socket, answer: Answerer, counters: Counters) -> None:
        self._socket = socket
        self._answer = answer
        self._counters = counters
        self._pending: tuple[str, asyncio.Future[Answer]] | None = None

    async def call(self, action: str, payload: Payload, timeout: float) -> Answer:
        """Send one CALL and wait for what comes back. `TimeoutError` and `LineDown` leave it unanswered."""
        if self._pending is not None:
            raise RuntimeError("a CALL is outstanding already")
        loop = asyncio.get_running_loop()
        message_id = f"{_PREFIX}-{next(_numbers)}"
        self._pending = (message_id, loop.create_future())
        self._counters.sent += 1
        try:
            sent_at = loop.time()
            async with asyncio.timeout(timeout):
                await self._write([_CALL, message_id, action, payload])
                answer = await self._pending[1]
        except (TimeoutError, LineDown, asyncio.CancelledError) as error:
            self._counters.unanswered += 1
            self._counters.timed_out += isinstance(error, TimeoutError)
            raise
        finally:
            self._pending = None
        self._counters.answered += 1
        self._counters.errors += not answer.ok
        self._counters.latency_ms.append((loop.time() - sent_at) * 1000)
        return answer

    async def read(self, spawn: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        """Take frames until the line goes down, which it tells by raising `LineDown`. Calls are answered in `spawn`."""
        while True:
            raw = await self._socket.recv()
            match _parse(raw):
                case [2, str(message_id), str(action), *rest]:
                    payload = rest[0] if rest and isinstance(rest[0], dict) else {}
                    spawn(self._serve(message_id, action, payload))
                case [3, str(message_id), dict(payload)]:
                    self.resolve(message_id, Answer(payload))
                case [4, str(message_id), str(code), *rest]:
                    self.resolve(message_id, Answer({}, code or "GenericError", str(rest[0]) if rest else ""))
                case _:
                    self._counters.stray += 1

    def resolve(self, message_id: str, answer: Answer) -> None:
        """This came back on the CALL with this id."""
        if self._pending is None or self._pending[0] != message_id or self._pending[1].done():
            self._counters.stray += 1
            return
        self._pending[1].set_result(answer)

    async def _serve(self, message_id: str, action: str, payload: Payload) -> None:
        self._counters.received += 1
        reply = await self._answer(action, payload)
        if reply.error_code:
            self._counters.refused += 1
            await self._write([_ERROR, message_id, reply.error_code, reply.description, {}])
        else:
            await self._write([_RESULT, message_id, reply.payload])
        if reply.then is not None:
            reply.then()

    async def _write(self, frame: list[object]) -> None:
        await self._socket.send(orjson.dumps(frame).decode())


def _parse(raw: str | bytes) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
