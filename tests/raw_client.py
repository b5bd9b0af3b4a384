"""A charger made of bytes: HTTP upgrade and WebSocket frames by hand, no OCPP or WebSocket package.

Independent of the server on purpose: a shared library would let both ends be wrong in the same way.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
import os
import ssl
import struct
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TIMEOUT = 10.0  #: for what is sure to come, on the busiest of machines


class Closed(Exception):
    """The server closed the connection; `code` is 1006 when it did so without a close frame."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class RawClient:
    """One connection. `status`, `headers` and `body` are the HTTP answer; 101 means it is a WebSocket now."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = ""
        self.held_back: bytearray | None = None  #: not None: frames gather here, whoever set it writes them
        self.pings = 0
        self.answers_pings = True
        self._ids = itertools.count(1)

    @classmethod
    async def connect(
        cls,
        port: int,
        target: str = "/CP-1",
        offers: Sequence[str] | None = ("ocpp1.6",),
        leave_out: Sequence[str] = (),
        extra: Sequence[str] = (),
        local: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        tail: bytes = b"",
    ) -> RawClient:
        """Open, send the upgrade request and read its answer, whatever it is.

        `local`: the address it comes from. With `tls` it dials wss://localhost. `tail` follows the request at once.
        """
        name = "localhost" if tls is not None else None
        line = await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0), ssl=tls, server_hostname=name)
        client = cls(*line)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Sec-WebSocket-Protocol: {', '.join(offers)}"] if offers is not None else []),
            *extra,
        ]
        kept = [line for line in lines if line.split(":")[0] not in leave_out]
        client.writer.write(("\r\n".join(kept) + "\r\n\r\n").encode() + tail)
        await client._read_answer()
        if client.status == 101:
            accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
            assert client.headers["sec-websocket-accept"] == accept
        return client

    async def _read_answer(self) -> None:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), TIMEOUT)).decode()
        first, *rest = head.strip().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        if length := int(self.headers.get("content-length", "0")):
            self.body = (await asyncio.wait_for(self.reader.readexactly(length), TIMEOUT)).decode()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # frames

    def send_frame(self, opcode: int, payload: bytes, fin: bool = True, rsv1: bool = False) -> None:
        head = bytes([(0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 65536:
            head += struct.pack("!BH", 0x80 | 126, len(payload))
        else:
            head += struct.pack("!BQ", 0x80 | 127, len(payload))
        key = os.urandom(4)
        pad = (key * (len(payload) // 4 + 1))[: len(payload)]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")
        if self.held_back is None:
            self.writer.write(head + key + masked)
        else:
            self.held_back += head + key + masked

    async def receive_frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        assert second & 0x80 == 0, "a server never masks"
        return first & 0x0F, await self.reader.readexactly(length)

    async def receive_text(self, timeout: float = TIMEOUT) -> str:
        """The next text message; pings are answered on the way, a close or a lost connection raises `Closed`."""
        async with asyncio.timeout(timeout):
            while True:
                try:
                    opcode, payload = await self.receive_frame()
                except (asyncio.IncompleteReadError, ConnectionError):
                    raise Closed(1006) from None
                if opcode == TEXT:
                    return payload.decode()
                if opcode == PING:
                    self.pings += 1
                    if self.answers_pings:
                        self.send_frame(PONG, payload)
                if opcode == CLOSE:
                    self.send_frame(CLOSE, payload)
                    self.writer.close()
                    code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                    raise Closed(code, payload[2:].decode())

    # OCPP

    def send(self, message: object) -> None:
        """Text as it is, everything else as JSON."""
        text = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"))
        self.send_frame(TEXT, text.encode())

    async def receive(self, timeout: float = TIMEOUT) -> list[Any]:
        message: list[Any] = json.loads(await self.receive_text(timeout))
        return message

    async def call(
        self, action: str, payload: object, message_id: object = None, timeout: float = TIMEOUT
    ) -> list[Any]:
        """Send a CALL and return the next message, which must be its answer."""
        message_id = f"m{next(self._ids)}" if message_id is None else message_id
        self.send([2, message_id, action, payload])
        answer = await self.receive(timeout)
        assert answer[1] == message_id, answer
        return answer

    async def boot(self) -> dict[str, Any]:
        answer = await self.call("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "M1"})
        assert answer[0] == 3, answer
        result: dict[str, Any] = answer[2]
        return result

    async def is_alive(self) -> bool:
        """A Heartbeat is answered."""
        answer = await self.call("Heartbeat", {})
        return answer[0] == 3 and "currentTime" in answer[2]

    # end

    async def nothing_arrives(self, seconds: float = 0.15) -> bool:
        try:
            told = await self.receive_text(seconds)
        except TimeoutError:
            return True
        raise AssertionError(f"nothing was expected, but {told} came")

    async def closing(self, timeout: float = TIMEOUT) -> Closed:
        """Wait until the server closes; other messages are skipped."""
        try:
            while True:
                await self.receive_text(timeout)
        except Closed as closed:
            return closed

    async def close(self) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # TLS may be over before its last word is read
            if self.status == 101 and not self.writer.is_closing():
                self.send_frame(CLOSE, struct.pack("!H", 1000))
            self.writer.close()
            await self.writer.wait_closed()

    def abort(self) -> None:
        """Vanish without a word."""
        self.writer.transport.abort()
