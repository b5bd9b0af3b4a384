"""Certificates that chargers ask for (SEC-12)."""

from __future__ import annotations

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.certificate import CertificateRequest
from server.model.event import EventKind
from server.model.log import Level
from server.model.observation import CertificateAsked


def ask(bus: Bus, log: LogRing, asked: CertificateAsked, can_sign: bool) -> bool:
    """Keep the request for an operator; True when the charger may expect a certificate."""
    request = CertificateRequest(asked.charger_id, asked.at, asked.csr, can_sign)
    told = "asks for a certificate" if can_sign else "asks for a certificate: refused, there is nobody here to sign it"
    log.add(asked.at, Level.INFO if can_sign else Level.WARNING, asked.charger_id, "in", "certificate", told)
    bus.emit(EventKind.CERTIFICATE_REQUESTED, asked.at, asked.charger_id, request)
    return can_sign
