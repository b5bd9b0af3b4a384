"""Answers to what the CSMS asks, one function an operation; `OPERATIONS` is the routing table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator import certificates
from simulator.link import Reply
from simulator.operations import core, firmware, local_list, reservation, security, smart_charging, trigger
from simulator.operations.replies import BadPayload, Operation, status
from simulator.transfers import load
from simulator.words import Payload, Profile

if TYPE_CHECKING:
    from simulator.station import Station


class Route(NamedTuple):
    """`without`: the answer of a charge point that lacks the profile, a CALLERROR when there is none."""

    profile: Profile
    perform: Operation
    without: Payload | None = None


async def answer(station: Station, action: str, payload: Payload) -> Reply:
    """The reply to one CALL; the effect follows in `Reply.then`, after the reply has left."""
    route = OPERATIONS.get(action)
    if route is None:
        return Reply({}, "NotImplemented", f"{action} is not known here")
    if route.profile in station.traits.lacks:
        return _lacking(action, route)
    if action in station.traits.refuses:
        return status("Rejected")
    if route.profile is Profile.SECURITY:
        await load(certificates.NEEDED)
    try:
        return route.perform(station, payload)
    except BadPayload as bad:
        return Reply({}, "TypeConstraintViolation", str(bad))


def _lacking(action: str, route: Route) -> Reply:
    if route.without is not None:
        return Reply(route.without)
    if route.profile is Profile.SECURITY:  # older than the extension
        return Reply({}, "NotImplemented", f"{action} is not known here")
    return Reply({}, "NotSupported", f"{route.profile.value} is not part of this charge point")


OPERATIONS: dict[str, Route] = {
    "CancelReservation": Route(Profile.RESERVATION, reservation.cancel),
    "CertificateSigned": Route(Profile.SECURITY, security.certificate_signed),
    "ChangeAvailability": Route(Profile.CORE, core.change_availability),
    "ChangeConfiguration": Route(Profile.CORE, core.change_configuration),
    "ClearCache": Route(Profile.CORE, core.clear_cache),
    "ClearChargingProfile": Route(Profile.SMART_CHARGING, smart_charging.clear_profile, {"status": "Unknown"}),
    "DataTransfer": Route(Profile.CORE, core.data_transfer),
    "DeleteCertificate": Route(Profile.SECURITY, security.delete_certificate),
    "ExtendedTriggerMessage": Route(Profile.SECURITY, trigger.extended_trigger_message),
    "GetCompositeSchedule": Route(Profile.SMART_CHARGING, smart_charging.get_composite_schedule),
    "GetConfiguration": Route(Profile.CORE, core.get_configuration),
    "GetDiagnostics": Route(Profile.FIRMWARE, firmware.get_diagnostics),
    "GetInstalledCertificateIds": Route(Profile.SECURITY, security.get_installed_certificate_ids),
    "GetLocalListVersion": Route(Profile.LOCAL_LIST, local_list.get_version, {"listVersion": -1}),
    "GetLog": Route(Profile.SECURITY, firmware.get_log),
    "InstallCertificate": Route(Profile.SECURITY, security.install_certificate),
    "RemoteStartTransaction": Route(Profile.CORE, core.remote_start),
    "RemoteStopTransaction": Route(Profile.CORE, core.remote_stop),
    "ReserveNow": Route(Profile.RESERVATION, reservation.reserve_now),
    "Reset": Route(Profile.CORE, core.reset),
    "SendLocalList": Route(Profile.LOCAL_LIST, local_list.send, {"status": "NotSupported"}),
    "SetChargingProfile": Route(Profile.SMART_CHARGING, smart_charging.set_profile, {"status": "NotSupported"}),
    "SignedUpdateFirmware": Route(Profile.SECURITY, firmware.signed_update_firmware),
    "TriggerMessage": Route(Profile.TRIGGER, trigger.trigger_message),
    "UnlockConnector": Route(Profile.CORE, core.unlock_connector),
    "UpdateFirmware": Route(Profile.FIRMWARE, firmware.update_firmware),
}
