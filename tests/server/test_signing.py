"""Chargers ask for certificates, and get them where the key of a CA is here: the whole server, real sockets."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.config import Config, OcppSettings, SecuritySettings, StoreSettings
from server.core.access import AccessChange
from server.core.ports import CannotStart
from server.model.command import CommandState
from server.model.operations import ExtendedTriggerMessage
from server.site import Site, open_site
from tests.certificates import Authority, Pair, request_in_no_words, request_of, write_key
from tests.raw_client import RawClient
from tests.server.api.served import short_path
from tests.server.links.conftest import eventually
from tests.server.links.knocking import PASSWORD, basic


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


async def booted(site: Site, charger_id: str = "CP-1", serial: str = "SN-1", password: str = PASSWORD) -> RawClient:
    """A charger that has proven by its password who it is; "": one that proves nothing."""
    if password:
        await site.access.put(charger_id, AccessChange(password=password))
    extra = basic(charger_id, password) if password else ()
    client = await RawClient.connect(port_in(site.health.ocpp_url), f"/{charger_id}", extra=extra)
    assert await boot(client, serial) == "Accepted"
    return client


async def boot(client: RawClient, serial: str) -> str:
    payload = {"chargePointVendor": "ACME", "chargePointModel": "M1", "chargePointSerialNumber": serial}
    return str((await client.call("BootNotification", payload))[2]["status"])


def port_in(url: str) -> int:
    return int(url.rpartition(":")[2])


async def certificate_for(client: RawClient, name: str, ca: Authority, folder: Path) -> ssl.SSLContext | None:
    """Asked for and sent to this charger, as a context that shows it; None when it was Rejected."""
    key = ec.generate_private_key(ec.SECP256R1())
    if (await client.call("SignCertificate", {"csr": request_of(name, key)}))[2]["status"] == "Rejected":
        return None
    signed = await client.receive()
    client.send([3, signed[1], {"status": "Accepted"}])
    own = Pair(folder / "asked.pem", write_key(key, folder / "asked.key"))
    own.certificate.write_text(signed[3]["certificateChain"])
    return own.client(ca.certificate)


async def status_of(site: Site, shown: ssl.SSLContext, charger_id: str) -> int:
    client = await RawClient.connect(port_in(site.health.ocpps_url), f"/{charger_id}", tls=shown)
    await client.close()
    return client.status


def refusals(site: Site) -> list[str]:
    return [line.text for line in site.log.since(0) if line.action == "certificate" and "refused" in line.text]


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


@pytest.mark.parametrize(
    ("serial", "name"),
    [
        pytest.param("VICTIM", "VICTIM", id="its id"),
        pytest.param("victim", "victim", id="its id in small letters"),
        pytest.param("SN-OF-VICTIM", "SN-OF-VICTIM", id="its serial number"),
        pytest.param("sn-of-victim", "SN-OF-VICTIM", id="its serial number in other letters"),
        pytest.param("SN-1", "VICTIM", id="neither"),
    ],
)
async def test_no_charger_gets_a_certificate_for_another(
    site: Site, ca: Authority, tmp_path: Path, serial: str, name: str
) -> None:
    """SEC-12, T1: the serial number that a charger boots with is its own word: it names nobody else."""
    async with await booted(site, "VICTIM", "SN-OF-VICTIM"), await booted(site, "MALLORY", serial) as mallory:
        assert await certificate_for(mallory, name, ca, tmp_path) is None
        assert await mallory.nothing_arrives()
    assert "CN" in refusals(site)[-1]


async def test_own_certificate_is_given_whatever_others_say_of_themselves(
    site: Site, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-12: a charger that boots with the id of another one as its serial number keeps nobody from that id."""
    monkeypatch.setattr("server.signing.LATER_S", 0.02)
    async with await booted(site, "MALLORY", "VICTIM"), await booted(site, "VICTIM", "SN-2") as victim:
        shown = await certificate_for(victim, "victim", ca, tmp_path)
    assert shown is not None and await status_of(site, shown, "VICTIM") == 101


async def test_certificate_is_good_for_the_charger_that_asked_alone(
    site: Site, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-11, T1: its CN may become the id or the serial number of a charger that comes later: refused all the same."""
    monkeypatch.setattr("server.signing.LATER_S", 0.02)
    async with await booted(site, "MALLORY", "LATER") as mallory:
        shown = await certificate_for(mallory, "LATER", ca, tmp_path)
        assert shown is not None
    assert await status_of(site, shown, "LATER") == 403  # an id that nobody knows
    await site.access.put("LATER", AccessChange(profile=3))
    assert await status_of(site, shown, "LATER") == 403
    async with await booted(site, "CP-9", "LATER"):
        pass
    assert await status_of(site, shown, "CP-9") == 403
    assert "issued it to 'MALLORY'" in site.connections[0].fix
    assert await status_of(site, shown, "mallory") == 101


async def test_renewed_without_a_boot(
    site: Site, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-12: who has come with a certificate by us has proven who it is, also when that holds its serial number."""
    monkeypatch.setattr("server.signing.LATER_S", 0.02)
    async with await booted(site) as client:
        shown = await certificate_for(client, "SN-1", ca, tmp_path)
    assert shown is not None
    async with await RawClient.connect(port_in(site.health.ocpps_url), tls=shown) as client:
        assert await certificate_for(client, "SN-1", ca, tmp_path) is not None
        assert await boot(client, "SN-1") == "Accepted"


async def test_link_that_proves_nothing_gets_one_only_when_an_operator_asks_it(
    site: Site, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-12, T1: so a charger comes from profile 0 to 3; by itself anybody could take a name for good."""
    monkeypatch.setattr("server.signing.LATER_S", 0.02)
    async with await booted(site, password="") as client:
        assert await certificate_for(client, "CP-1", ca, tmp_path) is None
        assert "proves nothing" in refusals(site)[-1]
        site.submit("CP-1", ExtendedTriggerMessage("SignChargePointCertificate"), "ana")
        client.send([3, (await client.receive())[1], {"status": "Accepted"}])
        shown = await certificate_for(client, "CP-1", ca, tmp_path)
        assert shown is not None
    await eventually(lambda: not site.chargers["CP-1"].online)
    async with await booted(site, password="") as client:  # another link: it may be another device
        assert await certificate_for(client, "CP-1", ca, tmp_path) is None
    assert await status_of(site, shown, "CP-1") == 101


async def test_nobody_gets_a_certificate_before_it_is_let_in(ca: Authority, tmp_path: Path) -> None:
    """SEC-12: a stranger could ask for the name of a charger that is still to come."""
    with short_path() as socket:
        config = config_of(ca, tmp_path, socket, ca.key_file)
        config.ocpp.unknown_chargers = "ask"
        async with open_site(config) as site, await RawClient.connect(port_in(site.health.ocpp_url)) as client:
            assert await boot(client, "SN-1") == "Pending"
            asked = request_of("CP-1", ec.generate_private_key(ec.SECP256R1()))
            assert (await client.call("SignCertificate", {"csr": asked}))[0] == 4
            assert await client.nothing_arrives()


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
