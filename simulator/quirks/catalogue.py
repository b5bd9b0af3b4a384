"""All quirks by name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from simulator.quirks import doors, failures, ids, operations, sessions, wording, writing
from simulator.quirks.quirk import Quirk

#: In the order of their sources, those of no product last.
QUIRKS: dict[str, Quirk] = {
    quirk.name: quirk
    for quirk in sorted(
        (
            *doors.QUIRKS,
            *wording.QUIRKS,
            *writing.QUIRKS,
            *sessions.QUIRKS,
            *ids.QUIRKS,
            *operations.QUIRKS,
            *failures.QUIRKS,
        ),
        key=lambda quirk: quirk.source or "without",
    )
}


class UnknownQuirk(Exception):
    """There is none of that name; the text is a sentence for the person who typed it."""


def find(names: Iterable[str]) -> tuple[Quirk, ...]:
    """The quirks of these names. `UnknownQuirk` for a name that is none."""
    found = []
    for name in names:
        if name not in QUIRKS:
            near = get_close_matches(name, QUIRKS, 3, 0.5)
            hint = f": did you mean {' or '.join(near)}?" if near else ": --list-quirks names them."
            raise UnknownQuirk(f"There is no quirk {name!r}{hint}")
        found.append(QUIRKS[name])
    return tuple(found)


def listing() -> str:
    """Name, source and what it does, one a line."""
    width = max(map(len, QUIRKS))
    return "".join(f"{quirk.name:{width}}  {quirk.source or '-':3}  {quirk.does}\n" for quirk in QUIRKS.values())
