"""Dialogs made of forms: what is wrong names its field, what will happen is told."""

from __future__ import annotations

import pytest

from console.dialogs.base import OperationDialog
from console.dialogs.form import FormDialog
from console.dialogs.menu import MenuDialog
from console.view.forms import FORMS
from server.model.configuration import ConfigItem
from server.model.operations import (
    ChangeAvailability,
    ClearCache,
    GetDiagnostics,
    SendLocalList,
    TriggerMessage,
    UpdateFirmware,
)
from server.model.status import TagStatus
from server.model.tag import LocalListEntry
from tests.console.dialogs.filling import fill, open_form
from tests.console.dialogs.recording import RecordingDepot
from tests.console.reader import Reader, console

# keys


@pytest.mark.parametrize(
    ("key", "operation"),
    [
        ("A", "ChangeAvailability"),
        ("u", "UnlockConnector"),
        ("t", "TriggerMessage"),
        ("D", "GetDiagnostics"),
    ],
)
@pytest.mark.parametrize("screen", ["1", "2", "3"])
async def test_frequent_operations_have_a_key(key: str, operation: str, screen: str) -> None:
    """The same one on chargers, connectors and faults."""
    async with console((80, 24), site=RecordingDepot()) as c:
        await c.press(screen, key)
        dialog = c.app.screen
        assert isinstance(dialog, FormDialog) and dialog.form.operation == operation


@pytest.mark.parametrize("screen", ["1", "2", "3", "4", "6"])
async def test_menu_finds_an_operation_by_a_part_of_its_name(screen: str) -> None:
    """: and some letters, enter; esc takes back what was typed, then leaves."""
    async with console((80, 24), site=RecordingDepot()) as c:
        await c.press(screen, "colon", *"clear")
        text = c.text()
        assert "ClearCache" in text and "ClearChargingProfile" in text and "SetChargingProfile" not in text
        await c.press("escape")
        assert "SetChargingProfile" in c.text()
        await c.press(*"clear pro", "enter")
        dialog = c.app.screen
        assert isinstance(dialog, FormDialog) and dialog.form.operation == "ClearChargingProfile"


async def test_menu_lists_all_operations_and_says_what_is_in_the_way() -> None:
    """26 rows; the reason of the one under the cursor stands below, and enter repeats it."""
    async with console((160, 48), site=RecordingDepot()) as c:
        c.app.depot_view.select("CP-0003", 1)
        await c.press("colon")
        text = c.text()
        assert all(name in text for name in (*FORMS, "RemoteStartTransaction", "ChangeConfiguration"))
        assert "connector is faulted" in text
        await c.press("enter")
        assert isinstance(c.app.screen, MenuDialog) and "RemoteStartTransaction: connector is faulted" in c.text()


async def test_menu_tells_of_a_function_that_the_charger_does_not_list() -> None:
    """SupportedFeatureProfiles: not forbidden, but hardly of use."""
    site = RecordingDepot()
    site.chargers["CP-0002"].configuration["supportedfeatureprofiles"] = ConfigItem(
        "SupportedFeatureProfiles", "Core,SmartCharging", True
    )
    async with console((80, 24), site=site) as c:
        c.app.depot_view.select("CP-0002", 1)
        await c.press("colon", *"reserve")
        assert "the charger does not list Reservation" in c.text()
        await c.press("escape", *"setcharging")
        assert "does not list" not in c.text()


async def test_nothing_is_asked_of_a_charger_that_is_offline() -> None:
    """The key is dim and says why; so does the menu."""
    async with console((80, 24), site=RecordingDepot()) as c:
        c.app.depot_view.select("CP-0006", 1)
        await c.press("u")
        assert c.app.console_screen is not None and "charger is offline" in c.text()
        await c.press("colon", *"unlock", "enter")
        assert isinstance(c.app.screen, MenuDialog) and "UnlockConnector: charger is offline" in c.text()


async def test_read_only_terminal_has_no_menu() -> None:
    """It may look, not touch."""
    async with console((80, 24), site=RecordingDepot(), read_only=True) as c:
        await c.press("colon")
        assert c.app.console_screen is not None and "read-only" in c.text()


# what is wrong


