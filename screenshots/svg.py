"""A terminal screen as an SVG picture: one rectangle for each run of a background, one text for each run of a style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

CELL_W, CELL_H, BASELINE = 8.4, 18.0, 13.0
MARGIN = 10.0
GROUND, TEXT = "#0F1318", "#D5DCE5"
FONT = "'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"


#: Characters that are drawn, so that they touch their neighbours in every font: (x, y, width, height) in cells.
DRAWN: dict[str, tuple[float, float, float, float]] = {
    "▄": (0, 0.5, 1, 0.5),
    "▀": (0, 0, 1, 0.5),
    "█": (0, 0, 1, 1),
    "▌": (0, 0, 0.5, 1),
    "▐": (0.5, 0, 0.5, 1),
    "▔": (0, 0, 1, 0.12),
    "━": (0, 0.43, 1, 0.14),
    "╸": (0, 0.43, 0.5, 0.14),
    "─": (0, 0.475, 1, 0.05),
    **{bar: (0, 1 - n / 8, 1, n / 8) for n, bar in enumerate("▁▂▃▄▅▆▇", 1)},
}


def picture(lines: Sequence[Iterable[Segment]], columns: int, title: str) -> str:
    """The SVG text. `lines` are rendered strips; what has no colour gets those of a dark terminal."""
    width = columns * CELL_W + 2 * MARGIN
    height = len(lines) * CELL_H + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>{escape(title)}</title>',
        f"<style>text{{font:14px {FONT};font-variant-ligatures:none;white-space:pre}}</style>",
        f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>',
    ]
    for row, line in enumerate(lines):
        out += _line(line, row)
    out.append("</svg>\n")
    return "\n".join(out)


def _line(line: Iterable[Segment], row: int) -> list[str]:
    grounds, texts = [], []
    column = 0
    y = MARGIN + row * CELL_H
    for text, style, _ in _pieces(line):
        wide = cell_len(text)
        x = MARGIN + column * CELL_W
        column += wide
        ink, ground = _colours(style or Style())
        if ground != GROUND:
            grounds.append(
                f'<rect x="{x:.1f}" y="{y:g}" width="{wide * CELL_W + 0.2:.1f}" height="18.2" fill="{ground}"/>'
            )
        if text[0] in DRAWN:
            left, top, across, down = DRAWN[text[0]]
            run = wide if across == 1 else across
            texts.append(
                f'<rect x="{x + left * CELL_W:.1f}" y="{y + top * CELL_H:.2f}" width="{run * CELL_W + 0.1:.1f}" '
                f'height="{down * CELL_H:.2f}" fill="{ink}"/>'
            )
            continue
        texts += [
            f'<text x="{x + at * CELL_W:.1f}" y="{y + BASELINE:g}" textLength="{len(word) * CELL_W:.1f}" '
            f'fill="{ink}"{_weight(style)}>{escape(word)}</text>'
            for at, word in _words(text)
        ]
    return grounds + texts


def _pieces(line: Iterable[Segment]) -> Iterator[Segment]:
    """Segments cut so that each is either plain text or a run of one drawn character."""
    for text, style, control in line:
        for _, run in groupby(text, lambda c: c if c in DRAWN else ""):
            for piece in _single_if_partial("".join(run)):
                yield Segment(piece, style, control)


def _single_if_partial(run: str) -> list[str]:
    """A character that does not fill the width of its cell stands alone."""
    drawn = DRAWN.get(run[0])
    return list(run) if drawn is not None and drawn[2] != 1 else [run]


def _words(text: str) -> list[tuple[int, str]]:
    """Runs of `text` without double blanks, and where each begins: short runs keep their columns in any font."""
    found, start = [], 0
    for part in text.split("  "):
        stripped = part.strip(" ")
        if stripped:
            found.append((start + part.index(stripped[0]), stripped))
        start += len(part) + 2
    return found


def _weight(style: Style | None) -> str:
    if style is None:
        return ""
    bold = ' font-weight="700"' if style.bold else ""
    return bold + (' text-decoration="underline"' if style.underline else "")


def _colours(style: Style) -> tuple[str, str]:
    """Text and ground as hex."""
    ink = style.color.get_truecolor().hex if style.color and not style.color.is_default else TEXT
    ground = style.bgcolor.get_truecolor().hex if style.bgcolor and not style.bgcolor.is_default else GROUND
    return (ground, ink) if style.reverse else (ink, ground)
