"""Build the pictures of the README from the running console: `python -m screenshots.build [NAME ...]`.

The console runs headless on the depot of the tests, whose clock stands still, so that the pictures change only when
the screen does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.segment import Segment

from console.terminal.environment import prepare

prepare()

from console.terminal.profile import TerminalProfile  # noqa: E402 - textual is imported behind it
from screenshots import simulated  # noqa: E402
from screenshots.svg import picture  # noqa: E402
from tests.console.reader import TRUE, console  # noqa: E402

HERE = Path(__file__).parent
WIDE, SMALL, TINY = (160, 48), (80, 24), (60, 15)
SIXTEEN = TerminalProfile(colours="16", operator="ana")
MONO = TerminalProfile(colours="none", operator="ana")
ASCII = TerminalProfile(colours="16", ascii=True, operator="ana")


class Shot(NamedTuple):
    """One picture: the keys that lead to it, the size and the terminal."""

    name: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = WIDE
    profile: TerminalProfile = TRUE


def _both(name: str, *keys: str) -> tuple[Shot, Shot]:
    return Shot(f"{name}-160x48", keys), Shot(f"{name}-80x24", keys, SMALL)


TO_FAULT = ("j", "j")
TO_PLANS = ("j",) * 15
TO_NEW_FIRMWARE = ("j",) * 13
#: Of the form of a charging profile: a limit for the session, then two lower ones.
FILLED = (*"16, 1h 8, 6h 16", "shift+tab", "shift+tab", "shift+tab")
SHOTS: tuple[Shot, ...] = (
    *_both("chargers", *TO_FAULT),
    *_both("detail", *TO_FAULT, "d"),
    *_both("detail-deviations", *TO_FAULT, "d", "tab"),
    *_both("detail-quirks", *TO_NEW_FIRMWARE, "d", "tab", "tab"),
    *_both("detail-plans", *TO_PLANS, "d", "shift+tab"),
    *_both("connectors", "2"),
    *_both("faults", "3"),
    *_both("fault-card", "3", "j", "enter"),
    *_both("transactions", "4"),
    *_both("log", "5"),
    *_both("operations", "6"),
    *_both("reset", *TO_FAULT, "r"),
    *_both("start", "j", "s"),
    *_both("stop", *TO_FAULT, "right", "x"),
    *_both("change-configuration", "C"),
    *_both("menu", "j", "colon"),
    *_both("charging-profile", *TO_FAULT, "right", "colon", *"setcharging", "enter", *FILLED),
    *_both("notices", "8"),
    *_both("notice-card", "8", "slash", *"empty", "enter", "enter"),
    *_both("help", "question_mark"),
    Shot("chargers-16-colours-160x48", TO_FAULT, WIDE, SIXTEEN),
    Shot("chargers-no-colour-80x24", TO_FAULT, SMALL, MONO),
    Shot("chargers-ascii-80x24", TO_FAULT, SMALL, ASCII),
    Shot("chargers-60x15", TO_FAULT, TINY),
)


SIMULATED = simulated.shots(TRUE, MONO, ASCII, SMALL, TINY)


async def take(shot: Shot) -> list[Iterable[Segment]]:
    """The strips of the screen."""
    async with console(shot.size, shot.profile) as reader:
        await reader.press(*shot.keys)
        await reader.settle()
        return [list(strip) for strip in reader.app.screen._compositor.render_strips()]


def save(name: str, columns: int, strips: Sequence[Iterable[Segment]]) -> None:
    path = HERE / f"{name}.svg"
    path.write_text(picture(strips, columns, name), encoding="utf-8")
    sys.stdout.write(f"{path.name}\n")


def main(names: Sequence[str]) -> None:
    for shot in SHOTS:
        if not names or shot.name in names:
            save(shot.name, shot.size[0], asyncio.run(take(shot)))
    for simulated_shot in SIMULATED:
        if not names or simulated_shot.name in names:
            save(simulated_shot.name, simulated_shot.size[0], asyncio.run(simulated.take(simulated_shot)))


if __name__ == "__main__":
    main(sys.argv[1:])
