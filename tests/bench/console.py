"""What the console costs, on a real terminal: this product beside the documented way of Textual, in one run.

`python -m tests.bench.console [--seconds 10] [--rounds 3] [--chargers 200] [--columns 160 --lines 48]`

Both sides show the same changes of the same core: 100 status changes and 100 log lines a second. They take turns;
figures are medians over the rounds, the quietest round in brackets. Exit code 1 when one is over its target.

- A handle is one turn of the event loop: nothing else, no charger either, is served meanwhile. CPU is the time that
  the loop's thread worked, wall includes what other processes took away. The garbage collector of Python is part of
  both, and the longest there is where objects are many; without it is told too.
- CPU of the console is that of the whole process, threads included, less what it took to make the changes: that is
  measured around each change, without the listeners of the console. The loop's own turning counts as console.
- Key to paint is measured outside, from the write of the key to the last byte of the cursor in its new row.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.console_sides import SIDES, Load, Run, Side, run, screens
from tests.bench.console_start import attach_starts, demo_starts, lines


class Figure(NamedTuple):
    name: str
    unit: str
    of: Callable[[Run], float]
    target: float = 0  #: below it; 0 = none


FIGURES = (
    Figure("longest handle, CPU", "ms", lambda r: max(r.quiet.handle_cpu_ms, r.typed.handle_cpu_ms), 20),
    Figure("the same without collector", "ms", lambda r: max(r.quiet.handle_own_ms, r.typed.handle_own_ms)),
    Figure("longest handle, wall", "ms", lambda r: max(r.quiet.handle_wall_ms, r.typed.handle_wall_ms)),
    Figure("CPU of the console", "%", lambda r: r.quiet.cpu_percent, 10),
    Figure("written to the terminal", "kB/s", lambda r: r.quiet.kb_per_s, 40),
    Figure("key to paint, p50", "ms", lambda r: r.key_ms[len(r.key_ms) // 2]),
    Figure("key to paint, p99", "ms", lambda r: r.key_ms[int(len(r.key_ms) * 0.99)], 100),
)
OTHER_SCREENS = "2345678"
STARTS = (
    ("demo: first paint", "demo: chargers on the screen", demo_starts, (1_000, 3_000)),
    ("attach: first paint", "attach: chargers on the screen", attach_starts, (150, 150)),
)


def main() -> int:
    options = arguments()
    load = load_of(options)
    reached = True
    if options.rounds:
        reached = compare(load, options.rounds)
        look_round(load)
    if options.starts:
        reached = start(options.starts) and reached
    return 0 if reached else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Load()
    parser.add_argument("--seconds", type=float, default=default.seconds, help="of each window without keys")
    parser.add_argument("--rounds", type=int, default=3, help="0 = measure starts only")
    parser.add_argument("--starts", type=int, default=5, help="of demo and attach; 0 = none")
    parser.add_argument("--chargers", type=int, default=default.chargers)
    parser.add_argument("--rate", type=float, default=default.per_second, help="status changes and log lines a second")
    parser.add_argument("--keys", type=int, default=default.keys)
    parser.add_argument("--columns", type=int, default=default.columns)
    parser.add_argument("--lines", type=int, default=default.lines)
    parser.add_argument("--colours", choices=("truecolor", "256"), default="truecolor")
    return parser.parse_args()


def load_of(options: argparse.Namespace) -> Load:
    return Load(
        options.chargers,
        options.rate,
        options.seconds,
        options.keys,
        options.columns,
        options.lines,
        "truecolor" if options.colours == "truecolor" else "",
    )


def compare(load: Load, rounds: int) -> bool:
    """Both sides in turns, a table of what they cost; True when ours is within its targets."""
    print(
        f"{load.chargers} chargers, {load.per_second:.0f} status changes/s and as many log lines, "
        f"{load.columns}x{load.lines}; {rounds} rounds of {load.seconds:.0f} s and {load.keys} keys\n"
    )
    runs: dict[Side, list[Run]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            runs[side].append(run(side, load))
    print(f"{'median (quietest)':32}{'console':>20}{'documented way':>22}{'ratio':>8}   target")
    reached = [tell(figure, runs) for figure in FIGURES]
    for side in SIDES:
        costs = [cost for r in runs[side] for cost in (r.quiet, r.typed)]
        ms, what = max(slow for cost in costs for slow in cost.slow)
        made, unpainted = statistics.median(c.changes_per_s for c in costs), sum(r.unpainted for r in runs[side])
        print(f"{side}: {made:.0f} changes/s, {unpainted} keys not painted, longest handle {ms:.1f} ms: {what}")
    print()
    return all(reached)


def tell(figure: Figure, runs: dict[Side, list[Run]]) -> bool:
    ours, theirs = ([figure.of(r) for r in runs[side]] for side in SIDES)
    middle, other = statistics.median(ours), statistics.median(theirs)
    cells = [
        f"{value:.1f} ({least:.1f}) {figure.unit:4}" for value, least in ((middle, min(ours)), (other, min(theirs)))
    ]
    verdict, fine = judge(middle, figure.target, figure.unit)
    print(f"{figure.name:32}{cells[0]:>20}{cells[1]:>22}{other / middle:7.1f}x   {verdict}")
    return fine


def look_round(load: Load) -> None:
    """The cost of the other screens, under the same load. The targets are those of the main screen."""
    print(f"{'other screens':32}{'longest handle':>20}{'CPU':>11}{'written':>14}")
    for name, cost in screens(load, OTHER_SCREENS):
        figures = f"{cost.handle_cpu_ms:15.1f} ms{cost.cpu_percent:10.1f} %{cost.kb_per_s:10.1f} kB/s"
        print(f"{name:32}{figures}   {max(cost.slow, default=(0, ''))[1]}")
    print()


def judge(value: float, target: float, unit: str) -> tuple[str, bool]:
    if not target:
        return "", True
    fine = value < target
    return f"< {target:g} {unit}: {'ok' if fine else 'OVER'}", fine


def start(times: int) -> bool:
    """First paint of `demo` and of `attach`: the best of `times` counts, a busy machine only makes it slower."""
    print(f"{'best (median) of ' + str(times):32}")
    reached = True
    for first, depot, measure, targets in STARTS:
        for name, target, ms in zip((first, depot), targets, lines(measure(times)), strict=True):
            verdict, fine = judge(ms[0], target, "ms")
            told = f"{ms[0]:.0f} ({statistics.median(ms):.0f}) ms  "
            print(f"{name:32}{told:>20}{'':33}{verdict}")
            reached = reached and fine
    return reached


if __name__ == "__main__":
    sys.exit(main())
