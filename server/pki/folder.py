"""The folder of a depot's certificates: what is in it, written once and never over something."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.pki.making import CannotMake, Made, ec_key, make_ca, make_charger, make_server, rsa_key
from server.settings.paths import private_folder

CA, CA_KEY = "ca.pem", "ca.key"
SERVER, SERVER_KEY = "server.pem", "server.key"
SERVER_EC, SERVER_EC_KEY = "server-ecdsa.pem", "server-ecdsa.key"


def init(folder: Path, hosts: Sequence[str], organization: str) -> tuple[list[Path], datetime]:
    """Certificates of the server for `hosts`, by the CA of the folder, which is made when there is none.

    The answer: what was written, and until when it holds. `CannotMake` or `OSError` when nothing was.
    """
    now = datetime.now(UTC)
    servers = (SERVER, SERVER_KEY, SERVER_EC, SERVER_EC_KEY)
    _none_there(folder, servers)
    files: dict[str, bytes] = {}
    if (folder / CA).exists() or (folder / CA_KEY).exists():
        ca = read_ca(folder / CA, folder / CA_KEY)
    else:
        ca = make_ca(organization, now)
        files = {CA: ca.certificate_pem, CA_KEY: ca.key_pem}
    with_rsa, with_ec = make_server(ca, hosts, rsa_key(), now), make_server(ca, hosts, ec_key(), now)
    files |= {SERVER: with_rsa.certificate_pem, SERVER_KEY: with_rsa.key_pem}
    files |= {SERVER_EC: with_ec.certificate_pem, SERVER_EC_KEY: with_ec.key_pem}
    return _write(folder, files), with_rsa.certificate.not_valid_after_utc


def charger(folder: Path, charger_id: str) -> tuple[list[Path], datetime]:
    """A client certificate for one charger, by the CA of the folder."""
    name = f"charger-{quote(charger_id, safe='')}"
    _none_there(folder, (f"{name}.pem", f"{name}.key"))
    ca = read_ca(folder / CA, folder / CA_KEY)
    made = make_charger(ca, charger_id, rsa_key(), datetime.now(UTC))
    files = {f"{name}.pem": made.certificate_pem, f"{name}.key": made.key_pem}
    return _write(folder, files), made.certificate.not_valid_after_utc


def read_ca(certificate: Path, key: Path) -> Made:
    """The CA in these two files; `CannotMake` in words when it is none, or the two do not belong together."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
        is_ca = _may_sign(read)
    except FileNotFoundError as error:
        raise CannotMake(f"there is no file {error.filename}: make a CA with `certificates init`") from error
    except OSError as error:
        raise CannotMake(f"{error.filename}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, TypeError) as error:
        raise CannotMake(f"no certificate and key in PEM form, without a password, in {certificate}, {key}") from error
    if not isinstance(secret, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CannotMake(f"{key} is neither an RSA nor an ECDSA key")
    if read.public_key() != secret.public_key():
        raise CannotMake(f"{key} is not the key of {certificate}")
    if not is_ca:
        raise CannotMake(f"{certificate} is no CA: nobody accepts what it signs")
    return Made(read, secret)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return certificate.subject == certificate.issuer  # as old CAs are


def _none_there(folder: Path, names: Sequence[str]) -> None:
    there = [str(folder / name) for name in names if (folder / name).exists()]
    if there:
        raise CannotMake(
            f"nothing was made: {', '.join(there)} {'is' if len(there) == 1 else 'are'} there already."
            " To renew, move away what is there, and run this again: the CA stays, chargers need no change"
        )


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """All or nothing; keys for this user alone."""
    private_folder(folder)
    written: list[Path] = []
    try:
        for name, content in files.items():
            path = folder / name
            mode = 0o600 if name.endswith(".key") else 0o644
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                written.append(path)
                file.write(content)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written
