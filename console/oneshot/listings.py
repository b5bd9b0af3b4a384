"""What `get` can list: where the API has it, and which columns a person sees."""

from __future__ import annotations

from typing import Any, NamedTuple

from console.oneshot.cells import (
    OUTCOME_ROLES,
    STATE_ROLES,
    ago,
    cause_role,
    connector_state,
    connectors_in_words,
    duration,
    energy,
    error_of,
    field,
    job_role,
    limits,
    number,
    outcome,
    remedy,
    severity_role,
    state_of,
    when,
)
from console.oneshot.table import Column, Row


class Listing(NamedTuple):
    """`by_server`: the server filters by charger and limit itself."""

    path: str
    name: str  #: of the list in the answer
    columns: tuple[Column, ...]
    by_server: bool = False
    limit: int | None = None  #: rows of a table when nobody says
    #: How to ask for the rows behind a page: parameter, and the field of its last row; None: all come at once.
    cursor: tuple[str, str] | None = None
    by_time: bool = False  #: the server bounds it by time, action and direction too
    most: int = 0  #: rows that the server gives at once, where it would give fewer; 0: it gives all

    @property
    def is_by_id(self) -> bool:
        """Do its rows have numbers, the newest the highest?"""
        return self.cursor is not None and self.cursor[0] == "before"

    def rows(self, answer: dict[str, Any]) -> list[Row]:
        """The rows of an answer; connectors stand inside their chargers there."""
        return connectors_of(answer) if self.name == "connectors" else list(answer[self.name])


def connectors_of(answer: dict[str, Any]) -> list[Row]:
    """One row a connector, with what it must know of its charger."""
    return [
        {"chargerId": charger["chargerId"], "isOnline": charger["isOnline"]} | connector
        for charger in answer["chargers"]
        for connector in charger["connectors"]
    ]


CHARGER = Column("CHARGER", field("chargerId"))
CONNECTOR = Column("C", field("connectorId"), right=True)

