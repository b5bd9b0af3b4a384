"""Request ids: later notifications carry them, so that two jobs of a charger are told apart (SEC-14)."""

from __future__ import annotations

from dataclasses import replace

from server.model.command import Operation
from server.model.operations import GetLog, SignedUpdateFirmware


def numbered(operation: Operation, command_id: int) -> Operation:
    """`operation` with the number of its command as request id, where it needs one and has none."""
    if isinstance(operation, GetLog | SignedUpdateFirmware) and operation.request_id is None:
        return replace(operation, request_id=command_id)
    return operation
