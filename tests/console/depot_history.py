"""What happened in the depot of the pictures before: faults that are over, sessions that ended, older operations."""

from __future__ import annotations

from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
)
from server.model.fault import Fault
from server.model.status import Severity, TagStatus, TransactionState
from server.model.transaction import Transaction

S, M, H, D = 1_000, 60_000, 3_600_000, 86_400_000

#: id, charger, connector, code, vendor, vendor code, info, ago, lasted, by, note
_FAULTS = (
    (1839, 11, 2, "HighTemperature", "Alfen", "T2", "inlet 88C", 16 * H, 12 * M, "", ""),
    (1836, 21, 1, "EVCommunicationError", "", "", "", 22 * H, 3 * M, "", ""),
    (1831, 6, 0, "InternalError", "", "", "watchdog", 2 * D + 5 * H, 6 * M, "", ""),
    (1822, 3, 1, "GroundFailure", "ABB", "E-113", "RCD trip", 3 * D + 16 * H, 21 * M, "tom", "RCD reset"),
    (1809, 16, 1, "OverCurrentFailure", "", "", "", 5 * D + 2 * H, 2 * M, "", ""),
    (1801, 3, 1, "GroundFailure", "ABB", "E-113", "RCD trip", 7 * D + 2 * H, 5 * M, "", ""),
    (1788, 23, 2, "ConnectorLockFailure", "", "", "lock motor", 11 * D + 9 * H, 94 * M, "ana", "lock replaced"),
    (1774, 3, 1, "GroundFailure", "ABB", "E-113", "RCD trip", 17 * D + 4 * H, 9 * M, "tom", "wet plug"),
)

#: transaction, charger, connector, tag, ended ago, lasted, Wh, reason, state
_SESSIONS = (
    (983, 3, 1, "C0FFEE", 4 * M, 62 * M, 14_050, "Other", TransactionState.COMPLETED),
    (981, 14, 2, "B77A02", 38 * M, 95 * M, 17_320, "EVDisconnected", TransactionState.COMPLETED),
    (980, 2, 1, "F00D01", 51 * M, 44 * M, 8_110, "Local", TransactionState.COMPLETED),
    (979, 12, 1, "A1B2C3", 70 * M, 133 * M, 24_600, "EVDisconnected", TransactionState.COMPLETED),
    (978, 6, 1, "77C0DE", 74 * M, 61 * M, 9_870, "PowerLoss", TransactionState.TERMINATED),
    (976, 18, 2, "D15EA5", 96 * M, 120 * M, 21_940, "Remote", TransactionState.COMPLETED),
    (975, 24, 1, "5EED11", 118 * M, 52 * M, 9_300, "Local", TransactionState.COMPLETED),
    (972, 23, 1, "7E57ED", 3 * D, 37 * M, 4_480, "", TransactionState.ORPHANED),
    (971, 13, 1, "C0FFEE", 3 * H, 75 * M, 13_750, "Local", TransactionState.COMPLETED),
    (969, 20, 1, "BADA55", 4 * H, 28 * M, 5_020, "EVDisconnected", TransactionState.COMPLETED),
    (967, 3, 1, "F00D01", 5 * H, 51 * M, 18_020, "EVDisconnected", TransactionState.COMPLETED),
    (966, 22, 2, "DA10C6", 6 * H, 88 * M, 15_900, "DeAuthorized", TransactionState.COMPLETED),
)


def cleared_faults(now: int) -> list[Fault]:
    """Newest first."""
    return [
        Fault(
            number,
            f"CP-{charger:04}",
            connector_id,
            code,
            Severity.WARNING if code == "EVCommunicationError" else Severity.FAULT,
            now - ago,
            now - ago,
            vendor,
            vendor_code,
            info,
            cleared_at=now - ago + lasted,
            acknowledged_by=by,
            note=note,
        )
        for number, charger, connector_id, code, vendor, vendor_code, info, ago, lasted, by, note in _FAULTS
    ]


def ended(now: int) -> list[Transaction]:
    """Newest first."""
    return [
        Transaction(
            number,
            f"CP-{charger:04}",
            connector_id,
            id_tag,
            TagStatus.ACCEPTED,
            now - ago - lasted,
            now - ago - lasted,
            10_000,
            energy_wh=energy_wh,
            stopped_at=now - ago,
            stop_reason=reason,
            state=state,
        )
        for number, charger, connector_id, id_tag, ago, lasted, energy_wh, reason, state in _SESSIONS
    ]


def commands(now: int) -> list[Command]:
    """Operations on other chargers, newest first."""

    def done(
        number: int, charger: int, operation: Operation, operator: str, ago: int, state: CommandState, status: str
    ) -> Command:
        at = now - ago
        latency = None if state is CommandState.TIMED_OUT else 90 + number % 7 * 35
        return Command(
            number,
            f"CP-{charger:04}",
            operation,
            operator,
            at,
            state,
            at,
            at + (latency or 30_000),
            latency_ms=latency,
            status=status,
            error="no answer within 30 s" if latency is None else "",
        )

    accepted, rejected = CommandState.ACCEPTED, CommandState.REJECTED
    return [
        done(487, 4, GetConfiguration(), "tom", 2 * H, accepted, "Accepted"),
        done(486, 18, RemoteStop(976), "ana", 2 * H + 9 * M, accepted, "Accepted"),
        done(484, 13, Reset("Soft"), "tom", 3 * H, rejected, "Rejected"),
        done(483, 20, RemoteStart("BADA55", 1), "ana", 5 * H, accepted, "Accepted"),
        done(481, 23, Reset("Hard"), "tom", 3 * D, CommandState.TIMED_OUT, ""),
        done(480, 9, ChangeConfiguration("ConnectionTimeOut", "60"), "tom", 3 * D + H, accepted, "Accepted"),
    ]
