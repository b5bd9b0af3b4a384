"""Security extension: certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.link import Reply
from simulator.operations.replies import chosen, inside, status, text
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station

_ROOTS = ("CentralSystemRootCertificate", "ManufacturerRootCertificate")


def install_certificate(station: Station, payload: Payload) -> Reply:
    kind, root = chosen(payload, "certificateType", *_ROOTS), text(payload, "certificate")
    verdict = station.certificates.install(kind, root)
    is_ours = verdict == "Accepted" and kind == _ROOTS[0]
    return status(verdict, then=(lambda: station.access.trust(root)) if is_ours else None)


def delete_certificate(station: Station, payload: Payload) -> Reply:
    return status(station.certificates.delete(inside(payload, "certificateHashData")))


def get_installed_certificate_ids(station: Station, payload: Payload) -> Reply:
    hashes = station.certificates.hashes(chosen(payload, "certificateType", *_ROOTS))
    return Reply({"status": "Accepted", "certificateHashData": hashes}) if hashes else status("NotFound")


def certificate_signed(station: Station, payload: Payload) -> Reply:
    if station.certificates.take(text(payload, "certificateChain")):
        return status("Accepted", then=station.access.certificate_changed)
    station.security.note("InvalidChargePointCertificate")
    return status("Rejected")
