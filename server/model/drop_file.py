"""Files of the built-in drop: what chargers upload, and what they download."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    UPLOAD = "upload"  #: diagnostics or a log, from one charger
    FIRMWARE = "firmware"  #: put here by an operator, for any charger that was told its URL


@dataclass(slots=True)
class DropFile:
    """One place in the drop, empty until `received_at`. Only `server.core` writes.

    `token` is all that protects it: whoever knows it may use the place, as its kind allows, until it expires.
    """

    file_id: int
    token: str
    kind: FileKind
    created_at: int
    expires_at: int
    name: str = ""  #: for people; never a path
    charger_id: str = ""
    command_id: int | None = None  #: that told the charger of it
    received_at: int = 0
    size: int = 0  #: bytes

    @property
    def is_received(self) -> bool:
        return self.received_at > 0
