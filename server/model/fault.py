"""A fault: something that is wrong with a connector, from its opening to its clearing."""

from __future__ import annotations

from dataclasses import dataclass

from server.model.status import Severity


@dataclass(slots=True)
class Fault:
    """One fault or warning. Only `server.core` writes.

    The key is (charger, connector, error code, vendor id, vendor error code), rule SN-04: a repeat counts up, another
    vendor code is another fault.
    """

    fault_id: int
    charger_id: str
    connector_id: int
    error_code: str
    severity: Severity
    opened_at: int
    seen_at: int  #: last report
    vendor_id: str = ""
    vendor_error_code: str = ""
    info: str = ""
    count: int = 1  #: reports while open
    cleared_at: int = 0  #: 0 while open
    transaction_id: int | None = None  #: running when it opened
    acknowledged_by: str = ""
    acknowledged_at: int = 0
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.cleared_at == 0

    def same_cause(self, error_code: str, vendor_id: str, vendor_error_code: str) -> bool:
        return (self.error_code, self.vendor_id, self.vendor_error_code) == (
            error_code,
            vendor_id,
            vendor_error_code,
        )
