"""Security: the handshake, passwords, TLS on both sides, and certificates that chargers ask for."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.config import SecuritySettings
from server.core.access import AccessChange
from server.model.command import ChangeConfiguration, CommandState
from server.model.operations import ExtendedTriggerMessage
from server.site import Site, open_site
from tests.certificates import Authority, Key, request_of, trusting, write_key
from tests.journeys.product import short_folder
from tests.raw_client import RawClient
from tests.server.links.knocking import basic
from tests.server.operations.whole import AnsweringCharger, config_in, finished

PASSWORD = "correct horse battery"
KEY = "0001020304050607ff090a0b0c0d0e0f10111213"


@asynccontextmanager
async def depot(security: SecuritySettings | None = None, password: str = "") -> AsyncIterator[Site]:
    with short_folder() as folder:
        config = config_in(folder)
        if security is not None:
            config.security = security
        async with open_site(config) as site:
            if password:
                await site.access.put("CP-1", AccessChange(password=password))
            yield site


async def dial(site: Site, *extra: str, tls: ssl.SSLContext | None = None) -> RawClient:
    url = site.health.ocpp_url if tls is None else site.health.ocpps_url
    return await RawClient.connect(int(url.rpartition(":")[2]), "/CP-1", extra=extra, tls=tls)


@asynccontextmanager
async def speaking(client: RawClient) -> AsyncIterator[AnsweringCharger]:
    """A charger that was let in, and boots."""
    assert client.status == 101
    charger = AnsweringCharger(client)
    try:
        await charger.boots()
        yield charger
    finally:
        await charger.close()


async def is_let_in(client: RawClient) -> bool:
    """Let in, and answered."""
    is_in = client.status == 101 and (await client.boot())["status"] == "Accepted"
    await client.close()
    return is_in


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "depot")


def secured(ca: Authority, profile: int = 0, signs: bool = False) -> SecuritySettings:
    """TLS beside the plain port; with `signs` chargers get the certificates that they ask for."""
    pair = ca.server()
    key = ca.key_file if signs else Path()
    return SecuritySettings(
        profile=profile,
        certificate=pair.certificate,
        key=pair.key,
        client_ca=ca.certificate,
        client_ca_key=key,
        tls_port=0,
    )


@pytest.mark.oca("TC_085_CSMS_BasicAuthenticationValidCredentials")
async def test_right_password_is_let_in() -> None:
    """SEC-01: the charger's own name and password, nothing else; the link has reached profile 1."""
    async with depot(password=PASSWORD) as site:
        assert (await dial(site)).status == 401
        assert (await dial(site, *basic("CP-1", "wrong password"))).status == 401
        assert (await dial(site, *basic("CP-2", PASSWORD))).status == 401
        assert await is_let_in(await dial(site, *basic("CP-1", PASSWORD)))
        assert site.chargers["CP-1"].security_profile == 1


@pytest.mark.oca("TC_088_CSMS_WebSocketSubprotocolNegotiation")
@pytest.mark.parametrize(
    ("offers", "status", "chosen"),
    [(("ocpp1.6",), 101, "ocpp1.6"), (("ocpp0.1", "ocpp1.6"), 101, "ocpp1.6"), (("ocpp0.1",), 400, None)],
)
async def test_subprotocol_is_agreed_on(offers: tuple[str, ...], status: int, chosen: str | None) -> None:
    """WS-01, WS-02, WS-03: what both speak is named in the answer; where there is none there is no session."""
    async with depot() as site:
        client = await RawClient.connect(int(site.health.ocpp_url.rpartition(":")[2]), "/CP-1", offers=offers)
        assert (client.status, client.headers.get("sec-websocket-protocol")) == (status, chosen)
        await client.close()


@pytest.mark.oca("TC_073_CSMS_UpdateChargePointPasswordForHttpBasicAuth")
async def test_password_is_changed() -> None:
    """SEC-04, SEC-06: sent as hex digits; once Accepted the charger comes back with the new one, and only with it."""
    async with depot(password=PASSWORD) as site:
        async with speaking(await dial(site, *basic("CP-1", PASSWORD))) as charger:
            command = await site.execute("CP-1", ChangeConfiguration("AuthorizationKey", KEY), "ana", 3)
            assert charger.sent("ChangeConfiguration") == [{"key": "AuthorizationKey", "value": KEY}]
            assert command.state is CommandState.ACCEPTED
        assert (await dial(site, *basic("CP-1", PASSWORD))).status == 401
        assert await is_let_in(await dial(site, *basic("CP-1", bytes.fromhex(KEY))))


