"""Makes keys and certificates: the depot's CA, the server's own, those of chargers (SEC-09, SEC-11).

Whatever is made holds until before 2038: there are chargers whose clock ends then.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.model.certificate import uri_of

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

LAST_DAY = datetime(2037, 12, 31, tzinfo=UTC)
CA_DAYS, SERVER_DAYS, CHARGER_DAYS = 3_650, 825, 1_825
CLOCKS_DIFFER = timedelta(days=1)  #: a charger whose clock is behind must not find it "not valid yet"
CA_BITS, RSA_BITS = 3_072, 2_048
LONGEST_NAME = 64  #: characters of a CN or O
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")


class CannotMake(ValueError):
    """What was asked for is no certificate; the text says why."""


class Made(NamedTuple):
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def rsa_key(bits: int = RSA_BITS) -> PrivateKey:
    return rsa.generate_private_key(65_537, bits)


def ec_key() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def make_ca(organization: str, now: datetime) -> Made:
    """A CA that signs itself; good for server and chargers of one depot."""
    key = rsa_key(CA_BITS)
    name = _name(f"{organization} CA".strip(), organization)
    usage = _usage(digital_signature=True, key_cert_sign=True, crl_sign=True)
    builder = (
        _builder(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Made(builder.sign(key, hashes.SHA256()), key)


def make_server(ca: Made, hosts: Sequence[str], key: PrivateKey, now: datetime) -> Made:
    """For the server that chargers reach as `hosts`: names and addresses, the first one is its CN."""
    subject = _name(hosts[0], organization_of(ca.certificate))
    purpose, names = ExtendedKeyUsageOID.SERVER_AUTH, _alternative_names(hosts)
    return Made(_leaf(ca, subject, key.public_key(), now, SERVER_DAYS, purpose, names), key)


def make_charger(ca: Made, charger_id: str, key: PrivateKey, now: datetime) -> Made:
    """For the charger of this id (or serial number): security profile 3."""
    return Made(sign_charger(ca, charger_id, key.public_key(), now), key)


def sign_charger(
    ca: Made, name: str, key: PublicKey, now: datetime, organization: str = "", charger_id: str = ""
) -> x509.Certificate:
    """A client certificate with CN `name` over a key that only the charger has.

    O is the CA's unless it is given; not every CA has one. With `charger_id` it is good for that charger alone.
    """
    subject = _name(name, organization or organization_of(ca.certificate))
    owner = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri_of(charger_id))]) if charger_id else None
    return _leaf(ca, subject, key, now, CHARGER_DAYS, ExtendedKeyUsageOID.CLIENT_AUTH, owner)


def organization_of(certificate: x509.Certificate) -> str:
    return name_part(certificate.subject, NameOID.ORGANIZATION_NAME)


def name_part(name: x509.Name, part: x509.ObjectIdentifier) -> str:
    """The first `part` of a subject; "" when it has none."""
    return next((str(attribute.value) for attribute in name.get_attributes_for_oid(part)), "")


def _leaf(
    ca: Made,
    subject: x509.Name,
    key: PublicKey,
    now: datetime,
    days: int,
    purpose: x509.ObjectIdentifier,
    names: x509.SubjectAlternativeName | None,
) -> x509.Certificate:
    ends = ca.certificate.not_valid_after_utc
    usage = _usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPublicKey))
    builder = (
        _builder(subject, ca.certificate.subject, key, now, days, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key()), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(ca.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, now: datetime, days: int, ends: datetime = LAST_DAY
) -> x509.CertificateBuilder:
    until = min(now + timedelta(days=days), ends, LAST_DAY)
    if until <= now:
        raise CannotMake(f"the CA ended on {ends:%Y-%m-%d}: make a new one in another folder")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str, organization: str) -> x509.Name:
    """`organization` "": the name has no O."""
    parts = [(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    parts.append((NameOID.COMMON_NAME, common_name))
    for _, text in parts:
        if not text.strip() or len(text) > LONGEST_NAME or not text.isprintable():
            raise CannotMake(f"names and organizations in certificates have 1 to {LONGEST_NAME} printable characters")
    return x509.Name([x509.NameAttribute(part, text) for part, text in parts])


def _alternative_names(hosts: Sequence[str]) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            if _HOST.fullmatch(host) is None:
                raise CannotMake(
                    f"{host!a} is neither a name nor an address: write what chargers dial, without ws:// and port"
                ) from None
            names.append(x509.DNSName(host))
    return x509.SubjectAlternativeName(names)


def _usage(
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=key_encipherment,  # the suites without forward secrecy need it
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
