"""A depot gets TLS: certificates by our own command, both ports side by side, a charger over wss://."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from tests.certificates import Pair, trusting
from tests.journeys.command import run
from tests.journeys.product import Served
from tests.raw_client import RawClient


class Secured(Served):
    """`ocpp-console serve` with the certificates that `certificates init` has made in its folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.papers = folder / "certificates"
        own = {
            "SECURITY_CERTIFICATE": "server.pem",
            "SECURITY_KEY": "server.key",
            "SECURITY_SECOND_CERTIFICATE": "server-ecdsa.pem",
            "SECURITY_SECOND_KEY": "server-ecdsa.key",
            "SECURITY_CLIENT_CA": "ca.pem",
        }
        paths = {name: str(self.papers / file) for name, file in own.items()}
        super().__init__(folder, SECURITY_TLS_PORT="0", **paths, **settings)

    @property
    def tls_port(self) -> int:
        return int(self.ready.rpartition("ocpps=wss://localhost:")[2])

    async def dial(self, charger_id: str, showing: Pair | None = None) -> RawClient:
        ca = self.papers / "ca.pem"
        context = showing.client(ca) if showing is not None else trusting(ca)
        return await RawClient.connect(self.tls_port, f"/ocpp/{charger_id}", tls=context)

    async def put(self, charger_id: str, body: dict[str, object]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(self.socket))) as client:
            return await client.put(f"http://local/api/chargers/{charger_id}", json=body, timeout=30)

    async def serial(self) -> str:
        """Of the certificate that it shows now."""
        client = await self.dial("CP-9")
        shown = client.writer.get_extra_info("peercert")
        await client.close()
        return str(shown["serialNumber"])

    async def says(self, words: str) -> None:
        async with asyncio.timeout(10):
            while words not in self.said:  # noqa: ASYNC110 - the log of another process
                await asyncio.sleep(0.02)


async def init(folder: Path) -> None:
    said = await run("certificates", "init", "--host", "localhost", "--folder", str(folder / "certificates"))
    assert said.code == 0, said.err


@pytest.mark.slow
async def test_a_depot_gets_tls(folder: Path) -> None:
    """SEC-09: init, serve, boot over wss://; `get chargers` and `get connections` show it beside a plain charger."""
    await init(folder)
    async with Secured(folder) as served:
        async with await served.dial("CP-TLS") as secure, await RawClient.connect(served.port, "/CP-PLAIN") as plain:
            assert (await secure.boot())["status"] == (await plain.boot())["status"] == "Accepted"
            chargers = await run("get", "chargers", "-o", "csv", folder=folder)
            assert "CP-TLS" in chargers.out and "CP-PLAIN" in chargers.out
            assert (await served.get("/api/chargers/CP-TLS"))["isSecure"] is True
            assert (await served.get("/api/chargers/CP-PLAIN"))["isSecure"] is False
            with pytest.raises(OSError):
                await RawClient.connect(served.port, "/CP-LOST", tls=trusting(served.papers / "ca.pem"))
            connections = await run("get", "connections", folder=folder)
            assert "CP-TLS" in connections.out and "tls on plain port" in connections.out
            port = served.tls_port
            # the name is one of those in the certificate
            assert f"wss://localhost:{port}/" in connections.out
        assert await served.terminate() == 0


@pytest.mark.slow
async def test_certificates_are_renewed_by_sighup_without_cutting_links(folder: Path) -> None:
    """SEC-09, F16: a good one is used from then on, a bad one is not; a link that stands feels nothing of either."""
    await init(folder)
    async with Secured(folder) as served:
        async with await served.dial("CP-1") as charger:
            await charger.boot()
            before = await served.serial()
            files = [
                served.papers / name for name in ("server.pem", "server.key", "server-ecdsa.pem", "server-ecdsa.key")
            ]
            for file in files:
                file.rename(file.with_suffix(".old"))
            await init(folder)
            served.signal(signal.SIGHUP)
            async with asyncio.timeout(10):
                while await served.serial() == before:  # noqa: ASYNC110 - of another process
                    await asyncio.sleep(0.02)
            (served.papers / "server.key").write_text("nonsense")
            served.signal(signal.SIGHUP)
            await served.says("the old one stays")
            async with await served.dial("CP-2") as other:
                assert await other.is_alive() and await charger.is_alive()
        assert await served.terminate() == 0


@pytest.mark.slow
async def test_the_least_profile_of_a_charger_outlives_a_restart_and_a_lower_setting(folder: Path) -> None:
    """SEC-08, SEC-11: once in with its certificate, never again without, whatever the server's own least is."""
    await init(folder)
    made = await run("certificates", "charger", "CP-1", "--folder", str(folder / "certificates"))
    assert made.code == 0, made.err
    own = Pair(folder / "certificates/charger-CP-1.pem", folder / "certificates/charger-CP-1.key")
    async with Secured(folder, SECURITY_PROFILE="3") as served:
        client = await served.dial("CP-1", own)
        assert (client.status, (await client.boot())["status"]) == (101, "Accepted")
        await client.close()
        assert (await served.dial("CP-2")).status == 401
        assert (await served.put("CP-1", {"alias": "gate", "password": "correct horse 1"})).status_code == 200
        assert await served.terminate() == 0
    served = Secured(folder, SECURITY_PROFILE="0")
    async with served:
        access = (await served.get("/api/chargers/CP-1"))["access"]
        assert access["securityProfile"] == 3
        assert (await served.dial("CP-1")).status == 401
        plain = await RawClient.connect(served.port, "/CP-1")
        assert plain.status == 401
        again = await served.dial("CP-1", own)
        assert again.status == 101
        await again.close()


@pytest.mark.slow
async def test_a_profile_that_cannot_be_reached_is_not_taken(folder: Path) -> None:
    """T1: without TLS nobody can be locked out by asking for it; the settings say so too."""
    async with Served(folder) as served:
        answer = await Secured.put(served, "CP-1", {"securityProfile": 2})  # type: ignore[arg-type]
        assert answer.status_code == 400
        assert "security.certificate" in answer.json()["message"]
        assert await served.terminate() == 0
    for settings, told in (
        ({"SECURITY_PROFILE": "2"}, "security.profile = 2 needs TLS"),
        ({"SECURITY_CERTIFICATE": "/nowhere/server.pem"}, "there is no file /nowhere/server.pem"),
        ({"SECURITY_SECOND_KEY": "/x"}, "mean nothing without certificate"),
    ):
        said = await run("serve", "--port", "0", "--db", str(folder / "x.db"), folder=folder, settings=settings)
        assert said.code == 78 and said.is_sentence and told in said.err, said
