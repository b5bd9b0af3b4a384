"""DataTransfer (OCPP 1.6 edition 2, section 5.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import fact, present
from server.model.command import Reply
from server.model.operations import DataTransfer

ACTION = "DataTransfer"


def write(operation: DataTransfer) -> Payload:
    return present(vendorId=operation.vendor_id, messageId=operation.message_id, data=operation.data)


def read(payload: Payload) -> DataTransfer:
    return DataTransfer(payload["vendorId"], payload.get("messageId", ""), payload.get("data", ""))


def tell(operation: DataTransfer) -> str:
    return f"{operation.vendor_id} {operation.message_id}".rstrip()


_by_status = by_status(accepted=["Accepted"], rejected=["Rejected", "UnknownMessageId", "UnknownVendorId"])


def reply(payload: Payload) -> Reply:
    return _by_status(payload)._replace(facts=fact(payload, "data", "data"))
