"""Screen 7, and what the other screens say of those who knock."""

from __future__ import annotations

import pytest

from server.model.connection import Cause, Doors, fix_for
from tests.console.depot_fixture import NOW, SECOND, DepotFixture
from tests.console.reader import console

DOORS = Doors("ws://10.0.0.5:9220")


class Knocked(DepotFixture):
    """CP-0006 is offline: its password is wrong. Somebody speaks TLS. A browser, a port scan, and one that is in."""

    def __init__(self) -> None:
        super().__init__()
        self.fails(-40, Cause.TCP_PROBE, "", "connected and sent nothing")
        self.fails(-30, Cause.TLS_ON_PLAIN, "", "TLS hello on the plain port", "10.0.0.77:40000")
        for i in range(7):
            self.fails(-20 + i, Cause.WRONG_PASSWORD, "CP-0006", "wrong password (8 bytes)", "10.0.0.6:5000")
        self.core.doctor.connected(NOW - 5 * SECOND, "10.0.0.3:5000", "CP-0003", 1)
        self.fails(-2, Cause.PLAIN_HTTP, "", "plain HTTP, as a browser sends it")

    def fails(self, at_s: int, cause: Cause, charger_id: str, seen: str, peer: str = "10.0.0.9:5000") -> None:
        fix = fix_for(cause, charger_id, DOORS, seen)
        self.core.doctor.failed(NOW + at_s * SECOND, peer, charger_id, cause, seen, fix)


@pytest.mark.parametrize(("size", "tab"), [((80, 24), "7 Link 2"), ((160, 48), "7 Connections 2")])
async def test_first_screen_tells_that_somebody_knocks(size: tuple[int, int], tab: str) -> None:
    """Beside the key that tells more; where there is room also in the header; nothing when nobody does."""
    async with console(size, site=Knocked()) as c:
        assert tab in c.lines()[1]
        assert "2 refused (7)" in c.lines()[0] or size[0] == 80
    async with console(size) as c:
        assert tab not in c.lines()[1] and "refused" not in c.lines()[0]


async def test_a_takeover_is_not_counted_as_refused() -> None:
    """Neither in the header nor at the tab; the list still says what is to repair."""
    site = DepotFixture()
    fix = fix_for(Cause.TAKEN_OVER, "CP-0003", DOORS, "the link was replaced")
    site.core.doctor.noticed(NOW, "10.0.0.3:5000", "CP-0003", Cause.TAKEN_OVER, "the link was replaced", fix)
    async with console((160, 48), site=site) as c:
        assert "refused" not in c.lines()[0] and "7 Connections 1" not in c.lines()[1]
        await c.press("7")
        assert "1 to repair" in c.text()


async def test_offline_charger_that_knocks_says_why_it_is_not_let_in() -> None:
    """On the message line, where it said only that it is offline."""
    async with console((80, 24), site=Knocked()) as c:
        c.app.depot_view.select("CP-0006")
        await c.settle()
        assert "CP-0006 c1: refused 14s ago, password wrong: 7 says what to do" in c.text()


async def test_what_is_to_repair_stands_on_top_and_says_what_to_do() -> None:
    """At 80x24, without a key: cause, who, from where, how often, and the whole sentence with its command."""
    async with console((80, 24), site=Knocked()) as c:
        await c.press("7")
        lines = c.lines()
        causes = ("password wrong", "tls on plain port", "plain http", "connected", "tcp probe")
        order = [next(i for i, line in enumerate(lines) if words in line) for words in causes]
        assert order == sorted(order)
        text = c.text()
        assert "CP-0006   10.0.0.6   7 times since" in text
        assert "ocpp-console chargers set-password CP-0006 --generate" in text
        assert "wrong password (8 bytes)" in text and "2 to repair" in text
        marked = [line for line in lines[2:] if line[:3].strip("▌│> ").startswith("!")]
        assert len(marked) == 2, "a mark is a thing to repair: no scan, no browser"
        await c.press("j")
        assert "ws://10.0.0.5:9220/CHARGER-ID" in c.text() and "(ws, not wss)" in c.text()


async def test_card_and_back() -> None:
    """Enter: everything about one; esc: the list."""
    async with console((80, 24), site=Knocked()) as c:
        await c.press("7", "enter")
        text = c.text()
        assert "WHAT TO DO" in text and "10.0.0.6:5000" in text and "tls on plain port" not in text
        await c.press("j")
        assert "tls on plain port" in c.text()
        assert "enter list  esc close" in c.lines()[-1]
        await c.press("escape")
        assert "tcp probe" in c.text() and "COUNT" in c.text()


@pytest.mark.parametrize("size", [(60, 15), (60, 24), (100, 19), (200, 60)])
async def test_fits_every_terminal(size: tuple[int, int]) -> None:
    """The list is there, and the sentence one key away at most."""
    async with console(size, site=Knocked()) as c:
        await c.press("7")
        assert "CP-0006" in c.text() and "password wrong" in c.text()
        await c.press("enter")
        assert "set-password CP-0006 --generate" in c.text()


async def test_what_strangers_say_of_themselves_is_only_text() -> None:
    """T10: escapes and markup from the wire are painted as what they are."""
    site = Knocked()
    site.fails(-1, Cause.SUBPROTOCOL, "[red]x[/]", "it offers only '\x1b]0;owned\x07[/]'")
    async with console((80, 24), site=site) as c:
        await c.press("7")
        assert "[red]x[/]" in c.text() and "\x1b" not in c.text() and "owned" in c.text()


async def test_list_follows_what_happens() -> None:
    """A charger that gets in leaves the top; the next knock is there at the next tick."""
    site = Knocked()
    async with console((80, 24), site=site) as c:
        await c.press("7")
        charger = site.chargers["CP-0006"]
        charger.online, charger.online_at = True, NOW
        await c.settle()
        await c.settle()
        assert "1 to repair" in c.text()
        site.fails(0, Cause.NO_ID, "", "no id", "10.0.0.66:1")
        await c.settle()
        await c.settle()  # a list that has just moved rests for one tick
        assert "2 to repair" in c.text() and "no charger id" in c.text()
