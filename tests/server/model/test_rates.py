"""Limits in the unit that a charger takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.model.charger import Charger
from server.model.command import RemoteStart, Reset
from server.model.configuration import ConfigItem
from server.model.guards import consequences, why_not
from server.model.operations import SetChargingProfile
from server.model.profile import ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod
from server.model.rates import fitted
from tests.server.links.v16.outbound.cases import profile
from tests.server.model.test_guards import depot_charger

KEY = "ChargingScheduleAllowedChargingRateUnit"


def charger_of(units: str | None) -> Charger:
    charger = depot_charger()
    if units is not None:
        charger.configuration = {KEY.casefold(): ConfigItem(KEY, units, True)}
    return charger


def asked(unit: RateUnit, *periods: SchedulePeriod) -> SetChargingProfile:
    schedule = ChargingSchedule(unit, periods, min_rate_x10=60)
    return SetChargingProfile(1, replace(profile(ProfilePurpose.TX_DEFAULT), schedule=schedule))


AMPERES = asked(RateUnit.AMPERE, SchedulePeriod(0, 160), SchedulePeriod(60, 105, 1))
WATTS = asked(RateUnit.WATT, SchedulePeriod(0, 110_000), SchedulePeriod(60, 23_000, 1), SchedulePeriod(90, 0))


@pytest.mark.parametrize("units", [None, "", "?", "Current,Power", "A", '"Current"', "a, w"])
def test_a_unit_that_fits_stays(units: str | None) -> None:
    """SC-03: the very same object; what is not known changes nothing."""
    assert fitted(charger_of(units), AMPERES) is AMPERES
    assert fitted(charger_of(units), Reset()) == Reset()


@pytest.mark.parametrize("units", ["Power", "W", '"Power"', " w "])
def test_amperes_become_watts(units: str) -> None:
    """SC-03: by voltage and phases, three where a period names none; told before it is sent, never refused."""
    charger = charger_of(units)
    sent = fitted(charger, AMPERES)
    assert isinstance(sent, SetChargingProfile)
    assert sent.profile.schedule == ChargingSchedule(
        RateUnit.WATT, (SchedulePeriod(0, 110_400), SchedulePeriod(60, 24_150, 1)), min_rate_x10=41_400
    )
    assert consequences(charger, AMPERES) == ["The charger takes limits in W only: sent as 11040, 2415 W, by 230 V."]
    assert why_not(charger, AMPERES) is None


def test_watts_become_amperes_and_never_more() -> None:
    """SC-03: 11 kW on three phases are 15.94 A, sent as 15.9; of a remote start too."""
    charger = charger_of("Current")
    start = RemoteStart("A1", 3, replace(WATTS.profile, purpose=ProfilePurpose.TX))
    for operation in (WATTS, start):
        sent = fitted(charger, operation)
        assert isinstance(sent, SetChargingProfile | RemoteStart) and sent.profile is not None
        assert sent.profile.schedule.unit is RateUnit.AMPERE
        assert [p.limit_x10 for p in sent.profile.schedule.periods] == [159, 100, 0]
    assert fitted(charger, RemoteStart("A1", 3)) == RemoteStart("A1", 3)


def test_the_voltage_is_an_option() -> None:
    """SC-03: depots of 120 V convert by what they have."""
    charger = charger_of("Power")
    charger.options = replace(charger.options, grid_voltage=120)
    sent = fitted(charger, AMPERES)
    assert isinstance(sent, SetChargingProfile) and sent.profile.schedule.periods[0].limit_x10 == 57_600
