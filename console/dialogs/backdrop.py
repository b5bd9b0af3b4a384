"""What lies behind a dialog: the screen below, dimmed once and not with every frame (7 ms each at 160x48)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import Screen
from textual.strip import Strip

from console.widgets.painted import PaintedLine

_PLAIN = Style()


def backdrop(dialog: Screen[Any]) -> list[Strip]:
    """The screen below `dialog` as it is now, as many and as long lines as the dialog's screen has."""
    stack, (width, height) = dialog.app.screen_stack, dialog.size
    strips = stack[stack.index(dialog) - 1]._compositor.render_strips()[:height]
    strips += [Strip([])] * (height - len(strips))  # it is laid out a moment after the dialog
    shade, filters = dialog.styles.background, dialog.get_line_filters()
    return [_shaded_line(strip, width, shade, filters) for strip in strips]


def _shaded_line(strip: Strip, width: int, shade: Color, filters: Sequence[LineFilter]) -> PaintedLine:
    """`strip` under `shade`, without mouse actions."""
    segments = [Segment(text, _shaded(style or _PLAIN, shade)) for text, style, _ in strip.adjust_cell_length(width)]
    for line_filter in filters:
        segments = line_filter.apply(segments, shade)
    return PaintedLine(segments, width)


@lru_cache(maxsize=2048)
def _shaded(style: Style, shade: Color) -> Style:
    style = style.clear_meta_and_links()
    if not shade.a:
        return style
    ink, ground = (
        (Color.from_rich_color(colour) + shade).rich_color if colour is not None else None
        for colour in (style.color, style.bgcolor)
    )
    return style + Style.from_color(ink, ground)
