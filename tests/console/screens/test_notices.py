"""Screen 8 and the pages of the details: what chargers told, what they do otherwise, and the quirks that fit."""

from __future__ import annotations

import pytest

from console.terminal.profile import TerminalProfile
from console.view.notices import NoticeKind, notices_of
from console.view.told import Told
from server.model.event import EventKind
from server.model.job import JobKind
from server.model.observation import JobReported
from server.model.security_event import SecurityEvent
from tests.console.depot_fixture import MINUTE, NOW, DepotFixture
from tests.console.reader import Reader, console

SIZES = [(160, 48), (120, 36), (80, 24), (60, 15)]


def with_quirk() -> DepotFixture:
    """CP-0002 is one of those that reject stack levels: a suggested profile with one option."""
    site = DepotFixture()
    charger = site.chargers["CP-0002"]
    charger.vendor, charger.model, charger.firmware = "ABB", "Terra AC", "1.8.32"
    site.core.peculiar.judge(charger, NOW)
    return site


async def details(c: Reader, pages: int) -> str:
    """The page of the details that so many tabs lead to, as text."""
    await c.press("d", *["tab"] * pages)
    await c.settle()
    return c.text()


async def test_deviations_of_the_selection_are_explained() -> None:
    """Rule, place, meaning, count, first, last and the newest frame that showed it."""
    async with console() as c:
        await c.press("j", "j")
        text = await details(c, 1)
        for words in (
            "SN-11 Available to Finishing",
            "MV-05 nan",
            "1880x",
            "A reading is no plain number",
            "1880 times since 11-02 10:42, last 10:41:53",
            '"value":"nan"',
        ):
            assert words in text, words


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_a_quirk_is_applied_and_taken_back_by_one_key(size: tuple[int, int]) -> None:
    """`Q`: the option holds, the page and the message line say so; `Q` again: all as usual."""
    site = with_quirk()
    async with console(size, site=site) as c:
        await c.press("j")
        assert "Q apply quirk" in c.lines()[-1]
        assert "suggested" in await details(c, 2) and "stack_level_zero = yes" in c.text()
        await c.press("Q")
        assert site.chargers["CP-0002"].options.stack_level_zero
        assert "abb-stack-level applied" in c.text() and "set here" in c.text()
        assert "apply quirk" not in c.lines()[-1]
        await c.press("Q")
        assert not site.chargers["CP-0002"].options.stack_level_zero
        assert not site.chargers["CP-0002"].own_options and "suggested" in c.text()


async def test_with_several_quirks_a_dialog_asks_which() -> None:
    """Enter toggles the one that is chosen, escape none."""
    site = with_quirk()
    charger = site.chargers["CP-0002"]
    for _ in range(3):
        site.core.peculiar.note(charger, NOW, "WS-21", "no Connection header", "")
    others = [p for p in site.core.peculiar._profiles if p.options and p.name != "abb-stack-level"]
    charger.quirks = (*charger.quirks, type(charger.quirks[0])(others[0], "test", False))
    async with console(site=site) as c:
        await c.press("j", "Q")
        assert "Quirks  CP-0002" in c.text() and "abb-stack-level" in c.text() and others[0].name in c.text()
        await c.press("escape")
        assert not charger.options.stack_level_zero
        await c.press("Q", "enter")
        assert charger.options.stack_level_zero


async def test_a_read_only_terminal_applies_nothing() -> None:
    """The key is dim, and says why."""
    site = with_quirk()
    async with console(site=site, read_only=True) as c:
        await c.press("j", "Q")
        assert not site.chargers["CP-0002"].options.stack_level_zero and "read-only" in c.text()


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((160, 48), (60, 15)))]
)
async def test_rows_say_which_profile_and_what_was_noticed(size: tuple[int, int]) -> None:
    """Two profiles of one vendor have two names; a rule is told in words; the key says what it would do."""
    site = with_quirk()
    async with console(size, site=site) as c:
        await c.press("8", "slash", *"MV-05", "enter")
        assert "MV-05 nan" in c.text() and "A reading" in c.line_with("CP-0003")
        await c.press("escape", "slash", *"abb-stack", "enter")
        assert "abb-stack-level" in c.line_with("CP-0002")
        assert "Q apply quirk" in c.text()
        await c.press("Q")
        assert "Q take back" in c.text() and "Q apply quirk" not in c.text()
        await c.press("Q")
        assert "Q apply quirk" in c.text() and not site.chargers["CP-0002"].options.stack_level_zero


