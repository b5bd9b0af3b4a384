"""Firmware and diagnostics, of the profile and of the security extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.diagnostics import Request
from simulator.firmware import Update
from simulator.link import Reply
from simulator.operations.replies import chosen, inside, moment, number, optional_number, status, text
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


def update_firmware(station: Station, payload: Payload) -> Reply:
    retries, interval_s = _retry(payload)
    update = Update(text(payload, "location"), moment(payload, "retrieveDate"), retries, interval_s)
    return Reply({}, then=lambda: station.firmware.replace(update))


def signed_update_firmware(station: Station, payload: Payload) -> Reply:
    firmware = inside(payload, "firmware")
    retries, interval_s = _retry(payload)
    update = Update(
        text(firmware, "location"),
        moment(firmware, "retrieveDateTime"),
        retries,
        interval_s,
        install_at=moment(firmware, "installDateTime") if "installDateTime" in firmware else 0,
        request_id=number(payload, "requestId"),
        certificate=text(firmware, "signingCertificate"),
        signature=text(firmware, "signature"),
    )
    if not station.certificates.is_of_the_maker(update.certificate):
        station.security.note("InvalidFirmwareSigningCertificate", update.location)
        return status("InvalidCertificate")
    verdict = "AcceptedCanceled" if station.firmware.is_busy else "Accepted"
    return status(verdict, then=lambda: station.firmware.replace(update))


def get_diagnostics(station: Station, payload: Payload) -> Reply:
    retries, interval_s = _retry(payload)
    request = Request(text(payload, "location"), retries, interval_s)
    name = station.diagnostics.name(request)
    return Reply({"fileName": name}, then=lambda: station.diagnostics.replace(request, name))


def get_log(station: Station, payload: Payload) -> Reply:
    retries, interval_s = _retry(payload)
    request = Request(
        text(inside(payload, "log"), "remoteLocation"),
        retries,
        interval_s,
        number(payload, "requestId"),
        chosen(payload, "logType", "DiagnosticsLog", "SecurityLog"),
    )
    name = station.diagnostics.name(request)
    verdict = "AcceptedCanceled" if station.diagnostics.is_busy else "Accepted"
    return Reply({"status": verdict, "filename": name}, then=lambda: station.diagnostics.replace(request, name))


def _retry(payload: Payload) -> tuple[int, float]:
    """(tries after the first, seconds between them)"""
    retries, interval_s = optional_number(payload, "retries"), optional_number(payload, "retryInterval")
    return max(0, retries or 0), float(interval_s if interval_s is not None else 10)
