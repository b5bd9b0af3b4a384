"""Partial frames: the changed cells, and no others."""

from __future__ import annotations

import io

from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate
from textual.strip import Strip
from textual.widget import Widget

from console.terminal.exact import exact
from tests.console.reader import console

CONSOLE = Console(file=io.StringIO(), force_terminal=True, _environ={})


def frame(spans: list[tuple[int, int, int]]) -> ChopsUpdate:
    """One line of two widgets: ten cells, then ten cells."""
    chops = [{0: Strip([Segment("abcdefghij")]), 10: Strip([Segment("0123456789")])}]
    return ChopsUpdate(chops, spans, [[10, 20]])


def sent(spans: list[tuple[int, int, int]]) -> str:
    update = exact(frame(spans))
    assert isinstance(update, ChopsUpdate)
    return update.render_segments(CONSOLE)


def test_span_inside_a_widget_is_cut_at_both_ends() -> None:
    """Textual would send the widget's line from its beginning."""
    assert sent([(0, 3, 5)]) == "\x1b[1;4Hde"


def test_span_over_two_widgets_is_sent_in_two_parts() -> None:
    """Each from where it begins to differ."""
    assert sent([(0, 8, 12)]) == "\x1b[1;9Hij\x1b[1;11H01"


def test_two_spans_of_a_line_are_sent_once_each() -> None:
    """No cell twice."""
    assert sent([(0, 0, 1), (0, 19, 20)]) == "\x1b[1;1Ha\x1b[1;20H9"


def test_full_frames_stay_what_they_are() -> None:
    """Only partial ones are cut."""
    assert exact(None) is None


async def test_cursor_key_repaints_two_rows_and_little_else() -> None:
    """What a key costs on the list, in cells: two rows, the detail, the message."""
    async with console((80, 24)) as c:
        screen = c.app.screen
        c.app.screen.action_move(1)  # type: ignore[attr-defined]
        dirty = {w: set(w._repaint_regions) for w in screen.walk_children(Widget) if w._repaint_regions}
        cells = sum(region.area for regions in dirty.values() for region in regions)
        assert 0 < cells <= 4 * 80, dirty
