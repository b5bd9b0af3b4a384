"""One measured run of a console: the product's, or the one that the documentation of Textual teaches."""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.bench.console_child import Window
from tests.bench.console_terminal import NotPainted, Terminal

Side = Literal["ours", "documented"]
SIDES: tuple[Side, Side] = ("ours", "documented")

WARM_UP_S = 2.0  #: after the first chargers are painted, and a part of it after another screen is
DOWN, UP = b"\x1b[B", b"\x1b[A"
KEYS_APART_S = (0.05, 0.25)  #: shorter and longer than a tick, so that keys fall on all parts of it
ROWS = 16  #: the cursor walks over so many; all of them are on the screen

#: How each side paints the row under the cursor: a colour or glyph nothing else in the list has, then the charger.
CURSOR = {
    "ours": rb"\xe2\x96\x8c(?:\x1b\[[0-9;]*m|[ *!?~])*CP-%04d",
    "documented": rb"48;2;1;120;212m *CP-%04d",
}


@dataclass(frozen=True, slots=True)
class Load:
    """What happens in the depot, and on which terminal it is seen."""

    chargers: int = 200
    per_second: float = 100
    seconds: float = 10
    keys: int = 60
    columns: int = 160
    lines: int = 48
    colours: str = "truecolor"  #: COLORTERM


@dataclass(frozen=True, slots=True)
class Cost:
    """What a console costs while nobody presses a key."""

    handle_cpu_ms: float  #: longest turn of the loop
    handle_wall_ms: float
    handle_own_ms: float  #: CPU, the garbage collector apart
    cpu_percent: float  #: of one core, without what it takes to make the changes
    kb_per_s: float  #: to the terminal
    changes_per_s: float
    slow: list[tuple[float, str]]  #: CPU ms and name of the longest handles


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one side. In `typed`, keys were pressed."""

    quiet: Cost
    typed: Cost
    key_ms: list[float]  #: from key to paint, quickest first
    unpainted: int  #: keys that showed nothing within seconds


class Measured:
    """The measured process and its terminal."""

    def __init__(self, terminal: Terminal, line: socket.socket) -> None:
        self.terminal = terminal
        self._line = line
        self._told = line.makefile("r")

    def cost(self, seconds: float) -> Cost:
        """What it costs in the next `seconds`."""
        self.since()
        time.sleep(seconds)
        return self.since()

    def since(self) -> Cost:
        """What it has cost since the last call."""
        self._line.sendall(b"?\n")
        told = self._told.readline()
        if not told:
            raise NotPainted(f"the measured console has ended:\n{self.terminal.screen()}")
        window = Window(**json.loads(told))
        written = self.terminal.bytes_between(window.began, window.began + window.seconds)
        return Cost(
            window.handle_cpu_ms,
            window.handle_wall_ms,
            window.handle_own_ms,
            (window.cpu_s - window.feed_cpu_s) / window.seconds * 100,
            written / window.seconds / 1000,
            window.changes / window.seconds,
            window.slow,
        )


@contextlib.contextmanager
def measured(side: Side, load: Load) -> Iterator[Measured]:
    """A console that is up and warm."""
    here, there = socket.socketpair()
    command = [sys.executable, "-P", "-m", "tests.bench.console_child", side]
    command += [str(v) for v in (load.chargers, load.per_second, there.fileno())]
    environment = {"COLORTERM": load.colours}
    with here, Terminal(command, load.columns, load.lines, environment, [there.fileno()]) as terminal:
        there.close()
        terminal.until(b"CP-0001")
        time.sleep(WARM_UP_S)
        yield Measured(terminal, here)


def run(side: Side, load: Load) -> Run:
    """A window without keys, then keys."""
    with measured(side, load) as child:
        quiet = child.cost(load.seconds)
        waits = [child.terminal.press(key, answer) for key, answer in walk(side, load)]
        typed = child.since()
        painted = sorted(w * 1000 for w in waits if w is not None)
        if not painted:
            raise NotPainted(f"no key was answered:\n{child.terminal.screen()}")
    return Run(quiet, typed, painted, len(waits) - len(painted))


def screens(load: Load, keys: str) -> Iterator[tuple[str, Cost]]:
    """Our screens that `keys` lead to, one after the other: name on its tab, and cost."""
    with measured("ours", load) as child:
        for key in keys:
            child.terminal.type(key.encode())
            time.sleep(WARM_UP_S / 2)
            cost = child.cost(load.seconds / 2)
            tabs = child.terminal.screen().splitlines()[1]
            name = re.search(rf"\b{key} ([A-Z]\w+)", tabs)
            yield name[1] if name else key, cost


def walk(side: Side, load: Load) -> Iterator[tuple[bytes, re.Pattern[bytes]]]:
    """Keys that move the cursor down and up again, and what shows that it is there. Waits between two of them."""
    dice = random.Random(7)
    rows = min(ROWS, load.chargers)
    for n in range(load.keys):
        time.sleep(dice.uniform(*KEYS_APART_S))
        way, step = divmod(n, rows - 1)
        down = way % 2 == 0
        row = 2 + step if down else rows - 1 - step
        yield DOWN if down else UP, re.compile(CURSOR[side] % row)
