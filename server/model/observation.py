"""What a charger told us, translated from its protocol version.

`at` is when we received it (ms). `station_at` is the charger's own time, or None where it gave none or nonsense; core
decides which of the two counts (HB-03).
"""

from __future__ import annotations

from typing import NamedTuple

from server.model.job import JobKind
from server.model.status import ConnectorStatus
from server.model.transaction import MeterSample


class Connected(NamedTuple):
    charger_id: str
    at: int
    peer: str
    ocpp_version: str
    secure: bool = False
    subprotocol: str | None = None  #: as offered; None = the charger offered none (WS-05)
    profile: int = 0  #: OCPP security profile that this link has reached


class Disconnected(NamedTuple):
    charger_id: str
    at: int
    reason: str  #: a sentence part: "link closed by the charger (1000)"


class Booted(NamedTuple):
    charger_id: str
    at: int
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial: str = ""


class StatusReported(NamedTuple):
    charger_id: str
    at: int
    connector_id: int
    status: ConnectorStatus
    error_code: str = "NoError"
    vendor_id: str = ""
    vendor_error_code: str = ""
    info: str = ""
    station_at: int | None = None


class Authorizing(NamedTuple):
    charger_id: str
    at: int
    id_tag: str


class TransactionStarted(NamedTuple):
    charger_id: str
    at: int
    connector_id: int
    id_tag: str
    meter_start_wh: int
    station_at: int | None = None
    reservation_id: int | None = None


class TransactionStopped(NamedTuple):
    charger_id: str
    at: int
    transaction_id: int
    meter_stop_wh: int | None
    station_at: int | None = None
    reason: str = "Local"
    id_tag: str = ""  #: empty = not sent: then no verdict is asked for (TX-14)
    samples: tuple[MeterSample, ...] = ()


class MeterReported(NamedTuple):
    charger_id: str
    at: int
    connector_id: int
    transaction_id: int | None
    samples: tuple[MeterSample, ...]


class JobReported(NamedTuple):
    """News of a firmware, diagnostics or log job. `state` is a word as `server.model.job` knows them, or a vendor's."""

    charger_id: str
    at: int
    kind: JobKind
    state: str
    request_id: int | None = None


class CertificateAsked(NamedTuple):
    charger_id: str
    at: int
    csr: str
