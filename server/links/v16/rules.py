"""Which rule a field breaks when it does not fit: the precise one where there is one, else RPC-11."""

from __future__ import annotations

_OF_FIELD: dict[tuple[str, str], str] = {
    ("Authorize", "idTag"): "AUTH-02",
    ("StartTransaction", "idTag"): "AUTH-02",
    ("StartTransaction", "reservationId"): "RES-02",
    ("StopTransaction", "idTag"): "AUTH-02",
    ("StopTransaction", "reason"): "TX-12",
    ("StopTransaction", "meterStop"): "TX-15",
    ("StopTransaction", "transactionData"): "TX-16",
    ("MeterValues", "connectorId"): "MV-10",
    ("DataTransfer", "data"): "DT-01",
}
#: Of meter values, in MeterValues and in StopTransaction.
_OF_SAMPLE = {
    "meterValue": "MV-11",
    "sampledValue": "MV-11",
    "transactionId": "MV-11",
    "value": "MV-05",
    "unit": "MV-03",
    "measurand": "MV-14",
    "phase": "MV-07",
    "context": "MV-13",
    "location": "MV-02",
    "format": "MV-02",
}
_OF_ACTION = {
    "BootNotification": "BOOT-10",
    "StatusNotification": "SN-07",
    "StartTransaction": "TX-01",
    "StopTransaction": "TX-09",
    "FirmwareStatusNotification": "FW-01",
    "DiagnosticsStatusNotification": "FW-01",
    "SecurityEventNotification": "SEC-13",
}


def rule_of(action: str, field: str) -> str:
    """`field` is a path: "meterValue.sampledValue.unit"; one that ends in `*` is a field that the schema lacks."""
    if action.endswith("Response"):
        return "RPC-19"
    last = field.rpartition(".")[2]
    if last == "*" or not field or field == "payload":
        return "RPC-11"
    if last == "timestamp":
        return "HB-02"
    if (action, last) in _OF_FIELD:
        return _OF_FIELD[action, last]
    if last in _OF_SAMPLE and (action == "MeterValues" or "." in field):
        return _OF_SAMPLE[last]
    return _OF_ACTION.get(action, "RPC-11")
