"""Certificates for tests, made without the code that makes those of the product."""

from __future__ import annotations

import ssl
from base64 import encodebytes
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def subject(name: str, organization: str) -> x509.Name:
    """`organization` "": it has none."""
    parts = [(NameOID.ORGANIZATION_NAME, organization), (NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(part, text) for part, text in parts if text])


@dataclass(frozen=True)
class Pair:
    """A certificate and its key as PEM files."""

    certificate: Path
    key: Path

    def client(self, ca: Path) -> ssl.SSLContext:
        """A charger that shows this certificate."""
        context = trusting(ca)
        context.load_cert_chain(self.certificate, self.key)
        return context


def trusting(ca: Path) -> ssl.SSLContext:
    """A charger that knows this CA, and has no certificate itself."""
    return ssl.create_default_context(cafile=str(ca))


class Authority:
    """A CA in a folder, that signs what it is told to."""

    def __init__(self, folder: Path, name: str, organization: str = "CPO") -> None:
        self.folder, self.name, self.organization = folder, name, organization
        self.key = ec.generate_private_key(ec.SECP256R1())
        folder.mkdir(exist_ok=True)

    @cached_property
    def certificate(self) -> Path:
        """The file of the CA certificate."""
        name = subject(self.name, self.organization)
        builder = self._builder(name, self.key, 1_000).add_extension(x509.BasicConstraints(True, None), True)
        path = self.folder / f"{self.name}.pem"
        path.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return path

    @cached_property
    def key_file(self) -> Path:
        return write_key(self.key, self.folder / f"{self.name}.key")

    def server(self, name: str = "server", is_rsa: bool = True, days: int = 100) -> Pair:
        key: Key = rsa.generate_private_key(65_537, 2_048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
        hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
        builder = self._builder(subject("localhost", "CPO"), key, days).add_extension(hosts, False)
        return self._write(name, builder, key)

    def charger(self, name: str, days: int = 100, organization: str = "CPO", is_client: bool = True) -> Pair:
        """Negative `days`: it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if is_client else ExtendedKeyUsageOID.SERVER_AUTH
        builder = self._builder(subject(name, organization), key, days)
        return self._write(
            f"charger-{name}-{days}", builder.add_extension(x509.ExtendedKeyUsage([purpose]), False), key
        )

    def _builder(self, name: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(subject(self.name, self.organization))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1_000))
            .not_valid_after(now + timedelta(days=days))
        )

    def _write(self, name: str, builder: x509.CertificateBuilder, key: Key) -> Pair:
        pair = Pair(self.folder / f"{self.name}-{name}.pem", self.folder / f"{self.name}-{name}.key")
        pair.certificate.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        pair.key.write_bytes(_pem(key))
        return pair


def request_of(name: str, key: Key) -> str:
    """What a charger asks to have signed, PEM."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(name, "CPO"))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def request_in_no_words() -> str:
    """In order and signed, but its CN is no text: bytes that are not UTF-8."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.load_pem_x509_csr(request_of("CP-1", key).encode())
    told, whole = asked.tbs_certrequest_bytes, asked.public_bytes(serialization.Encoding.DER)
    garbled = told.replace(b"CP-1", b"CP\xff\xfe")
    algorithm = whole.partition(told)[2][:12]  # ecdsa-with-SHA256
    signature = key.sign(garbled, ec.ECDSA(hashes.SHA256()))
    body = garbled + algorithm + bytes((0x03, len(signature) + 1, 0)) + signature
    der = bytes((0x30, 0x81, len(body))) + body
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{encodebytes(der).decode()}-----END CERTIFICATE REQUEST-----\n"


def write_key(key: Key, path: Path) -> Path:
    path.write_bytes(_pem(key))
    return path


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
