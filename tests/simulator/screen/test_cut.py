"""What is too long for its place on the screen says so: a number without its end would be another number."""

from __future__ import annotations

import pytest

from simulator.screen.desk import Entry
from simulator.screen.look import Look
from simulator.screen.picture import Line
from simulator.screen.views import in_columns
from simulator.showing import Tone
from tests.simulator.csms import Csms
from tests.simulator.screen.sight import SMALL, doing, sight


@pytest.mark.parametrize("size", [SMALL, (60, 24)])
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_an_event_that_is_too_long_ends_in_a_mark(central: Csms, size: tuple[int, int], ascii_only: bool) -> None:
    """Beside the menu, or below it where the screen is narrow."""
    async with sight(central, size, Look(ascii=ascii_only)) as screen:
        screen.desk.entries.append(Entry(0, "Heartbeat every 300 s, " + "and so on " * 10, Tone.TEXT))
        await screen.until("Heartbeat every 300")
        line = next(line for line in screen.lines if "Heartbeat every 300" in line)
        assert line.endswith("~" if ascii_only else "…") and len(line) == size[0]


async def test_a_detail_that_is_too_long_ends_in_a_mark(central: Csms) -> None:
    """Where it stands in two columns."""
    async with sight(central) as screen:
        await screen.press(*doing("fault", "down", "g", "down", *"V" * 15, "down", *"C" * 45), "1")
        line = next(line for line in screen.lines if "Vendor error" in line)
        assert "VVV" in line and "…" in line, screen.text


def test_only_what_is_too_long_is_marked() -> None:
    """A text that just fits is whole; blanks that do not fit are nothing."""
    assert Line(5).put("12345", cut="…").pieces == [("12345", Tone.TEXT)]
    assert Line(5).put("12345  ", cut="…").pieces == [("12345", Tone.TEXT)]
    assert Line(5).put("123456", cut="…").pieces == [("1234…", Tone.TEXT)]
    pairs = [((f"L{n}", Tone.DIM), ("x" * (14 + n), Tone.TEXT)) for n in range(4)]
    texts = [row.pieces[2][0].rstrip() for row in in_columns(pairs, 62, 2, "…")]
    assert texts == ["x" * 14, "x" * 15]
    assert in_columns(pairs, 62, 1, "…")[0].pieces[4][0].rstrip() == "x" * 14 + "…"
