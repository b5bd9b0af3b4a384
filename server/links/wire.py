"""What a link needs of its connection: the seam between the RPC engine and `websockets`."""

from __future__ import annotations

from typing import Final, Protocol


class Hold:
    """Why a link is not read from right now, as bits; reading goes on when none is left. Nothing is ever dropped."""

    RATE: Final = 1  #: more frames than `max_frames_per_second`
    DURABLE: Final = 2  #: too many answers wait for the disk
    DISK: Final = 4  #: the store is behind
    WRITING: Final = 8  #: the charger does not read our answers
    UNREAD: Final = 16  #: bytes already received are handled slice by slice


class Wire(Protocol):
    @property
    def is_open(self) -> bool: ...

    def send_text(self, text: str) -> bool:
        """Write one message; False when the connection is closing. Never blocks: a stuck peer is cut by the sweep."""

    def finish(self, code: int, reason: str) -> None:
        """Close in order, and cut the connection if the charger does not play along."""

    def hold(self, reason: int) -> None: ...
    def release(self, reason: int) -> None: ...
