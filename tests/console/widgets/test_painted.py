"""What a pane hands to the compositor."""

from __future__ import annotations

import gc
import io

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.widgets.painted import PaintedLine
from tests.console.reader import Reader, console

CONSOLE = Console(file=io.StringIO(), force_terminal=True, _environ={})


async def test_painted_lines_leave_no_work_for_the_garbage_collector() -> None:
    """A screen that never rests must not make cycles: collecting them stops the server's loop for 20 ms at a time."""
    async with console((160, 48)) as c:
        gc.disable()
        try:
            # The least of three: what the start leaves behind, whenever it ends, is none of a key's.
            assert min([await _strips_in_cycles(c) for _ in range(3)]) < 20
        finally:
            gc.enable()


async def _strips_in_cycles(c: Reader) -> int:
    """How many lines five seconds with a key each leave to the collector."""
    gc.collect()
    for _ in range(5):
        c.site.tick(1_000)
        await c.press("j")
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return sum(isinstance(found, Strip) for found in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


async def test_line_is_cut_at_the_columns_that_are_asked_for() -> None:
    """A pane that is half covered paints its visible half."""
    async with console((80, 24)) as c:
        header = next(iter(c.app.screen.query("HeaderLine")))
        whole = header.render_lines(header.size.region)[0].text
        part = header.render_lines(header.size.region.shrink((0, 70, 0, 5)))[0].text
        assert part == whole[5:10]


def test_line_is_a_strip_in_every_other_respect() -> None:
    """Cut, divided, filtered and rendered as Textual does it."""
    pieces = [Segment("abc", Style(bold=True)), Segment("defgh")]
    line, strip = PaintedLine(pieces, 8), Strip(pieces, 8)
    assert line.crop(2, 5) == strip.crop(2, 5)
    assert [part.text for part in line.divide([2, 8])] == [part.text for part in strip.divide([2, 8])]
    assert line.adjust_cell_length(10) == strip.adjust_cell_length(10)
    assert line.apply_style(Style(italic=True)) == strip.apply_style(Style(italic=True))
    assert line.render(CONSOLE) == strip.render(CONSOLE)
    assert line.link_ids == strip.link_ids
