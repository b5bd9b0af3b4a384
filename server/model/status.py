"""What a connector and a charger can be."""

from __future__ import annotations

from enum import StrEnum


class ConnectorStatus(StrEnum):
    """The nine states of OCPP 1.6 (edition 2, section 7.7), and `Unknown` before the first report."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"
    UNKNOWN = "Unknown"


#: A vehicle is connected and may draw power: what "Occupied" counts for a whole charger.
OCCUPIED = frozenset(
    {
        ConnectorStatus.CHARGING,
        ConnectorStatus.SUSPENDED_EV,
        ConnectorStatus.SUSPENDED_EVSE,
        ConnectorStatus.FINISHING,
        ConnectorStatus.RESERVED,
    }
)


class ChargerStatus(StrEnum):
    """One word for a whole charger, in order of priority (capabilities, rows 2-11). Online or not is another fact."""

    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    PREPARING = "Preparing"
    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"


class Registration(StrEnum):
    """What the CSMS decided about a charger. `PENDING`: it may connect, nothing it sends is business data yet."""

    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


class Severity(StrEnum):
    """`FAULT`: the connector cannot charge. `WARNING`: an error code while it still can (rule SN-03)."""

    FAULT = "fault"
    WARNING = "warning"
    INFO = "info"


class TransactionState(StrEnum):
    """Life of a transaction as the API names it."""

    ONGOING = "ongoing"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    ORPHANED = "orphaned"
    GHOST = "ghost"


class TagStatus(StrEnum):
    """Verdict on an id tag (OCPP 1.6 edition 2, section 7.2)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"
