"""The interactive screen by its keys: menus, forms, what is refused, and that it fits every terminal."""

from __future__ import annotations

import pytest
from textual.events import Key

from simulator.controls import CONTROLS, Group
from simulator.screen.form import Form
from simulator.screen.look import Look
from simulator.words import ERROR_CODES
from tests.simulator.csms import Csms
from tests.simulator.screen.sight import SMALL, TINY, doing, sight, to

PLUG_IN = doing("plug-in")
START = (*PLUG_IN, *doing("start"))


async def test_the_screen_opens_with_id_address_line_and_connectors(central: Csms) -> None:
    """Rows 147, 148, 150: booted, accepted, two free connectors with their icons."""
    async with sight(central) as screen:
        assert "CP001" in screen.lines[0] and central.url in screen.lines[0]
        assert "○ Available" in screen.row(1) and "○ Available" in screen.row(2)
        assert len(central.of("BootNotification")) == 1


async def test_the_menu_has_everything(central: Csms) -> None:
    """Row 151: status, the groups of controls, scenarios, statistics, events, exit; each group has its controls."""
    async with sight(central) as screen:
        for label in ("Status", *Group, "Run scenario", "Statistics", "Monitor events", "Exit"):
            assert label in screen.text
        for number, group in enumerate(Group, 2):
            await screen.press(str(number))
            for control in CONTROLS.values():
                assert control.group is not group or control.label[:26] in screen.text, control.label
            await screen.press("escape")


async def test_escape_of_a_terminal_leaves_a_form(central: Csms) -> None:
    """A terminal tells it as the character ESC, which is no text for a field and no choice."""
    async with sight(central) as screen:
        await screen.press(*to("pull"))
        assert isinstance(screen.desk.page, Form)
        screen.app.post_message(Key("escape", "\x1b"))
        await screen.pilot.pause()
        assert not isinstance(screen.desk.page, Form)


async def test_a_session_by_keys(central: Csms) -> None:
    """Rows 152 to 155: plug in, start with the default tag at 7.2 kW, stop; the CSMS hears it, the list shows it."""
    async with sight(central) as screen:
        await screen.press(*PLUG_IN)
        assert "◔ Preparing" in screen.row(1) and screen.message == "Cable plugged in at connector 1."
        await screen.press(*doing("start"))
        await screen.until(lambda: "101" in screen.row(1))
        assert "● Charging" in screen.row(1) and "7.2 kW" in screen.row(1) and "A1B2C3" in screen.row(1)
        await screen.press(*doing("stop"))
        assert "◕ Finishing" in screen.row(1) and "kW" not in screen.row(1)
        await central.until(lambda: central.of("StopTransaction"))
        assert central.statuses(1)[:4] == ["Available", "Preparing", "Charging", "Finishing"]


#: What was done before, what is tried then, and the sentence that refuses it.
REFUSED = {
    "cable twice": (PLUG_IN, "plug-in", "A cable is plugged in already."),
    "no cable to take out": ((), "plug-out", "No cable is plugged in."),
    "unplug while charging": (START, "plug-out", "A transaction is running and the plug is locked"),
    "start without a cable": ((), "start", "No cable is plugged in: plug in first."),
    "start twice": (START, "start", "A transaction is running: stop it first."),
    "stop nothing": ((), "stop", "No transaction is running."),
    "start on a fault": ((*PLUG_IN, *doing("fault", "down", "g")), "start", "faulted: clear the fault first"),
    "start out of service": ((*PLUG_IN, *doing("set", "down", "u")), "start", "make it available first"),
    "repair nothing": ((), "clear-fault", "Nothing is wrong there."),
}


