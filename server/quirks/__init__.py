"""Quirk profiles that ship with the product: one TOML file a vendor, read once at start. See `load`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from server.model.options import read_options
from server.model.quirk import QuirkProfile

FIELDS = {"name", "title", "why", "sources", "vendor", "model", "firmware", "rules", "options", "harmless"}


class BadProfile(ValueError):
    """A shipped file is wrong: ours to mend."""


def load() -> tuple[QuirkProfile, ...]:
    """All profiles, by name of file. A few ms."""
    folder = resources.files("server.quirks")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    found = [_profile(table, f.name) for f in files for table in tomllib.loads(f.read_text("utf-8"))["profile"]]
    names = [profile.name for profile in found]
    if len(set(names)) != len(names):
        raise BadProfile(f"names are not unique: {sorted(names)}")
    return tuple(found)


def _profile(table: Mapping[str, Any], file: str) -> QuirkProfile:
    if unknown := table.keys() - FIELDS:
        raise BadProfile(f"{file}: unknown {', '.join(sorted(unknown))}")
    return QuirkProfile(
        table["name"],
        table["title"],
        table["why"],
        tuple(table["sources"]),
        _pattern(table.get("vendor")),
        _pattern(table.get("model")),
        _pattern(table.get("firmware")),
        table.get("rules", {}),
        read_options(table.get("options", {})),
        table.get("harmless", False),
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    """Matched anywhere in the text, in any case."""
    return re.compile(text, re.IGNORECASE) if text is not None else None