@pytest.mark.parametrize(
    ("operation", "path", "text", "told"),
    [
        ("GetDiagnostics", "startTime", "yesterday", "since: must be a time: +2h, 14:30"),
        ("GetDiagnostics", "retries", "two", "retries: must be a whole number"),
        ("GetDiagnostics", "retries", "-1", "retries: must be 0 or higher"),
        ("GetDiagnostics", "retryInterval", "5 apples", "every: must be a time span"),
        ("ReserveNow", "idTag", "A" * 21, "id tag: "),
        ("ReserveNow", "idTag", "", "id tag is missing"),
        (
            "SetChargingProfile",
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod",
            "x",
            "limit: 'x' is no limit",
        ),
        (
            "SetChargingProfile",
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod",
            "16, 8",
            "limit: '8' needs",
        ),
        (
            "SetChargingProfile",
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod",
            "16.25",
            "limit[0].limit: must be a multiple of 0.1",
        ),
        ("SendLocalList", "localAuthorizationList", "[{]", "tags: is not JSON"),
        ("SendLocalList", "localAuthorizationList", '[{"idTag":1}]', "tags[0].idTag: "),
        ("SendLocalList", "localAuthorizationList", '[{"idTag":"A","x":1}]', "tags[0].x: is no field"),
        ("SendLocalList", "listVersion", "0", "version: must be 1 or higher"),
        ("InstallCertificate", "certificate", "hello", "root PEM: must be a certificate in PEM"),
        ("DeleteCertificate", "certificateHashData", '{"hashAlgorithm":"MD5"}', "which"),
        ("DataTransfer", "vendorId", "", "vendor is missing"),
    ],
)
async def test_a_wrong_value_names_its_field_and_is_not_sent(operation: str, path: str, text: str, told: str) -> None:
    """By the label that stands in the form, from the check that the API uses too; y does nothing."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        dialog = await open_form(c, operation)
        if operation == "SetChargingProfile" or path == "listVersion":
            dialog.focus_on(path)
        await fill(c, dialog, path, text)
        assert told in " ".join(c.text().split()), c.text()
        await c.press("y", "tab", "y")
        assert site.sent == []


async def test_guard_refuses_before_anything_is_sent() -> None:
    """SC-01: a TxProfile needs its session. The words are the server's own."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        dialog = await open_form(c, "SetChargingProfile")
        await fill(c, dialog, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod", "16")
        dialog.focus_on("csChargingProfiles.chargingProfilePurpose")
        await c.press("left")
        dialog.focus_on("csChargingProfiles.transactionId")
        await c.press(*"5")
        assert "no transaction is running on connector 1" in c.text()
        await c.press("escape")
        assert site.sent == []


# what will happen, and how sure one must be


async def test_session_makes_availability_a_matter_of_level_2() -> None:
    """What goes on until the session ends is told, and the default is the other state."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_form(c, "ChangeAvailability", "CP-0003", 2)
        text = " ".join(c.text().split())
        assert "level 2 of 3" in text and "Transaction 987 on c2" in text and "(x) out of service" in text
        await c.press("y")
        assert site.sent == [("CP-0003", ChangeAvailability(2, False), "ana")]


async def test_out_of_service_is_put_into_service_by_default() -> None:
    """CP-0004 is unavailable; that is taken back at level 1."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_form(c, "ChangeAvailability", "CP-0004", 1)
        assert "(x) in service" in c.text() and "level 1 of 3" in c.text()


async def test_new_firmware_needs_the_charger_id_typed() -> None:
    """Level 3: y is not enough."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        dialog = await open_form(c, "UpdateFirmware")
        await fill(c, dialog, "location", "http://h/f.bin")
        assert "level 3 of 3" in c.text() and "The charger is away while it installs" in c.text()
        await c.press("y")
        assert site.sent == []
        await c.press("t", *"CP-0002", "enter")
        ((charger_id, operation, _),) = site.sent
        assert charger_id == "CP-0002" and isinstance(operation, UpdateFirmware)


async def test_reading_is_sent_by_enter_alone() -> None:
    """Level 0: from the last field on; where there is none, at once."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await c.press("j", "t", "m", "enter", "enter")
        assert site.sent == [("CP-0002", TriggerMessage("MeterValues", 1), "ana")]


async def test_drop_stands_in_the_line_for_the_upload() -> None:
    """Nothing is typed: the charger is told the place of the built-in drop."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_form(c, "GetDiagnostics")
        assert "upload    http://10.0.0.5:9222/drop/" in c.text()
        await c.press("y")
        ((_, operation, _),) = site.sent
        assert operation == GetDiagnostics()


async def test_time_is_told_as_a_time_of_day() -> None:
    """+2h at 10:42:07 is 12:42:07."""
    async with console((80, 24), site=RecordingDepot()) as c:
        dialog = await open_form(c, "ReserveNow")
        dialog.focus_on("expiryDate")
        await c.settle()
        assert "12:42:07" in c.text()


async def test_whole_list_is_that_of_the_depot() -> None:
    """LL-02: nothing typed means all tags known here, with what is known of them."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_form(c, "SendLocalList")
        assert "Replaces the list that is there" in c.text()
        await c.press("y")
        ((_, operation, _),) = site.sent
        entries = tuple(LocalListEntry(tag, TagStatus.ACCEPTED) for tag in ("A1B2C3", "C0FFEE", "F00D01"))
        assert operation == SendLocalList(1, True, entries)


async def test_long_payload_is_shown_whole_on_request() -> None:
    """p, and p again; y sends from there too."""
    async with console((80, 24), site=RecordingDepot()) as c:
        dialog = await open_form(c, "SetChargingProfile")
        await fill(c, dialog, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod", "16")
        assert "chargingSchedulePeriod" not in c.text() and "p whole payload" in c.text()
        await c.press("p")
        assert '"limit":16' in c.text() and "p form" in c.text()
        await c.press("p")
        assert '"limit":16' not in c.text()


async def test_editing_begins_with_the_field_that_is_missing() -> None:
    """The limit of a profile: not the connector, where typing would choose another one."""
    async with console((80, 24), site=RecordingDepot()) as c:
        dialog = await open_form(c, "SetChargingProfile")
        wanted = "csChargingProfiles.chargingSchedule.chargingSchedulePeriod"
        assert dialog.focus_name == wanted
        dialog.focus_name = "cancel"
        await c.press("e", *"16")
        assert dialog.focus_name == wanted and dialog.values()[wanted] == "16"


async def test_reserving_a_busy_connector_is_doubted() -> None:
    """A session runs on c1 of CP-0001."""
    async with console((80, 24), site=RecordingDepot()) as c:
        await open_form(c, "ReserveNow", "CP-0001", 1)
        await c.press(*"A1")
        assert "c1 has a session running" in c.text()


# several chargers


async def mark(c: Reader, count: int) -> None:
    await c.press("g", *["space"] * count)


async def test_marked_chargers_get_it_all() -> None:
    """As many as are marked; one that cannot is named with the reason and left out."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.depot_view.marks = {"CP-0001", "CP-0002", "CP-0006"}
        await c.press("colon", *"clearcache", "enter")
        text = c.text()
        assert "Clear cache  2 of 3 chargers" in text and "not included: charger is offline" in c.line_with("CP-0006")
        await c.press("y")
        assert site.sent == [("CP-0001", ClearCache(), "ana"), ("CP-0002", ClearCache(), "ana")]
        assert "2 under way" in c.text()


async def test_many_chargers_want_their_number_typed() -> None:
    """More than five is level 3; what the filter hides is not included, and that is said."""
    site = RecordingDepot()
    async with console((160, 48), site=site) as c:
        c.app.depot_view.marks = {f"CP-{n:04}" for n in (1, 2, 3, 4, 5, 7, 8)} | {"CP-0010"}
        c.app.depot_view.set_filter("CP-000")
        await c.press("r")
        text = c.text()
        assert "Reset  7 chargers" in text and "level 3 of 3" in text
        assert "not included: 1 marked, hidden by the filter" in text
        assert isinstance(c.app.screen, OperationDialog) and c.app.screen.focus_name == "typed"
        await c.press("y", "enter")
        assert site.sent == [] and "type 7 first" in c.text()
        await c.press("ctrl+u", *"7", "enter")
        assert len(site.sent) == 7


async def test_what_failed_can_be_tried_again() -> None:
    """R asks those alone; the others stay in the list."""
    from server.model.command import CommandState

    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.depot_view.marks = {"CP-0001", "CP-0002"}
        await c.press("r", "y")
        first, second = site.commands[-2:]
        site.answer(CommandState.TIMED_OUT, "")
        first.state, first.status = CommandState.ACCEPTED, "Accepted"
        await c.settle()
        assert "1 accepted, 1 timed out" in c.text() and "R try 1 again" in c.text()
        await c.press("R")
        assert [sent[0] for sent in site.sent] == ["CP-0001", "CP-0002", second.charger_id]
        assert "1 accepted, 1 under way" in c.text()


async def test_operation_for_one_stays_with_the_cursor() -> None:
    """A lock is opened where somebody stands, whatever is marked."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.depot_view.marks = {"CP-0001", "CP-0004"}
        c.app.depot_view.select("CP-0002", 1)
        await c.press("u")
        assert "Unlock  CP-0002" in c.text()
