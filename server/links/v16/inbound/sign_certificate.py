"""SignCertificate (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.model.charger import Charger
from server.model.observation import CertificateAsked

ACTION = "SignCertificate"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Answered at once: a certificate comes later, by CertificateSigned (SEC-12)."""
    accepted = core.certificate_asked(CertificateAsked(charger.charger_id, at, payload.get("csr", "")))
    return '{"status":"Accepted"}' if accepted else '{"status":"Rejected"}'
