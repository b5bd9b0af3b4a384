"""A terminal at the other end of a unix socket: one attached client."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from textual.app import App

from console.terminal.driver import TerminalDriver
from console.terminal.wire import MAX_PAYLOAD, OUTPUT, pack

BEHIND_BYTES = 16_384
#: What the kernel holds for a client that does not read, on top: the less, the sooner a thawed client is up to date.
_KERNEL_BYTES = 16_384


class ClientLink:
    """The writing side of one client, and whether it keeps up."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.driver: asyncio.Future[SocketDriver] = asyncio.get_running_loop().create_future()
        self._writer = writer
        self._behind = asyncio.Event()
        writer.transport.set_write_buffer_limits(high=BEHIND_BYTES, low=0)
        if (sock := writer.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)

    @property
    def is_behind(self) -> bool:
        """From the moment when more than `BEHIND_BYTES` wait until none do."""
        return self._behind.is_set()

    def send(self, packet: bytes) -> None:
        """Write one packet; never waits. Nothing happens when the client is gone: the reading side notices."""
        if self._writer.is_closing():
            return
        self._writer.write(packet)
        if self._writer.transport.get_write_buffer_size() > BEHIND_BYTES:
            self._behind.set()

    async def caught_up(self) -> None:
        """Wait until the client is behind and then has taken everything; `ConnectionError` when it is gone."""
        await self._behind.wait()
        await self._writer.drain()
        self._behind.clear()

    async def close(self, packet: bytes, timeout: float) -> None:
        """Say the last words and close; a client that does not take them in time is cut off."""
        try:
            async with asyncio.timeout(timeout):
                self.send(packet)
                self._writer.close()
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


class SocketDriver(TerminalDriver):
    """Paints on a client. Its keys and sizes come in through `feed` and `resized`: whoever reads the socket calls them.

    No thread, no signal, nothing of the process's own terminal or environment.
    """

    def __init__(
        self, link: ClientLink, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._link = link

    @property
    def is_behind(self) -> bool:
        return self._link.is_behind

    def write(self, data: str) -> None:
        payload = data.encode(errors="replace")
        for start in range(0, len(payload), MAX_PAYLOAD):
            self._link.send(pack(OUTPUT, payload[start : start + MAX_PAYLOAD]))

    def start_application_mode(self) -> None:
        self._take_over()
        self._link.driver.set_result(self)

    def resized_or_restored(self, columns: int, rows: int) -> None:
        """The client says its size. The same one again: others used its terminal, it needs all of the picture."""
        if self._size == (columns, rows):
            self._take_over()
            self._user.repaint()
        else:
            self.resized(columns, rows)

    def disable_input(self) -> None:
        self._stop_input()

    def stop_application_mode(self) -> None:
        """Nothing to undo here: the client restores its terminal itself, even when the server dies."""


def driver_class_for(link: ClientLink) -> type[SocketDriver]:
    """A driver class that paints on this client: what `App.driver_class` expects is a class."""

    class AttachedDriver(SocketDriver):
        def __init__(
            self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
        ) -> None:
            super().__init__(link, app, debug=debug, mouse=mouse, size=size)

    return AttachedDriver
