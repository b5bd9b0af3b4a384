"""Screen 4, by keys."""

from __future__ import annotations

from console.dialogs.stop import StopDialog
from server.model.status import TagStatus, TransactionState
from server.model.transaction import Transaction
from tests.console.depot_fixture import HOUR, NOW, DepotFixture
from tests.console.reader import console


class WithHistory(DepotFixture):
    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        ended = Transaction(900, "CP-0008", 1, "AA01BB", TagStatus.ACCEPTED, NOW - 2 * HOUR, NOW - 2 * HOUR, 0)
        ended.state, ended.stopped_at, ended.energy_wh = TransactionState.COMPLETED, NOW - HOUR, 17_900
        ended.stop_reason = "EVDisconnected"
        orphan = Transaction(899, "CP-0005", 0, "", TagStatus.ACCEPTED, NOW - 26 * HOUR, NOW - 26 * HOUR, 0)
        orphan.state, orphan.stopped_at = TransactionState.ORPHANED, NOW - 26 * HOUR
        orphan.estimated = "its start was never reported"
        live = self.chargers["CP-0003"].connectors[2].transaction
        assert live is not None
        return [live, ended, orphan]


async def test_live_sessions_first_then_history() -> None:
    """With energy and power of now; each session once."""
    async with console(site=WithHistory()) as c:
        await c.press("4")
        await c.settle()
        text = c.text()
        assert text.count(" 987 ") == 1
        assert text.index(" 987 ") < text.index(" 900 ") < text.index(" 899 ")
        live, ended = c.line_with(" 987 "), c.line_with(" 900 ")
        assert "6.2" in live and "11.0" in live and "charging" in live
        assert "17.9" in ended and "1h00" in ended and "EVDisconnected" in ended and "completed" in ended
        assert "its start was never reported" in c.line_with(" 899 ")


async def test_numbers_follow_the_meter() -> None:
    """The live view reads the model, not the database."""
    site = WithHistory()
    async with console((80, 24), site=site) as c:
        await c.press("4")
        connector = site.chargers["CP-0003"].connectors[2]
        assert connector.transaction is not None
        connector.transaction.energy_wh, connector.power_w = 7_777, 9_900
        await c.settle()
        line = c.line_with(" 987 ")
        assert "7.8" in line and "9.9" in line


async def test_stop_goes_to_the_session_under_the_cursor() -> None:
    """x opens its dialog; an ended session says that it has ended."""
    async with console((80, 24), site=WithHistory()) as c:
        await c.press("4", "slash", *"987", "enter", "x")
        assert isinstance(c.app.screen, StopDialog) and "Ends transaction 987" in c.text()
        await c.press("escape", "slash", "ctrl+u", *"tx900 !x", "enter")
        await c.press("escape", "slash", *"evdisconnected", "enter", "x")
        assert "tx 900: this session has ended" in c.text()


async def test_enter_goes_to_the_charger() -> None:
    """Cursor on its connector."""
    async with console(site=WithHistory()) as c:
        await c.press("4", "slash", *"987", "enter", "enter")
        await c.settle()
        assert c.app.console_screen is not None and c.app.console_screen.NAME == "chargers"
        assert c.app.depot_view.rows.cursor == "CP-0003" and c.app.depot_view.connector_id == 2
