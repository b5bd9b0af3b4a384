"""Security extension: certificates, logs, signed firmware, security events."""

from __future__ import annotations

import pytest

from server.model.command import CommandState, StepState
from server.model.operations import (
    CertificateSigned,
    CertificateUse,
    DeleteCertificate,
    GetInstalledCertificateIds,
    GetLog,
    InstallCertificate,
    SignedUpdateFirmware,
)
from tests.server.links.oca.bench import AT, Bench, confirmed
from tests.server.links.v16.outbound.cases import PEM, TEN
from tests.server.operations.whole import finished

HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}


async def security_events(bench: Bench) -> list[tuple[str, str]]:
    assert await bench.site.flush()
    return [(event.type, event.tech_info) for _, event in await bench.site.find_security_events("CP-1")]


async def tells_event(bench: Bench, kind: str, info: str) -> None:
    assert await bench.tell("SecurityEventNotification", type=kind, timestamp=AT, techInfo=info) == {}


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(
            "ManufacturerRootCertificate", marks=pytest.mark.oca("TC_075_1_CSMS_InstallManufacturerRootCertificate")
        ),
        pytest.param(
            "CentralSystemRootCertificate", marks=pytest.mark.oca("TC_075_2_CSMS_InstallCentralSystemRootCertificate")
        ),
    ],
)
async def test_root_is_installed(bench: Bench, use: CertificateUse) -> None:
    """Accepted, and then among those that the charger lists."""
    command = await bench.asks(InstallCertificate(use, PEM))
    assert bench.sent("InstallCertificate") == {"certificateType": use, "certificate": PEM}
    assert command.state is CommandState.ACCEPTED
    found = await bench.asks(GetInstalledCertificateIds(use), status="Accepted", certificateHashData=[HASHES])
    assert bench.sent("GetInstalledCertificateIds") == {"certificateType": use}
    assert "serialNumber 01" in found.facts[0]


@pytest.mark.oca("TC_076_CSMS_DeleteSpecificInstalledCertificate")
async def test_one_certificate_is_deleted(bench: Bench) -> None:
    """By the hashes that the charger listed; afterwards none is installed."""
    root: CertificateUse = "CentralSystemRootCertificate"
    await bench.asks(GetInstalledCertificateIds(root), status="Accepted", certificateHashData=[HASHES])
    assert (await bench.asks(DeleteCertificate("SHA256", "aa", "bb", "01"))).state is CommandState.ACCEPTED
    assert bench.sent("DeleteCertificate") == {"certificateHashData": HASHES}
    none = await bench.asks(GetInstalledCertificateIds(root), status="NotFound")
    assert none.facts == ("none is installed",)
    gone = await bench.asks(DeleteCertificate("SHA256", "aa", "bb", "01"), status="NotFound")
    assert (gone.state, gone.status) == (CommandState.REJECTED, "NotFound")


@pytest.mark.oca("TC_077_CSMS_InvalidChargePointCertificateSecurityEvent")
async def test_certificate_of_the_charger_is_not_valid(bench: Bench) -> None:
    """The charger rejects the certificate, and its security event is kept."""
    command = await bench.asks(CertificateSigned(PEM), status="Rejected")
    assert bench.sent("CertificateSigned") == {"certificateChain": PEM}
    assert command.state is CommandState.REJECTED
    await tells_event(bench, "InvalidChargePointCertificate", "signature")
    assert await security_events(bench) == [("InvalidChargePointCertificate", "signature")]


@pytest.mark.oca("TC_078_CSMS_InvalidCentralSystemCertificateSecurityEvent")
async def test_root_of_the_server_is_not_valid(bench: Bench) -> None:
    """The charger rejects the root, and its security event is kept."""
    command = await bench.asks(InstallCertificate("CentralSystemRootCertificate", PEM), status="Rejected")
    assert (command.state, command.status) == (CommandState.REJECTED, "Rejected")
    await tells_event(bench, "InvalidCentralSystemCertificate", "chain")
    assert await security_events(bench) == [("InvalidCentralSystemCertificate", "chain")]


@pytest.mark.oca("TC_079_CSMS_GetSecurityLog")
async def test_security_log(bench: Bench) -> None:
    """The reports come back with the request id, and confirm the command."""
    command = await bench.asks(
        GetLog("SecurityLog", None, "https://files.example/log"), status="Accepted", filename="s"
    )
    sent = bench.sent("GetLog")
    assert sent["logType"] == "SecurityLog" and sent["log"] == {"remoteLocation": "https://files.example/log"}
    for word in ("Uploading", "Uploaded"):
        assert await bench.tell("LogStatusNotification", status=word, requestId=sent["requestId"]) == {}
    assert await confirmed(command) == ["sent", "accepted", "Uploading", "Uploaded", "confirmed"]


FIRMWARE = SignedUpdateFirmware("https://files.example/fw.bin", TEN, PEM, "c2ln")


async def reports_firmware(bench: Bench, *words: str) -> None:
    number = bench.sent("SignedUpdateFirmware")["requestId"]
    for word in words:
        assert await bench.tell("SignedFirmwareStatusNotification", status=word, requestId=number) == {}


@pytest.mark.oca("TC_080_CSMS_SecureFirmwareUpdate")
async def test_signed_firmware(bench: Bench) -> None:
    """Certificate and signature go out; verified, installed over a reboot, and the security event of it kept."""
    command = await bench.asks(FIRMWARE)
    sent = bench.sent("SignedUpdateFirmware")["firmware"]
    assert (sent["signingCertificate"], sent["signature"]) == (PEM, "c2ln")
    await reports_firmware(bench, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting")
    await bench.boots()
    await tells_event(bench, "FirmwareUpdated", "1.1")
    await reports_firmware(bench, "Installed")
    assert (await confirmed(command))[-2:] == ["Installed", "confirmed"]
    assert await security_events(bench) == [("FirmwareUpdated", "1.1")]


@pytest.mark.oca("TC_081_CSMS_SecureFirmwareUpdateInvalidSignature")
async def test_signed_firmware_with_a_wrong_signature(bench: Bench) -> None:
    """The command says that the signature was the reason; the security event is kept."""
    command = await bench.asks(FIRMWARE)
    await reports_firmware(bench, "Downloading", "Downloaded", "InvalidSignature")
    await tells_event(bench, "InvalidFirmwareSignature", "")
    await finished(command)
    failed = next(step for step in command.steps if step.state is StepState.MISSING)
    assert "InvalidSignature" in failed.note
    assert await security_events(bench) == [("InvalidFirmwareSignature", "")]
