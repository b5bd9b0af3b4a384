"""Why a command is not possible now.

The server refuses with these words and the console greys its keys with the same words, from the same function.
"""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import Operation, RemoteStart, RemoteStop, Reset
from server.model.status import ConnectorStatus, Registration


def why_not(charger: Charger, operation: Operation) -> str | None:
    """The reason why `operation` cannot be sent to `charger` now, as one short sentence part; None = go ahead."""
    if not charger.online:
        return "charger is offline"
    if charger.registration is Registration.REJECTED:
        return "charger is rejected: nothing may be sent to it"  # BOOT-07
    if isinstance(operation, RemoteStart | RemoteStop) and charger.registration is Registration.PENDING:
        return "charger is not adopted yet"  # BOOT-06
    match operation:
        case RemoteStart():
            return _why_not_start(charger, operation)
        case RemoteStop():
            return None  # also of ids we do not know: the charger may believe in another one (TX-19)
        case Reset():
            return None
    return None


def _why_not_start(charger: Charger, operation: RemoteStart) -> str | None:
    if not 1 <= len(operation.id_tag) <= 20:
        return "id tag must have 1 to 20 characters"
    if charger.main.is_faulted:
        return "charger is faulted"
    if operation.connector_id is None:
        return None
    if operation.connector_id < 1:
        return "connector 0 cannot start"  # TX-21
    connector = charger.connectors.get(operation.connector_id)
    if connector is None:
        return None  # never reported: let the charger decide
    if connector.transaction is not None:
        return f"transaction {connector.transaction.transaction_id} is running"
    if connector.status is ConnectorStatus.FAULTED:
        return "connector is faulted"
    if connector.status is ConnectorStatus.UNAVAILABLE:
        return "connector is unavailable"
    return None


def consequences(charger: Charger, operation: Operation) -> list[str]:
    """What else will happen when `operation` is carried out, one sentence each: shown before anything is sent."""
    match operation:
        case Reset(kind=kind):
            told = [
                f"Stops transaction {t.transaction_id} on c{t.connector_id}"
                f" ({t.energy_wh / 1000:.1f} kWh, tag {t.id_tag})"
                for t in charger.open_transactions()
            ]
            if told and kind == "Hard":
                told.append("A hard reset may lose the end of these sessions.")  # RST-01
            elif told:
                told.append("The driver has to present the tag again.")
            told.append("The charger is away until it boots.")
            return told
        case RemoteStop(transaction_id=wanted):
            for t in charger.open_transactions():
                if t.transaction_id == wanted:
                    return [
                        f"Ends transaction {wanted} on c{t.connector_id} ({t.energy_wh / 1000:.1f} kWh, tag {t.id_tag})"
                    ]
            return [f"Transaction {wanted} is not known here; the charger decides."]
    return []
