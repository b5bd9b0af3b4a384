"""Charging profiles: what does not fit together, or not this charger (SC-01, SC-02, SC-04, TX-22)."""

from __future__ import annotations

from itertools import pairwise

from server.model.charger import Charger
from server.model.command import RemoteStart
from server.model.operations import ClearChargingProfile, SetChargingProfile
from server.model.profile import ChargingProfile, ChargingSchedule, InstalledProfile, ProfilePurpose, Slot


def why_not_profile(charger: Charger, operation: SetChargingProfile) -> str | None:
    profile, connector_id = operation.profile, operation.connector_id
    return (
        _why_not_there(charger, connector_id, profile)
        or _why_not_of_charger(charger, profile)
        or _why_no_room(charger, connector_id, profile)
        or why_not_as_written(profile)
    )


def why_not_start_profile(charger: Charger, operation: RemoteStart) -> str | None:
    """The profile of a remote start belongs to a transaction that has no id yet (TX-22)."""
    profile = operation.profile
    if profile is None:
        return None
    if profile.purpose is not ProfilePurpose.TX:
        return "the profile of a remote start must be a TxProfile"
    if profile.transaction_id is not None:
        return "the profile of a remote start must not name a transaction"
    return _why_not_of_charger(charger, profile) or why_not_as_written(profile)


def why_not_clear(operation: ClearChargingProfile) -> str | None:
    if operation.connector_id is not None and operation.connector_id < 0:
        return "there is no such connector"
    return None


def why_not_as_written(profile: ChargingProfile) -> str | None:
    """Reasons that lie in the profile alone (SC-02)."""
    if profile.stack_level < 0:
        return "the stack level must be 0 or higher"
    if profile.kind == "Recurring" and profile.recurrency is None:
        return "a recurring profile must say whether it is daily or weekly"
    if profile.kind != "Recurring" and profile.recurrency is not None:
        return "only a recurring profile can be daily or weekly"
    if profile.kind == "Relative" and profile.schedule.start_at is not None:
        return "a relative profile starts with the session: it has no start of its own"
    if profile.valid_from is not None and profile.valid_to is not None and profile.valid_from >= profile.valid_to:
        return "the profile ends before it begins"
    return _why_not_schedule(profile.schedule)


def _why_not_schedule(schedule: ChargingSchedule) -> str | None:
    starts = [period.start_s for period in schedule.periods]
    if not starts:
        return "a schedule needs at least one period"
    if starts[0] != 0:
        return "the first period must start at second 0"
    if any(later <= earlier for earlier, later in pairwise(starts)):
        return "periods must be in order of their start"
    if any(period.limit_x10 < 0 for period in schedule.periods):
        return "a limit must be 0 or higher"
    if any(period.phases is not None and not 1 <= period.phases <= 3 for period in schedule.periods):
        return "a period has 1 to 3 phases"
    if schedule.duration_s is not None and schedule.duration_s < 1:
        return "a schedule lasts at least one second"
    return None


def _why_not_there(charger: Charger, connector_id: int, profile: ChargingProfile) -> str | None:
    """SC-01."""
    if connector_id < 0:
        return "there is no such connector"
    if profile.purpose is ProfilePurpose.CHARGE_POINT_MAX and connector_id != 0:
        return "a ChargePointMaxProfile is for connector 0, the whole charger"
    if profile.purpose is not ProfilePurpose.TX:
        return "only a TxProfile names a transaction" if profile.transaction_id is not None else None
    if connector_id == 0:
        return "a TxProfile is for one connector, not for the whole charger"
    if profile.transaction_id is None:
        return "a TxProfile must name its transaction"
    connector = charger.connectors.get(connector_id)
    if connector is None:
        return None  # never reported: let the charger decide
    if (running := connector.transaction) is None:
        return f"no transaction is running on connector {connector_id}"
    if profile.transaction_id not in (running.transaction_id, running.charger_calls_it):
        return f"on connector {connector_id} runs transaction {running.charger_calls_it}, not {profile.transaction_id}"
    return None


def _why_not_of_charger(charger: Charger, profile: ChargingProfile) -> str | None:
    """Limits that the charger told in its configuration (SC-04)."""
    highest = charger.limit("ChargeProfileMaxStackLevel")
    if highest is not None and profile.stack_level > highest:
        return f"the charger takes stack levels up to {highest} (ChargeProfileMaxStackLevel)"
    most = charger.limit("ChargingScheduleMaxPeriods")
    if most and len(profile.schedule.periods) > most:
        return f"the charger takes {most} periods at most (ChargingScheduleMaxPeriods)"
    return None


def _why_no_room(charger: Charger, connector_id: int, profile: ChargingProfile) -> str | None:
    """One for each purpose and stack level of a connector, and so many in all (SC-02)."""
    most = charger.limit("MaxChargingProfilesInstalled")
    if not most or len(charger.profiles) < most or replaced_by(charger, connector_id, profile) is not None:
        return None
    return f"{len(charger.profiles)} profiles are installed: the charger takes {most} (MaxChargingProfilesInstalled)"


def replaced_by(charger: Charger, connector_id: int, profile: ChargingProfile) -> InstalledProfile | None:
    """The installed profile whose place this one takes."""
    return charger.profiles.get(slot_of(charger, connector_id, profile))


def slot_of(charger: Charger, connector_id: int, profile: ChargingProfile) -> Slot:
    """Where the charger keeps it: some are always sent level 0 (SC-04)."""
    level = 0 if charger.options.stack_level_zero else profile.stack_level
    return connector_id, profile.purpose, level
