"""When nothing may be asked of a charger: before its boot is answered, and until it has settled (BOOT-03, BOOT-04)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Quiet:
    """`over` is called when a time of quiet ends by itself while somebody waited for that."""

    def __init__(self, ms: int, over: Callable[[], None]) -> None:
        self._over = over
        self.until = 0.0  #: monotonic, s; 0 = no quiet. A link looks here with each message
        self._timer: asyncio.TimerHandle | None = None
        self._is_waiting = False  #: for a boot that may come, or for any other message
        self.begin(ms, is_waiting=True)

    def begin(self, ms: int, is_waiting: bool = False) -> None:
        somebody_waits = self._timer is not None
        self.end()
        self._is_waiting = is_waiting
        self.until = time.monotonic() + ms / 1000 if ms else 0.0
        if somebody_waits and not self.holds():
            self._over()

    def spoke(self) -> None:
        """The charger sent something else than its boot: it goes on where it was (BOOT-03)."""
        if self._is_waiting:
            self.end()
            self._over()

    def end(self) -> None:
        self.until = 0.0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def holds(self) -> bool:
        """Is it too early? Whoever is told so is told by `over` when it is not any more."""
        left = self.until - time.monotonic() if self.until else 0.0
        if left <= 0:
            self.end()
            return False
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(left, self._is_over)
        return True

    def _is_over(self) -> None:
        self._timer = None
        self.until = 0.0
        self._over()
