"""Screen 6, by keys."""

from __future__ import annotations

import pytest

from console.dialogs.command import CommandDialog
from server.model.command import ChangeConfiguration, Command, CommandState, Reset, Step, StepState
from tests.console.depot_fixture import DAY, NOW, DepotFixture
from tests.console.reader import console


def old_command() -> Command:
    return Command(
        7,
        "CP-0001",
        ChangeConfiguration("AuthorizationKey", "geheim"),
        "tom",
        NOW - DAY,
        CommandState.REJECTED,
        status="NotSupported",
        response={"status": "NotSupported", "configurationKey": [{"key": "AuthorizationKey", "value": "geheim"}]},
        steps=[Step("sent", StepState.DONE, NOW - DAY), Step("accepted", StepState.MISSING)],
    )


class WithHistory(DepotFixture):
    async def find_commands(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Command]:
        return [*reversed(self.commands), old_command()]


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (60, 15)])
async def test_journal_is_newest_first_with_outcome(size: tuple[int, int]) -> None:
    """Live commands, then older ones of the database; passwords hidden."""
    async with console(size, site=WithHistory()) as c:
        await c.press("6")
        await c.settle()
        lines = [line for line in c.lines() if "CP-000" in line]
        assert "Reset" in lines[0] and "accepted" in lines[0]
        assert "NotSupported" in lines[-1] and "CP-0001" in lines[-1]
        assert "geheim" not in c.text()


async def test_running_command_is_live_in_list_and_panel() -> None:
    """Its step is told while it waits; the answer is shown when it has come."""
    site = WithHistory()
    async with console(site=site) as c:
        await c.press("6")
        command = site.submit("CP-0003", Reset("Soft"), "ana")
        await c.settle()
        assert "waiting for the answer" in c.line_with(f"#{command.command_id} ")
        assert "1 under way" in c.text()
        await c.press("g", "enter")
        assert isinstance(c.app.screen, CommandDialog) and "leave, it goes on" in c.text()
        command.state, command.status, command.latency_ms = CommandState.REJECTED, "Rejected", 210
        command.response = {"status": "Rejected", "\x1b[2J": "[red]" + "long " * 60}
        command.steps[1].state = StepState.MISSING
        await c.settle()
        text = c.text()
        assert "Rejected: the charger says no" in text and text.count("long") > 50 and "\x1b" not in text
        await c.press("escape")
        assert "Rejected" in c.line_with(f"#{command.command_id} ")


async def test_answer_hides_passwords() -> None:
    """SEC-07, also in what the charger tells."""
    async with console((80, 24), site=WithHistory()) as c:
        await c.press("6")
        await c.settle()
        await c.press("G", "enter")
        assert "NotSupported" in c.text() and "***" in c.text() and "geheim" not in c.text()


async def test_long_answer_scrolls() -> None:
    """Nothing of it is out of reach."""
    site = WithHistory()
    site.commands[-1].response = {f"key{i:03}": "x" * 30 for i in range(60)}
    async with console((80, 24), site=site) as c:
        await c.press("6")
        await c.press("enter")
        assert "more lines" in c.text() and "key059" not in c.text()
        await c.press("end")
        assert "key059" in c.text()
