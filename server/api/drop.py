"""The built-in drop: where chargers put diagnostics and get firmware, so that a depot needs no other server (FW-02).

A listener of its own, since the API is on loopback. Who knows the token of a place may use it, as its kind allows:
there are no names to guess, nothing is listed, nothing is executed, and no path comes from outside (T13).
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeGuard, cast
from urllib.parse import quote

from server.api.callers import Callers
from server.api.connection import Connection
from server.api.lazy import Lazy
from server.config import DropSettings
from server.core.files import Files
from server.core.logring import LogRing
from server.core.ports import CannotStart
from server.core.tasks import TaskOwner
from server.model.command import Command, CommandState, Operation
from server.model.drop_file import DropFile, FileKind
from server.model.log import Level
from server.model.operations import GetDiagnostics, GetLog, SignedUpdateFirmware, UpdateFirmware

if TYPE_CHECKING:
    from server.api.http import Http

log = logging.getLogger("ocpp_console.drop")

MAX_CONNECTIONS = 32
BACKLOG = 64
SWEEP_S = 3_600.0
HOUR = 3_600_000  #: ms
UPLOAD_WITHIN = 24 * HOUR  #: how long a charger may take to begin with its upload
ADD_WITHIN = HOUR  #: and an operator
HIDDEN = "…"  #: stands for a token that is not made yet


class Drop:
    """`async with Drop(...)`: open inside. Implements `server.core.ports.FileDrop`.

    A port that is taken is no reason not to serve chargers: the drop stays closed then and `why_closed` says why,
    unless `is_wanted`: somebody has asked for that port (`CannotStart`).
    """

    def __init__(
        self,
        settings: DropSettings,
        host: str,
        address: str,
        folder: Path,
        files: Files,
        log: LogRing,
        now: Callable[[], int],
        flush: Callable[[], Awaitable[bool]],
        is_wanted: bool = False,
    ) -> None:
        """Listens on `host`, and tells chargers `address`. `folder` is made with the first upload."""
        self.settings = settings
        self.port = 0  #: that is open; 0 = closed
        self.why_closed = "it is switched off"
        self._host = host
        self._address = address
        self._folder = folder
        self._files = files
        self._log = log
        self._now = now
        self._flush = flush
        self._is_wanted = is_wanted
        self._tasks = TaskOwner("drop")
        self._http: Lazy[Http] = Lazy(self._tasks, self._load_http)
        self._server: asyncio.Server | None = None
        self._callers = Callers(MAX_CONNECTIONS)
        self._strangers_told_at = -HOUR

    async def __aenter__(self) -> Self:
        if self.settings.port:
            await self.listen(self.settings.port)
        return self

    async def listen(self, port: int) -> None:
        """Open `port`; 0 = any free one."""
        try:
            sock = _listening(self._host, port)
        except OSError as error:
            self.why_closed = f"port {port} cannot be opened: {(error.strerror or str(error)).lower()}"
            if self._is_wanted:
                raise CannotStart(f"file drop: {self.why_closed}; choose another with [drop] port, or 0") from error
            self.tell(Level.WARNING, f"off: {self.why_closed}")
            return
        self.port = sock.getsockname()[1]
        await self._tidy_up()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self, is_unix=False), sock=sock)
        self._tasks.spawn(self._sweep(), "sweep")

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        await self._callers.send_away(self._http.at_hand)
        await self._tasks.close()

    # places

    def files(self) -> list[DropFile]:
        return self._files.all()

    def url(self, file: DropFile) -> str:
        """What a charger is told. A place for uploads is a folder to it: it puts its own file name behind."""
        name = quote(file.name, safe="") if file.kind is FileKind.FIRMWARE else ""
        return self._url(f"{file.token}/{name}")

    def path(self, file: DropFile) -> Path:
        return self._folder / str(file.file_id)

    def add(self, name: str) -> DropFile:
        """A place for a file that an operator is going to put; chargers can have it once it is there."""
        return self._place(FileKind.FIRMWARE, ADD_WITHIN, shown_name(name))

    def upload_url(self, file: DropFile) -> str:
        """Where an operator on this machine puts it."""
        host = "127.0.0.1" if self._host in ("", "0.0.0.0", "::") else self._host
        return f"http://{_bracketed(host)}:{self.port}/drop/{file.token}"

    async def remove(self, file: DropFile) -> None:
        self._files.remove(file, self._now())
        await asyncio.to_thread(self.path(file).unlink, missing_ok=True)

    def find(self, token: str) -> DropFile | None:
        return self._files.find(token, self._now())

    async def received(self, file: DropFile, name: str, size: int) -> bool:
        """Its bytes are on disk; False when that we know of it is not."""
        at = self._now()
        keep_until = at + self.settings.keep_days * 24 * HOUR
        self._files.received(file, name if file.kind is FileKind.UPLOAD else "", size, at, keep_until)
        self.tell(Level.INFO, f"received {size} bytes", file)
        return await self._flush()

    def _place(self, kind: FileKind, within: int, name: str = "", charger_id: str = "") -> DropFile:
        at = self._now()
        return self._files.open(kind, secrets.token_urlsafe(24), at, at + within, name, charger_id)

    def _url(self, rest: str) -> str:
        return f"http://{_bracketed(self._address)}:{self.port}/drop/{rest}"

    # operations that need a place

    def shown(self, operation: Operation) -> Operation:
        """`operation` as it would be sent, before there is a place for it."""
        if self.port and _wants_place(operation):
            return replace(operation, location=self._url(f"{HIDDEN}/"))
        return self._with_firmware(operation)

    def fill(self, charger_id: str, operation: Operation) -> tuple[Operation, DropFile | None]:
        """The operation with the URL of a new place where it names none, or of a firmware file that it names."""
        if self.port and _wants_place(operation):
            place = self._place(FileKind.UPLOAD, UPLOAD_WITHIN, charger_id=charger_id)
            return replace(operation, location=self.url(place)), place
        return self._with_firmware(operation), None

    def told(self, place: DropFile | None, command: Command) -> None:
        """`command` carries the URL of `place` to its charger, or was refused at once."""
        if place is None:
            return
        if command.state is CommandState.BLOCKED:
            self._files.remove(place, self._now())
        else:
            command.place = place
            self._files.bind(place, command.command_id, self._now())

    def _with_firmware(self, operation: Operation) -> Operation:
        if self.port and isinstance(operation, UpdateFirmware | SignedUpdateFirmware):
            for file in self._files.all():
                if file.kind is FileKind.FIRMWARE and file.is_received and file.name == operation.location:
                    return replace(operation, location=self.url(file))
        return operation

    # connections (server.api.connection.Host)

    def opened(self, connection: Connection) -> bool:
        return self._callers.take_in(connection)

    def spoke(self, connection: Connection, is_terminal: bool) -> None:
        self._tasks.spawn(self._serve(connection), "http")

    def closed(self, connection: Connection) -> None:
        self._callers.gone(connection)

    async def _serve(self, connection: Connection) -> None:
        try:
            http = await self._http.get()
        except BaseException:
            connection.abort()
            raise
        http.serve(connection)

    def _load_http(self) -> Http:
        module = importlib.import_module("server.api.drop_web")
        return cast("Http", module.drop_http(self))

    # log and time

    def tell(self, level: Level, text: str, file: DropFile | None = None) -> None:
        charger_id = file.charger_id if file is not None else ""
        name = f"  '{file.name}'" if file is not None and file.name else ""
        self._log.add(self._now(), level, charger_id, "", "file drop", "%s%s", (text, name))

    def tell_stranger(self, peer: str) -> None:
        """Somebody asked for what is not there: an expired place, or a scanner. At most one line a minute."""
        if self._now() - self._strangers_told_at >= 60_000:
            self._strangers_told_at = self._now()
            self.tell(Level.WARNING, f"{peer} asked for a file that is not there, or not there any more")

    async def _tidy_up(self) -> None:
        """Throw away what an earlier run left half done, before anybody uploads."""
        try:
            await asyncio.to_thread(_remove_strangers, self._folder, {str(f.file_id) for f in self._files.all()})
        except OSError as error:
            log.warning("%s cannot be tidied up: %s", self._folder, error.strerror)

    async def _sweep(self) -> None:
        """Throw away what has expired, for ever."""
        while True:
            for file in self._files.expired(self._now()):
                try:
                    await self.remove(file)
                except OSError as error:
                    log.warning("%s stays on disk: %s", self.path(file), error.strerror)
            await asyncio.sleep(SWEEP_S)


def shown_name(text: str) -> str:
    """A name for people out of a path of any system."""
    last = text.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:100]


def _remove_strangers(folder: Path, known: set[str]) -> None:
    """Throw away what an interrupted upload left behind. Blocks."""
    if folder.is_dir():
        for path in list(folder.iterdir()):
            if path.name not in known and path.is_file():
                path.unlink(missing_ok=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _wants_place(operation: Operation) -> TypeGuard[GetDiagnostics | GetLog]:
    return isinstance(operation, GetDiagnostics | GetLog) and not operation.location


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock
