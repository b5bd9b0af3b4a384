"""Columns of the small tables, and the way between a row and an object of the model.

A column has the name of the field it holds: one list is the upsert, the select and the conversion both ways.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

from server.model.charger import Charger, Connector
from server.model.fault import Fault
from server.model.status import ConnectorStatus, Registration, Severity, TagStatus, TransactionState
from server.model.tag import IdTag
from server.model.transaction import Transaction

log = logging.getLogger("ocpp_console.store")

T = TypeVar("T")
Row = tuple[Any, ...]


def upsert(table: str, keys: Sequence[str], values: Sequence[str], fixed: Sequence[str] = ()) -> str:
    """Statement that writes a whole row, whether the key is there already or not.

    Values that are `fixed` never change: SQLite would write the indexes of a column anew that is set to what it is.
    """
    columns = (*keys, *values)
    return " ".join(
        (
            "INSERT INTO",
            table,
            _list(columns),
            "VALUES",
            _list("?" * len(columns)),
            "ON CONFLICT",
            _list(keys),
            "DO UPDATE SET",
            ", ".join(f"{name} = excluded.{name}" for name in values if name not in fixed),
        )
    )


def _list(names: Iterable[str]) -> str:
    return "(" + ", ".join(names) + ")"


class Table(Generic[T]):
    """One table of full snapshots. `kinds` names what turns a stored value back into the model's type."""

    def __init__(
        self,
        name: str,
        make: Callable[..., T],
        keys: Sequence[str],
        values: Sequence[str],
        kinds: Mapping[str, Callable[[Any], Any]] | None = None,
        fixed: Sequence[str] = (),
    ) -> None:
        self.columns = (*keys, *values)
        self.upsert = upsert(name, keys, values, fixed)
        self.select = " ".join(("SELECT", ", ".join(self.columns), "FROM", name))
        self.params: Callable[[T], Row] = attrgetter(*self.columns)
        self._name = name
        self._make = make
        self._kinds = kinds or {}

    def objects(self, rows: Iterable[Sequence[Any]]) -> list[T]:
        """Objects of rows in `columns` order. A row that makes no sense is told to the log and left out."""
        found = []
        for row in rows:
            fields = dict(zip(self.columns, row, strict=True))
            try:
                for name, kind in self._kinds.items():
                    fields[name] = kind(fields[name])
                found.append(self._make(**fields))
            except (ValueError, TypeError) as error:
                log.warning("a row of %s cannot be read: %s", self._name, error)
        return found


CHARGERS = Table(
    "chargers",
    Charger,
    ("key",),
    (
        "charger_id",
        "registration",
        "alias",
        "vendor",
        "model",
        "serial",
        "firmware",
        "iccid",
        "imsi",
        "meter_type",
        "meter_serial",
        "ocpp_version",
        "online_at",
        "seen_at",
        "booted_at",
        "first_seen_at",
        "peer",
        "secure",
        "heartbeat_s",
        "clock_skew_ms",
        "reboot_needed",
        "reconnects",
        "local_list_version",
        "enabled",
        "security_profile",
        "removed",
    ),
    {"registration": Registration, "secure": bool, "reboot_needed": bool, "enabled": bool, "removed": bool},
)

CONNECTORS = Table(
    "connectors",
    Connector,
    ("charger_id", "connector_id"),
    (
        "status",
        "status_at",
        "reported_at",
        "error_code",
        "vendor_id",
        "vendor_error_code",
        "info",
        "rated_w",
    ),
    {"status": ConnectorStatus},
)

TRANSACTIONS = Table(
    "transactions",
    Transaction,
    ("transaction_id",),
    (
        "charger_id",
        "connector_id",
        "id_tag",
        "tag_status",
        "started_at",
        "start_received_at",
        "claimed_start_at",
        "claimed_id",
        "missing_wh",
        "meter_start_wh",
        "state",
        "stopped_at",
        "stop_received_at",
        "meter_stop_wh",
        "energy_wh",
        "estimated",
        "stop_reason",
        "stop_id_tag",
        "reservation_id",
        "closed_by",
        "interrupted",
    ),
    {"tag_status": TagStatus, "state": TransactionState, "interrupted": bool},
    fixed=("charger_id", "connector_id"),
)

#: Any state but "completed", said so: SQLite sees then that the index of those is enough.
OF_STATE = "state = ? AND state <> 'completed'"

FAULTS = Table(
    "faults",
    Fault,
    ("fault_id",),
    (
        "charger_id",
        "connector_id",
        "error_code",
        "severity",
        "opened_at",
        "seen_at",
        "vendor_id",
        "vendor_error_code",
        "info",
        "count",
        "cleared_at",
        "transaction_id",
        "acknowledged_by",
        "acknowledged_at",
        "note",
    ),
    {"severity": Severity},
)

TAGS = Table("tags", IdTag, ("id_tag",), ("status", "expires_at", "parent_id_tag", "note"), {"status": TagStatus})
DELETE_TAG = "DELETE FROM tags WHERE id_tag = ?"
