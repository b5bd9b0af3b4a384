"""What must never be painted, logged or stored (SEC-07)."""

from __future__ import annotations

import re

#: Configuration keys whose value is a password, in small letters.
SECRET_KEYS = frozenset({"authorizationkey"})
HIDDEN = "***"

_URL_PASSWORD = re.compile(r"(://)[^\s\"/@\\]{1,256}@")


def without_password(url: str) -> str:
    """A URL as it may be shown: `ftp://ana:geheim@host/x` becomes `ftp://***@host/x`."""
    return _URL_PASSWORD.sub(rf"\1{HIDDEN}@", url)


def is_secret(key: str) -> bool:
    """Is the value of this configuration key a password?"""
    return key.strip().casefold() in SECRET_KEYS
