"""Core profile: boot, sessions that begin at the charger, and what was told after a time without line."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.model.status import Severity, TagStatus
from tests.server.links.oca.bench import AT, BLOCKED, CARD, EXPIRED, FRIEND, LATER, NOBODY, Bench


@pytest.mark.oca("TC_001_CSMS_ColdBootChargePoint")
async def test_cold_boot(bench: Bench) -> None:
    """Accepted with time and interval; the state of the whole charger and of each connector is known afterwards."""
    answer = await bench.boots()
    assert (answer["status"], answer["interval"]) == ("Accepted", 300)
    assert answer["currentTime"].endswith("Z")
    assert (await bench.tell("Heartbeat"))["currentTime"].endswith("Z")
    known = bench.site.chargers["CP-1"]
    assert [c.status for c in (known.main, *known.connectors.values())] == ["Available"] * 3


@pytest.mark.oca("TC_003_CSMS_RegularChargingSession_PluginFirst")
async def test_plug_in_first(bench: Bench) -> None:
    """Cable, card, session, card, cable: one transaction of 2 kWh."""
    await bench.reports("Preparing")
    assert await bench.authorizes() == "Accepted"
    answer = await bench.starts()
    assert answer["idTagInfo"]["status"] == "Accepted" and answer["transactionId"] == bench.transaction()
    await bench.reports("Charging")
    assert await bench.authorizes() == "Accepted"
    stop = await bench.stops(answer["transactionId"], idTag=CARD)
    assert stop["idTagInfo"]["status"] == "Accepted"
    await bench.unplugs()
    assert bench.transaction() is None and await bench.ended() == [(CARD, "Local", 2000)]


@pytest.mark.oca("TC_004_1_CSMS_RegularChargingSession_IdentificationFirst")
async def test_identification_first(bench: Bench) -> None:
    """The card before the cable."""
    assert await bench.authorizes() == "Accepted"
    tx = await bench.charges()
    assert bench.transaction() == tx
    await bench.stops(tx, "Local")
    await bench.unplugs()
    assert await bench.ended() == [(CARD, "Local", 2000)]


@pytest.mark.oca("TC_004_2_CSMS_RegularChargingSession_IdentificationFirst_ConnectionTimeout")
async def test_identified_and_never_plugged_in(bench: Bench) -> None:
    """The connector is free again, and there is no session of any kind."""
    assert await bench.authorizes() == "Accepted"
    await bench.reports("Preparing")
    await bench.reports("Available")
    assert bench.transaction() is None and await bench.ended() == []
    assert bench.site.chargers["CP-1"].status == "Available"


@pytest.mark.oca("TC_005_1_CSMS_EVSideDisconnected_StopTransactionAndUnlock")
async def test_unplugged_at_the_vehicle(bench: Bench) -> None:
    """SuspendedEV, then the stop with its reason, without a tag: no verdict is sent back."""
    tx = await bench.charges()
    await bench.reports("SuspendedEV")
    assert await bench.stops(tx, "EVDisconnected") == {}
    await bench.unplugs()
    assert await bench.ended() == [(CARD, "EVDisconnected", 2000)]


@pytest.mark.oca("TC_007_CSMS_RegularStartChargingSession_CachedId")
async def test_start_with_a_cached_tag(bench: Bench) -> None:
    """No Authorize comes: the tag is judged at the start, and its group told for the cache."""
    await bench.reports("Preparing")
    answer = await bench.starts()
    assert answer["idTagInfo"] == {"status": "Accepted", "parentIdTag": "G1"}
    await bench.reports("Charging")
    assert bench.transaction() == answer["transactionId"]


@pytest.mark.parametrize(
    ("id_tag", "verdict"),
    [
        pytest.param(NOBODY, "Invalid", marks=pytest.mark.oca("TC_023_1_CSMS_StartChargingSession_AuthorizeInvalid")),
        pytest.param(EXPIRED, "Expired", marks=pytest.mark.oca("TC_023_2_CSMS_StartChargingSession_AuthorizeExpired")),
        pytest.param(BLOCKED, "Blocked", marks=pytest.mark.oca("TC_023_3_CSMS_StartChargingSession_AuthorizeBlocked")),
    ],
)
async def test_tags_that_may_not_charge(bench: Bench, id_tag: str, verdict: str) -> None:
    """Each kind has its word; nothing begins."""
    await bench.reports("Preparing")
    assert await bench.authorizes(id_tag) == verdict
    await bench.reports("Available")
    assert bench.transaction() is None and await bench.ended() == []


@pytest.mark.oca("TC_024_CSMS_StartChargingSession_LockFailure")
async def test_lock_that_fails(bench: Bench) -> None:
    """The connector is faulted with the code, until it is reported free of it."""
    await bench.reports("Preparing")
    assert await bench.authorizes() == "Accepted"
    await bench.reports("Faulted", error_code="ConnectorLockFailure")
    (fault,) = bench.site.open_faults()
    assert (fault.error_code, fault.severity, fault.connector_id) == ("ConnectorLockFailure", Severity.FAULT, 1)
    await bench.reports("Available")
    assert bench.site.open_faults() == [] and bench.transaction() is None


@pytest.mark.oca("TC_032_1_CSMS_PowerFailureBoot_StopTransactions")
async def test_power_failure_during_sessions(bench: Bench) -> None:
    """BOOT-09: a boot does not end sessions: each waits for the stop that the charger sends afterwards."""
    first, second = await bench.charges(1), await bench.charges(2, id_tag=FRIEND)
    answer = await bench.tell("BootNotification", chargePointVendor="ACME", chargePointModel="M1")
    assert answer["status"] == "Accepted"
    assert [t.interrupted for t in bench.site.chargers["CP-1"].open_transactions()] == [True, True]
    for tx in (first, second):
        assert await bench.stops(tx, "PowerLoss") == {}
    for connector_id in (1, 2):
        await bench.reports("Available", connector_id)
    assert await bench.ended() == [(CARD, "PowerLoss", 2000), (FRIEND, "PowerLoss", 2000)]


@pytest.mark.oca("TC_037_1_CSMS_OfflineStartTransaction_ValidIdTag")
async def test_start_that_was_kept_offline(bench: Bench) -> None:
    """Its own time counts, and the session goes on."""
    answer = await bench.starts(at=AT)
    assert answer["idTagInfo"]["status"] == "Accepted"
    await bench.reports("Charging")
    running = bench.site.chargers["CP-1"].open_transactions()[0]
    assert running.started_at == datetime.fromisoformat(AT).timestamp() * 1000


@pytest.mark.oca("TC_037_3_CSMS_OfflineStartTransaction_InvalidIdTag_StopOnInvalidTrue")
async def test_start_that_was_kept_offline_with_a_tag_that_may_not(bench: Bench) -> None:
    """TX-02: it gets an id and the verdict; the charger stops it as DeAuthorized, and what flowed is kept."""
    answer = await bench.starts(NOBODY)
    assert answer["idTagInfo"]["status"] == "Invalid" and answer["transactionId"] > 0
    running = bench.site.chargers["CP-1"].open_transactions()[0]
    assert running.tag_status is TagStatus.INVALID
    await bench.reports("Charging")
    assert await bench.stops(answer["transactionId"], "DeAuthorized") == {}
    await bench.unplugs()
    assert await bench.ended() == [(NOBODY, "DeAuthorized", 2000)]


@pytest.mark.oca("TC_039_CSMS_OfflineTransaction")
async def test_session_that_was_kept_offline(bench: Bench) -> None:
    """TX-08: start and stop of hours ago are processed like any others, with the charger's own times."""
    answer = await bench.starts(at=AT)
    stop = await bench.stops(answer["transactionId"], "Local", LATER, idTag=CARD)
    assert stop["idTagInfo"]["status"] == "Accepted"
    assert await bench.ended() == [(CARD, "Local", 2000)]
    (kept,) = await bench.site.find_transactions()
    assert kept.stopped_at - kept.started_at == 3_600_000


@pytest.mark.oca("TC_064_CSMS_DataTransferToCentralSystem")
async def test_data_of_a_vendor(bench: Bench) -> None:
    """Answered with the word for a vendor that the server knows nothing of."""
    answer = await bench.tell("DataTransfer", vendorId="com.example.unknown", messageId="m", data="x")
    assert answer == {"status": "UnknownVendorId"}