async def test_jobs_security_and_plans_have_their_pages() -> None:
    """State, since when, file and steps; events with their meaning; profiles in amperes."""
    async with console((80, 24)) as c:
        await c.press("j", "j")
        text = await details(c, 3)
        assert "diagnostics 40" in text and "Uploaded" in text and "terra-4471-03.zip" in text and "10:12:07" in text
        await c.press("tab")
        assert "StartupOfTheDevice" in c.text() and "critical" in c.text()
        await c.press("escape", *"jjjjjjjjjjjjj")
        await c.press("d", "tab")
        text = c.text()
        assert "TxDefaultProfile, level 1, daily" in text and "16 A, after 6:00 32 A, for 8:00" in text
        assert "32 A on 3 phases" in text


async def test_beside_the_list_one_line_tells_what_is_noticed() -> None:
    """And tab leads there, without leaving the list."""
    async with console() as c:
        await c.press("j", "j")
        assert "3 deviations" in c.line_with("tab  ")
        await c.press("tab")
        assert "MV-05 nan" in c.text() and "CP-0007" in c.text() and "d shows the rest" in c.text()
        await c.press("shift+tab")
        assert "GroundFailure" in c.text()


@pytest.mark.parametrize("size", SIZES)
async def test_all_notices_are_listed_the_critical_first(size: tuple[int, int]) -> None:
    """Security, jobs, quirks, plans, deviations; tab shows one kind alone."""
    async with console(size, site=with_quirk()) as c:
        await c.press("8")
        assert "TamperDetectionActivated" in c.text()
        assert c.line_with("TamperDetectionActivated").strip().startswith("▌ !")
        await c.press("tab", "tab")
        assert "firmware 41" in c.text() and "Tamper" not in c.text()
        await c.press("tab")
        assert "abb-stack-level" in c.text() and "suggest" in c.text()


async def test_a_kind_without_rows_is_named() -> None:
    """At 80 columns nothing else says which kind is shown."""
    site = DepotFixture()
    for charger in site.chargers.values():
        charger.quirks = ()
    async with console((80, 24), site=site) as c:
        await c.press("8", "tab")
        for kind, empty in (("security event", False), ("job", False), ("quirk", True)):
            foot = c.lines()[-2]
            assert kind in foot and "noticed" not in foot
            assert (f"no {kind}s" in c.text()) == empty and (f" 0 {kind}s" in foot) == empty
            assert "nothing was noticed" not in c.text()
            await c.press("tab")


async def test_the_foot_promises_only_what_the_key_does() -> None:
    """`Q` applies where the cursor is on a suggested one; elsewhere the count stands alone."""
    async with console((80, 24), site=with_quirk()) as c:
        await c.press("8", "slash", *"abb-stack", "enter")
        screen = c.app.console_screen
        assert screen is not None and ("2 quirks to apply: Q", "amber") in screen.message()
        await c.press("Q")
        assert ("1 quirk to apply", "amber") in screen.message()
        await c.press("j")
        assert ("1 quirk to apply: Q", "amber") in screen.message()


async def test_first_of_a_quirk_is_when_it_was_seen() -> None:
    """What was broken says since when; a name on a label does not, and a boot is no beginning of anything."""
    site = with_quirk()
    site.chargers["CP-0002"].booted_at = NOW - MINUTE
    charger = site.chargers["CP-0004"]
    for n in range(4):
        site.core.peculiar.note(charger, NOW - (10 - n) * MINUTE, "RPC-06", "no list", "{}")
    charger.booted_at = NOW - MINUTE
    times = {(n.charger_id, n.first_at, n.last_at) for n in notices_of(site, Told(), NoticeKind.QUIRK)}
    assert ("CP-0002", 0, 0) in times
    assert ("CP-0004", NOW - 10 * MINUTE, NOW - 7 * MINUTE) in times
    async with console(site=site) as c:
        await c.press("8", "tab", "tab", "tab")
        assert "10:32:07" in c.line_with("CP-0004")
        assert ":" not in c.line_with("CP-0002").split("CP-0002")[0]


