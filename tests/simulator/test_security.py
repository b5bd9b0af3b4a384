"""The security extension: passwords, certificates, TLS."""

from __future__ import annotations

import base64
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from simulator import ChargePoint, Profile, Status, Traits
from tests.certificates import Authority, trusting
from tests.simulator.conftest import FAST, Make
from tests.simulator.csms import Csms, csms
from tests.simulator.signing import signed

CENTRAL = "CentralSystemRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"


def _basic(secret: bytes) -> str:
    return "Basic " + base64.b64encode(b"CP-1:" + secret).decode()


@pytest.mark.parametrize(
    ("key", "secret"),
    [("a pass phrase, 23 signs", b"a pass phrase, 23 signs"), ("00ff" * 10, b"\x00\xff" * 10)],
    ids=["text", "hex"],
)
async def test_a_new_password_counts_from_the_next_connection(
    central: Csms, make: Make, key: str, secret: bytes
) -> None:
    """TC_073, SEC-04: closed and dialled with the new secret, without a boot; CFG-09: it is never read out."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        asked = {"key": "AuthorizationKey", "value": key}
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Accepted"}
        await point.until(lambda: point.counters.connects == 2 and point.registered)
        read = await central.ask("CP-1", "GetConfiguration", key=["AuthorizationKey"])
        assert point.connectors[1].status is Status.CHARGING
        short = {"key": "AuthorizationKey", "value": "short"}
        assert await central.ask("CP-1", "ChangeConfiguration", **short) == {"status": "Rejected"}
    assert central.headers == ["", _basic(secret)]
    assert len(central.of("BootNotification")) == 1
    assert read["configurationKey"] == [{"key": "AuthorizationKey", "readonly": False}]


async def test_the_security_profile_only_rises(central: Csms, make: Make) -> None:
    """TC_083: 1 needs a password, 2 needs TLS; once raised it is not lowered."""
    async with make() as point:
        await point.until(lambda: point.registered)

        async def change(value: str) -> str:
            asked = {"key": "SecurityProfile", "value": value}
            return str((await central.ask("CP-1", "ChangeConfiguration", **asked))["status"])

        assert await change("1") == "Rejected"
        await central.ask("CP-1", "ChangeConfiguration", key="AuthorizationKey", value="0123456789abcdef")
        await point.until(lambda: point.counters.connects == 2 and point.registered)
        assert await change("1") == "Accepted"
        await point.until(lambda: point.counters.connects == 3 and point.registered)
        assert [await change(value) for value in ("0", "2", "3", "9")] == ["Rejected"] * 4
        assert point.configuration.text("SecurityProfile") == "1"


async def test_roots_are_installed_listed_and_deleted(central: Csms, make: Make, tmp_path: Path) -> None:
    """TC_075, TC_076: kept by type, told by hashes, deleted by these; what is none is not taken."""
    first, second = (Authority(tmp_path / name, name).certificate.read_text() for name in ("First", "Second"))
    async with make() as point:
        await point.until(lambda: point.registered)
        listed = {"certificateType": CENTRAL}
        assert await central.ask("CP-1", "GetInstalledCertificateIds", **listed) == {"status": "NotFound"}

        async def install(kind: str, certificate: str) -> str:
            asked = {"certificateType": kind, "certificate": certificate}
            return str((await central.ask("CP-1", "InstallCertificate", **asked))["status"])

        assert await install(CENTRAL, first) == "Accepted"
        assert await install(MANUFACTURER, second) == "Accepted"
        assert await install(CENTRAL, "no certificate") == "Failed"
        answer = await central.ask("CP-1", "GetInstalledCertificateIds", **listed)
        [hashed] = answer["certificateHashData"]
        certificate = x509.load_pem_x509_certificate(first.encode())
        assert hashed["serialNumber"] == f"{certificate.serial_number:x}"
        assert hashed["issuerNameHash"] == _sha256(certificate.issuer.public_bytes())
        for verdict in ("Accepted", "NotFound"):
            gone = await central.ask("CP-1", "DeleteCertificate", certificateHashData=hashed)
            assert gone == {"status": verdict}
        assert await central.ask("CP-1", "GetInstalledCertificateIds", **listed) == {"status": "NotFound"}
        assert len(point.certificates.hashes(MANUFACTURER)) == 1


async def test_a_certificate_is_asked_for_and_taken(central: Csms, make: Make, tmp_path: Path) -> None:
    """TC_074, TC_077, SEC-12: a real request for its own id; a certificate for another key is refused and told."""
    ca = Authority(tmp_path / "ca", "CA")
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="CpoName", value="Depot Ltd")
        await central.ask("CP-1", "ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
        await central.until(lambda: central.of("SignCertificate"))
        asked_for = central.of("SignCertificate")[0]["csr"]
        csr = x509.load_pem_x509_csr(asked_for.encode())
        assert csr.is_signature_valid
        assert csr.subject.rfc4514_string() == "O=Depot Ltd,CN=CP-1"
        foreign = ca.charger("CP-1").certificate.read_text()
        answer = await central.ask("CP-1", "CertificateSigned", certificateChain=foreign)
        assert answer == {"status": "Rejected"}
        await central.until(lambda: central.of("SecurityEventNotification"))
        answer = await central.ask("CP-1", "CertificateSigned", certificateChain=signed(ca, asked_for))
        assert answer == {"status": "Accepted"}
    assert central.of("SecurityEventNotification")[0]["type"] == "InvalidChargePointCertificate"


async def test_over_tls_a_signed_certificate_is_shown(tmp_path: Path) -> None:
    """TC_086, TC_087: wss with a CA file; the certificate that was signed is shown at the next connection."""
    ca = Authority(tmp_path / "ca", "CA")
    pair = ca.server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ca.certificate))
    context.load_cert_chain(pair.certificate, pair.key)
    context.verify_mode = ssl.CERT_OPTIONAL
    async with csms(context) as central:
        traits = Traits(back_off_s=(0.5, 2.0))
        tls = trusting(ca.certificate)
        point = ChargePoint("CP-1", central.url, password="0123456789abcdef", tls=tls, clock=FAST, traits=traits)
        async with point:
            await point.until(lambda: point.registered)
            assert point.configuration.text("SecurityProfile") == "2"
            other = Authority(tmp_path / "other", "Other").certificate.read_text()
            await central.ask("CP-1", "InstallCertificate", certificateType=CENTRAL, certificate=other)
            await central.ask("CP-1", "ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
            await central.until(lambda: central.of("SignCertificate"))
            asked_for = central.of("SignCertificate")[0]["csr"]
            await central.ask("CP-1", "CertificateSigned", certificateChain=signed(ca, asked_for))
            await point.until(lambda: point.counters.connects == 2 and point.registered)
            asked = {"key": "SecurityProfile", "value": "3"}
            assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Accepted"}
            assert len(tls.get_ca_certs()) == 2
            assert point.tls is not tls  # others may share that one
    assert central.certificates[:2] == ["", "CP-1"]


async def test_an_unknown_ca_is_not_trusted(tmp_path: Path) -> None:
    """TC_086: a server whose CA is another one gets no line, and the reason is told."""
    pair = Authority(tmp_path / "ca", "CA").server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    tls = trusting(Authority(tmp_path / "other", "Other").certificate)
    async with csms(context) as central, ChargePoint("CP-1", central.url, tls=tls, clock=FAST) as point:
        await point.until(lambda: "not trusted" in point.last_error)
        assert not central.calls


async def test_a_security_event_waits_for_the_line(central: Csms, make: Make) -> None:
    """SEC-13 from the other side: what happens without a line is told later, with its own time."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.drop_line(10)
        await point.until(lambda: not point.connected)
        point.security.note("TamperDetectionActivated", "door open")
        before = datetime.now(UTC)
        await central.until(lambda: central.of("SecurityEventNotification"))
    [event] = central.of("SecurityEventNotification")
    assert (event["type"], event["techInfo"]) == ("TamperDetectionActivated", "door open")
    assert datetime.fromisoformat(event["timestamp"]) <= before


async def test_a_charge_point_without_the_extension(central: Csms, make: Make) -> None:
    """Older than the security extension: NotImplemented, no keys of it, no events."""
    async with make(lacks=frozenset({Profile.SECURITY})) as point:
        await point.until(lambda: point.registered)
        frame = await central.call("CP-1", "GetInstalledCertificateIds", {"certificateType": CENTRAL})
        assert frame[:3:2] == [4, "NotImplemented"]
        asked = {"key": "AuthorizationKey", "value": "0123456789abcdef"}
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "NotSupported"}
        point.security.note("TamperDetectionActivated")
        assert "SecurityProfile" not in point.configuration
    assert not central.of("SecurityEventNotification")


def _sha256(content: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize().hex()
