"""What lies behind a dialog."""

from __future__ import annotations

import pytest

from tests.console.reader import console


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 15), (200, 60)])
async def test_dialog_survives_a_resize(size: tuple[int, int]) -> None:
    """The screen below is there in the new size, at once or with the next tick."""
    async with console((100, 30)) as c:
        await c.press("r")
        await c.pilot.resize_terminal(*size)
        await c.settle()
        await c.settle()
        lines = c.lines()
        assert (len(lines), {len(line) for line in lines}) == (size[1], {size[0]})
        assert "Cancel" in c.text()
        if size[1] > 15:  # there the dialog takes it all
            assert lines[0].startswith(" depot-nord")
            assert "? help" in lines[-1]


async def test_backdrop_is_dimmed_once() -> None:
    """A dialog that lives for minutes repaints itself alone."""
    async with console((100, 30)) as c:
        await c.press("r")
        dialog = c.app.screen
        before = dialog.render_lines(dialog.size.region)[0]
        await c.settle()
        assert dialog.render_lines(dialog.size.region)[0] is before
