"""The wall: groups stand together, moving is by what one sees."""

from __future__ import annotations

from itertools import pairwise

from console.view.wall import BIG, SMALL, Group, Wall, lay_out

PAIRS: list[Group] = [(f"CP-{n}", (1, 2)) for n in range(1, 25)]


def test_four_pairs_fit_beside_the_sums_at_160_columns() -> None:
    """The geometry of the picture: 17 cells a tile, one between a pair, three between chargers."""
    rows = lay_out(PAIRS, 8, 160, BIG)
    assert [t.x for t in rows[0]] == [8, 26, 46, 64, 84, 102, 122, 140]
    assert len(rows) == 6


def test_three_pairs_fit_at_80_columns() -> None:
    """Small tiles, 12 cells."""
    rows = lay_out(PAIRS, 1, 80, SMALL)
    assert [t.x for t in rows[0]] == [1, 14, 28, 41, 55, 68]


def test_tiles_never_leave_the_width_and_none_is_lost() -> None:
    """Also with chargers of one, many, and no connectors."""
    groups: list[Group] = [("a", (1,)), ("b", tuple(range(1, 12))), ("c", ()), ("d", (1, 2, 3))]
    rows = lay_out(groups, 1, 60, SMALL)
    tiles = [t for row in rows for t in row]
    assert len(tiles) == 1 + 11 + 1 + 3
    assert all(t.x >= 1 and t.x + SMALL.width <= 60 for t in tiles)
    for row in rows:
        assert all(b.x >= a.x + SMALL.width + 1 for a, b in pairwise(row))


def test_big_tiles_when_all_fit_small_ones_when_only_they_do() -> None:
    """As much as possible is seen at once."""
    wall = Wall()
    wall.arrange(PAIRS, 8, 160, {BIG: 6, SMALL: 7})
    assert wall.size == BIG
    wall.arrange(PAIRS, 8, 160, {BIG: 4, SMALL: 6})
    assert wall.size == SMALL
    wall.arrange(PAIRS, 8, 160, {BIG: 2, SMALL: 3})
    assert wall.size == BIG


def test_moving_goes_to_the_nearest_tile_and_through_row_ends() -> None:
    """h and l walk, j and k stay in the column."""
    wall = Wall()
    wall.arrange(PAIRS, 8, 160, {BIG: 6})
    last = wall.rows[0][-1]
    assert wall.beside(last, 1) == wall.rows[1][0]
    assert wall.below(last, 1) == wall.rows[1][-1]
    assert wall.below(last, -1) == last
    assert wall.beside(wall.rows[5][-1], 1) == wall.rows[5][-1]


def test_window_follows_the_selection() -> None:
    """Scrolls no more than it must."""
    wall = Wall()
    wall.arrange(PAIRS, 1, 80, {SMALL: 4})
    assert wall.position() == "1-24 of 48"
    assert wall.show(wall.rows[7][0])
    assert wall.top == 4
    assert wall.position() == "25-48 of 48"
    assert not wall.show(wall.rows[5][0])
