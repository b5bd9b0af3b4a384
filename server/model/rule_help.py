"""What it means when a charger breaks a rule of the protocol, in words for people."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


def meaning_of(rule: str) -> str:
    """One or two sentences. `rule` is an id such as `MV-12`; of an unknown one the general word. Never fails."""
    return _table().get(rule, "It does something otherwise than OCPP wants it. It was understood as far as possible.")


@cache
def _table() -> dict[str, str]:
    text = resources.files("server.model").joinpath("rule_help.toml").read_text(encoding="utf-8")
    rules: dict[str, str] = tomllib.loads(text)["rules"]
    return rules