LISTINGS: dict[str, Listing] = {
    "chargers": Listing(
        "chargers",
        "chargers",
        (
            CHARGER,
            Column("STATE", lambda row, now: state_of(row), role=lambda row: STATE_ROLES.get(state_of(row), "")),
            Column("SEEN", ago("lastHeartbeat"), right=True),
            Column("kW", number("powerKw"), right=True),
            Column("CONNECTORS", connectors_in_words),
            Column("VENDOR", field("vendor")),
            Column("MODEL", field("model")),
            Column("FIRMWARE", field("firmware")),
        ),
    ),
    "connectors": Listing(
        "chargers",
        "connectors",
        (
            CHARGER,
            CONNECTOR,
            Column(
                "STATE",
                lambda row, now: connector_state(row),
                role=lambda row: STATE_ROLES.get(connector_state(row), ""),
            ),
            Column("SINCE", ago("since"), right=True),
            Column("kW", number("powerKw"), right=True),
            Column("kWh", number("energyKwh", 2), right=True),
            Column("SOC", field("socPercent"), right=True),
            Column("TX", field("transactionId"), right=True),
            Column("TAG", field("idTag")),
            Column("ERROR", error_of, role=lambda row: "amber"),
            Column("INFO", field("info")),
        ),
    ),
    "transactions": Listing(
        "transactions",
        "transactions",
        (
            Column("TX", field("transactionId"), right=True),
            CHARGER,
            CONNECTOR,
            Column("TAG", field("idTag")),
            Column("STATE", field("state"), role=lambda row: "sky_strong" if row["state"] == "ongoing" else ""),
            Column("START", when("startTime")),
            Column("TIME", duration, right=True),
            Column("kWh", energy, right=True),
            Column("REASON", field("stopReason")),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "transactionId"),
    ),
    "faults": Listing(
        "faults",
        "faults",
        (
            Column("FAULT", field("faultId"), right=True, rank=1),
            Column("OPENED", when("openedAt")),
            CHARGER,
            CONNECTOR,
            Column("SEVERITY", field("severity"), role=severity_role, rank=4),
            Column("ERROR", error_of, role=severity_role),
            Column("TIMES", field("count"), right=True, rank=2),
            Column("CLEARED", when("clearedAt")),
            Column("INFO", field("info"), rank=3),
            Column("FIRST ACTION", field("firstAction")),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "faultId"),
    ),
    "commands": Listing(
        "commands",
        "commands",
        (
            Column("COMMAND", field("commandId"), right=True),
            Column("TIME", when("createdAt")),
            Column("OPERATOR", field("operator"), rank=1),
            CHARGER,
            Column("OPERATION", field("operation")),
            Column("STATE", outcome, role=lambda row: OUTCOME_ROLES.get(row["state"], "")),
            Column("ms", field("latencyMs"), right=True),
            Column("STATUS", field("status")),
            Column("ERROR", field("error")),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "commandId"),
    ),
    "frames": Listing(
        "frames",
        "frames",
        (
            Column("TIME", when("time")),
            CHARGER,
            Column("DIR", field("direction")),
            Column("ACTION", field("action")),
            Column("RAW", field("raw")),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "id"),
        by_time=True,
    ),
    "jobs": Listing(
        "jobs",
        "jobs",
        (
            Column("JOB", field("jobId"), right=True),
            Column("OPENED", when("openedAt")),
            CHARGER,
            Column("KIND", field("kind")),
            Column("STATE", field("state"), role=job_role),
            Column("NEWS", ago("changedAt"), right=True),
            Column("COMMAND", lambda row, now: "elsewhere" if row["commandId"] is None else str(row["commandId"])),
            Column("FILE", field("fileId"), right=True),
            Column("NAME", field("fileName")),
            Column("HINT", field("hint"), role=lambda row: "amber"),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "jobId"),
    ),
    "security-events": Listing(
        "security-events",
        "securityEvents",
        (
            Column("TIME", when("receivedAt")),
            CHARGER,
            Column(
                "TYPE",
                lambda row, now: ("! " if row["isCritical"] else "") + str(row["type"]),
                role=lambda row: "amber" if row["isCritical"] else "",
            ),
            Column("INFO", field("techInfo")),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "eventId"),
    ),
    "certificates": Listing(
        "certificates",
        "certificates",
        (CHARGER, Column("ASKED", when("receivedAt")), Column("ANSWER", field("status")), Column("CSR", field("csr"))),
        by_server=True,
        limit=50,
        cursor=("until", "receivedAt"),
    ),
    "files": Listing(
        "files",
        "files",
        (
            Column("FILE", field("fileId"), right=True),
            Column("KIND", field("kind")),
            CHARGER,
            Column("CAME", when("receivedAt")),
            Column("BYTES", field("size"), right=True),
            Column("NAME", field("name")),
            Column("EXPIRES", lambda row, now: (row["expiresAt"] or "")[:16].replace("T", " ")),
            Column("URL", field("url")),
        ),
    ),
    "connections": Listing(
        "connections",
        "connections",
        (
            Column("TIME", when("time")),
            Column("COUNT", field("count"), right=True),
            Column("PEER", field("peer")),
            CHARGER,
            Column("CAUSE", lambda row, now: row["cause"].replace("_", " "), role=cause_role),
            Column("WHAT TO DO", remedy),
        ),
        by_server=True,
        limit=50,
        cursor=("before", "connectionId"),
    ),
    "deviations": Listing(
        "deviations",
        "deviations",
        (
            CHARGER,
            Column("RULE", field("rule")),
            Column("WHAT", field("detail")),
            Column("TIMES", field("count"), right=True),
            Column("FIRST", when("firstAt")),
            Column("LAST", when("lastAt")),
            Column("SAMPLE", field("sample")),
        ),
        by_server=True,
        limit=200,
        most=10_000,
    ),
    "profiles": Listing(
        "charging-profiles",
        "profiles",
        (
            CHARGER,
            CONNECTOR,
            Column("PROFILE", field("profileId"), right=True),
            Column("PURPOSE", field("purpose")),
            Column("LEVEL", field("stackLevel"), right=True),
            Column("KIND", lambda row, now: row["recurrency"] or row["kind"]),
            Column("TX", field("transactionId"), right=True),
            Column("INSTALLED", when("installedAt")),
            Column("UNTIL", when("validTo")),
            Column("LIMITS", limits),
        ),
    ),
    "schedules": Listing(
        "charging-schedules",
        "schedules",
        (
            CHARGER,
            CONNECTOR,
            Column("TOLD", when("toldAt")),
            Column("STARTS", when("startSchedule")),
            Column("SECONDS", field("duration"), right=True),
            Column("LIMITS", limits),
        ),
    ),
    "reservations": Listing(
        "reservations",
        "reservations",
        (
            CHARGER,
            CONNECTOR,
            Column("RESERVATION", field("reservationId"), right=True),
            Column("TAG", field("idTag")),
            Column("STATE", field("state"), role=lambda row: "" if row["state"] == "holds" else "dim"),
            Column("UNTIL", when("expiryDate")),
            Column("WHY ENDED", field("endedBecause")),
        ),
        by_server=True,
        limit=50,
        cursor=("until", "madeAt"),
    ),
    "quirks": Listing(
        "quirks",
        "quirks",
        (
            CHARGER,
            Column("PROFILE", field("profile")),
            Column("STATE", field("state"), role=lambda row: "amber" if row["state"] == "suggested" else ""),
            Column("BECAUSE", field("because")),
            Column("OPTIONS", lambda row, now: " ".join(f"{k}={v}" for k, v in row["options"].items())),
            Column("WHY", field("why")),
        ),
    ),
    "tags": Listing(
        "tags",
        "tags",
        (
            Column("TAG", field("idTag")),
            Column("STATUS", field("status"), role=lambda row: "" if row["status"] == "Accepted" else "amber"),
            Column("EXPIRES", lambda row, now: (row["expiryDate"] or "")[:16].replace("T", " ")),
            Column("PARENT", field("parentIdTag")),
            Column("NOTE", field("note")),
        ),
    ),
    "config": Listing(
        "config",
        "settings",
        (Column("KEY", field("key")), Column("VALUE", field("value")), Column("SOURCE", field("source"))),
    ),
}
WHATS = tuple(LISTINGS)
