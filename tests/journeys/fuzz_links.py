"""Chargers that send what the fuzz draws, all at the same time, and keep account of what they are owed."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from server.links.rpc import ErrorCode
from tests.journeys.fuzz_frames import Shape
from tests.raw_client import CONTINUATION, PING, RawClient

ANSWER_S = 15.0  #: in which every answer of a batch must be there
SEGMENTS = (1, 2, 5, 90, 400, 1_448, 4_095, 4_096, 4_097, 30_000)  #: bytes written at once
CODES = frozenset(code.value for code in ErrorCode)


class FuzzedLink:
    """One charger. `is_lenient`: the server may refuse nothing that `Shape.wants_result` says."""

    def __init__(self, charger_id: str, client: RawClient, is_lenient: bool) -> None:
        self.charger_id = charger_id
        self.is_lenient = is_lenient
        self.sent = 0
        self.answered = 0
        self.operations = 0  #: of the server, answered in some way
        self.kinds: Counter[str] = Counter()
        self.on_the_wire: Counter[int] = Counter()  #: hashes of all messages
        self.transactions: set[int] = set()  #: that the server has told an id of
        self.stopped: set[int] = set()  #: of these, the ones whose stop was acknowledged
        self._client = client
        self._numbers = itertools.count(1)
        self._replies: list[Shape] = []
        self._transaction_id = 1

    async def batch(self, shapes: Sequence[Shape], replies: Sequence[Shape]) -> None:
        """Send `shapes` and a Heartbeat; return when everything owed has come. `replies` are for operations."""
        self._replies += replies
        owed: dict[str | int, list[Shape]] = {}
        self._client.held_back = bytearray()
        for shape in shapes:
            self._send(shape, owed)
        beat = f"beat-{next(self._numbers)}"
        self._send_data(f'[2,"{beat}","Heartbeat",{{}}]'.encode())
        owed[beat] = [Shape("beat", b"", "text")]
        await self._pour()
        settled: set[str | int] = set()
        try:
            async with asyncio.timeout(ANSWER_S):
                while owed:
                    self._take(await self._client.receive(ANSWER_S), owed, settled)
        except TimeoutError:
            raise AssertionError(f"{self.charger_id}: not answered: {owed}") from None

    async def _pour(self) -> None:
        """Write what was held back in pieces that know no frames: halves of heads, many frames in one."""
        waiting, self._client.held_back = self._client.held_back or b"", None
        chance = random.Random(self.sent)
        at = 0
        while at < len(waiting):
            size = chance.choice(SEGMENTS)
            self._client.writer.write(bytes(waiting[at : at + size]))
            at += size
            await asyncio.sleep(0.001 if size < 9 else 0)

    async def drain(self) -> None:
        """Answer operations until the server has no more of them."""
        try:
            while True:
                self._take(await self._client.receive(0.3), {}, set())
        except TimeoutError:
            return

    async def close(self) -> None:
        await self._client.close()

    def _send(self, shape: Shape, owed: dict[str | int, list[Shape]]) -> None:
        number = next(self._numbers)
        message_id: str | int = number if shape.owes == "number" else f"{self.charger_id}.{number}"
        data = shape.data.replace(b"~id~", str(message_id).encode()).replace(
            b"~tx~", str(self._transaction_id).encode()
        )
        self.kinds[shape.kind] += shape.times
        for _ in range(shape.times):
            self._send_data(data, shape)
            self.sent += 1
            if shape.owes:
                owed.setdefault(message_id, []).append(shape._replace(data=data))

    def _send_data(self, data: bytes, shape: Shape | None = None) -> None:
        self.on_the_wire[hash(data)] += 1
        if shape is None:
            self._client.send_frame(1, data)
            return
        pieces = list(_pieces(data, shape.cuts))
        for i, piece in enumerate(pieces):
            self._client.send_frame(CONTINUATION if i else shape.opcode, piece, fin=i == len(pieces) - 1)
            if shape.pings:
                self._client.send_frame(PING, b"?")

    def _take(self, message: list[Any], owed: dict[str | int, list[Shape]], settled: set[str | int]) -> None:
        if message[0] == 2:
            self._reply(message)
            return
        waiting = owed.get(message[1])
        assert message[1] not in settled, f"{message} is one answer too many"
        if waiting is None:
            return  # to a frame whose id could be read, though nobody had to
        shape = waiting.pop()
        if not waiting:
            del owed[message[1]]
            settled.add(message[1])
        self.answered += shape.kind != "beat"
        self._check(shape, message)

    def _check(self, shape: Shape, message: list[Any]) -> None:
        """The answer is a message of OCPP, and no content reason has refused what must not be lost."""
        if message[0] == 4:
            assert not (shape.wants_result and self.is_lenient), f"{shape} was refused: {message}"
            _, _, code, description, details = message
            assert code in CODES and len(description) <= 255 and details == {}, message
            return
        assert message[0] == 3 and len(message) == 3 and isinstance(message[2], dict), message
        if shape.action == "StartTransaction":
            self._transaction_id = message[2]["transactionId"]
            self.transactions.add(self._transaction_id)
        elif shape.action == "StopTransaction" and shape.kind == "call":
            self.stopped |= {_stopped_by(shape.data)} & self.transactions

    def _reply(self, call: list[Any]) -> None:
        self.operations += 1
        if not self._replies:
            self._send_data(f'[3,"{call[1]}",{{}}]'.encode())
            return
        shape = self._replies.pop()
        self.kinds["answer"] += shape.times
        for _ in range(shape.times):
            self._send_data(shape.data.replace(b"~op~", call[1].encode()), shape)
            self.sent += 1


def _pieces(data: bytes, cuts: tuple[int, ...]) -> Iterator[bytes]:
    edges = [0, *cuts, len(data)]
    return (data[a:b] for a, b in itertools.pairwise(edges))


def _stopped_by(data: bytes) -> int:
    """The transaction that a StopTransaction names; 0 when it does not in so many words."""
    payload = json.loads(data)[3]
    named = payload.get("transactionId") if isinstance(payload, dict) else None
    return named if type(named) is int else 0
