"""`ocpp-console certificates`: what it makes, what it says, and what it never does."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from server.config import load_config
from tests.certificates import Pair, write_key
from tests.journeys.command import run


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_init_makes_a_ca_and_both_server_certificates(tmp_path: Path) -> None:
    """Keys are for this user alone, and what is printed is a file of settings that works."""
    folder = tmp_path / "made here"
    said = await run("certificates", "init", "--host", "csms.depot.lan", "--host", "10.0.0.5", "--folder", str(folder))
    assert said.code == 0, said.err
    assert modes(folder) == {
        "ca.pem": "0o644", "ca.key": "0o600", "server.pem": "0o644", "server.key": "0o600",
        "server-ecdsa.pem": "0o644", "server-ecdsa.key": "0o600",
    }  # fmt: skip
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert "load it into every charger" in said.out and "wss://HOST:9443/CHARGER-ID" in said.out

    settings = tmp_path / "depot.toml"
    settings.write_text(said.out[said.out.index("[security]") : said.out.index("Then restart")])
    assert tomllib.loads(settings.read_text())["security"].keys() >= {"certificate", "second_certificate"}
    loaded = load_config(settings, {}, {}).security
    assert loaded.problem == "" and all(path.exists() for path in loaded.files if path != Path())
    own = x509.load_pem_x509_certificate(loaded.certificate.read_bytes())
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["csms.depot.lan"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.5"]
    assert own.not_valid_after_utc.year < 2038 and own.not_valid_before_utc < datetime.now(UTC)


async def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    """A second run says what is there; with the server's files moved away it renews them by the same CA."""
    arguments = ("certificates", "init", "--host", "localhost", "--folder", str(tmp_path))
    assert (await run(*arguments)).code == 0
    before = contents(tmp_path)

    again = await run(*arguments)
    assert again.code == 1 and again.is_sentence
    assert "there already" in again.err and "server.pem" in again.err
    assert contents(tmp_path) == before

    for name in ("server.pem", "server.key", "server-ecdsa.pem", "server-ecdsa.key"):
        (tmp_path / name).unlink()
    assert (await run(*arguments)).code == 0
    after = contents(tmp_path)
    assert (after["ca.pem"], after["ca.key"]) == (before["ca.pem"], before["ca.key"])
    assert after["server.key"] != before["server.key"]


@pytest.mark.parametrize(
    "host",
    ["ws://10.0.0.5", "", *(pytest.param(host, marks=pytest.mark.slow) for host in ("a b", "-x", "10.0.0.5:9443"))],
)
async def test_host_that_is_none_is_one_sentence(tmp_path: Path, host: str) -> None:
    """What chargers dial is a name or an address; nothing is left behind."""
    said = await run("certificates", "init", f"--host={host}", "--folder", str(tmp_path / "x"))
    assert said.code == 1 and said.is_sentence
    assert not (tmp_path / "x").exists()


async def test_charger_gets_a_certificate_that_the_server_accepts(tmp_path: Path) -> None:
    """SEC-11: CN is the id, whatever is in it; both ends know each other, by `ssl` alone."""
    assert (await run("certificates", "init", "--host", "localhost", "--folder", str(tmp_path))).code == 0
    said = await run("certificates", "charger", "../CP 1", "--folder", str(tmp_path))
    assert said.code == 0, said.err
    pair = Pair(tmp_path / "charger-..%2FCP%201.pem", tmp_path / "charger-..%2FCP%201.key")
    assert modes(tmp_path)[pair.key.name] == "0o600"
    assert str(pair.certificate) in said.out
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server-ecdsa.pem", tmp_path / "server-ecdsa.key")
    server.load_verify_locations(tmp_path / "ca.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    seen: list[object] = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peercert")["subject"])
        writer.close()

    async with await asyncio.start_server(look, "127.0.0.1", 0, ssl=server) as listening:
        port = listening.sockets[0].getsockname()[1]
        context = pair.client(tmp_path / "ca.pem")
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
    assert (("commonName", "../CP 1"),) in seen[0]  # type: ignore[operator]


async def test_charger_without_a_ca_is_told_how_to_have_one(tmp_path: Path) -> None:
    """The CA comes first."""
    said = await run("certificates", "charger", "CP-1", "--folder", str(tmp_path))
    assert said.code == 1 and said.is_sentence
    assert "certificates init" in said.err


async def test_ca_with_the_key_of_another_is_refused(tmp_path: Path) -> None:
    """A certificate by a mixed-up CA would be refused by every charger, much later."""
    assert (await run("certificates", "init", "--host", "localhost", "--folder", str(tmp_path))).code == 0
    write_key(ec.generate_private_key(ec.SECP256R1()), tmp_path / "ca.key")
    said = await run("certificates", "charger", "CP-1", "--folder", str(tmp_path))
    assert said.code == 1 and "is not the key of" in said.err


def test_no_other_command_waits_for_the_library(tmp_path: Path) -> None:
    """Making certificates takes a library that no other command needs: it is not imported for them."""
    code = "import sys, console.commands, console.certificates; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=20).returncode == 0


@pytest.mark.slow
async def test_they_lie_beside_the_database_of_the_settings(tmp_path: Path) -> None:
    """With --config, or the file or the database of the environment: made there, and found there for a charger."""
    settings, depot = tmp_path / "depot.toml", tmp_path / "x"
    depot.mkdir()
    settings.write_text('[store]\npath = "x/depot.db"\n')
    said = await run("certificates", "init", "--host", "localhost", "--config", str(settings))
    assert said.code == 0 and str(depot / "certificates") in said.out, said.err
    said = await run("certificates", "charger", "CP-1", settings={"CONFIG": str(settings)})
    assert said.code == 0 and str(depot / "certificates") in said.out, said.err
    said = await run("certificates", "charger", "CP-2", settings={"STORE_PATH": str(depot / "depot.db")})
    assert said.code == 0 and str(depot / "certificates") in said.out, said.err