@pytest.mark.oca("TC_083_CSMS_UpgradeChargePointSecurityProfileAccepted")
async def test_security_profile_is_raised(ca: Authority) -> None:
    """SEC-08: from password to password over TLS: accepted, and from then on nothing less is let in, or asked for."""
    async with depot(secured(ca), PASSWORD) as site:
        password = basic("CP-1", PASSWORD)
        async with speaking(await dial(site, *password)) as charger:
            assert site.chargers["CP-1"].security_profile == 1
            command = await site.execute("CP-1", ChangeConfiguration("SecurityProfile", "2"), "ana", 3)
            assert charger.sent("ChangeConfiguration") == [{"key": "SecurityProfile", "value": "2"}]
            assert command.state is CommandState.ACCEPTED
        async with speaking(await dial(site, *password, tls=trusting(ca.certificate))):
            assert site.chargers["CP-1"].security_profile == 2
            lower = await site.execute("CP-1", ChangeConfiguration("SecurityProfile", "1"), "ana", 3)
            assert lower.state is CommandState.BLOCKED
        assert (await dial(site, *password)).status == 401


async def test_profile_that_is_not_served_here_is_not_sent() -> None:
    """SEC-08: without TLS here a charger of profile 2 or 3 could never come back."""
    async with depot(password=PASSWORD) as site, speaking(await dial(site, *basic("CP-1", PASSWORD))) as charger:
        wanted = ChangeConfiguration("SecurityProfile", "3")
        command = await site.execute("CP-1", wanted, "ana", 3)
        assert command.state is CommandState.BLOCKED and command.error == site.why_not("CP-1", wanted)
        assert charger.sent("ChangeConfiguration") == []


@pytest.mark.oca("TC_086_CSMS_TLS_ServerSideCertificate_ValidCertificate")
async def test_certificate_of_the_server(ca: Authority) -> None:
    """SEC-09: a charger that trusts the CA is served over TLS 1.2 or newer, with a password: profile 2."""
    async with depot(secured(ca, profile=2), PASSWORD) as site:
        old = trusting(ca.certificate)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        for context in (trusting(ca.certificate), old):
            assert (await dial(site, tls=context)).status == 401
            assert await is_let_in(await dial(site, *basic("CP-1", PASSWORD), tls=context))
        assert site.chargers["CP-1"].security_profile == 2


@pytest.mark.oca("TC_087_CSMS_TLS_ClientSideCertificate_ValidCertificate")
async def test_certificate_of_the_charger(ca: Authority) -> None:
    """SEC-11: signed by the depot's CA and its own, it is enough without a password: profile 3."""
    async with depot(secured(ca, profile=3)) as site:
        await site.access.put("CP-1", AccessChange(alias="gate"))
        assert (await dial(site, tls=trusting(ca.certificate))).status == 401
        assert (await dial(site, tls=ca.charger("CP-2").client(ca.certificate))).status in (401, 403)
        assert await is_let_in(await dial(site, tls=ca.charger("CP-1").client(ca.certificate)))
        assert site.chargers["CP-1"].security_profile == 3


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(
            ec.generate_private_key(ec.SECP256R1()),
            id="ECDSA",
            marks=pytest.mark.oca("TC_074_CSMS_SignCertificateRequestAccepted_ECDSA"),
        ),
        pytest.param(
            rsa.generate_private_key(65_537, 2_048),
            id="RSA",
            marks=pytest.mark.oca("TC_074_CSMS_SignCertificateRequestAccepted_RSA"),
        ),
    ],
)
async def test_certificate_is_asked_for_and_signed(ca: Authority, tmp_path: Path, key: Key) -> None:
    """SEC-12, SEC-14: triggered, asked for, Accepted, and only then sent; the charger comes back with it."""
    async with depot(secured(ca, signs=True), PASSWORD) as site:
        trusts = trusting(ca.certificate)
        async with speaking(await dial(site, *basic("CP-1", PASSWORD), tls=trusts)) as charger:
            trigger = await site.execute("CP-1", ExtendedTriggerMessage("SignChargePointCertificate"), "ana", 3)
            assert await charger.tell("SignCertificate", csr=request_of("CP-1", key)) == {"status": "Accepted"}
            assert (await finished(trigger)).state is CommandState.ACCEPTED
            assert charger.sent("CertificateSigned") == []
            async with asyncio.timeout(4):
                while not (sent := charger.sent("CertificateSigned")):  # noqa: ASYNC110 - a frame of the server's own
                    await asyncio.sleep(0.01)
        chain = tmp_path / "chain.pem"
        chain.write_text(sent[0]["certificateChain"])
        (certificate, *_) = x509.load_pem_x509_certificates(chain.read_bytes())
        assert certificate.public_key() == key.public_key()
        trusts.load_cert_chain(chain, write_key(key, tmp_path / "key.pem"))
        assert await is_let_in(await dial(site, *basic("CP-1", PASSWORD), tls=trusts))
        assert site.chargers["CP-1"].security_profile == 3
