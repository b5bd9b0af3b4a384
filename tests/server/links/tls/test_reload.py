"""Certificates are renewed while links stand."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from server.config import SecuritySettings
from server.core.ports import CannotStart
from server.links import tls
from tests.certificates import Pair
from tests.server.links.conftest import eventually
from tests.server.links.tls.conftest import OpenTls, Papers, TlsDepot


@pytest.fixture
def installed(papers: Papers, tmp_path: Path) -> Pair:
    """The files that the settings name."""
    return install(papers.rsa, Pair(tmp_path / "server.pem", tmp_path / "server.key"))


def install(new: Pair, place: Pair) -> Pair:
    shutil.copy(new.certificate, place.certificate)
    shutil.copy(new.key, place.key)
    return place


def settings_of(pair: Pair) -> SecuritySettings:
    return SecuritySettings(certificate=pair.certificate, key=pair.key, tls_port=0)


async def served_until(depot: TlsDepot, papers: Papers) -> str:
    """When the certificate ends that a new link is shown."""
    client = await depot.dial(papers.trusting, "/CP-9")
    shown = client.writer.get_extra_info("peercert")
    await client.close()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC).strftime("%Y-%m-%d")


def end_of(pair: Pair) -> str:
    return f"{x509.load_pem_x509_certificate(pair.certificate.read_bytes()).not_valid_after_utc:%Y-%m-%d}"


async def test_new_certificate_is_used_for_new_links_and_old_ones_go_on(
    open_tls: OpenTls, papers: Papers, installed: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-09: reload without cutting anybody, and one line that says so."""
    caplog.set_level("INFO", "ocpp_console.tls")
    depot = await open_tls(security=settings_of(installed))
    async with await depot.dial(papers.trusting) as client:
        await client.boot()
        assert await served_until(depot, papers) == end_of(papers.rsa)
        renewed = papers.ca.server("renewed", days=300)
        install(renewed, installed)
        assert await depot.listener.reload_certificate()
        assert await served_until(depot, papers) == end_of(renewed) != end_of(papers.rsa)
        assert await client.is_alive()
    assert [r.message for r in caplog.records if "read anew" in r.message] == [
        f"the certificate was read anew from {installed.certificate}"
    ]


async def test_changed_file_is_seen_by_itself(
    open_tls: OpenTls, papers: Papers, installed: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-09: whoever renews certificates need not tell the server."""
    monkeypatch.setattr(tls, "LOOK_EVERY_S", 0.02)
    depot = await open_tls(security=settings_of(installed))
    end = end_of(install(papers.ca.server("renewed by itself", days=200), installed))
    async with asyncio.timeout(10):
        while await served_until(depot, papers) != end:  # noqa: ASYNC110 - the files are polled
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(
            lambda p, papers: p.certificate.write_text("nonsense"), "not what is needed in PEM form", id="nonsense"
        ),
        pytest.param(lambda p, papers: p.certificate.unlink(), "there is no file", id="missing"),
        pytest.param(
            lambda p, papers: shutil.copy(papers.stranger.server("x").key, p.key), "do not belong together", id="key"
        ),
    ],
)
async def test_bad_new_certificate_keeps_the_old_one_and_says_so(
    open_tls: OpenTls, papers: Papers, installed: Pair, spoil: object, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-09: chargers go on as before; one line names the file and what is wrong with it."""
    depot = await open_tls(security=settings_of(installed))
    async with await depot.dial(papers.trusting) as client:
        spoil(installed, papers)  # type: ignore[operator]
        assert not await depot.listener.reload_certificate()
        assert await served_until(depot, papers) == end_of(papers.rsa)
        assert await client.is_alive()
    (line,) = [r.message for r in caplog.records if "old one stays" in r.message]
    assert told in line and str(installed.certificate.parent) in line


async def test_certificate_that_cannot_be_used_at_start_is_one_sentence(
    open_tls: OpenTls, installed: Pair, papers: Papers
) -> None:
    """No server with half of its ports: it does not start, and says which file."""
    install(Pair(papers.rsa.certificate, papers.ecdsa.key), installed)
    with pytest.raises(CannotStart, match=r"TLS: key and certificate do not belong together.*server\.key"):
        await open_tls(security=settings_of(installed))


async def test_end_of_the_certificate_is_told_before(
    open_tls: OpenTls, papers: Papers, installed: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """From three weeks before the end, one line a day."""
    end = end_of(install(papers.ca.server("short", days=20), installed))
    await open_tls(security=settings_of(installed))
    await eventually(lambda: "renew it" in caplog.text)
    assert end in caplog.text
