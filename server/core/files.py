"""The places of the built-in drop: who may put or get what, by which token, and until when."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.bus import Bus
from server.model.drop_file import DropFile, FileKind
from server.model.event import EventKind


class Files:
    """Places by token. Knows no disk: `server.api.drop` keeps the bytes."""

    def __init__(self, bus: Bus, restored: Iterable[DropFile] = (), last_id: int = 0) -> None:
        self._bus = bus
        self._files = {file.token: file for file in restored}
        self._next_id = last_id + 1

    def all(self) -> list[DropFile]:
        """Newest first."""
        return sorted(self._files.values(), key=lambda file: -file.file_id)

    def find(self, token: str, at: int) -> DropFile | None:
        """The place; None when there is none, or it has expired."""
        file = self._files.get(token)
        return file if file is not None and file.expires_at > at else None

    def expired(self, at: int) -> list[DropFile]:
        return [file for file in self._files.values() if file.expires_at <= at]

    def open(
        self, kind: FileKind, token: str, at: int, expires_at: int, name: str = "", charger_id: str = ""
    ) -> DropFile:
        file = DropFile(self._next_id, token, kind, at, expires_at, name, charger_id)
        self._next_id += 1
        self._files[token] = file
        self._changed(file, at)
        return file

    def bind(self, file: DropFile, command_id: int, at: int) -> None:
        """This command tells the charger of the place."""
        file.command_id = command_id
        self._changed(file, at)

    def received(self, file: DropFile, name: str, size: int, at: int, expires_at: int) -> None:
        file.name, file.size, file.received_at, file.expires_at = name or file.name, size, at, expires_at
        self._changed(file, at)

    def remove(self, file: DropFile, at: int) -> None:
        if self._files.pop(file.token, None) is not None:
            self._bus.emit(EventKind.FILE_REMOVED, at, file.charger_id, file)

    def _changed(self, file: DropFile, at: int) -> None:
        self._bus.emit(EventKind.FILE_CHANGED, at, file.charger_id, file)
