"""Smart charging profile."""

from __future__ import annotations

import pytest

from server.model.command import CommandState, RemoteStart
from server.model.operations import ClearChargingProfile, GetCompositeSchedule, SetChargingProfile
from server.model.profile import ProfilePurpose, RateUnit
from tests.server.links.oca.bench import CARD, Bench, ago, confirmed
from tests.server.links.v16.outbound.cases import profile, profile_on_the_wire

DEFAULT = profile(ProfilePurpose.TX_DEFAULT)


def kept(bench: Bench) -> list[tuple[int, str, int | None]]:
    found = bench.site.chargers["CP-1"].profiles.values()
    return [(p.connector_id, p.profile.purpose.value, p.profile.transaction_id) for p in found]


@pytest.mark.oca("TC_056_CSMS_CentralSmartCharging_TxDefaultProfile")
async def test_default_profile(bench: Bench) -> None:
    """Sent for a connector without naming a session, and known to be there while sessions come and go."""
    assert (await bench.asks(SetChargingProfile(1, DEFAULT))).state is CommandState.ACCEPTED
    assert bench.sent("SetChargingProfile") == {
        "connectorId": 1,
        "csChargingProfiles": profile_on_the_wire("TxDefaultProfile"),
    }
    await bench.stops(await bench.charges())
    assert kept(bench) == [(1, "TxDefaultProfile", None)]


@pytest.mark.oca("TC_057_CSMS_CentralSmartCharging_TxProfile")
async def test_profile_of_a_session(bench: Bench) -> None:
    """SC-01, SC-02: it names the running transaction, and is over with it; without a session it is not sent at all."""
    blocked = await bench.asks(SetChargingProfile(1, profile(ProfilePurpose.TX, 1)))
    assert blocked.state is CommandState.BLOCKED and bench.charger.sent("SetChargingProfile") == []
    tx = await bench.charges()
    await bench.asks(SetChargingProfile(1, profile(ProfilePurpose.TX, tx)))
    assert bench.sent("SetChargingProfile")["csChargingProfiles"] == profile_on_the_wire("TxProfile", transactionId=tx)
    assert kept(bench) == [(1, "TxProfile", tx)]
    await bench.stops(tx)
    assert kept(bench) == []


@pytest.mark.oca("TC_059_CSMS_RemoteStartTransactionWithChargingProfile")
async def test_remote_start_with_a_profile(bench: Bench) -> None:
    """TX-22, SC-02: a TxProfile without a transaction; the session that begins is the one that it limits."""
    command = await bench.asks(RemoteStart(CARD, 1, profile(ProfilePurpose.TX)))
    sent = bench.sent("RemoteStartTransaction")
    assert sent == {"connectorId": 1, "idTag": CARD, "chargingProfile": profile_on_the_wire("TxProfile")}
    tx = await bench.charges(at=ago(0))
    await confirmed(command)
    assert kept(bench) == [(1, "TxProfile", tx)]


@pytest.mark.oca("TC_066_CSMS_GetCompositeSchedule")
async def test_composite_schedule(bench: Bench) -> None:
    """What the charger answers is told, and kept."""
    told = {
        "duration": 300,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}, {"startPeriod": 60, "limit": 6.0}],
    }
    command = await bench.asks(
        GetCompositeSchedule(1, 300, RateUnit.AMPERE),
        status="Accepted",
        connectorId=1,
        scheduleStart="2026-11-21T10:00:00Z",
        chargingSchedule=told,
    )
    assert bench.sent("GetCompositeSchedule") == {"connectorId": 1, "duration": 300, "chargingRateUnit": "A"}
    assert command.facts == ("starts 2026-11-21T10:00:00Z", "from 0 s: 10 A", "from 60 s: 6 A")
    kept = bench.site.chargers["CP-1"].schedules[1].schedule
    assert (kept.unit, [(p.start_s, p.limit_x10) for p in kept.periods]) == ("A", [(0, 100), (60, 60)])


@pytest.mark.oca("TC_067_CSMS_ClearChargingProfile")
async def test_profile_is_cleared(bench: Bench) -> None:
    """SC-06: by its id, and by what it is for; `Unknown` means that there is none any more."""
    await bench.asks(SetChargingProfile(1, DEFAULT))
    assert (await bench.asks(ClearChargingProfile(DEFAULT.profile_id))).state is CommandState.ACCEPTED
    assert bench.sent("ClearChargingProfile") == {"id": DEFAULT.profile_id} and kept(bench) == []
    bench.charger.calls.clear()
    asked = ClearChargingProfile(None, 1, ProfilePurpose.TX_DEFAULT, 1)
    command = await bench.asks(asked, status="Unknown")
    wanted = {"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1}
    assert bench.sent("ClearChargingProfile") == wanted and command.state is CommandState.ACCEPTED
