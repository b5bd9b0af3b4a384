"""SendLocalList (OCPP 1.6 edition 2, section 5.15)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, optional_time, present, time_or_none
from server.model.operations import SendLocalList
from server.model.status import TagStatus
from server.model.tag import LocalListEntry

ACTION = "SendLocalList"


def write(operation: SendLocalList) -> Payload:
    return {
        "listVersion": operation.list_version,
        "updateType": "Full" if operation.full else "Differential",
        "localAuthorizationList": [_write_entry(entry) for entry in operation.entries],
    }


def read(payload: Payload) -> SendLocalList:
    at_least(1, payload, "listVersion")  # LL-01
    entries = payload.get("localAuthorizationList", ())
    return SendLocalList(
        payload["listVersion"],
        payload["updateType"] == "Full",
        tuple(_read_entry(entry, f"localAuthorizationList[{i}].") for i, entry in enumerate(entries)),
    )


def tell(operation: SendLocalList) -> str:
    kind = "full" if operation.full else "differential"
    return f"version {operation.list_version}  {kind}  {len(operation.entries)} tags"


def _write_entry(entry: LocalListEntry) -> Payload:
    """Without `idTagInfo` the tag is deleted there (LL-02)."""
    if entry.status is None:
        return {"idTag": entry.id_tag}
    info = present(
        status=entry.status.value,
        expiryDate=time_or_none(entry.expires_at),
        parentIdTag=entry.parent_id_tag,
    )
    return {"idTag": entry.id_tag, "idTagInfo": info}


def _read_entry(payload: Payload, where: str) -> LocalListEntry:
    info = payload.get("idTagInfo")
    if info is None:
        return LocalListEntry(payload["idTag"], None)
    return LocalListEntry(
        payload["idTag"],
        TagStatus(info["status"]),
        optional_time(info, "expiryDate", f"{where}idTagInfo."),
        info.get("parentIdTag", ""),
    )


reply = by_status(accepted=["Accepted"], rejected=["Failed", "NotSupported", "VersionMismatch"])
