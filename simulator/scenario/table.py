"""One table of a scenario file, read key by key: what is left over in the end is not allowed there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario.model import Span
from simulator.scenario.pattern import BadPattern, check, names_in

LONGEST_S = 86_400.0
_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$")
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


class Broken(Exception):
    """A scenario file cannot be meant so. The text says where: file, place in it, key."""

    def __init__(self, file: str, why: str, place: str = "", key: str = "") -> None:
        super().__init__(": ".join(part for part in (file, place, key, why) if part))
        self.file, self.place, self.key, self.why = file, place, key, why


@dataclass(slots=True)
class Table:
    """`place` is where it stands: `step 4`. `known`: names of variables that steps before this one have made."""

    file: str
    place: str
    rows: Mapping[str, Any]
    known: set[str]
    _read: set[str] = field(default_factory=set)

    def broken(self, key: str, why: str) -> Broken:
        return Broken(self.file, why, self.place, key)

    def raw(self, key: str) -> Any:
        """None when it is not there."""
        self._read.add(key)
        return self.rows.get(key)

    def text(self, key: str, default: str | None = None) -> str | None:
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value:
            raise self.broken(key, "a text in quotes is wanted here.")
        return value

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        value = self.text(key, default) or default
        if value not in (allowed := tuple(choices)):
            raise self.broken(key, f'"{value}" is none of {", ".join(allowed)}.')
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.broken(key, f"a whole number from {least} to {most} is wanted here.")
        return value

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.broken(key, f"a number from {least:g} to {most:g} is wanted here.")
        return float(value)

    def seconds(self, key: str, default: float) -> float:
        value = self.number(key, 0, LONGEST_S)
        return default if value is None else value

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.broken(key, "true or false is wanted here.")
        return value

    def span(self, key: str, most: float) -> Span:
        """A number, or two with dots in between."""
        value = self.raw(key)
        found: Span | None = None
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = Span(float(value), float(value))
        elif isinstance(value, str) and (match := _SPAN.match(value)):
            found = Span(float(match[1]), float(match[2]))
        if found is None or not 0 <= found.least <= found.most <= most:
            raise self.broken(key, f'a number up to {most:g}, or a range such as "2..5", is wanted here.')
        return found

    def pattern(self, key: str) -> Any:
        """A pattern that can be used, with variables that are known."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.broken(key, "a table is wanted here, as { status = ... }.")
        self.checked(key, value)
        return value

    def checked(self, key: str, value: Any, *, sent: bool = False) -> None:
        """A pattern, or something to be sent, that can be used, with variables that are known."""
        try:
            check(value, sent=sent)
        except BadPattern as error:
            raise self.broken(key, f"{error}.") from None
        self.variables(key, value)

    def variables(self, key: str, value: Any) -> None:
        """Those in `value` must be known by now."""
        for name in names_in(value):
            if name not in self.known:
                told = ", ".join(f"${known}" for known in sorted(self.known))
                raise self.broken(key, f"${name} is known nowhere before this: {told}.")

    def texts(self, key: str) -> dict[str, str]:
        """A table of names and texts."""
        value = self.raw(key) or {}
        if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
            raise self.broken(key, "a table of texts is wanted here, as { name = ... }.")
        return value

    def remember(self, key: str) -> dict[str, str]:
        """Variables to be taken from a message; they are known from here on."""
        value = self.texts(key)
        for name, path in value.items():
            if not _NAME.match(name) or path.split(".")[0] not in ("answer", "payload"):
                raise self.broken(key, 'it is written as { tx = "answer.transactionId" }, or "payload....".')
        self.known |= set(value)
        return value

    def rest(self) -> dict[str, Any]:
        """What was not read yet; that counts as read."""
        left = {key: value for key, value in self.rows.items() if key not in self._read}
        self._read |= set(left)
        return left

    def end(self, what: str) -> None:
        """Nothing may be left."""
        allowed = sorted(self._read)
        for key in self.rest():
            raise self.broken(key, f"{what} has no such key; it may have {', '.join(allowed)}.")
