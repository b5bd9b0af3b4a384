"""Those who sign for charge points in tests: the maker of firmware, and a CA that is asked for a certificate."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.certificates import Authority, subject


class Signer:
    """Who makes the firmware. `certificate`, `root` that issued it, and the root of a `stranger` are PEM."""

    def __init__(self, folder: Path, is_rsa: bool = True) -> None:
        maker = Authority(folder, "Manufacturer")
        pair = maker.server("signer", is_rsa=is_rsa)
        self.certificate = pair.certificate.read_text()
        self.root = maker.certificate.read_text()
        self.stranger = Authority(folder, "Stranger").certificate.read_text()
        self._key = serialization.load_pem_private_key(pair.key.read_bytes(), None)

    def sign(self, content: bytes) -> str:
        if isinstance(self._key, rsa.RSAPrivateKey):
            raw = self._key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        else:
            assert isinstance(self._key, ec.EllipticCurvePrivateKey)
            raw = self._key.sign(content, ec.ECDSA(hashes.SHA256()))
        return base64.b64encode(raw).decode()


def signed(ca: Authority, csr_pem: str) -> str:
    """The certificate that was asked for, PEM."""
    now = datetime.now(UTC)
    csr = x509.load_pem_x509_csr(csr_pem.encode())
    key = csr.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    builder = x509.CertificateBuilder(
        subject(ca.name, "CPO"), csr.subject, key, 1, now - timedelta(days=1), now + timedelta(days=9)
    )
    return builder.sign(ca.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
