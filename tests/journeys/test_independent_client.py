"""A charger that we did not write runs boot, sessions and all 26 operations against `ocpp-console serve`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ocpp.v16 import call
from websockets.asyncio.client import connect

from tests.journeys.api import Api
from tests.journeys.command import run_all
from tests.journeys.library_charger import ANSWERS, HASHES, MODEL, VENDOR, LibraryCharger
from tests.journeys.product import Served
from tests.server.links.v16.outbound.cases import PEM

ID = "LIB-1"
LATER = "2096-10-02T07:06:40Z"


@asynccontextmanager
async def library_charger(served: Served) -> AsyncIterator[LibraryCharger]:
    async with connect(f"{served.url}/{ID}", subprotocols=["ocpp1.6"], compression=None) as socket:  # type: ignore[list-item]
        charger = LibraryCharger(ID, socket)
        reading = asyncio.create_task(charger.start())
        try:
            yield charger
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def test_session_of_a_charger_that_we_did_not_write(folder: Path) -> None:
    """Boot, authorization, and a whole session with meter values are understood, and add up to the watt-hour."""
    async with Served(folder) as served, Api.of(served, ID) as api, library_charger(served) as charger:
        answer = await charger.boots()
        assert (answer.status, answer.interval) == ("Accepted", 300)
        authorized = await charger.call(call.Authorize("CARD-1"))
        assert authorized.id_tag_info["status"] == "Accepted"
        assert (await charger.call(call.Heartbeat())).current_time.endswith("Z")
        transaction_id = await charger.starts(1, "CARD-1")
        for watts in (11_000, 7_400):
            await charger.meters(1, 500, watts)
        live = await api.connector(1)
        assert (live["status"], live["transactionId"], live["powerKw"], live["energyKwh"]) == (
            "Charging",
            transaction_id,
            7.4,
            1.0,
        )
        await charger.stops(1, "EVDisconnected")
        (ended,) = await api.list("transactions")
        assert (ended["transactionId"], ended["state"], ended["energyConsumedKwh"], ended["stopReason"]) == (
            transaction_id,
            "completed",
            1.0,
            "EVDisconnected",
        )
        known = await api.get(f"chargers/{ID}")
        assert (known["vendor"], known["model"], known["status"]) == (VENDOR, MODEL, "Available")
        assert await api.list("deviations") == []


@pytest.mark.slow
async def test_every_operation_on_a_charger_that_we_did_not_write(folder: Path) -> None:
    """All 26 are validated by its own schemas and answered; what they change is seen, and listed by `get`."""
    async with Served(folder) as served, Api.of(served, ID) as api, library_charger(served) as charger:
        await charger.boots()
        await _core(served, api)
        await _sessions(api, charger)
        await _lists_and_reservations(api)
        await _charging_profiles(served, api)
        await _firmware_and_certificates(api)
        assert {action for action, _ in charger.asked} == {action.value for action in ANSWERS}
        assert len(ANSWERS) == 26
        assert await api.list("deviations") == []


async def _core(served: Served, api: Api) -> None:
    lines = (
        f"do ChangeConfiguration {ID} key=HeartbeatInterval value=77",
        f"do GetConfiguration {ID} key=NumberOfConnectors key=Nope",
        f"do DataTransfer {ID} vendorId=acme messageId=ping data=x",
    )
    said = await run_all(lines, served.folder)
    assert [one.code for one in said] == [0] * len(said), said
    assert "NumberOfConnectors = 2" in said[1].out and "Nope: unknown" in said[1].out and "data pong" in said[2].out
    told = (await api.get(f"chargers/{ID}"))["told"]["configuration"]
    assert {"key": "HeartbeatInterval", "value": "77", "readonly": False} in told
    for kind, status in (("Inoperative", "Unavailable"), ("Operative", "Available")):
        await api.do("ChangeAvailability", connectorId=1, type=kind)
        assert (await api.connector(1))["status"] == status
    await api.do("ClearCache")
    await api.do("UnlockConnector", connectorId=1)
    await api.do("TriggerMessage", requestedMessage="MeterValues", connectorId=2)
    assert (await api.connector(2))["meterKwh"] == 2.0


async def _sessions(api: Api, charger: LibraryCharger) -> None:
    await api.do("RemoteStartTransaction", connectorId=2, idTag="CARD-2")
    running = await api.connector(2)
    assert (running["status"], running["idTag"]) == ("Charging", "CARD-2")
    await charger.meters(2, 250, 3_700)
    await api.do("RemoteStopTransaction", transactionId=running["transactionId"])
    await charger.starts(1, "CARD-1")
    await api.do("Reset", type="Soft")
    found = await api.list("transactions")
    assert [(t["stopReason"], t["energyConsumedKwh"]) for t in found] == [("SoftReset", 0.0), ("Remote", 0.25)]


async def _lists_and_reservations(api: Api) -> None:
    entry = {"idTag": "CARD-1", "idTagInfo": {"status": "Accepted"}}
    await api.do("SendLocalList", listVersion=4, updateType="Full", localAuthorizationList=[entry])
    assert (await api.do("GetLocalListVersion"))["facts"] == ["version 4"]
    await api.do("ReserveNow", connectorId=1, idTag="CARD-1", expiryDate=LATER, reservationId=7)
    assert (await api.connector(1))["status"] == "Reserved"
    (held,) = await api.list("reservations")
    assert (held["reservationId"], held["state"]) == (7, "holds")
    await api.do("CancelReservation", reservationId=7)
    (ended,) = await api.list("reservations")
    assert ended["state"] == "ended"


async def _charging_profiles(served: Served, api: Api) -> None:
    periods = [{"startPeriod": 0, "limit": 16}, {"startPeriod": 60, "limit": 8.5, "numberPhases": 1}]
    profile = {
        "chargingProfileId": 7,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
    }
    await api.do("SetChargingProfile", connectorId=1, csChargingProfiles=profile)
    await api.do("GetCompositeSchedule", connectorId=1, duration=3600, chargingRateUnit="A")
    profiles, schedules = await run_all((f"get {what} -o json" for what in ("profiles", "schedules")), served.folder)
    (kept,), (told,) = json.loads(profiles.out)["profiles"], json.loads(schedules.out)["schedules"]
    assert (kept["profileId"], kept["periods"]) == (7, told["periods"])
    await api.do("ClearChargingProfile", id=7)
    assert await api.list("charging-profiles", "profiles") == []


async def _firmware_and_certificates(api: Api) -> None:
    await api.do("GetDiagnostics", location="https://files.example/in")
    await api.do("GetLog", logType="SecurityLog", log={"remoteLocation": "https://files.example/log"})
    await api.do("UpdateFirmware", location="https://files.example/fw.bin", retrieveDate=LATER)
    firmware = {
        "location": "https://files.example/fw.bin",
        "retrieveDateTime": LATER,
        "signingCertificate": PEM,
        "signature": "c2lnbmF0dXJl",
    }
    await api.do("SignedUpdateFirmware", firmware=firmware)
    jobs = await api.list("jobs")
    assert [job["state"] for job in jobs] == ["Installed", "Installed", "Uploaded", "Uploaded"]
    root = {"certificateType": "CentralSystemRootCertificate"}
    await api.do("InstallCertificate", certificate=PEM, **root)
    found = await api.do("GetInstalledCertificateIds", **root)
    assert HASHES["serial_number"] in found["facts"][0]
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}
    await api.do("DeleteCertificate", certificateHashData=hashes)
    await api.do("CertificateSigned", certificateChain=PEM)
    await api.do("ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
    async with asyncio.timeout(10):  # it is on the disk a moment after it was answered
        while not (requests := await api.list("certificates")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert requests[0]["csr"].startswith("-----BEGIN CERTIFICATE REQUEST")
