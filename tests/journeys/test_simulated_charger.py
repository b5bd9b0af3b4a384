"""All 26 operations from `ocpp-console serve` to a simulated charge point, with the file drop between them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from simulator import ChargePoint, Clock, Nameplate, Rating, Traits, Vehicle
from tests.certificates import Authority
from tests.journeys.api import Api
from tests.journeys.product import Served
from tests.simulator.signing import Signer, signed

ID = "SIM-1"


@asynccontextmanager
async def depot(folder: Path, **settings: str) -> AsyncIterator[tuple[Api, ChargePoint]]:
    """A server with a file drop, and a simulated charge point that lives twenty times as fast."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Served(folder, DROP_PORT=str(port), **settings) as served, Api.of(served, ID) as api:
        traits = Traits(reboot_s=4.0, back_off_s=(1.0, 4.0))
        point = ChargePoint(
            ID,
            served.url,
            (Rating(11, 3), Rating(11, 3)),
            nameplate=Nameplate(serial=ID),
            clock=Clock(20.0, 60.0),
            traits=traits,
        )
        async with point:
            await point.until(lambda: point.registered)
            yield api, point


def _later(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.slow
async def test_firmware_out_of_the_drop_and_diagnostics_into_it(folder: Path, tmp_path: Path) -> None:
    """FW-01, FW-02: both ways through the built-in drop; the new version in the boot, the log in the file."""
    async with depot(folder) as (api, point):
        await _offer(api, "acme-4.2.0.bin", b"firmware" * 10_000)
        await _offer(api, "acme-4.3.0.bin", b"signed")
        point.fault(2, "GroundFailure", vendor_error_code="E-113")
        await api.do("GetDiagnostics")
        await api.do("UpdateFirmware", location="acme-4.2.0.bin", retrieveDate=_later(-5))
        assert (await api.get(f"chargers/{ID}"))["firmware"] == "4.2.0"
        [upload] = [file for file in (await api.get("files"))["files"] if file["kind"] == "upload"]
        log = (await api.http.get(f"/api/files/{upload['fileId']}/content")).text
        assert "GroundFailure E-113" in log
        signer = Signer(tmp_path)
        firmware = {"location": "acme-4.3.0.bin", "retrieveDateTime": _later(-5)}
        firmware |= {"signingCertificate": signer.certificate, "signature": signer.sign(b"signed")}
        await api.do("SignedUpdateFirmware", firmware=firmware)
        assert (await api.get(f"chargers/{ID}"))["firmware"] == "4.3.0"
        assert [job["state"] for job in (await api.get("jobs"))["jobs"]] == ["Installed", "Installed", "Uploaded"]


async def _offer(api: Api, name: str, content: bytes) -> None:
    added = (await api.http.post("/api/files", json={"name": name})).json()
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.put(added["uploadUrl"], content=content)).is_success


@pytest.mark.slow
async def test_every_operation_has_its_effect(folder: Path, tmp_path: Path) -> None:
    """What the server waits for after each operation comes from the simulator; neither breaks a rule of the other."""
    async with depot(folder) as (api, point):
        await _core(api, point)
        await _lists_reservations_profiles(api, point)
        await _security(api, point, Authority(tmp_path, "Root"))
        assert (await api.get("deviations"))["deviations"] == []
        assert point.counters.errors == 0


async def _core(api: Api, point: ChargePoint) -> None:
    await api.do("Reset", type="Soft")
    await api.do("ChangeConfiguration", key="HeartbeatInterval", value="77")
    await api.do("GetConfiguration")
    await api.do("ClearCache")
    await api.do("DataTransfer", vendorId="Simulator", messageId="echo", data="x")
    for kind in ("Inoperative", "Operative"):
        await api.do("ChangeAvailability", connectorId=0, type=kind)
    for message in ("BootNotification", "Heartbeat", "StatusNotification", "MeterValues"):
        await api.do("TriggerMessage", requestedMessage=message)
    point.plug_in(1, Vehicle(battery_kwh=500, soc=5))
    await api.do("RemoteStartTransaction", connectorId=1, idTag="CARD-1")
    [running] = (await api.get("transactions"))["transactions"]
    await api.do("RemoteStopTransaction", transactionId=running["transactionId"])
    point.plug_out(1)
    point.plug_in(1, Vehicle(battery_kwh=500, soc=5))
    point.start(1, "CARD-1")
    await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
    await api.do("UnlockConnector", connectorId=1)
    point.plug_out(1)


async def _lists_reservations_profiles(api: Api, point: ChargePoint) -> None:
    entry = {"idTag": "A", "idTagInfo": {"status": "Accepted"}}
    await api.do(
        "SendLocalList",
        listVersion=3,
        updateType="Full",
        localAuthorizationList=[entry],
    )
    assert (await api.do("GetLocalListVersion"))["facts"] == ["version 3"]
    await api.do("ReserveNow", connectorId=1, idTag="CARD-1", expiryDate=_later(600), reservationId=7)
    await api.do("CancelReservation", reservationId=7)
    profile = {
        "chargingProfileId": 7,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}]},
    }
    await api.do("SetChargingProfile", connectorId=1, csChargingProfiles=profile)
    await api.do("GetCompositeSchedule", connectorId=1, duration=600)
    point.plug_in(1, Vehicle(battery_kwh=500, soc=5))
    point.start(1, "CARD-1")
    assert point.connectors[1].power_w == 8 * 230 * 3
    await api.do("ClearChargingProfile", id=7)
    assert point.connectors[1].power_w == 11_000


async def _security(api: Api, point: ChargePoint, ca: Authority) -> None:
    for message in ("LogStatusNotification", "FirmwareStatusNotification", "SignChargePointCertificate"):
        await api.do("ExtendedTriggerMessage", requestedMessage=message)
    async with asyncio.timeout(10):  # it is on the disk a moment after it was answered
        while not (asked_for := (await api.get("certificates"))["certificates"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await api.do("CertificateSigned", certificateChain=signed(ca, asked_for[0]["csr"]))
    await api.do("GetLog", logType="SecurityLog")
    kind = {"certificateType": "CentralSystemRootCertificate"}
    await api.do("InstallCertificate", certificate=ca.certificate.read_text(), **kind)
    await api.do("GetInstalledCertificateIds", **kind)
    await api.do("DeleteCertificate", certificateHashData=point.certificates.hashes(kind["certificateType"])[0])
    assert not point.certificates.hashes(kind["certificateType"])