async def test_a_quirk_is_applied_from_the_list() -> None:
    """The row keeps its place, its state changes."""
    site = with_quirk()
    async with console(site=site) as c:
        await c.press("8", "tab", "tab", "tab", "slash", *"stack", "enter", "Q")
        assert site.chargers["CP-0002"].options.stack_level_zero
        assert "applied" in c.line_with("abb-stack-level")


async def test_the_card_has_the_whole_frame_and_leads_to_the_charger() -> None:
    """Enter, enter."""
    async with console((80, 24)) as c:
        await c.press("8", "slash", *"empty", "enter", "enter")
        await c.settle()
        assert "MV-12 empty value" in c.text() and '"transactionId":,' in c.text().replace("\n", "")
        await c.press("enter")
        assert c.app.console_screen is not None and c.app.console_screen.NAME == "chargers"
        assert c.app.depot_view.rows.cursor == "CP-0024"


async def test_a_critical_event_is_an_alert_until_somebody_has_looked() -> None:
    """SEC-13: the tab counts it, the faults name it; after a look at screen 8 both are quiet."""
    async with console() as c:
        event = SecurityEvent("CP-0001", NOW, "MemoryExhaustion")
        c.site.core.bus.emit(EventKind.SECURITY_EVENT, NOW, "CP-0001", event)
        await c.settle()
        assert "8 Notices 2" in c.lines()[1]
        await c.press("3")
        assert "8: MemoryExhaustion" in c.text()
        await c.press("8")
        assert "MemoryExhaustion" in c.text()
        await c.press("1")
        assert "8 Notices  " in c.lines()[1]


async def test_a_job_goes_on_while_it_is_watched_and_no_row_moves() -> None:
    """FW-01: the state changes in its row; the cursor stays where it is."""
    async with console() as c:
        await c.press("8", "j", "j", "j")
        before = [line[30:60] for line in c.lines()[5:20]]
        c.site.core.jobs.reported(JobReported("CP-0018", NOW, JobKind.FIRMWARE, "Downloaded", None))
        await c.settle()
        await c.settle()
        assert "Downloaded" in c.line_with("firmware 41")
        assert [line[30:60] for line in c.lines()[5:20]] == before


async def test_a_job_without_news_says_what_to_ask_for() -> None:
    """FW-03."""
    async with console() as c:
        c.site.tick(40 * MINUTE)
        await c.press("8", "slash", *"firmware", "enter")
        assert "no news for 43m: t, FirmwareStatusNotification" in c.line_with("firmware 41")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", ["none", pytest.param("16", marks=pytest.mark.slow)])
async def test_every_page_is_painted_in_ascii_and_to_the_edge(size: tuple[int, int], colours: str) -> None:
    """No code point above 126, no line too long, with hostile words in it."""
    site = with_quirk()
    charger = site.chargers["CP-0001"]
    site.core.peculiar.note(charger, NOW, "MV-05", "\x1b[2Jé", "\x1b]0;x\x07[red]\u202e" * 9)
    site.core.bus.emit(EventKind.SECURITY_EVENT, NOW, "CP-0001", SecurityEvent("CP-0001", NOW, "\x1b[1mé", "\x9b2J"))
    profile = TerminalProfile(colours="none" if colours == "none" else "16", ascii=True)
    async with console(size, profile, site) as c:
        c.site.core.bus.emit(
            EventKind.SECURITY_EVENT, NOW + 1, "CP-0001", SecurityEvent("CP-0001", NOW + 1, "\x1b[1mé", "\x9b2J")
        )
        for keys in (("d",), *[("tab",)] * 5, ("8",), ("enter",), ("tab",)):
            await c.press(*keys)
            assert all(" " <= ch <= "~" for line in c.lines() for ch in line)
            assert [len(line) for line in c.lines()] == [size[0]] * size[1]
