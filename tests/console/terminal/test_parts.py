"""The small parts: packets, the last filter, the output thread, the standard streams, several Apps in one process."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.color import Color
from textual.widgets import Static

from console.terminal import host, wire
from console.terminal.host import host_terminal
from console.terminal.output_filter import TerminalFilter, ascii_text
from console.terminal.output_thread import OutputThread
from console.terminal.painting import Ended, SteadyPaint
from console.terminal.profile import TerminalProfile
from console.terminal.socket_driver import ClientLink, driver_class_for
from console.terminal.streams import shared_streams


@given(st.lists(st.tuples(st.sampled_from([b"O", b"B"]), st.binary(max_size=300))), st.integers(1, 50))
def test_packets_arrive_whole_however_they_are_cut(packets: list[tuple[bytes, bytes]], step: int) -> None:
    """pack and Unpacker are inverse for every fragmentation."""
    stream = b"".join(wire.pack(kind, payload) for kind, payload in packets)
    unpacker = wire.Unpacker()
    got = [packet for start in range(0, len(stream), step) for packet in unpacker.feed(stream[start : start + step])]
    assert got == packets


def test_a_huge_packet_is_an_error() -> None:
    """Neither side collects gigabytes for the other."""
    with pytest.raises(wire.WireError):
        wire.Unpacker().feed(b"O\xff\xff\xff\xff")


def filtered(text: str, style: Style, profile: TerminalProfile) -> Segment:
    return TerminalFilter(profile).apply([Segment(text, style)], Color.parse("black"))[0]


@given(st.text())
def test_an_ascii_terminal_gets_printable_ascii_in_as_many_cells(text: str) -> None:
    """Any text: nothing above 126, nothing below 32, the width unchanged, so that columns stay aligned."""
    shown = ascii_text(text)
    assert shown.isascii() and (shown.isprintable() or not shown)
    assert len(shown) == cell_len(text)


@given(st.text())
def test_no_control_character_of_data_reaches_a_terminal(text: str) -> None:
    """C0 and C1 are dropped even if a widget lets them through (T10)."""
    shown = filtered(text, Style(), TerminalProfile()).text
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)


def test_links_of_data_are_dropped_and_click_targets_kept() -> None:
    """OSC 8 from markup never reaches a terminal; what a click needs does not go to it at all."""
    style = Style(link="http://evil", meta={"@click": "go"})
    kept = filtered("x", style, TerminalProfile()).style
    assert kept is not None and kept.link is None and kept.meta == {"@click": "go"}
    mono = filtered("x", style, TerminalProfile(colours="none")).style
    assert mono is not None and mono.link is None and mono.meta == {"@click": "go"}


def test_colours_are_reduced_to_what_a_terminal_has() -> None:
    """24 bit to 256, 16 and none; attributes are kept."""
    style = Style(color="#d55e00", bgcolor="#0072b2", bold=True)
    for colours, expected in (("256", "166"), ("16", "red"), ("none", None)):
        shown = filtered("x", style, TerminalProfile(colours=colours)).style  # type: ignore[arg-type]
        assert shown is not None and shown.bold
        assert (shown.color is None) == (expected is None)
        assert shown.color is None or shown.color.triplet is None


class Pipe:
    """A reader that reads when it is told to, as a frozen terminal."""

    def __init__(self) -> None:
        self.read_fd, self.write_fd = os.pipe()
        self.empty, self.error = threading.Event(), threading.Event()
        self.output = OutputThread(self.write_fd, self.empty.set, lambda _: self.error.set())
        self.output.start()


def test_the_output_thread_never_waits_and_keeps_the_order() -> None:
    """A megabyte into a pipe nobody reads: write returns; everything arrives once it is read."""
    pipe = Pipe()
    for number in range(1000):
        pipe.output.write(b"%04d" % number * 250)
    assert pipe.output.unsent > 900_000
    pipe.output.finish()
    read = bytearray()
    while len(read) < 1_000_000:
        read += os.read(pipe.read_fd, 65_536)
    pipe.output.join(1)
    assert not pipe.output.is_alive() and pipe.output.unsent == 0
    assert read == b"".join(b"%04d" % number * 250 for number in range(1000))


def test_the_output_queue_has_an_end() -> None:
    """What a UI writes without looking at `is_behind` is dropped whole above the cap."""
    pipe = Pipe()
    for _ in range(20):
        pipe.output.write(bytes(1_000_000))
    assert pipe.output.unsent <= 4_194_304
    os.close(pipe.read_fd)
    assert pipe.error.wait(2)
    pipe.output.join(1)
    assert not pipe.output.is_alive()


def test_standard_streams_survive_uis_that_end_in_any_order() -> None:
    """First in, first out: the streams of the process are back after the last, and never those of a dead UI."""
    before = sys.stdout, sys.stderr
    first, second = shared_streams(owns_terminal=False), shared_streams(owns_terminal=False)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert sys.stdout.write("x") == 1
    second.__exit__(None, None, None)
    assert (sys.stdout, sys.stderr) == before


def test_a_print_does_not_tear_the_picture_of_the_local_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Passed on while only attached UIs run (it is for the journal), dropped while a UI paints on the terminal."""
    with shared_streams(owns_terminal=False):
        with shared_streams(owns_terminal=True):
            pass
        print("for the journal")
        with shared_streams(owns_terminal=True), shared_streams(owns_terminal=False):
            pass
    with shared_streams(owns_terminal=True):
        with shared_streams(owns_terminal=False):
            pass
        print("torn")
    assert capsys.readouterr().out == "for the journal\n"


