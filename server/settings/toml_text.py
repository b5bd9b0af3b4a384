"""TOML text with line numbers, which `tomllib` does not keep."""

from __future__ import annotations

import re
import tomllib

#: Longer files get messages without a line: finding one costs a parse per line.
_MOST_LINES = 2_000
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class TomlError(Exception):
    """The text is not TOML. `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str) -> dict[str, object]:
    """The table that `text` holds; `TomlError` when it is not TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TomlError("nested too deeply", 1) from None
    except ValueError as error:  # also a number with too many digits, which is no TOMLDecodeError
        message = str(error)
        place = _PLACE.search(message)
        line = int(place[1]) if place and place[1] else text.count("\n") + (not text.endswith("\n"))
        raise TomlError(_PLACE.sub("", message), max(line, 1)) from None


def line_of(text: str, *path: str) -> int | None:
    """The line where the key or table `path` first stands in `text` (which is valid TOML), counted from 1.

    Asks the parser for growing heads of the text: the statement after the last good head is the one that brings the
    key. Right for every way TOML has to write a key, and slow: for errors only.
    """
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        return None
    good = 0
    for end in range(1, len(lines) + 1):
        try:
            head = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(head, path):
            return good + 1
        good = end
    return None


def _holds(table: object, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(table, dict) or name not in table:
            return False
        table = table[name]
    return True
