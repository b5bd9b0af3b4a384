"""Certificates that chargers ask for (SEC-12)."""

from __future__ import annotations

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.certificate import CertificateRequest
from server.model.event import EventKind
from server.model.log import Level
from server.model.observation import CertificateAsked

NOBODY = "there is nobody here to sign it"


def ask(bus: Bus, log: LogRing, asked: CertificateAsked, why_not: str) -> bool:
    """Keep the request for an operator; True when the charger may expect a certificate. `why_not` "" = it is signed."""
    request = CertificateRequest(asked.charger_id, asked.at, asked.csr, not why_not)
    if why_not:
        told = ("asks for a certificate: refused, %s", (why_not,))
        log.add(asked.at, Level.WARNING, asked.charger_id, "in", "certificate", *told)
    else:
        log.add(asked.at, Level.INFO, asked.charger_id, "in", "certificate", "asks for a certificate")
    bus.emit(EventKind.CERTIFICATE_REQUESTED, asked.at, asked.charger_id, request)
    return not why_not
