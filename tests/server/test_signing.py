"""Chargers ask for certificates, and get them where the key of a CA is here: the whole server, real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.config import Config, OcppSettings, SecuritySettings, StoreSettings
from server.core.ports import CannotStart
from server.model.command import CommandState
from server.site import Site, open_site
from tests.certificates import Authority, Pair, request_in_no_words, request_of, write_key
from tests.raw_client import RawClient
from tests.server.api.served import short_path
from tests.server.links.conftest import eventually


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "depot")


def config_of(ca: Authority, folder: Path, socket: Path, key: Path | None) -> Config:
    own = ca.server()
    security = SecuritySettings(certificate=own.certificate, key=own.key, client_ca=ca.certificate, tls_port=0)
    security.client_ca_key = key or Path()
    ocpp = OcppSettings(host="127.0.0.1", port=0, unknown_chargers="accept")
    config = Config(ocpp=ocpp, security=security, store=StoreSettings(path=folder / "depot.db"), socket=socket)
    config.drop.port = 0
    return config


@pytest.fixture
async def site(ca: Authority, tmp_path: Path) -> AsyncIterator[Site]:
    with short_path() as socket:
        async with open_site(config_of(ca, tmp_path, socket, ca.key_file)) as opened:
            yield opened


async def booted(site: Site) -> RawClient:
    client = await RawClient.connect(int(site.health.ocpp_url.rpartition(":")[2]))
    boot = {"chargePointVendor": "ACME", "chargePointModel": "M1", "chargePointSerialNumber": "SN-1"}
    assert (await client.call("BootNotification", boot))[2]["status"] == "Accepted"
    return client


async def test_certificate_comes_after_the_answer_and_opens_profile_3(
    site: Site, ca: Authority, tmp_path: Path
) -> None:
    """SEC-12, SEC-11: Accepted first, then CertificateSigned; with it the charger comes back over TLS, profile 3."""
    key = ec.generate_private_key(ec.SECP256R1())
    async with await booted(site) as client:
        answer = await client.call("SignCertificate", {"csr": request_of("SN-1", key)})
        assert answer[2] == {"status": "Accepted"}
        signed = await client.receive()
        assert signed[2] == "CertificateSigned"
        client.send([3, signed[1], {"status": "Accepted"}])
        await eventually(lambda: site.commands and site.commands[-1].state is CommandState.ACCEPTED)
        assert site.commands[-1].operator == "server"

    pem = signed[3]["certificateChain"]
    made = x509.load_pem_x509_certificate(pem.encode())
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.certificate.read_bytes()))
    assert "O=CPO" in made.subject.rfc4514_string() and made.public_key() == key.public_key()
    own = Pair(tmp_path / "own.pem", write_key(key, tmp_path / "own.key"))
    own.certificate.write_text(pem)
    port = int(site.health.ocpps_url.rpartition(":")[2])
    async with await RawClient.connect(port, tls=own.client(ca.certificate)) as client:
        assert client.status == 101
        assert site.connections[0].profile == 3


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda: "-----BEGIN CERTIFICATE REQUEST-----\nabc", "no PKCS#10 request", id="nonsense"),
        pytest.param(lambda: "x" * 20_000, "no PKCS#10 request", id="too long"),
        pytest.param(
            lambda: request_of("CP-2", ec.generate_private_key(ec.SECP256R1())), "its CN is 'CP-2'", id="another's name"
        ),
        pytest.param(
            lambda: request_of("SN-1", rsa.generate_private_key(65_537, 1_024)), "too short: 1024 bits", id="short key"
        ),
        pytest.param(request_in_no_words, "no PKCS#10 request", id="name that is no text"),
    ],
)
async def test_request_that_is_not_in_order_is_rejected_with_a_reason(
    site: Site, make: object, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-12: Rejected at once, nothing is sent; the log says why."""
    monkeypatch.setattr("server.signing.LATER_S", 0.02)
    async with await booted(site) as client:
        answer = await client.call("SignCertificate", {"csr": make()})  # type: ignore[operator]
        assert answer[2] == {"status": "Rejected"}
        assert await client.nothing_arrives()
    (line,) = [line for line in site.log.since(0) if line.action == "certificate"]
    assert told in line.text


async def test_only_the_newest_request_is_signed(site: Site) -> None:
    """SEC-12: a charger that asks twice has thrown its first key away."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    async with await booted(site) as client:
        for key in keys:
            assert (await client.call("SignCertificate", {"csr": request_of("CP-1", key)}))[2]["status"] == "Accepted"
        made = x509.load_pem_x509_certificate((await client.receive())[3]["certificateChain"].encode())
        assert made.public_key() == keys[1].public_key()
        assert await client.nothing_arrives()  # what the first one asked for would have come before


async def test_ca_key_of_another_ca_is_told_at_start(ca: Authority, tmp_path: Path) -> None:
    """Certificates by the wrong key would be refused by our own server, much later."""
    stranger = Authority(tmp_path / "stranger", "stranger")
    with short_path() as socket, pytest.raises(CannotStart, match="is not the key of"):
        async with open_site(config_of(ca, tmp_path, socket, stranger.key_file)):
            pass


async def test_ca_without_an_organization_signs(tmp_path: Path) -> None:
    """SEC-12: not every CA has an O; what it signs has none either, unless security.client_organization says one."""
    plain = Authority(tmp_path / "plain", "plain", organization="")
    with short_path() as socket:
        async with open_site(config_of(plain, tmp_path, socket, plain.key_file)) as site, await booted(site) as client:
            key = ec.generate_private_key(ec.SECP256R1())
            assert (await client.call("SignCertificate", {"csr": request_of("CP-1", key)}))[2]["status"] == "Accepted"
            made = x509.load_pem_x509_certificate((await client.receive())[3]["certificateChain"].encode())
    assert made.subject.rfc4514_string() == "CN=CP-1"


async def test_certificate_that_is_no_ca_is_told_at_start(ca: Authority, tmp_path: Path) -> None:
    """What a server certificate signs no TLS library accepts: told before chargers have thrown their keys away."""
    own = ca.server()
    with short_path() as socket:
        config = config_of(ca, tmp_path, socket, own.key)
        config.security.client_ca = own.certificate
        with pytest.raises(CannotStart, match="is no CA"):
            async with open_site(config):
                pass
