"""Every deviation that can be noted has its words."""

from __future__ import annotations

import re
from pathlib import Path

from server.model.rule_help import meaning_of

SERVER = Path(__file__).parents[3] / "server"
_NOTED = re.compile(r'"((?:WS|SEC|RPC|BOOT|HB|SN|AUTH|TX|MV|CFG|DT|FW|RES)-\d\d)(?::[^"]*)?"')


def test_every_rule_that_is_noted_has_words_of_its_own() -> None:
    """The general word is for rules that do not exist yet."""
    noted = {
        rule
        for room in ("links", "core")
        for path in (SERVER / room).rglob("*.py")
        for rule in _NOTED.findall(path.read_text(encoding="utf-8"))
    }
    general = meaning_of("XX-99")

    assert len(noted) > 30
    assert sorted(rule for rule in noted if meaning_of(rule) == general) == []
