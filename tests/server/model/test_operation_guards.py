"""Guards of the operations beyond the first five: what cannot be, and what else will happen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.model.charger import Charger
from server.model.command import ChangeConfiguration, Operation, RemoteStart
from server.model.configuration import ConfigItem
from server.model.guards import consequences, why_not
from server.model.operations import (
    ChangeAvailability,
    DataTransfer,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetDiagnostics,
    InstallCertificate,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.profile import ChargingProfile, ProfilePurpose, SchedulePeriod
from server.model.status import Registration
from server.model.tag import LocalListEntry
from tests.server.links.v16.outbound.cases import CASES, TEN, Case, profile
from tests.server.model.test_guards import depot_charger

DEFAULT = profile(ProfilePurpose.TX_DEFAULT)
TX = profile(ProfilePurpose.TX, 987)


def with_periods(*periods: SchedulePeriod) -> ChargingProfile:
    return replace(DEFAULT, schedule=replace(DEFAULT.schedule, periods=periods))


def told(**keys: str) -> Charger:
    charger = depot_charger()
    charger.configuration = {k.casefold(): ConfigItem(k, v, True) for k, v in keys.items()}
    return charger


@pytest.mark.parametrize(
    ("connector_id", "wanted", "reason"),
    [
        (1, DEFAULT, None),
        (0, DEFAULT, None),
        (0, profile(ProfilePurpose.CHARGE_POINT_MAX), None),
        (1, profile(ProfilePurpose.CHARGE_POINT_MAX), "a ChargePointMaxProfile is for connector 0, the whole charger"),
        (2, TX, None),
        (9, TX, None),
        (0, TX, "a TxProfile is for one connector, not for the whole charger"),
        (2, replace(TX, transaction_id=None), "a TxProfile must name its transaction"),
        (3, TX, "no transaction is running on connector 3"),
        (2, profile(ProfilePurpose.TX, 986), "on connector 2 runs transaction 987, not 986"),
        (1, replace(DEFAULT, transaction_id=5), "only a TxProfile names a transaction"),
        (-1, DEFAULT, "there is no such connector"),
    ],
)
def test_sc01_purpose_and_connector_fit(connector_id: int, wanted: ChargingProfile, reason: str | None) -> None:
    """SC-01."""
    assert why_not(depot_charger(), SetChargingProfile(connector_id, wanted)) == reason


def test_sc01_either_name_of_the_transaction_will_do() -> None:
    """SC-01, TX-18: the id that we gave, and that which the charger calls it by."""
    charger = depot_charger()
    running = charger.connectors[2].transaction
    assert running is not None
    running.claimed_id = 5
    for name, is_known in ((987, True), (5, True), (6, False)):
        assert (why_not(charger, SetChargingProfile(2, profile(ProfilePurpose.TX, name))) is None) is is_known


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (with_periods(), "a schedule needs at least one period"),
        (with_periods(SchedulePeriod(1, 160)), "the first period must start at second 0"),
        (
            with_periods(SchedulePeriod(0, 160), SchedulePeriod(60, 1), SchedulePeriod(60, 2)),
            "periods must be in order of their start",
        ),
        (with_periods(SchedulePeriod(0, -1)), "a limit must be 0 or higher"),
        (with_periods(SchedulePeriod(0, 160, 4)), "a period has 1 to 3 phases"),
        (replace(DEFAULT, kind="Recurring"), "a recurring profile must say whether it is daily or weekly"),
        (replace(DEFAULT, kind="Recurring", recurrency="Daily"), None),
        (replace(DEFAULT, recurrency="Daily"), "only a recurring profile can be daily or weekly"),
        (
            replace(DEFAULT, kind="Relative"),
            "a relative profile starts with the session: it has no start of its own",
        ),
        (replace(DEFAULT, valid_from=TEN, valid_to=TEN), "the profile ends before it begins"),
        (replace(DEFAULT, stack_level=-1), "the stack level must be 0 or higher"),
    ],
)
def test_sc02_a_profile_makes_sense(wanted: ChargingProfile, reason: str | None) -> None:
    """SC-02; the profile of a remote start is held to the same."""
    assert why_not(depot_charger(), SetChargingProfile(1, wanted)) == reason
    with_start = RemoteStart("A1", 3, replace(wanted, purpose=ProfilePurpose.TX))
    assert why_not(depot_charger(), with_start) == reason


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        ({"ChargeProfileMaxStackLevel": "1"}, False),
        ({"ChargeProfileMaxStackLevel": "0"}, True),
        ({"ChargeProfileMaxStackLevel": "many"}, False),
        ({"ChargingScheduleMaxPeriods": "1"}, True),
        ({"ChargingScheduleMaxPeriods": "2"}, False),
    ],
)
def test_sc04_limits_of_the_charger(keys: dict[str, str], refused: bool) -> None:
    """SC-04: by what it told, however it writes it; what is not known forbids nothing."""
    reason = why_not(told(**keys), SetChargingProfile(1, DEFAULT))
    assert (reason is not None) == refused
    assert reason is None or next(iter(keys)) in reason


@pytest.mark.parametrize(
    ("value", "highest", "reason"),
    [
        ("1", 1, None),
        ("2", 1, "it could not come back: this server lacks TLS, set security.certificate"),
        (" 3 ", 1, "it could not come back: this server lacks TLS, set security.certificate"),
        ("2", 2, None),
        ("3", 2, "it could not come back: this server lacks a CA for certificates of chargers, set security.client_ca"),
        ("3", 3, None),
        ("4", 3, "it could not come back: this server lacks such a profile, 3 is the highest"),
        ("three", 1, None),
    ],
)
def test_sec08_no_charger_is_given_a_profile_that_is_not_served(value: str, highest: int, reason: str | None) -> None:
    """SEC-08: it could not come back, and nobody could take it back over OCPP."""
    assert why_not(depot_charger(), ChangeConfiguration("SecurityProfile", value), highest) == reason


def test_sec08_another_profile_is_warned_of() -> None:
    """SEC-08: what the charger must have for it is said before; other keys say nothing."""
    (told,) = consequences(depot_charger(), ChangeConfiguration("securityprofile", "3"))
    assert "certificate" in told and "on site" in told
    assert consequences(depot_charger(), ChangeConfiguration("HeartbeatInterval", "3")) == []


def test_sc05_a_limit_of_zero_is_warned_of() -> None:
    """SC-05: some end the session."""
    zero = with_periods(SchedulePeriod(0, 160), SchedulePeriod(60, 0))
    assert "end the session" in consequences(depot_charger(), SetChargingProfile(1, zero))[0]
    assert "end the session" in consequences(depot_charger(), RemoteStart("A1", 3, zero))[0]
    assert consequences(depot_charger(), SetChargingProfile(1, DEFAULT)) == []


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (TriggerMessage("Heartbeat"), None),
        (TriggerMessage("LogStatusNotification"), "cannot be asked for"),
        (TriggerMessage("StatusNotification", 0), "connector 0 cannot be asked"),
        (ExtendedTriggerMessage("SignChargePointCertificate"), None),
        (ExtendedTriggerMessage("DiagnosticsStatusNotification"), "cannot be asked for"),
        (UnlockConnector(0), "connector 0 has no lock"),
        (ChangeAvailability(-1, True), "there is no such connector"),
        (DataTransfer(""), "a vendor id is needed"),
        (ReserveNow(1, "", TEN, 1), "id tag must have 1 to 20 characters"),
        (UpdateFirmware("", TEN), "an address of the firmware is needed"),
        (SendLocalList(0), "the list version must be 1 or higher"),
        (SendLocalList(1, True, (LocalListEntry("A1", None),)), "a full list cannot delete tags"),
    ],
)
def test_what_makes_no_sense_is_not_sent(operation: Operation, reason: str | None) -> None:
    """TRG-01, UNL-01, LL-01, LL-02."""
    found = why_not(depot_charger(), operation)
    assert found is None if reason is None else found is not None and reason in found


@pytest.mark.parametrize(("told_value", "refused"), [("true", False), ("True", False), ("false", True), (None, False)])
def test_res01_connector_zero(told_value: str | None, refused: bool) -> None:
    """RES-01: connector 0 is reserved only where the charger does not say that it cannot."""
    charger = depot_charger() if told_value is None else told(ReserveConnectorZeroSupported=told_value)
    assert (why_not(charger, ReserveNow(0, "A1", TEN, 1)) is not None) == refused
    assert why_not(charger, ReserveNow(1, "A1", TEN, 1)) is None  # faulted: the charger answers Faulted


def test_ll01_room_of_the_list() -> None:
    """LL-01: more tags than the charger has room for are refused with the number."""
    reason = why_not(told(LocalAuthListMaxLength="1"), SendLocalList(1, True, (LocalListEntry("A"),) * 2))
    assert reason == "2 tags are too many: the charger has room for 1 (LocalAuthListMaxLength)"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.action)
def test_boot07_nothing_is_sent_to_a_rejected_charger(case: Case) -> None:
    """BOOT-06, BOOT-07: rejected takes nothing; pending takes all but sessions."""
    operation = case.operation
    charger = depot_charger()
    charger.registration = Registration.REJECTED
    assert why_not(charger, operation) == "charger is rejected: nothing may be sent to it"
    charger.registration = Registration.PENDING
    is_session = operation.name in ("RemoteStartTransaction", "RemoteStopTransaction")
    assert (why_not(charger, operation) == "charger is not adopted yet") == is_session


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (ChangeAvailability(2, False), "goes out of service when it ends (Scheduled)"),
        (ChangeAvailability(0, False), "Transaction 987 on c2"),
        (UnlockConnector(2), "is ended first"),
        (UpdateFirmware("https://h/x", TEN), "Transaction 987 on c2"),
        (SignedUpdateFirmware("https://h/x", TEN, "c", "s"), "Transaction 987 on c2"),
        (DeleteCertificate("SHA256", "a", "b", "1"), "no longer tell"),
        (InstallCertificate("CentralSystemRootCertificate", "x"), "only servers with a certificate of this root"),
        (ReserveNow(2, "A1", TEN, 1), "Connector 2 is Charging"),
        (TriggerMessage("BootNotification"), "accepted already"),
        (RemoteStart("A1"), "without a connector"),
    ],
)
def test_consequences_are_told_before_anything_is_sent(operation: Operation, sentence: str) -> None:
    """SN-13, UNL-01, SEC-15, BOOT-05, TX-21: one sentence each."""
    assert any(sentence in line for line in consequences(depot_charger(), operation))


def test_address_is_needed() -> None:
    """FW-02: diagnostics go somewhere."""
    assert why_not(depot_charger(), GetDiagnostics()) == "an address to upload to is needed"
