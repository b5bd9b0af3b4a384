"""Certificates that chargers ask for (rule SEC-12)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """The newest request of a charger; an older one is of no use, its key is gone."""

    charger_id: str
    at: int
    csr: str  #: PEM, as the charger wrote it
    is_accepted: bool  #: what the charger was answered