class Small(SteadyPaint):
    def compose(self) -> ComposeResult:
        yield Static("ready")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - a Textual App has no public event for it
            await asyncio.sleep(0.01)


async def run_small(link: ClientLink, profile: TerminalProfile) -> weakref.ref[Small]:
    """One UI from start to end on a socket."""
    app = Small(profile)
    app.driver_class = driver_class_for(link)
    ui = asyncio.create_task(app.run_async(size=(80, 24)))
    await until(lambda: app.is_running and app.terminal is not None)
    app.exit()
    await ui
    assert app.ended is Ended.QUIT
    return weakref.ref(app)


async def connected() -> tuple[ClientLink, asyncio.StreamReader, asyncio.StreamWriter]:
    import socket

    ours, theirs = socket.socketpair()
    reader, _ = await asyncio.open_connection(sock=theirs)
    _, writer = await asyncio.open_connection(sock=ours)
    return ClientLink(writer), reader, writer


async def test_the_loop_and_the_process_are_left_as_they_were() -> None:
    """No eager tasks for the server (Python >= 3.12), no foreign stream, no signal handler."""
    link, _reader, writer = await connected()
    loop, before = asyncio.get_running_loop(), (sys.stdout, sys.stderr)
    await run_small(link, TerminalProfile())
    assert loop.get_task_factory() is None
    assert (sys.stdout, sys.stderr) == before
    writer.close()


async def test_an_error_in_a_ui_is_logged_once_and_costs_no_traceback_rendering(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Rich's traceback with all locals is seconds of work on the server's loop: it is never made."""

    def render(*_: object, **__: object) -> None:
        raise AssertionError("a traceback is rendered")

    monkeypatch.setattr("rich.traceback.Traceback.__init__", render)
    link, _reader, writer = await connected()
    app = Small(TerminalProfile())
    app.driver_class = driver_class_for(link)
    app.call_later(lambda: 1 / 0)
    await app.run_async(size=(80, 24))
    assert app.ended is Ended.FAILED
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "the console of operator failed: ZeroDivisionError('division by zero')"
    ]
    writer.close()


@pytest.mark.parametrize(("is_lost", "last"), [(False, "ana detached"), (True, "ana is gone: hung up")])
async def test_an_attached_terminal_is_two_lines_of_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, is_lost: bool, last: str
) -> None:
    """One when it comes and one when it goes, whichever way; the logger's name tells that it is a terminal."""

    async def login(*_: object) -> str:
        return "ana"

    monkeypatch.setattr(host, "_peer_login", login)
    caplog.set_level(logging.INFO, "ocpp_console")
    apps: list[Small] = []
    served: asyncio.Queue[asyncio.Task[None]] = asyncio.Queue()

    def make_app(profile: TerminalProfile, _hello: object) -> Small:
        apps.append(Small(profile))
        return apps[-1]

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.put_nowait(asyncio.create_task(host_terminal(reader, writer, make_app)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    _reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    hello = {"version": 1, "columns": 80, "rows": 24, "env": {"TERM": "xterm", "LANG": "C.UTF-8"}}
    writer.write(wire.MAGIC + wire.pack(wire.HELLO, json.dumps(hello).encode()))
    await until(lambda: bool(apps) and apps[0].is_running and apps[0].terminal is not None)
    if is_lost:
        writer.close()
    else:
        apps[0].exit()
    async with asyncio.timeout(5):
        await (await served.get())
    writer.close()
    server.close()
    assert caplog.messages == ["ana attached, 80x24", last]


async def test_uis_that_ended_are_not_kept() -> None:
    """Attach and detach all day: Textual's process-wide caches may hold the last ones, never all."""
    apps = []
    for _ in range(8):
        link, _reader, writer = await connected()
        apps.append(await run_small(link, TerminalProfile()))
        writer.close()
        del link, _reader, writer
    await asyncio.sleep(0)
    gc.collect()
    assert sum(ref() is not None for ref in apps) <= 2


async def test_no_color_of_the_process_does_not_reach_a_ui(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile decides alone: NO_COLOR here, 24 bit colour there, and the other way round."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    colourful = Small(TerminalProfile(colours="true"))
    monkeypatch.delenv("NO_COLOR")
    plain = Small(TerminalProfile(colours="none"))
    assert not colourful.no_color and len(colourful.get_line_filters()) == 2
    assert plain.no_color and plain.native_ansi_color
    assert colourful.console.color_system == plain.console.color_system == "truecolor"


def test_the_thin_client_is_thin() -> None:
    """`attach` imports nothing that takes time: no asyncio, no dataclasses, no typing, nothing third-party."""
    heavy = {
        "asyncio",
        "dataclasses",
        "typing",
        "inspect",
        "argparse",
        "subprocess",
        "logging",
        "textual",
        "rich",
        "typer",
    }
    code = "import sys, console.terminal.attach; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True).stdout
    assert heavy & set(loaded.split()) == set()
