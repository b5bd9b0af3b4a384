"""Runs a UI on a terminal: an attached client's, or the process's own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pwd
import socket
import struct
from collections.abc import Callable
from dataclasses import replace

from console.terminal import wire
from console.terminal.hello import Hello, HelloRefused, clamp_size, parse_hello
from console.terminal.local_driver import LocalDriver
from console.terminal.painting import Ended, SteadyPaint
from console.terminal.profile import TerminalProfile, login_name, profile_of
from console.terminal.socket_driver import ClientLink, SocketDriver, driver_class_for

log = logging.getLogger("ocpp_console.terminal")  #: it is shown: no record says "terminal" again

MakeApp = Callable[[TerminalProfile, Hello], SteadyPaint]

_HELLO_SECONDS = 5.0
_BYE_SECONDS = 1.0
_LAST_WORDS_SECONDS = 0.5
_INPUT_STEP = 256  #: bytes of input for one turn of the loop
_MAX_WAITING = 500  #: messages a UI may have waiting before its client's input is held back

#: What the client is told, and ends with.
_BYE = {
    Ended.QUIT: (wire.EXIT_DETACHED, "detached"),
    Ended.LOST: (wire.EXIT_DETACHED, "detached"),
    Ended.FAILED: (wire.EXIT_FAILED, "the console failed; the server goes on, its log tells why"),
}


async def run_local(app: SteadyPaint) -> Ended:
    """Run `app` on the process's own terminal until it ends, and say why. The terminal is given back."""
    app.driver_class = LocalDriver
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run_async(mouse=app.profile.mouse), name="terminal:local")
    if isinstance(driver := app.terminal, LocalDriver):
        await driver.drained(_LAST_WORDS_SECONDS)
    if app.ended is Ended.LOST:
        _log_loss(app)
    return app.ended


async def host_terminal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, make_app: MakeApp) -> None:
    """Serve one attached terminal until it detaches, is lost, or this call is cancelled because the server stops.

    The magic is still unread. Nothing that goes wrong in the UI escapes; the writer is closed in every case, after a
    last word to the client where it still listens.
    """
    link = ClientLink(writer)
    code, message = wire.EXIT_UNREACHABLE, "the server has stopped"
    try:
        code, message = await _serve(reader, writer, link, make_app)
    except HelloRefused as refusal:
        code, message = wire.EXIT_FAILED, str(refusal)
        log.warning("refused: %s", message)
    except (wire.WireError, OSError, EOFError, TimeoutError) as error:
        code, message = wire.EXIT_FAILED, "the server did not understand this client"
        log.info("a terminal did not say who it is: %r", error)
    except Exception as error:
        code, message = _BYE[Ended.FAILED]
        log.error("a terminal could not be served: %r", error, exc_info=error)
    finally:
        await link.close(wire.pack_bye(code, message), _BYE_SECONDS)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: ClientLink, make_app: MakeApp
) -> tuple[int, str]:
    """Greet the client, run its UI, and return what to tell it at the end."""
    async with asyncio.timeout(_HELLO_SECONDS):
        hello = await _read_hello(reader)
        operator = await _peer_login(writer, hello.user or hello.env.get("SUDO_USER", ""))
    profile = replace(profile_of(hello.env, hello.flags), operator=operator)
    app = make_app(profile, hello)
    app.driver_class = driver_class_for(link)
    log.info("%s attached, %dx%d", operator, hello.columns, hello.rows)
    async with asyncio.TaskGroup() as group:
        size = (hello.columns, hello.rows)
        ui = group.create_task(app.run_async(mouse=profile.mouse, size=size), name=f"terminal:{operator}:ui")
        helpers = [
            group.create_task(_relay(reader, link, app), name=f"terminal:{operator}:input"),
            group.create_task(_make_good(link, app), name=f"terminal:{operator}:output"),
        ]
        await asyncio.wait([ui])
        for helper in helpers:
            helper.cancel()
    if app.ended is Ended.LOST:
        _log_loss(app)
    elif app.ended is Ended.QUIT:  # of one that failed the log has the error
        log.info("%s detached", operator)
    return _BYE[app.ended]


def _log_loss(app: SteadyPaint) -> None:
    log.info("%s is gone: %s", app.profile.operator, app.lost_reason)


async def _read_hello(reader: asyncio.StreamReader) -> Hello:
    if await reader.readexactly(len(wire.MAGIC)) != wire.MAGIC:
        raise wire.WireError("not the magic of a terminal")
    kind, payload = await _read_packet(reader)
    if kind != wire.HELLO:
        raise wire.WireError("not a hello")
    return parse_hello(payload)


async def _read_packet(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind, length = wire.unpack_header(await reader.readexactly(wire.HEADER_BYTES))
    return kind, await reader.readexactly(length)


async def _relay(reader: asyncio.StreamReader, link: ClientLink, app: SteadyPaint) -> None:
    """Hand what the client sends to its UI, until the client is gone."""
    driver = await link.driver
    try:
        while True:
            kind, payload = await _read_packet(reader)
            if kind == wire.INPUT:
                await _type(payload, driver, app)
            elif kind == wire.RESIZE:
                driver.resized_or_restored(*clamp_size(*wire.unpack_size(payload)))
    except (wire.WireError, OSError, EOFError) as error:
        driver.lost("hung up" if isinstance(error, EOFError) else str(error))


async def _type(keys: bytes, driver: SocketDriver, app: SteadyPaint) -> None:
    """Feed input in steps small enough for the loop, and no faster than the UI takes it."""
    for start in range(0, len(keys), _INPUT_STEP):
        driver.feed(keys[start : start + _INPUT_STEP])
        await asyncio.sleep(0)
        while app.message_queue_size > _MAX_WAITING:  # noqa: ASYNC110 - nobody tells when it is shorter
            await asyncio.sleep(0.02)


async def _make_good(link: ClientLink, app: SteadyPaint) -> None:
    """Tell the UI each time its client has caught up."""
    with contextlib.suppress(OSError):
        while True:
            await link.caught_up()
            app.terminal_caught_up()


async def _peer_login(writer: asyncio.StreamWriter, claimed: str) -> str:
    """Who really is at the other end: the socket tells the user id. Root may speak for the person behind sudo."""
    sock = writer.get_extra_info("socket")
    if sock is None or not hasattr(socket, "SO_PEERCRED"):
        return login_name(claimed)
    _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if uid == 0 and claimed:
        return login_name(claimed)
    try:
        return login_name((await asyncio.to_thread(pwd.getpwuid, uid)).pw_name)  # may ask a directory service
    except KeyError:
        return f"uid{uid}"
