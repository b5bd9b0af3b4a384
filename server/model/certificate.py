"""Certificates that chargers ask for (rule SEC-12)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

#: How the name begins that our CA writes into a charger's certificate beside its CN (subjectAltName, URI).
_OURS = "urn:ocpp-console:charger:"


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """The newest request of a charger; an older one is of no use, its key is gone."""

    charger_id: str
    at: int
    csr: str  #: PEM, as the charger wrote it
    is_accepted: bool  #: what the charger was answered


def uri_of(charger_id: str) -> str:
    """Whose certificate it is, whatever its CN says: a serial number is what a charger says of itself."""
    return _OURS + quote(charger_id, safe="")


def charger_in(uri: str) -> str:
    """The charger that a certificate was issued to; "" when `uri` does not tell."""
    return unquote(uri.removeprefix(_OURS)) if uri.startswith(_OURS) else ""
