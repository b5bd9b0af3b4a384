"""Screen 3 and its card, by keys."""

from __future__ import annotations

import asyncio

import pytest

from console.dialogs.reset import ResetDialog
from console.terminal.profile import TerminalProfile
from server.model.fault import Fault
from server.model.log import Level
from server.model.status import Severity
from tests.console.depot_fixture import DAY, MINUTE, NOW, SECOND, DepotFixture
from tests.console.reader import Reader, console


class WithHistory(DepotFixture):
    """Three faults that are over; `gate` holds the database back."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = 0

    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        self.asked += 1
        await self.gate.wait()
        vendor = self.chargers["CP-0003"].vendor
        return [
            *self.open_faults(),
            _over(1801, "CP-0003", 4, vendor, "E-113", "tom"),
            _over(1771, "CP-0003", 7, vendor, "E-113", ""),
            _over(1600, "CP-0009", 17, "", "", ""),
        ]


def _over(number: int, charger: str, days: int, vendor: str, code: str, by: str) -> Fault:
    at = NOW - days * DAY
    return Fault(
        number,
        charger,
        1,
        "GroundFailure",
        Severity.FAULT,
        at,
        at,
        vendor,
        code,
        cleared_at=at + 21 * MINUTE,
        acknowledged_by=by,
        note="RCD reset" if by else "",
    )


async def shown(c: Reader) -> None:
    """The history has come."""
    for _ in range(3):
        await c.settle()


async def test_open_faults_first_newest_first_then_history() -> None:
    """With how long, code, vendor code, info."""
    async with console((80, 24), site=WithHistory()) as c:
        await c.press("3")
        await shown(c)
        rows = [line for line in c.lines() if "CP-00" in line]
        assert [line.split("CP-")[1][:4] for line in rows] == ["0011", "0003", "0021", "0003", "0003", "0009"]
        assert " 47s " in rows[0] and " 4m " in rows[1] and "E-113" in rows[1] and "RCD trip" in rows[1]
        assert "21m" in rows[3] and "ack tom" in rows[3]


async def test_history_is_loaded_beside_the_tick() -> None:
    """A slow database delays nothing: open faults are there at once, with a calm word."""
    site = WithHistory()
    site.gate.clear()
    async with console((80, 24), site=site) as c:
        c.waits_for_history = False
        await c.press("3")
        assert "CP-0011" in c.text() and "loading the history" in c.text()
        await c.press("j")
        assert site.asked == 1
        site.gate.set()
        await shown(c)
        assert "CP-0009" in c.text() and "loading" not in c.text()


async def test_failing_database_does_not_end_the_console() -> None:
    """The open faults stay, the trouble is told."""
    site = WithHistory()

    async def fail(*arguments: object, **named: object) -> list[Fault]:
        raise OSError("disk is gone")

    site.find_faults = fail  # type: ignore[method-assign]
    async with console((80, 24), site=site) as c:
        await c.press("3")
        await shown(c)
        assert c.app.is_running and "CP-0011" in c.text() and "disk is gone" in c.text()


@pytest.mark.parametrize("size", [(120, 36), (160, 48)])
async def test_card_tells_the_whole_story(size: tuple[int, int]) -> None:
    """Meaning, danger, checks, can and cannot, history, last times, log around it."""
    site = WithHistory()
    opened = NOW - 252 * SECOND
    site.log.add(opened + 100, Level.ERROR, "CP-0003", "in", "StatusNotification", "c1 Faulted around")
    site.log.add(opened - 700_000, Level.INFO, "CP-0003", "in", "Heartbeat", "too early for it")
    async with console(size, site=site) as c:
        await c.press("3")
        await shown(c)
        await c.press("j", "enter")
        await shown(c)
        text = c.text()
        for words in (
            "GroundFailure   CP-0003 c1",
            "'RCD trip'",
            "fault 1842",
            "not acknowledged",
            "open 4m",
            "residual-current device",
            "Danger",
            "FIRST CHECKS",
            "stops tx 987 on c2",
            "connector is faulted",
            "3 times",
            "RCD reset, tom",
            "c1 Faulted around",
        ):
            assert words in text, words
        assert "too early for it" not in text


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_card_scrolls_on_a_small_terminal(size: tuple[int, int]) -> None:
    """Everything can be reached; esc goes back to the list."""
    async with console(size, site=WithHistory()) as c:
        await c.press("3")
        await shown(c)
        await c.press("j", "enter")
        await shown(c)
        seen = c.text()
        for _ in range(40):
            await c.press("j")
            seen += c.text()
        assert "GroundFailure   CP-0003 c1" in seen and "Danger" in seen and "RCD reset, tom" in seen
        await c.press("escape")
        assert "SINCE" in c.text()


async def test_acknowledge_names_the_person() -> None:
    """a, once; a fault that is over cannot be acknowledged."""
    site = WithHistory()
    async with console((80, 24), site=site) as c:
        await c.press("3", "a")
        await shown(c)
        assert site.open_faults()[0].acknowledged_by == "ana"
        assert ("ack ana" in c.line_with("CP-0011") and "2 not acknowledged" in c.text()) or "acknowledged" in c.text()
        await c.press("G", "a")
        assert "only an open fault" in c.text()


async def test_read_only_terminal_acknowledges_nothing() -> None:
    """It may look, not touch."""
    site = WithHistory()
    async with console((80, 24), site=site, read_only=True) as c:
        await c.press("3", "a")
        assert not site.open_faults()[0].acknowledged_by and "read-only" in c.text()


async def test_operations_go_to_the_charger_of_the_fault() -> None:
    """r opens its reset; a blocked one says why."""
    async with console((80, 24), site=WithHistory()) as c:
        await c.press("3", "j", "s")
        assert "CP-0003: connector is faulted" in c.text()
        await c.press("r")
        assert isinstance(c.app.screen, ResetDialog) and "CP-0003" in c.text()


async def test_cursor_stays_on_its_fault_when_another_opens() -> None:
    """By identity, not by place."""
    site = WithHistory()
    async with console((80, 24), site=site) as c:
        await c.press("3", "j")
        connector = site.chargers["CP-0002"].connectors[1]
        connector.fault = Fault(3000, "CP-0002", 1, "WeakSignal", Severity.FAULT, NOW, NOW)
        await shown(c)
        assert "CP-0002" in c.text() and c.line_with("GroundFailure").startswith("▌")


async def test_hostile_fault_is_painted_safely_in_ascii() -> None:
    """List and card."""
    site = WithHistory()
    fault = site.open_faults()[0]
    fault.info = fault.vendor_error_code = fault.error_code = fault.vendor_id = "\x1b[2J[red]é\u202e"
    async with console((80, 24), TerminalProfile(colours="16", ascii=True), site) as c:
        await c.press("3")
        await shown(c)
        listed = c.text()
        await c.press("enter")
        await shown(c)
        for text in (listed, c.text()):
            text = text.replace("\n", "")
            assert max(map(ord, text)) < 127 and min(map(ord, text)) >= 32 and "[2J[red]" in text
