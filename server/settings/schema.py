"""What each setting accepts, read from the annotations of a tree of dataclasses."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})


class Range(NamedTuple):
    """Annotation of a number: both ends are allowed."""

    low: float
    high: float


class Secret(NamedTuple):
    """Annotation of a text that is never shown, neither in lists nor in errors."""


class Internal(NamedTuple):
    """Annotation of a field that is no setting."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key, "ocpp.port", and what it accepts."""

    key: str
    base: type
    choices: tuple[str, ...] = ()
    limits: Range | None = None
    secret: bool = False

    @property
    def expected(self) -> str:
        """What may be written, as the end of "must be …"."""
        if self.choices:
            return "one of " + ", ".join(f'"{c}"' for c in self.choices)
        word = {int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}.get(self.base, "text")
        if self.limits is None:
            return word
        return f"{word} from {self.limits.low:.12g} to {self.limits.high:.12g}"

    def read(self, raw: object) -> object:
        """The typed value of `raw`, which is a TOML value; `ValueError` when it does not fit."""
        if self.choices:
            found = [c for c in self.choices if isinstance(raw, str) and c.casefold() == raw.casefold()]
            if not found:
                raise ValueError(self.expected)
            return found[0]
        if self.base is Path and isinstance(raw, str | Path):
            return _path(raw)
        if self.base is float and type(raw) is int:
            raw = float(raw)
        if type(raw) is not self.base or (isinstance(raw, int | float) and not self._holds(raw)):
            raise ValueError(self.expected)
        return raw

    def read_text(self, text: str) -> object:
        """Like `read`, of a value that came as text: from the environment or the command line."""
        if self.base is bool:
            word = text.strip().casefold()
            return self.read(True if word in _YES else False if word in _NO else word)
        if self.base in (int, float):
            try:
                return self.read(self.base(text))
            except (ValueError, OverflowError):
                raise ValueError(self.expected) from None
        return self.read(text)

    def _holds(self, number: float) -> bool:
        if isinstance(number, float) and not math.isfinite(number):
            return False
        return self.limits is None or self.limits.low <= number <= self.limits.high


def settings_of(tree: type, prefix: str = "") -> Iterator[Setting]:
    """Every setting of a dataclass, in the order it is written; a field that is a dataclass is a section."""
    hints = get_type_hints(tree, include_extras=True)
    for field in dataclasses.fields(tree):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hint):
            assert isinstance(hint, type)
            yield from settings_of(hint, f"{prefix}{field.name}.")
        elif not any(isinstance(extra, Internal) for extra in get_args(hint)[1:]):
            yield _setting(prefix + field.name, hint)


def _setting(key: str, hint: Any) -> Setting:
    """`hint` is a type or a Literal, in any number of Annotated and Optional."""
    extras: list[object] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            extras += more
        elif get_origin(hint) in (Union, types.UnionType):
            hint = next(arm for arm in get_args(hint) if arm is not type(None))
        else:
            break
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    return Setting(
        key,
        str if choices else hint,
        choices,
        next((extra for extra in extras if isinstance(extra, Range)), None),
        any(isinstance(extra, Secret) for extra in extras),
    )


def _path(raw: str | Path) -> Path:
    if "\0" in str(raw):
        raise ValueError("a path without NUL")
    try:
        return Path(raw).expanduser()
    except RuntimeError:
        raise ValueError("a path; there is no home folder for its ~") from None
