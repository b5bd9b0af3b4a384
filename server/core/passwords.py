"""Passwords of chargers: sealed for keeping, and compared as bytes (SEC-03, SEC-04, SEC-07).

A key is written as hex digits and is the bytes they stand for. Chargers send the bytes, as the specification wants,
or the digits as they stand: all of that is the same key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from server.model.credential import Form, Scheme, Sealed

KEY_BYTES = 20  #: of a key that we make: the most that fits into AuthorizationKey
LONGEST = 255  #: bytes of a password on the wire; longer ones are wrong without looking
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1  #: 60 ms of a core
_KEY = re.compile(r"(?:[0-9A-Fa-f]{2}){16,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})+")


def new_key() -> str:
    """40 hex digits that nobody can guess."""
    return secrets.token_hex(KEY_BYTES)


def seal(password: str, scheme: Scheme) -> Sealed:
    """What is kept of `password`. With SCRYPT it takes 60 ms: not on the loop."""
    salt = secrets.token_bytes(16)
    is_key = _KEY.fullmatch(password) is not None
    return Sealed(scheme, salt, _digest(scheme, salt, secret_of(password)), is_key)


def quick(sealed: Sealed, secret: bytes) -> Sealed:
    """The same password in a form that is fast to compare, to be kept in memory alone."""
    salt = secrets.token_bytes(16)
    return Sealed(Scheme.HMAC, salt, _digest(Scheme.HMAC, salt, secret), sealed.is_key)


def secret_of(password: str) -> bytes:
    """What the charger is to present, decoded when it is a key."""
    return bytes.fromhex(password) if _KEY.fullmatch(password) is not None else password.encode()


def matching_form(sealed: Sealed, presented: bytes) -> Form | None:
    """How `presented` is this password; None when it is another one. Takes as long as `seal`, at most twice."""
    found = matching(sealed, presented)
    return found[1] if found is not None else None


def matching(sealed: Sealed, presented: bytes) -> tuple[bytes, Form] | None:
    """`matching_form` with the secret that `presented` stands for."""
    if not 0 < len(presented) <= LONGEST:
        return None
    for secret, form in _readings(sealed, presented):
        if hmac.compare_digest(_digest(sealed.scheme, sealed.salt, secret), sealed.digest):
            return secret, form
    return None


def _readings(sealed: Sealed, presented: bytes) -> list[tuple[bytes, Form]]:
    """What the bytes on the wire may stand for, the likely one first."""
    verbatim = (presented, Form.DECODED if sealed.is_key else Form.PLAIN)
    if _HEX.fullmatch(presented) is None:
        return [verbatim]
    digits = presented.decode("ascii")
    form = Form.HEX_LOWER if digits == digits.lower() else Form.HEX_UPPER if digits == digits.upper() else Form.PLAIN
    from_hex = (bytes.fromhex(digits), form)
    return [from_hex, verbatim] if sealed.is_key else [verbatim, from_hex]


def _digest(scheme: Scheme, salt: bytes, secret: bytes) -> bytes:
    if scheme is Scheme.HMAC:
        return hmac.digest(salt, secret, "sha256")
    return hashlib.scrypt(secret, salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=32)
