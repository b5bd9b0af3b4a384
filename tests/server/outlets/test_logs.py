"""Our own log records: one record, one line, and a copy in the live tail."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys

from server.core.logring import LogRing
from server.model.log import Level
from server.outlets.logs import OneRecordOneLine, RingHandler


def record(message: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("ocpp_console.links", level, "", 0, message, None, None)


def test_foreign_text_cannot_forge_a_record() -> None:
    """T10: line breaks and escapes of a charger are written out."""
    line = OneRecordOneLine("%(message)s").format(record("bad id \x1b[2J\nI links: all is well"))

    assert line == "bad id \\x1b[2J\\nI links: all is well"


def test_a_traceback_stays_below_its_record() -> None:
    """Lines of a traceback are indented, so that each record begins at the margin."""
    bad = record("failed")
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        bad.exc_info = (ValueError, error, error.__traceback__)
    lines = OneRecordOneLine("%(message)s").format(bad).split("\n")

    assert lines[0] == "failed"
    assert all(line.startswith("    ") for line in lines[1:])


async def test_records_appear_in_the_live_tail() -> None:
    """From any thread, with level and subject."""
    ring = LogRing()
    handler = RingHandler(ring, asyncio.get_running_loop())
    await asyncio.to_thread(handler.emit, record("disk is slow", logging.WARNING))
    await asyncio.sleep(0)

    (line,) = ring.since(0)
    assert (line.level, line.action, line.text) == (Level.WARNING, "links", "disk is slow")


def test_warnings_of_libraries_do_not_get_between_the_frames() -> None:
    """A library that warns of what a charger sent writes to stderr by itself: a console would be painted over."""
    program = (
        "import warnings\n"
        "from server.outlets.logs import keep_off_the_terminal\n"
        "kept = keep_off_the_terminal()\n"
        "warnings.warn('canary')\n"
        "print(kept.told())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert ended.stderr == "" and ended.stdout.count("canary") >= 1
