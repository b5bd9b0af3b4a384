"""Certificates: what a charge point keeps of them, its own request for one, and signatures of firmware.

`cryptography` is imported where it is used: it is large, and few charge points of a fleet ever need it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.standard_keys import MAX_CERTIFICATES, MAX_CHAIN
from simulator.words import Payload

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

NEEDED = "cryptography.x509"  #: to be imported off the loop before anything here is called
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_HASHES = ("SHA256", "SHA384", "SHA512")


@dataclass(slots=True)
class Certificates:
    """Roots by type, as PEM, and the certificate of the charge point itself with its key."""

    installed: dict[str, list[str]] = field(default_factory=dict)
    own_chain: str = ""
    key: str = ""  #: private, PEM; of the last request

    def install(self, kind: str, pem: str) -> str:
        """InstallCertificate: Accepted, Failed or Rejected."""
        if read(pem) is None:
            return "Failed"
        kept = self.installed.setdefault(kind, [])
        if pem in kept:
            return "Accepted"
        if sum(len(pems) for pems in self.installed.values()) >= MAX_CERTIFICATES:
            return "Rejected"
        kept.append(pem)
        return "Accepted"

    def delete(self, wanted: Payload) -> str:
        """DeleteCertificate: Accepted or NotFound."""
        for kept in self.installed.values():
            for pem in kept:
                if _same(hash_data(pem, str(wanted.get("hashAlgorithm", ""))), wanted):
                    kept.remove(pem)
                    return "Accepted"
        return "NotFound"

    def hashes(self, kind: str) -> list[Payload]:
        return [hash_data(pem) for pem in self.installed.get(kind, [])]

    def is_of_the_maker(self, pem: str) -> bool:
        """Is this a certificate that may sign firmware? Any may, until there is a root of the manufacturer."""
        found = read(pem)
        roots = [read(root) for root in self.installed.get("ManufacturerRootCertificate", [])]
        return found is not None and (not roots or any(_is_issued_by(found, root) for root in roots if root))

    def request(self, name: str, organization: str) -> str:
        """A new key, and a certificate signing request for it, PEM."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
        if organization:
            parts.append(x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization))
        csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(parts)).sign(key, hashes.SHA256())
        form, encoding = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
        self.key = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
        return csr.public_bytes(encoding).decode()

    def take(self, chain: str) -> bool:
        """CertificateSigned: kept when it is for the key of the last request."""
        own = read(chain)
        if own is None or not self.key or len(chain) > MAX_CHAIN or not _belongs(own, self.key):
            return False
        self.own_chain = chain
        return True


def read(pem: str) -> Certificate | None:
    """The first certificate of a PEM text; None when there is none."""
    from cryptography import x509

    block = _BLOCK.search(pem)
    try:
        return x509.load_pem_x509_certificate(block[0].encode()) if block is not None else None
    except ValueError:
        return None


def hash_data(pem: str, algorithm: str = "SHA256") -> Payload:
    """certificateHashData of a certificate that can be read."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    certificate = read(pem)
    if certificate is None or algorithm not in _HASHES:
        return {}
    key = certificate.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    digest = algorithm.lower()
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": hashlib.new(digest, certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": hashlib.new(digest, bits).hexdigest(),
        "serialNumber": f"{certificate.serial_number:x}",
    }


def is_signed_by(content: bytes, signature: str, pem: str) -> bool:
    """Is this the signature (base64) of a file, made with the key of this certificate? RSA or ECDSA, SHA-256."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    certificate = read(pem)
    if certificate is None:
        return False
    key = certificate.public_key()
    try:
        raw = base64.b64decode(signature, validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(raw, content, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(raw, content, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _is_issued_by(certificate: Certificate, root: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _belongs(certificate: Certificate, key_pem: str) -> bool:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    own = load_pem_private_key(key_pem.encode(), None).public_key()
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return own.public_bytes(*form) == certificate.public_key().public_bytes(*form)


def _same(found: Payload, wanted: Payload) -> bool:
    return bool(found) and all(str(wanted.get(name, "")).lower() == str(value).lower() for name, value in found.items())
