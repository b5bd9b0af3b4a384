"""Values as TOML, as far as scenarios need it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def document(
    top: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], steps: Sequence[Mapping[str, Any]], comment: str
) -> str:
    """A scenario file; `comment` stands in the end."""
    blocks = [_rows(top)]
    blocks += [f"[{name}]\n{_rows(rows)}" for name, rows in tables.items()]
    blocks += [f"[[step]]\n{_rows(step)}" for step in steps]
    return "\n".join(blocks) + (f"\n# {comment}\n" if comment else "")


def _rows(rows: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {value_text(value)}\n" for key, value in rows.items())


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def value_text(value: Any) -> str:
    """One value on one line. Null has no word in TOML: an empty text."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int() | float():
            return repr(value)
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {value_text(part)}" for key, part in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(value_text(part) for part in value) + "]"
    return '""'


def _text(text: str) -> str:
    """As JSON writes it, and without DEL, which TOML does not allow. Halves of a pair become question marks."""
    clean = text.encode(errors="replace").decode()
    return orjson.dumps(clean).decode().replace("\x7f", "\\u007f")
