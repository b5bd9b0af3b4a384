"""Screen 5, by keys."""

from __future__ import annotations

from console.present.safe import safe
from console.terminal.profile import TerminalProfile
from server.model.log import Frame, FrameQuery, Level
from tests.console.depot_fixture import NOW, DepotFixture
from tests.console.reader import Reader, console


def talk(site: DepotFixture, count: int, charger: str = "CP-0001", level: Level = Level.INFO) -> None:
    for i in range(count):
        site.log.add(NOW, level, charger, "in", "MeterValues", "sample %d", (i,))


def body(c: Reader) -> list[str]:
    """The lines of the log, without its rule."""
    lines = c.lines()
    top = next(i for i, line in enumerate(lines) if "log  " in line and ("following" in line or "paused" in line))
    return lines[top + 1 : -2]


async def test_following_brings_new_lines_to_the_bottom() -> None:
    """The newest is the last one."""
    site = DepotFixture()
    async with console((80, 24), site=site) as c:
        await c.press("5")
        talk(site, 100)
        await c.settle()
        assert "sample 99" in body(c)[-1]
        assert "following  0 new" in c.text()


async def test_one_line_is_no_lines() -> None:
    """The message line counts as people do."""
    site = DepotFixture()
    async with console((80, 24), site=site) as c:
        talk(site, 1)
        await c.press("5", "slash", *"sample", "enter")
        assert c.lines()[-2].strip() == "1 line"
        talk(site, 1)
        await c.settle()
        assert c.lines()[-2].strip() == "2 lines"


async def test_paused_does_not_move_while_lines_arrive() -> None:
    """One step up and the picture stands; the badge counts; G follows again."""
    site = DepotFixture()
    async with console((80, 24), site=site) as c:
        await c.press("5")
        talk(site, 100)
        await c.settle()
        await c.press("k")
        before = body(c)
        for _ in range(5):
            talk(site, 30)
            await c.settle()
            assert body(c) == before
        assert "paused  +150 new" in c.text()
        await c.press("G")
        assert "sample 29" in body(c)[-1] and "following  0 new" in c.text()


async def test_paused_stands_until_the_ring_has_turned_over() -> None:
    """10,000 lines and more later the same lines are still there."""
    site = DepotFixture()
    async with console((80, 24), site=site) as c:
        await c.press("5")
        talk(site, 100)
        await c.settle()
        await c.press("k")
        before = body(c)
        for _ in range(6):
            talk(site, 4_000)
            await c.settle()
        assert body(c) == before
        await c.press("f")
        assert "sample 3999" in body(c)[-1]


async def test_level_direction_filter_and_charger_restrict() -> None:
    """v, i, /, and l of a charger; esc takes back."""
    async with console((80, 24)) as c:
        await c.press("5", "v")
        assert "WARN+" in c.text() and "Heartbeat" not in c.text() and "CP-0011" in c.text()
        await c.press("v", "v", "v")
        assert "INFO+" in c.text()
        await c.press("i", "i")
        assert "← Reset" in c.text() and "Heartbeat" not in c.text()
        await c.press("i", "slash", *"faulted !cp-0011", "enter")
        assert "CP-0003" in c.line_with("GroundFailure") and "HighTemperature" not in "\n".join(body(c))
        await c.press("escape")
        c.app.show_log_of("CP-0003")
        await c.settle()
        assert "log  CP-0003" in c.text() and "CP-0011" not in c.text()
        await c.press("escape")
        assert "all chargers" in c.text()


async def test_ring_overrun_is_told() -> None:
    """What nobody could see is counted, not hidden."""
    site = DepotFixture()
    async with console(site=site) as c:
        await c.press("5")
        talk(site, 10_250)
        await c.settle()
        assert "250 dropped" in c.text()


async def test_enter_shows_the_whole_line_and_its_frame() -> None:
    """The raw frame, byte for byte but safe."""
    site = DepotFixture()
    raw = '[2,"7","BootNotification",{"vendor":"' + "x" * 200 + '\x1b[2J"}]'

    async def find_frames(wanted: FrameQuery) -> list[tuple[int, Frame]]:
        return [(1, Frame(NOW, 1, "CP-0001", "in", "BootNotification", "7", raw, "BOOT-03"))]

    site.find_frames = find_frames  # type: ignore[method-assign]
    site.log.add(NOW, Level.INFO, "CP-0001", "in", "BootNotification", "%s", ("word " * 40,))
    async with console((80, 24), site=site) as c:
        await c.press("5", "k", "j", "enter")
        await c.settle()
        text = c.text()
        assert text.count("word") >= 39 and "from the charger" in text and "BOOT-03" in text
        assert text.count("x") >= 200 and "\x1b" not in text and safe("\x1b") in text
        await c.press("escape")
        assert c.app.console_screen is not None


async def test_a_line_without_text_says_so() -> None:
    """A heartbeat has none: no label stands alone."""
    async with console((80, 24)) as c:
        c.site.log.add(NOW, Level.INFO, "CP-0001", "in", "Heartbeat", "", ())
        await c.settle()
        await c.press("5", "k", "j", "enter")
        assert c.line_with("   text ").split() == ["text", "-"]


async def test_the_frame_of_an_old_line_is_found_behind_many_newer_ones() -> None:
    """A busy charger has sent hundreds since: the question is bounded at both ends."""
    site = DepotFixture()
    frames = [(n, Frame(NOW + n * 1_000, 1, "CP-0001", "in", "Heartbeat", str(n), f"beat {n}", "")) for n in range(300)]

    async def find_frames(wanted: FrameQuery) -> list[tuple[int, Frame]]:
        assert wanted.since is not None and wanted.until is not None
        return [(n, f) for n, f in reversed(frames) if wanted.since <= f.at <= wanted.until][: wanted.limit]

    site.find_frames = find_frames  # type: ignore[method-assign]
    site.log.add(NOW, Level.INFO, "CP-0001", "in", "Heartbeat", "%s", ("long ago",))
    async with console((80, 24), site=site) as c:
        await c.press("5", "k", "j", "enter")
        await c.settle()
        assert "beat 0" in c.text()


async def test_hostile_lines_are_painted_safely_in_ascii() -> None:
    """No escape, no markup, nothing above 126."""
    site = DepotFixture()
    site.log.add(NOW, Level.ERROR, "CP\x1b[31m", "in", "[bold]X[/]", "%s", ("\x9b2J é 語 \u202e[red]",))
    profile = TerminalProfile(colours="none", ascii=True)
    async with console((80, 24), profile, site) as c:
        await c.press("5")
        text = c.text().replace("\n", "")
        assert "[bold]X[/]" in text and max(map(ord, text)) < 127 and min(map(ord, text)) >= 32


async def test_wide_characters_keep_the_columns() -> None:
    """Every line has exactly the width of the terminal."""
    site = DepotFixture()
    site.log.add(NOW, Level.INFO, "充電器一号機第二群", "in", "語" * 30, "語" * 100)
    async with console((80, 24), site=site) as c:
        await c.press("5", "k")
        assert {strip.cell_length for strip in c.app.screen._compositor.render_strips()} == {80}
