"""Firmware and diagnostics: real files over HTTP, every step told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import Status
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms
from tests.simulator.signing import Signer
from tests.simulator.web import Web, web


@pytest.fixture
def store() -> Iterator[Web]:
    with web() as server:
        yield server


@pytest.fixture(params=["RSA", "ECDSA"])
def signer(tmp_path: Path, request: pytest.FixtureRequest) -> Signer:
    return Signer(tmp_path / "pki", request.param == "RSA")


def _now(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(central: Csms, action: str) -> list[str]:
    return [payload["status"] for payload in central.of(action)]


FIRMWARE = "FirmwareStatusNotification"
SIGNED = "SignedFirmwareStatusNotification"
DIAGNOSTICS = "DiagnosticsStatusNotification"


async def test_an_update_ends_with_a_boot_of_the_new_version(central: Csms, make: Make, store: Web) -> None:
    """TC_044_1, FW-01: fetched, installed when the last session is over, Unavailable meanwhile, booted, Installed."""
    store.files["/acme-2.7.1.bin"] = b"x" * 100_000
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        location = f"{store.url}/acme-2.7.1.bin"
        assert await central.ask("CP-1", "UpdateFirmware", location=location, retrieveDate=_now()) == {}
        await central.until(lambda: central.status(2) == "Unavailable")
        before = len(central.of("MeterValues"))
        await central.until(lambda: len(central.of("MeterValues")) > before + 2)
        assert _told(central, FIRMWARE) == ["Downloading", "Downloaded"]
        assert point.connectors[1].status is Status.CHARGING
        point.stop(1)
        await central.until(lambda: central.of("SecurityEventNotification"))
    assert _told(central, FIRMWARE) == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert central.statuses(2)[:2] == ["Available", "Unavailable"]
    assert [boot["firmwareVersion"] for boot in central.of("BootNotification")] == ["1.0.0", "2.7.1"]
    assert [event["type"] for event in central.of("SecurityEventNotification")] == ["FirmwareUpdated"]


async def test_a_download_is_tried_again_then_given_up(central: Csms, make: Make, store: Web) -> None:
    """TC_044_2: so often as was asked; then DownloadFailed, and all goes on as before."""
    store.files["/f.bin"] = b"x"
    store.fails = 1
    async with make() as point:
        await point.until(lambda: point.registered)
        asked = {"retrieveDate": _now(), "retries": 1, "retryInterval": 1}
        await central.ask("CP-1", "UpdateFirmware", location="ftp://127.0.0.1/f.bin", **asked)
        await central.until(lambda: _told(central, FIRMWARE) == ["Downloading", "DownloadFailed"])
        await central.ask("CP-1", "UpdateFirmware", location=f"{store.url}/f.bin", **asked)
        await central.until(lambda: _told(central, FIRMWARE)[2:4] == ["Downloading", "Downloaded"])


async def test_a_failed_install_changes_nothing(central: Csms, make: Make, store: Web) -> None:
    """TC_044_3: InstallationFailed, no boot, in service again with the old version."""
    store.files["/f-9.9.bin"] = b"x"
    async with make(fails_install=True) as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "UpdateFirmware", location=f"{store.url}/f-9.9.bin", retrieveDate=_now())
        await central.until(lambda: _told(central, FIRMWARE)[-1:] == ["InstallationFailed"])
        await central.until(lambda: central.statuses(1) == ["Available", "Unavailable", "Available"])
        assert point.nameplate.firmware == "1.0.0"


async def test_an_update_waits_for_its_date_and_gives_way(central: Csms, make: Make, store: Web) -> None:
    """Nothing is told before retrieveDate; another update takes the place of the one that waits."""
    store.files["/b-2.0.bin"] = b"x"
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "UpdateFirmware", location=f"{store.url}/a.bin", retrieveDate=_now(3600))
        assert point.firmware.is_busy
        await central.ask("CP-1", "UpdateFirmware", location=f"{store.url}/b-2.0.bin", retrieveDate=_now(0.2))
        await central.until(lambda: "Installed" in _told(central, FIRMWARE))
    assert _told(central, FIRMWARE) == ["Downloading", "Downloaded", "Installing", "Installed"]


async def test_a_signed_update(central: Csms, make: Make, store: Web, signer: Signer) -> None:
    """TC_080, SEC-14: the signature is checked, each status names the request, and it reboots."""
    store.files["/f-3.1.bin"] = content = b"firmware" * 1000
    async with make() as point:
        await point.until(lambda: point.registered)
        firmware = {
            "location": f"{store.url}/f-3.1.bin",
            "retrieveDateTime": _now(0.8),
            "installDateTime": _now(2.5),  # time to fetch and verify it before
            "signingCertificate": signer.certificate,
            "signature": signer.sign(content),
        }
        answer = await central.ask("CP-1", "SignedUpdateFirmware", requestId=42, firmware=firmware)
        assert answer == {"status": "Accepted"}
        await central.until(lambda: "Installed" in _told(central, SIGNED))
    steps = "DownloadScheduled Downloading Downloaded SignatureVerified InstallScheduled Installing InstallRebooting"
    assert _told(central, SIGNED) == [*steps.split(), "Installed"]
    assert {payload["requestId"] for payload in central.of(SIGNED)} == {42}
    assert central.of("BootNotification")[-1]["firmwareVersion"] == "3.1"


async def test_a_wrong_signature_and_a_wrong_certificate(central: Csms, make: Make, store: Web, signer: Signer) -> None:
    """TC_081: InvalidSignature and a security event; a certificate that is none is answered InvalidCertificate."""
    store.files["/f-3.1.bin"] = b"firmware"
    async with make() as point:
        await point.until(lambda: point.registered)
        firmware = {"location": f"{store.url}/f-3.1.bin", "retrieveDateTime": _now()}
        firmware |= {"signingCertificate": signer.certificate, "signature": signer.sign(b"another")}
        await central.ask("CP-1", "SignedUpdateFirmware", requestId=1, firmware=firmware)
        await central.until(lambda: _told(central, SIGNED)[-1:] == ["InvalidSignature"])
        await central.until(lambda: central.of("SecurityEventNotification"))
        firmware["signingCertificate"] = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----"
        answer = await central.ask("CP-1", "SignedUpdateFirmware", requestId=2, firmware=firmware)
        assert answer == {"status": "InvalidCertificate"}
        root = {"certificateType": "ManufacturerRootCertificate"}
        await central.ask("CP-1", "InstallCertificate", certificate=signer.stranger, **root)
        firmware["signingCertificate"] = signer.certificate
        answer = await central.ask("CP-1", "SignedUpdateFirmware", requestId=3, firmware=firmware)
        assert answer == {"status": "InvalidCertificate"}
        await central.ask("CP-1", "InstallCertificate", certificate=signer.root, **root)
        answer = await central.ask("CP-1", "SignedUpdateFirmware", requestId=4, firmware=firmware)
        assert answer == {"status": "Accepted"}
        await central.until(lambda: len(central.of("SecurityEventNotification")) == 4)
    events = [event["type"] for event in central.of("SecurityEventNotification")]
    signature, certificate = "InvalidFirmwareSignature", "InvalidFirmwareSigningCertificate"
    assert events == [signature, certificate, certificate, signature]
    assert len(central.of("BootNotification")) == 1


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_diagnostics_are_a_file(central: Csms, make: Make, store: Web, method: str) -> None:
    """TC_045_1, FW-02: the name is answered, and a file of that name holds the log; PUT, else POST."""
    store.methods = (method,)
    async with make() as point:
        await point.until(lambda: point.registered)
        point.fault(1, "GroundFailure", vendor_error_code="E-113")
        answer = await central.ask("CP-1", "GetDiagnostics", location=f"{store.url}/drop/")
        await central.until(lambda: _told(central, DIAGNOSTICS) == ["Uploading", "Uploaded"])
        await central.ask("CP-1", "TriggerMessage", requestedMessage=DIAGNOSTICS)
        await central.until(lambda: _told(central, DIAGNOSTICS)[2:] == ["Idle"])
    text = store.files[f"/drop/{answer['fileName']}"].decode()
    assert "GroundFailure E-113" in text
    assert "HeartbeatInterval = 300" in text
    assert answer["fileName"].startswith("CP-1-")


async def test_an_upload_that_fails(central: Csms, make: Make, store: Web) -> None:
    """TC_045_2: after the last try UploadFailed; once more and it works."""
    async with make() as point:
        await point.until(lambda: point.registered)
        store.fails = 2
        asked = {"location": f"{store.url}/here", "retries": 1, "retryInterval": 1}
        await central.ask("CP-1", "GetDiagnostics", **asked)
        await central.until(lambda: _told(central, DIAGNOSTICS) == ["Uploading", "UploadFailed"])
        store.fails = 1
        await central.ask("CP-1", "GetDiagnostics", **asked)
        await central.until(lambda: _told(central, DIAGNOSTICS)[2:] == ["Uploading", "Uploaded"])


async def test_security_log(central: Csms, make: Make, store: Web) -> None:
    """TC_079, SEC-14: GetLog of the security log, each status with the request id."""
    log: dict[str, Any] = {"remoteLocation": f"{store.url}/logs/"}
    async with make() as point:
        await point.until(lambda: point.registered)
        point.security.note("TamperDetectionActivated", "door open")
        answer = await central.ask("CP-1", "GetLog", logType="SecurityLog", requestId=5, log=log)
        await central.until(lambda: _told(central, "LogStatusNotification") == ["Uploading", "Uploaded"])
        failing = {"remoteLocation": "http://127.0.0.1:9/"}
        await central.ask("CP-1", "GetLog", logType="DiagnosticsLog", requestId=6, log=failing)
        await central.until(lambda: _told(central, "LogStatusNotification")[-1] == "UploadFailure")
    assert answer["status"] == "Accepted"
    assert b"TamperDetectionActivated door open" in store.files[f"/logs/{answer['filename']}"]
    assert [payload["requestId"] for payload in central.of("LogStatusNotification")] == [5, 5, 6, 6]
