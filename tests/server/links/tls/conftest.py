"""A links room with a plain and a TLS port side by side, and certificates for both ends."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.config import OcppSettings, SecuritySettings
from server.core import roster
from server.core.core import Core, Policy
from server.core.passwords import seal
from server.links.listener import Listener
from server.model.connection import ConnectionAttempt
from server.model.credential import Scheme
from server.model.health import Health
from server.model.snapshot import Snapshot
from tests.certificates import Authority, Pair, trusting
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, Disk, eventually

PASSWORD = "00112233445566778899aabbccddeeff00112233"  #: a key, so that it is quick to check


@dataclass
class Papers:
    """All certificates of a test run."""

    ca: Authority
    stranger: Authority
    rsa: Pair
    ecdsa: Pair

    @property
    def security(self) -> SecuritySettings:
        """Both ports, certificates of both kinds, client certificates welcome."""
        return SecuritySettings(
            certificate=self.rsa.certificate,
            key=self.rsa.key,
            second_certificate=self.ecdsa.certificate,
            second_key=self.ecdsa.key,
            client_ca=self.ca.certificate,
            tls_port=0,
        )

    @property
    def trusting(self) -> ssl.SSLContext:
        return trusting(self.ca.certificate)

    def showing(self, pair: Pair) -> ssl.SSLContext:
        return pair.client(self.ca.certificate)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder: Path = tmp_path_factory.mktemp("certificates")
    ca = Authority(folder, "depot")
    return Papers(ca, Authority(folder, "stranger"), ca.server("rsa"), ca.server("ecdsa", is_rsa=False))


class TlsDepot(Depot):
    """`charger` CP-1 has a password and is known."""

    @property
    def tls_port(self) -> int:
        assert self.listener.tls_port is not None
        return self.listener.tls_port

    async def dial(self, context: ssl.SSLContext, target: str = "/CP-1", extra: tuple[str, ...] = ()) -> RawClient:
        return await RawClient.connect(self.tls_port, target, extra=extra, tls=context)

    def know(self, charger_id: str = "CP-1", profile: int = 0, password: str = PASSWORD) -> None:
        charger = roster.register(self.core, charger_id, 1)
        roster.change(self.core, charger, 1, profile=profile)
        if password:
            self.core.credentials.put(charger_id, seal(password, Scheme.HMAC), 1)

    async def row(self, rows: int = 1) -> ConnectionAttempt:
        """The newest row of the doctor, once it has so many."""
        await eventually(lambda: len(self.core.doctor.attempts) >= rows)
        return self.core.doctor.attempts[0]


OpenTls = Callable[..., Awaitable[TlsDepot]]


@pytest.fixture
async def open_tls(papers: Papers) -> AsyncIterator[OpenTls]:
    """Open a depot on two ports, with these settings of [security] changed; closed after the test."""
    opened: list[Listener] = []

    async def opener(
        policy: Policy | None = None, security: SecuritySettings | None = None, **changes: object
    ) -> TlsDepot:
        settings = replace(security or papers.security, **changes)  # type: ignore[arg-type]
        core, disk, health = Core(policy or Policy("accept"), Snapshot()), Disk(), Health()
        listener = Listener(OcppSettings(host="127.0.0.1", port=0), core, disk, health, security=settings)
        await listener.__aenter__()
        opened.append(listener)
        health.ocpp_url = f"ws://127.0.0.1:{listener.port}"
        if listener.tls_port is not None:
            health.ocpps_url = f"wss://127.0.0.1:{listener.tls_port}"
        return TlsDepot(listener, core, disk, health)

    yield opener
    for listener in opened:
        await listener.__aexit__(None, None, None)


@pytest.fixture
async def tls_depot(open_tls: OpenTls) -> TlsDepot:
    return await open_tls()


def basic(user: str, password: str) -> str:
    """The header of a charger whose password is `password`, written as hex digits: its bytes."""
    secret = bytes.fromhex(password)
    return "Authorization: Basic " + base64.b64encode(user.encode() + b":" + secret).decode()
