"""Partial frames that send the cells that changed, and no others.

Textual 8.2 cuts a changed span at its right end only: a clock that goes on at the end of a line sends the whole line,
and two spans of one line send its beginning twice. With 200 busy chargers at 160x48 that is two thirds of the traffic
(27 kB/s; cut exactly, 9 kB/s). `ChopsUpdate` and its fields are private points, guarded by tests.
"""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate


class ExactUpdate(ChopsUpdate):
    """A partial frame cut at both ends of every span."""

    def render_segments(self, console: Console) -> str:
        parts: list[str] = []
        for y, start, end in self.spans:
            for chop_end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                first, last = max(start, x), min(end, chop_end)
                if strip is not None and first < last:
                    parts.append(Control.move_to(first, y).segment.text)
                    parts.append(strip.crop(first - x, last - x).render(console))
        return "".join(parts)


def exact(frame: RenderableType | None) -> RenderableType | None:
    """`frame`, cut exactly when it is a partial one."""
    if isinstance(frame, ChopsUpdate):
        return ExactUpdate(frame.chops, frame.spans, frame.chop_ends)
    return frame
