"""What happened that matters for security: kept in a log of its own, and told."""

from __future__ import annotations

from collections import deque

from simulator import messages
from simulator.board import Board
from simulator.clock import wall_ms
from simulator.outbox import Outbox
from simulator.words import Payload

_KEPT = 50


class SecurityEvents:
    """Those of one charge point. What happens without a line is told when there is one, with its own time."""

    def __init__(self, board: Board, outbox: Outbox, is_known: bool) -> None:
        self.log: deque[str] = deque(maxlen=_KEPT)  #: newest last
        self._board, self._outbox = board, outbox
        self._is_known = is_known  #: False: the charge point is older than the security extension
        self._untold: deque[Payload] = deque(maxlen=_KEPT)

    def note(self, kind: str, info: str = "") -> None:
        """`kind` is one of the types that the security extension lists, or the vendor's own."""
        if not self._is_known:
            return
        payload: Payload = {"type": kind, "timestamp": messages.utc(wall_ms())}
        self.log.append(f"{payload['timestamp']} {kind} {info}".rstrip())
        self._untold.append(payload | ({"techInfo": info[:255]} if info else {}))
        self.tell()

    def tell(self) -> None:
        """Send what waits, if there is a line."""
        while self._board.live and self._untold:
            self._outbox.put("SecurityEventNotification", self._untold.popleft())
