"""What a charger asks to have signed (SignCertificate): is it in order, and the certificate that comes of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from server.pki.making import RSA_BITS, CannotMake, Made, PublicKey, name_part, sign_charger

EC_BITS = 224
MOST_BITS = 8_192  #: the signature is checked on the loop: under 1 ms up to here, 6 ms with twice as many


def why_not_sign(csr: str, names: Collection[str]) -> str:
    """The reason why the request is not signed, as a sentence part; "" when it is. `names`: what its CN may be."""
    try:
        _read(csr, names)
    except CannotMake as error:
        return str(error)
    return ""


def name_in(csr: str) -> str:
    """The CN that is asked for; "" when it cannot be read."""
    try:
        return name_part(x509.load_pem_x509_csr(csr.encode()).subject, NameOID.COMMON_NAME)
    except (ValueError, TypeError):
        return ""


def sign(ca: Made, csr: str, charger_id: str, names: Collection[str], organization: str, now: datetime) -> str:
    """The certificate, PEM, good for this charger alone, whichever of its `names` it has asked for.

    Takes some ms: not on the loop. `CannotMake` when it is not in order.
    """
    name, key = _read(csr, names)
    made = sign_charger(ca, name, key, now, organization, charger_id)
    return made.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _read(csr: str, names: Collection[str]) -> tuple[str, PublicKey]:
    """CN and key of a request that its charger has signed."""
    try:
        request = x509.load_pem_x509_csr(csr.encode())
        key = _strong(request.public_key())
        name, is_signed = name_part(request.subject, NameOID.COMMON_NAME), request.is_signature_valid
    except CannotMake:
        raise
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise CannotMake("it is no PKCS#10 request in PEM form") from error
    if not is_signed:
        raise CannotMake("it is not signed with its own key")
    if name.casefold() not in {known.casefold() for known in names if known}:
        raise CannotMake(f"its CN is {name[:64]!a}, that must be the charger's id or its serial number")
    return name, key


def _strong(key: object) -> PublicKey:
    """`key`, when it is one that may be signed; looked at before anything is computed with it."""
    if isinstance(key, rsa.RSAPublicKey):
        least = RSA_BITS
    elif isinstance(key, ec.EllipticCurvePublicKey):
        least = EC_BITS
    else:
        raise CannotMake("its key is neither RSA nor ECDSA")
    if not least <= key.key_size <= MOST_BITS:
        raise CannotMake(f"its key is too {'short' if key.key_size < least else 'long'}: {key.key_size} bits")
    return key
