"""The figures of a fleet as one screenful, as plain lines, and as JSON lines. Values in, texts out."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from simulator.fleet.fleet import Figures, FleetWanted
from simulator.showing import clean

OPEN_SCREEN = "\x1b[?1049h\x1b[?25l"
CLOSE_SCREEN = "\x1b[?25h\x1b[?1049l"


def screen(wanted: FleetWanted, figures: Figures, troubles: Iterable[str]) -> str:
    """A frame that is painted over the one before."""
    until = f" of {_clock(wanted.seconds)}" if wanted.seconds else ""
    rows = [
        f"fleet {wanted.profile}  {clean(wanted.url)}  {_clock(figures.seconds)}{until}",
        "",
        f"charge points  {figures.chargers:>9,}   connected {figures.connected:,}   accepted {figures.accepted:,}",
        f"sessions       {figures.sessions:>9,}   waiting for an acknowledgement {figures.waiting:,}",
        f"messages/s     {figures.per_second:>9,.0f}   in all {figures.messages:,}",
        f"answers        {figures.p50_ms:>6.1f} ms   p99 {figures.p99_ms:.1f} ms",
        f"errors         {figures.errors:>9,}   timed out {figures.timed_out:,}   stray {figures.stray:,}",
        f"refused dials  {figures.refused:>9,}   reconnects {figures.reconnects:,}",
        "",
        *(clean(trouble, limit=78) for trouble in troubles),
        "",
        "Ctrl-C hangs up and sums up.",
    ]
    return "\x1b[H" + "".join(f"{row}\x1b[K\n" for row in rows) + "\x1b[J"


def line(figures: Figures) -> str:
    """One line for a pipe."""
    return (
        f"{_clock(figures.seconds)}  connected {figures.connected}/{figures.chargers}  accepted {figures.accepted}  "
        f"sessions {figures.sessions}  {figures.per_second:.0f}/s  p50 {figures.p50_ms:.1f} ms  "
        f"p99 {figures.p99_ms:.1f} ms  errors {figures.errors}  timed out {figures.timed_out}  "
        f"refused {figures.refused}  reconnects {figures.reconnects}  waiting {figures.waiting}\n"
    )


def json_line(figures: Figures, event: str) -> str:
    """`{"event": "figures", "seconds": ..., "connected": ..., ...}`; the last one is `summary`."""
    rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in figures._asdict().items()}
    return orjson.dumps({"event": event} | rounded).decode() + "\n"


def summary(figures: Figures, troubles: Iterable[str]) -> str:
    """What is left on the terminal at the end."""
    mean = figures.messages / max(figures.seconds, 1e-3)
    verdict = "no errors" if not figures.failed else f"{figures.failed} errors"
    rows = [
        f"{figures.chargers} charge points, {figures.seconds:.0f} s: {figures.messages} messages, {mean:.0f}/s; "
        f"answers p50 {figures.p50_ms:.1f} ms, p99 {figures.p99_ms:.1f} ms; {figures.reconnects} reconnects; {verdict}",
    ]
    if figures.failed:
        rows.append(
            f"CALLERRORs and given up {figures.errors}, timed out {figures.timed_out}, "
            f"refused dials {figures.refused}, stray {figures.stray}"
        )
        rows += [clean(trouble) for trouble in troubles]
    return "".join(f"{row}\n" for row in rows)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"
