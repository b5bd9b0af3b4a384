"""Reading and changing the configuration of a charger."""

from __future__ import annotations

import pytest

from console.dialogs.change_configuration import ChangeConfigurationDialog, unlike
from console.dialogs.get_configuration import GetConfigurationDialog
from console.dialogs.reset import ResetDialog
from server.model.command import ChangeConfiguration, CommandState, GetConfiguration
from server.model.configuration import ConfigItem
from tests.console.dialogs.recording import RecordingDepot
from tests.console.reader import Reader, console

ITEMS = (
    ConfigItem("HeartbeatInterval", "300", False),
    ConfigItem("NumberOfConnectors", "2", True),
    ConfigItem("AuthorizationKey", "geheim", False),
    ConfigItem("Vendor\x1b[2J", "[bold]x", False),
    ConfigItem("Unknown", None, False, known=False),
    *(ConfigItem(f"Key{i:02}", str(i), False) for i in range(40)),
)


async def read(c: Reader, site: RecordingDepot) -> None:
    """Open the table, the charger answers."""
    c.app.depot_view.select("CP-0002", 1)
    await c.press("c")
    site.answer(CommandState.ACCEPTED, "", ITEMS)
    await c.settle()


async def test_reading_is_sent_at_once() -> None:
    """Level 0: nothing is asked."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await read(c, site)
        assert site.sent == [("CP-0002", GetConfiguration(), "ana")]
        text = c.text()
        assert "45 keys" in text and "104 ms" in text
        assert "geheim" not in text and "\x1b" not in text


async def test_table_scrolls_and_filters() -> None:
    """G is the last key; / keeps what matches."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await read(c, site)
        await c.press("G")
        assert "Vendor␛[2J" in c.text()
        await c.press("slash", *"number")
        assert "1 of 45 keys" in c.text() and "Key00" not in c.text()
        assert "read-only" in c.line_with("NumberOfConnectors")
        await c.press("escape")
        assert "45 keys" in c.text() and isinstance(c.app.screen, GetConfigurationDialog)


async def test_some_keys_can_be_asked_for() -> None:
    """e, the names, enter."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await read(c, site)
        await c.press("e", *"Key01,Key02", "enter")
        assert site.sent[-1][1] == GetConfiguration(("Key01", "Key02"))


async def test_enter_changes_the_key_under_the_cursor() -> None:
    """Old and new value are shown, y sends the new one."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await read(c, site)
        await c.press("slash", *"heart", "enter", "enter")
        assert isinstance(c.app.screen, ChangeConfigurationDialog)
        assert "300   unchanged" in c.text()
        await c.press("ctrl+u", *"60", "enter")
        assert "300 > 60" in c.text()
        await c.press("y")
        assert site.sent[-1] == ("CP-0002", ChangeConfiguration("HeartbeatInterval", "60"), "ana")


async def test_read_only_key_is_not_changed() -> None:
    """Neither from the table nor typed."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await read(c, site)
        await c.press("slash", *"number", "enter", "enter")
        assert isinstance(c.app.screen, GetConfigurationDialog) and "is read-only" in c.text()
        await c.press("escape", "C", *"NumberOfConnectors", "enter", "y")
        assert "is read-only on this charger" in c.text() and len(site.sent) == 1


async def test_password_is_masked_and_must_be_confirmed_by_typing() -> None:
    """SEC-07, level 3."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.depot_view.select("CP-0002", 1)
        await c.press("C", *"AuthorizationKey", "tab", *"geheim", "enter", "y")
        assert "geheim" not in c.text() and "••••••" in c.text() and site.sent == []
        await c.press("ctrl+u", *"cp-0002", "enter")
        assert site.sent == [("CP-0002", ChangeConfiguration("AuthorizationKey", "geheim"), "ana")]


async def test_reboot_required_offers_the_reset() -> None:
    """The charger's own word, and one key to the next dialog, which asks again."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.depot_view.select("CP-0002", 1)
        await c.press("C", *"Key01", "tab", *"7", "enter", "y")
        site.answer(CommandState.ACCEPTED, "RebootRequired")
        await c.settle()
        assert "RebootRequired: in force after a reset. Reset now?" in c.text()
        await c.press("r")
        assert isinstance(c.app.screen, ResetDialog) and len(site.sent) == 1


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("60", "yyy", "whole number"),
        ("60", "", "whole number"),
        ("true", "60", "true or false"),
        ("60", "-1", ""),
        ("true", "FALSE", ""),
        ("a", "b", ""),
        ("", "x", ""),
    ],
)
def test_a_value_of_another_kind_is_doubted(before: str, after: str, words: str) -> None:
    """Said before it is sent; the charger has the last word."""
    assert (words in unlike(before, after)) if words else unlike(before, after) == ""