@pytest.mark.parametrize(("before", "control", "sentence"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_done_is_refused_with_a_sentence(
    central: Csms, before: tuple[str, ...], control: str, sentence: str
) -> None:
    """Rows 152 to 156, 165, 175: the sentence stands under the page, and the form stays open."""
    async with sight(central) as screen:
        await screen.press(*before)
        await screen.press(*to(control), "enter")
        assert sentence in screen.message, screen.text
        assert "enter do it" in screen.lines[-1]


async def test_a_connector_can_be_taken_out_of_service(central: Csms) -> None:
    """Row 156: unavailable, and no start there; available again."""
    async with sight(central) as screen:
        await screen.press("right", *doing("set", "down", "u"))
        assert "× Unavailable" in screen.row(2)
        await screen.press(*doing("set", "down", "a"))
        assert "○ Available" in screen.row(2)
        await central.until(lambda: central.statuses(2)[-2:] == ["Unavailable", "Available"])


@pytest.mark.slow
async def test_all_sixteen_error_codes_with_vendor_code_and_info(central: Csms) -> None:
    """Rows 151.4 and 170: every code can be chosen, the vendor's words are typed and arrive as they are."""
    async with sight(central) as screen:
        await screen.press(*to("fault"), "down")
        offered = set()
        for _ in range(16):
            offered.add(screen.desk.page.values["code"])  # type: ignore[attr-defined]  # the form
            await screen.press("right")
        assert offered == {*ERROR_CODES, "NoError"}
        await screen.press("g", "down")
        await screen.type("ABB")
        await screen.press("down")
        await screen.type("E-113")
        await screen.press("down")
        await screen.type("RCD trip")
        await screen.press("enter")
        assert "▲ Faulted" in screen.row(1) and "GroundFailure ABB E-113 RCD trip" in screen.row(1)
        await central.until(lambda: central.status(1) == "Faulted")
        told = central.of("StatusNotification")[-1]
        assert (told["vendorId"], told["vendorErrorCode"], told["info"]) == ("ABB", "E-113", "RCD trip")


async def test_the_status_of_one_connector_in_detail(central: Csms) -> None:
    """Row 157: id, status, cable, error code, transaction, power, energy, tag, last change."""
    async with sight(central) as screen:
        await screen.press(*START, "1")
        await screen.until(lambda: "101" in screen.row(1))
        for label in ("Connector", "Status", "Cable", "Error code", "Transaction", "Power", "Energy", "Id tag", "Last"):
            assert label in screen.text
        assert "plugged in" in screen.text and "7.2 of 7.2 kW" in screen.text and "NoError" in screen.text
        await screen.press("right")
        assert "not plugged in" in screen.text


async def test_statistics_and_events_count_and_show_the_frames(central: Csms) -> None:
    """Rows 172 to 174: calls are counted; the monitor shows frames both ways, raw on demand, and events alone."""
    async with sight(central, (120, 30)) as screen:
        await screen.until(lambda: screen.station.counters.answered == 4)
        await screen.press("7")
        assert any("Calls sent" in line and " 4 " in f"{line} " for line in screen.lines)
        await screen.press("escape", "8")
        assert "→ BootNotification" in screen.text and "← BootNotification ok Accepted" in screen.text
        await screen.press("r")
        assert '"chargePointVendor":"Simulator"' in screen.text
        await screen.press("f")
        assert "BootNotification" not in screen.text and "accepted by the CSMS" in screen.text


async def test_events_are_held_still_while_somebody_reads(central: Csms) -> None:
    """Going up stops the list; what comes meanwhile does not move it, `end` follows again."""
    async with sight(central, TINY) as screen:
        await screen.until(lambda: screen.station.counters.answered == 4)
        await screen.press("8", "up")
        held = screen.lines[6:-2]
        screen.station.plug_in(1)
        await central.until(lambda: central.status(1) == "Preparing")
        screen.app._picture.update()
        await screen.pilot.pause()
        assert screen.lines[6:-2] == held
        await screen.press("end")
        assert "Preparing" in "\n".join(screen.lines[6:-2])


async def test_a_scenario_runs_on_this_charge_point(central: Csms) -> None:
    """Row 171: chosen from the list, each step is told, the end too; going back stops one that runs."""
    async with sight(central, tempo=50.0) as screen:
        await screen.press("6")
        assert "Basic session" in screen.text
        await screen.press("enter")
        await screen.until("passed:", 10)
        assert "ok " in screen.text and "failed" not in screen.text
        await screen.press("escape", "enter")
        await screen.until("at work")
        await screen.press("escape")
        assert "was stopped" in screen.message


async def test_a_scenario_has_what_its_file_says_for_its_time(central: Csms) -> None:
    """Row 171: `[charge-point]` is taken over, and given back when the scenario ends or is stopped."""
    async with sight(central, tempo=50.0) as screen:
        interval = screen.station.configuration.text("MeterValueSampleInterval")
        await screen.press("6", "enter")
        await screen.until(lambda: screen.station.configuration.text("MeterValueSampleInterval") == "5")
        await screen.press("escape")
        await screen.until(lambda: screen.station.configuration.text("MeterValueSampleInterval") == interval)


@pytest.mark.parametrize("size", [SMALL, TINY])
async def test_what_a_scenario_wants_and_cannot_have_is_said_before_it_runs(
    central: Csms, size: tuple[int, int]
) -> None:
    """Row 171: a sentence and the command line that can; Enter runs it here all the same, Esc goes back."""
    async with sight(central, size, tempo=50.0, tls_ca=None) as screen:
        await screen.press("6")
        while "▌ Repeated start" not in screen.text and "> Repeated start" not in screen.text:
            await screen.press("down")
        await screen.press("enter")
        shown = " ".join(screen.text.split())
        assert "Not possible on this charge point: quirk repeats-starts." in shown
        assert f"ocpp-console simulate {central.url}/CP001 --scenario repeated-start" in shown
        assert "enter run it here all the same" in screen.lines[-1] and "esc back" in screen.lines[-1]
        await screen.press("escape")
        assert "was stopped" not in screen.message
        await screen.press("enter", "enter")
        await screen.until("ok ")
        assert central.of("StartTransaction")


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, TINY, (160, 48)])
async def test_every_column_of_the_list_has_its_heading(central: Csms, size: tuple[int, int]) -> None:
    """Also the last one of the narrowest terminal."""
    async with sight(central, size) as screen:
        heads = next(line for line in screen.lines if "STATUS" in line)
        assert heads.endswith(" SINCE") and " TAG " in heads


