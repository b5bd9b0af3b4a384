"""Standard error that nobody reads costs lines, never time."""

from __future__ import annotations

import logging
import os
import select
import time

from server.outlets import stderr
from server.outlets.stderr import UnhurriedHandler
from tests.machine import Machine


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 0, text, None, None)


def test_lines_arrive_whole_and_in_order() -> None:
    """All that was logged before the end is written."""
    reader, writer = os.pipe()
    handler = UnhurriedHandler(writer)
    for n in range(500):
        handler.emit(record(f"line {n} ä \udcff"))
    handler.close()
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as read:
        assert read.read().splitlines() == [f"line {n} ä \\udcff" for n in range(500)]


def test_reader_that_stops_is_not_waited_for() -> None:
    """A full pipe: logging goes on at once, and what is missing is told when somebody reads again."""
    reader, writer = os.pipe()
    handler = UnhurriedHandler(writer)
    with Machine() as machine:
        began = time.monotonic()
        for n in range(5000):
            handler.emit(record(f"line {n} " + "x" * 1000))
        assert time.monotonic() - began - machine.withheld(began) < 1.0
    with os.fdopen(reader, encoding="utf-8") as read:
        lines = [read.readline() for _ in range(100)]
        handler.emit(record("again"))
        while lines[-1] != "again\n":
            lines.append(read.readline())
    handler.close()
    os.close(writer)
    assert lines[0].startswith("line 0 ")
    missing = [int(line.split()[0]) for line in lines if "missing" in line]
    written = [line for line in lines if line.startswith("line ")]
    assert missing and len(written) + sum(missing) == 5000


def test_reader_that_has_gone_is_no_error() -> None:
    """A closed pipe: logging goes on, into nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    handler = UnhurriedHandler(writer)
    for n in range(stderr.MOST_WAITING * 2):
        handler.emit(record(f"line {n}"))
    with Machine() as machine:
        began = time.monotonic()
        handler.close()
        assert time.monotonic() - began - machine.withheld(began) < 2 * stderr.LAST_WORDS_S
    os.close(writer)


def test_what_was_given_up_is_written_no_more_and_waited_for_no_more() -> None:
    """A terminal that is lost: what waits is dropped, and the end does not wait for a write that never returns."""
    reader, writer = os.pipe()
    handler = UnhurriedHandler(writer)
    for n in range(500):  # more than the pipe takes
        handler.emit(record(f"line {n} " + "x" * 1000))
    select.select([reader], [], [], 10)  # it is at work
    handler.give_up()
    handler.emit(record("never"))
    with Machine() as machine:
        began = time.monotonic()
        handler.close()
        assert time.monotonic() - began - machine.withheld(began) < stderr.LAST_WORDS_S / 2
    written = os.read(reader, 1 << 20)
    handler._thread.join(10)
    os.close(writer)
    with os.fdopen(reader, "rb") as read:
        written += read.read()
    assert 0 < written.count(b"\n") < 300 and b"never" not in written
