"""What a server tells on stderr when its console has left it alone: as `serve` does, while somebody can read it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING

from server.site import News, TaskOwner, log_to_stderr

if TYPE_CHECKING:
    from server.site import Site


class Stderr(Enum):
    """What standard error is. To be asked before the terminal can be lost: it does not look like one any more then."""

    NOWHERE = auto()  #: it was closed by who started us
    TERMINAL = auto()
    FILE = auto()  #: or a pipe: it outlives the terminal

    @classmethod
    def of_process(cls) -> Stderr:
        if sys.__stderr__ is None:
            return cls.NOWHERE
        return cls.TERMINAL if os.isatty(2) else cls.FILE


def say_goodbye(warnings: str, is_lost: bool, stderr: Stderr) -> None:
    """What the console kept off the screen; and to the person in front of it, if any, that the server goes on."""
    with contextlib.suppress(OSError):
        if stderr is Stderr.FILE or not is_lost:
            sys.stderr.write(warnings)
            sys.stderr.flush()
        if not is_lost:
            sys.stdout.write(
                "The server goes on here. `ocpp-console attach` in any terminal shows it again; Ctrl-C here stops it.\n"
            )
            sys.stdout.flush()


@contextmanager
def news_on(stderr: Stderr, site: Site, hang_up: asyncio.Event, tasks: TaskOwner) -> Iterator[None]:
    """While it is open, log and news of the depot go to `stderr`; never to a terminal that has hung up."""
    if stderr is Stderr.NOWHERE or (stderr is Stderr.TERMINAL and hang_up.is_set()):
        yield
        return
    handler = log_to_stderr(site.config.log_level)
    be_quiet = site.listen(News(), *News.KINDS)

    async def fall_silent() -> None:
        await hang_up.wait()
        handler.give_up()

    if stderr is Stderr.TERMINAL:
        tasks.spawn(fall_silent(), "lost terminal")
    try:
        yield
    finally:
        be_quiet()  # that every link ends now is no news
