"""Keys out of what a terminal sends: ESC and a key in one packet are the escape key, then that key.

A slow line puts them together, and so does somebody who types fast. Textual reads them as alt and a key, with the
character of the key: what escape should have cancelled would be confirmed by it. No key of the console has alt in it.

Private points of Textual 8.2 that are used here, guarded by tests: `XTermParser._sequence_to_key_events`, which is
asked for each beginning of a sequence, and for single characters when none of it was known.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser

ESC = "\x1b"
_INTRODUCERS = "[O"  #: behind ESC they begin the sequence of an arrow or a function key


class KeyboardParser(XTermParser):
    """Bytes of a keyboard, decoded, to events."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if len(sequence) == 2 and sequence[0] == ESC and sequence[1] not in _INTRODUCERS:
            sequence, alt = sequence[1], True
        if alt:
            yield _escape()
        yield from super()._sequence_to_key_events(sequence)


def _escape() -> events.Key:
    return events.Key("escape", ESC)
