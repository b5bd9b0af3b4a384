"""Where our own log records go: the live tail, and stderr when no terminal is painted on."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from server.core.logring import LogRing
from server.model.log import Level
from server.outlets.stderr import UnhurriedHandler

LOGGER = "ocpp_console"  #: parent of all our loggers
RECORD = "%(asctime)s %(levelname).1s %(name)s: %(message)s"


class RingHandler(logging.Handler):
    """Puts records of our loggers into the live tail, from any thread."""

    def __init__(self, ring: LogRing, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._ring = ring
        self._loop = loop

    def emit(self, record: logging.LogRecord) -> None:
        level = max((lv for lv in Level if lv <= record.levelno), default=Level.DEBUG)
        subject = record.name.removeprefix(f"{LOGGER}.")
        at = round(record.created * 1000)
        try:
            self._loop.call_soon_threadsafe(self._ring.add, at, level, "", "", subject, "%s", (record.getMessage(),))
        except RuntimeError:
            return  # the loop is closed: nobody looks at the tail any more


@contextmanager
def logging_to(ring: LogRing) -> Iterator[None]:
    """While it is open, the live tail shows what our loggers say."""
    handler = RingHandler(ring, asyncio.get_running_loop())
    logging.getLogger(LOGGER).addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger(LOGGER).removeHandler(handler)


class OneRecordOneLine(logging.Formatter):
    """Foreign text cannot forge a second record or move the cursor: controls are written as escapes.

    Lines of a traceback go on below their record, indented.
    """

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).split("\n")
        return "\n    ".join("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line) for line in lines)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\n", "\\n").replace("\r", "\\r")
        return super().formatMessage(record)


def log_to_stderr(level: str) -> UnhurriedHandler:
    """For servers without a console of their own, from now on. Answers with what writes there."""
    handler = UnhurriedHandler()
    handler.setFormatter(OneRecordOneLine(RECORD))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    return handler


class Kept(logging.Handler):
    """Holds the newest records while a console owns the terminal, to be told when it has ended."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(OneRecordOneLine(RECORD))
        self._records: deque[logging.LogRecord] = deque(maxlen=100)

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def told(self) -> str:
        """All that is held, a record a line; then nothing is held any more."""
        lines = [self.format(record) + "\n" for record in self._records]
        self._records.clear()
        return "".join(lines)


def keep_off_the_terminal() -> Kept:
    """For processes that paint: nothing may write between the frames, not even the handler of last resort."""
    kept = Kept()
    logging.basicConfig(handlers=[kept], force=True)
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    return kept
