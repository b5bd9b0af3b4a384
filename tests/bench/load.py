"""A light OCPP load: many WebSocket clients in one process, each sends the next CALL when the last was answered.

Raw asyncio protocols with frames made beforehand, so that the load costs less than what it measures.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Payload = Callable[[int, int], str]  #: (client number, message number) -> JSON of one CALL


@dataclass
class Tally:
    """What one run counted."""

    answered: int = 0
    errors: int = 0
    latencies: list[float] = field(default_factory=list)  #: s
    seconds: float = 0.0


class LoadClient(asyncio.Protocol):
    """One charger in a closed loop. `running` False: no further CALL is sent."""

    def __init__(self, number: int, path: str, payload: Payload, tally: Tally) -> None:
        self.number = number
        self._path = path
        self._payload = payload
        self._tally = tally
        self._buffer = b""
        self._sent = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.upgraded = asyncio.get_running_loop().create_future()
        self.first_answer = asyncio.get_running_loop().create_future()
        self.running = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.upgraded.done():
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.upgraded.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self._buffer = rest
            self.upgraded.set_result(None)
        while (frame := self._take_frame()) is not None:
            self._on_answer(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        for waiter in (self.upgraded, self.first_answer):
            if not waiter.done():
                waiter.set_exception(exc or ConnectionError("closed"))

    def send_text(self, text: str) -> None:
        """One masked text frame; a zero mask leaves the payload as it is."""
        payload = text.encode()
        size = len(payload)
        head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + struct.pack(">H", size)
        assert self._transport is not None
        self._transport.write(head + b"\0\0\0\0" + payload)

    def next_call(self) -> None:
        self._sent += 1
        self._sent_at = time.perf_counter()
        self.send_text(self._payload(self.number, self._sent))

    def close(self) -> None:
        self.running = False
        if self._transport is not None:
            self._transport.abort()

    def _on_answer(self, payload: bytes) -> None:
        if payload[:2] == b"[2":
            return  # a CALL of the server: no part of the measurement
        if not self.first_answer.done():
            self.first_answer.set_result(payload)
            return
        self._tally.answered += 1
        self._tally.errors += payload[:2] == b"[4"
        self._tally.latencies.append(time.perf_counter() - self._sent_at)
        if self.running:
            self.next_call()

    def _take_frame(self) -> bytes | None:
        """The payload of the next data frame; control frames are answered or dropped."""
        while len(self._buffer) >= 2:
            size, start = self._buffer[1] & 0x7F, 2
            if size == 126:
                size, start = int.from_bytes(self._buffer[2:4]), 4
            elif size == 127:
                size, start = int.from_bytes(self._buffer[2:10]), 10
            if len(self._buffer) < start + size:
                return None
            opcode, payload = self._buffer[0] & 0x0F, self._buffer[start : start + size]
            self._buffer = self._buffer[start + size :]
            if opcode == 9 and self._transport is not None:
                self._transport.write(bytes((0x8A, 0x80 | len(payload))) + b"\0\0\0\0" + payload)
            elif opcode in (1, 2):
                return payload
        return None


BOOT = '[2,"boot","BootNotification",{"chargePointVendor":"Bench","chargePointModel":"One"}]'


async def connect(port: int, count: int, payload: Payload, tally: Tally, prefix: str = "") -> list[LoadClient]:
    """`count` clients, connected and booted."""
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(count):
        _, client = await loop.create_connection(
            lambda n=number: LoadClient(n, f"{prefix}/BENCH-{n:04}", payload, tally),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        clients.append(client)
    async with asyncio.timeout(20):
        await asyncio.gather(*(c.upgraded for c in clients))
        for client in clients:
            client.send_text(BOOT)
        await asyncio.gather(*(c.first_answer for c in clients))
    return clients


async def drive(clients: list[LoadClient], seconds: float, tally: Tally) -> None:
    """Run all clients in closed loops for `seconds`."""
    began = time.perf_counter()
    for client in clients:
        client.running = True
        client.next_call()
    await asyncio.sleep(seconds)
    tally.seconds = time.perf_counter() - began
    for client in clients:
        client.running = False