@pytest.mark.parametrize("size", [SMALL, TINY, (160, 48)])
@pytest.mark.parametrize("look", [Look("none", True), Look("16", True), Look("true", True)])
async def test_every_page_fits_every_terminal_in_ascii(central: Csms, size: tuple[int, int], look: Look) -> None:
    """No line is cut wrongly, none is missing, and no character is above 126."""
    async with sight(central, size, look, connectors=20) as screen:
        for keys in ((), PLUG_IN, ("1",), to("set"), (*to("fault"), "down"), ("5",), ("6",), ("7",), ("8",)):
            await screen.press(*keys)
            strips = screen.app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]} and len(strips) == size[1]
            assert max(ord(c) for c in screen.text) < 127, keys
            await screen.press("escape", "escape")


async def test_a_window_that_is_too_small_says_so(central: Csms) -> None:
    """Below 60x15 one sentence; it is whole again when the window is."""
    async with sight(central) as screen:
        await screen.pilot.resize_terminal(50, 12)
        await screen.until("50x12 is too small")
        await screen.pilot.resize_terminal(80, 24)
        await screen.until("Connector operations")


@pytest.mark.parametrize("last", ["enter", "q", "ctrl+c"])
async def test_leaving_asks_once_while_a_transaction_runs(central: Csms, last: str) -> None:
    """Row 151.8: `q` ends it; with a transaction only after a question, which Esc takes back."""
    async with sight(central, TINY) as screen:
        await screen.press(*START, "q")
        told = "A transaction is running: Enter leaves it open, Esc stays."
        await screen.until(lambda: told in " ".join(screen.text.split()))  # its start is on the way
        await screen.press("escape")
        assert screen.app.is_running and "Menu" in screen.text
        await screen.press("q", last)
        assert not screen.app.is_running


@pytest.mark.parametrize("size", [SMALL, TINY])
async def test_leaving_says_how_many_messages_would_be_lost(central: Csms, size: tuple[int, int]) -> None:
    """Row 151.8: what nobody has acknowledged is counted, also that of a session that runs."""
    async with sight(central, size) as screen:
        screen.station.drop_line(3600)
        await screen.press(*START, "q")
        told = "A transaction is running and 1 message is not delivered: Enter leaves and loses it, Esc stays."
        assert told in " ".join(screen.text.split())
        await screen.press("escape", *doing("stop"), "q")
        told = "2 messages are not delivered: Enter leaves and loses them, Esc stays."
        assert told in " ".join(screen.text.split()) and "enter leave" in screen.lines[-1]
        await screen.press("escape")
        assert screen.app.is_running and "not delivered" not in screen.text
        await screen.press("q", "enter")
        assert not screen.app.is_running


async def test_leaving_is_done_when_the_messages_are(central: Csms) -> None:
    """Row 151.8: what is delivered while the question stands needs no answer any more."""
    async with sight(central, tempo=10.0) as screen:
        screen.station.drop_line(20)
        await screen.press(*START, *doing("stop"), "q")
        assert "2 messages are not delivered" in screen.text
        await central.until(lambda: central.of("StopTransaction"))
        await screen.until(lambda: not screen.app.is_running)


async def test_a_quiet_screen_is_not_painted(central: Csms) -> None:
    """No flicker: a tick on which nothing changed sends nothing."""
    async with sight(central) as screen:
        await screen.until(lambda: screen.station.counters.answered == 4)
        picture = screen.app._picture
        painted: list[object] = []
        picture.update()
        await screen.pilot.pause()
        picture.refresh = lambda *regions, **_: painted.extend(regions)  # type: ignore[method-assign,assignment]
        before = screen.text
        picture.update()
        assert len(painted) <= 3 and before == screen.text  # at most the clock and the two ages


async def test_foreign_text_cannot_touch_the_terminal(central: Csms) -> None:
    """A tag that the CSMS sends with escape sequences is painted as harmless signs."""
    async with sight(central) as screen:
        await screen.press(*PLUG_IN)
        await central.ask("CP001", "RemoteStartTransaction", idTag="\x1b[2J\x07evil", connectorId=1)
        await screen.until("evil")
        assert "\x1b" not in screen.text and "\x07" not in screen.text


async def test_the_line_is_told_in_words(central: Csms) -> None:
    """Cut: offline with the reason; back by itself."""
    async with sight(central, tempo=10.0) as screen:
        await screen.press(*doing("drop-line"))
        await screen.until("offline:")
        await screen.until("online, Accepted")
