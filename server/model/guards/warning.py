"""What else will happen when an operation is carried out: shown before anything is sent."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration, Operation, RemoteStart, RemoteStop, Reset
from server.model.guards.lists import messages_for
from server.model.guards.profiles import replaced_by
from server.model.guards.security import of_profile_key
from server.model.guards.settings import of_value
from server.model.operations import (
    ChangeAvailability,
    DeleteCertificate,
    ExtendedTriggerMessage,
    InstallCertificate,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.profile import ChargingProfile
from server.model.rates import converted
from server.model.status import ConnectorStatus, Registration
from server.model.transaction import Transaction


def consequences(charger: Charger, operation: Operation) -> list[str]:
    """One sentence each."""
    match operation:
        case Reset(kind=kind):
            return _of_reset(charger, kind)
        case RemoteStop(transaction_id=wanted):
            return _of_stop(charger, wanted)
        case RemoteStart():
            return _of_start(charger, operation)
        case ChangeConfiguration():
            return of_profile_key(operation) + of_value(charger, operation)  # SEC-08, CFG-07
        case ChangeAvailability():
            return _of_availability(charger, operation)
        case UnlockConnector(connector_id=connector_id):
            return [f"{_named(t)} is ended first." for t in _running(charger, connector_id)]
        case TriggerMessage(message=message) | ExtendedTriggerMessage(message=message):
            return _of_trigger(charger, message)
        case UpdateFirmware() | SignedUpdateFirmware():
            told = [f"{_named(t)} is running: most chargers install only when it has ended." for t in _running(charger)]
            return [*told, "The charger is away while it installs, and boots."]
        case ReserveNow():
            return _of_reservation(charger, operation)
        case SendLocalList():
            return _of_list(charger, operation)
        case SetChargingProfile(connector_id=connector_id, profile=profile):
            return _of_place(charger, connector_id, profile) + _of_profile(charger, profile)
        case DeleteCertificate():
            return [
                "If this root is in use, the charger can no longer tell that this server is the right one."
            ]  # SEC-15
        case InstallCertificate(certificate_type="CentralSystemRootCertificate"):
            return ["From then on the charger may accept only servers with a certificate of this root."]  # SEC-15
    return []


def _of_reset(charger: Charger, kind: str) -> list[str]:
    told = [
        f"Stops transaction {t.transaction_id} on c{t.connector_id} ({t.energy_wh / 1000:.1f} kWh, tag {t.id_tag})"
        for t in charger.open_transactions()
    ]
    if told and kind == "Hard":
        told.append("A hard reset may lose the end of these sessions.")  # RST-01
    elif told:
        told.append("The driver has to present the tag again.")
    told.append("The charger is away until it boots.")
    return told


def _of_stop(charger: Charger, wanted: int) -> list[str]:
    for t in charger.open_transactions():
        if t.charger_calls_it == wanted:
            return [f"Ends transaction {wanted} on c{t.connector_id} ({t.energy_wh / 1000:.1f} kWh, tag {t.id_tag})"]
    return [f"Transaction {wanted} is not known here; the charger decides."]


def _of_start(charger: Charger, operation: RemoteStart) -> list[str]:
    told = [] if operation.connector_id is not None else ["Some chargers refuse a start without a connector."]  # TX-21
    return told + (_of_profile(charger, operation.profile) if operation.profile is not None else [])


def _of_availability(charger: Charger, operation: ChangeAvailability) -> list[str]:
    if operation.operative:
        return []
    told = [
        f"{_named(t)} goes on; the connector goes out of service when it ends (Scheduled)."  # SN-13
        for t in _running(charger, operation.connector_id)
    ]
    return [*told, "Out of service, also after a reset, until it is told otherwise."]


def _of_trigger(charger: Charger, message: str) -> list[str]:
    told = []
    if refused := charger.refused_triggers.get(message):  # TRG-02
        told.append(f"Asked for {message} before, the charger answered {refused}.")
    if message == "BootNotification" and charger.registration is Registration.ACCEPTED:  # BOOT-05
        told.append("The charger is accepted already; some do not boot again, and a few never answer this.")
    return told


def _of_reservation(charger: Charger, operation: ReserveNow) -> list[str]:
    told = []
    connector = charger.connectors.get(operation.connector_id)
    if connector is not None and connector.status is not ConnectorStatus.AVAILABLE:
        told.append(f"Connector {operation.connector_id} is {connector.status}: the charger may say no.")
    if operation.reservation_id in charger.reservations:
        told.append(f"Replaces reservation {operation.reservation_id}.")  # RES-01
    return told


def _of_list(charger: Charger, operation: SendLocalList) -> list[str]:
    told = []
    if operation.full:
        told.append("Replaces the list that is there.")
    if charger.local_list_version == -1:
        told.append("The charger said it has no local list.")
    if (messages := messages_for(charger, operation)) > 1:
        told.append(f"Goes out as {messages} messages (SendLocalListMaxLength).")
    return told


def _of_place(charger: Charger, connector_id: int, profile: ChargingProfile) -> list[str]:
    """SC-02."""
    before = replaced_by(charger, connector_id, profile)
    return [f"Replaces profile {before.profile.profile_id} of the same level."] if before is not None else []


def _of_profile(charger: Charger, profile: ChargingProfile) -> list[str]:
    told = []
    sent = converted(charger, profile).schedule
    if sent is not profile.schedule:  # SC-03
        limits = ", ".join(f"{period.limit_x10 / 10:g}" for period in sent.periods[:4])
        more = " ..." if len(sent.periods) > 4 else ""
        volts = charger.options.grid_voltage
        told.append(f"The charger takes limits in {sent.unit} only: sent as {limits}{more} {sent.unit}, by {volts} V.")
    if any(period.limit_x10 == 0 for period in sent.periods):
        told.append("A limit of 0 pauses; some chargers end the session instead.")  # SC-05
    return told


def _running(charger: Charger, connector_id: int = 0) -> list[Transaction]:
    """Open transactions of a connector; of all for 0."""
    return [t for t in charger.open_transactions() if connector_id in (0, t.connector_id)]


def _named(t: Transaction) -> str:
    return f"Transaction {t.transaction_id} on c{t.connector_id} ({t.energy_wh / 1000:.1f} kWh, tag {t.id_tag})"
