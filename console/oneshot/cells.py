"""What stands in the cells of lists: from a row of the API to the words that a person sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from console.oneshot.table import Row
from console.present.words import OFFLINE, STATES, day_and_clock, span

STATE_ROLES = {status.value: role for status, (_, _, role) in STATES.items()} | {"Offline": OFFLINE[2]}
OUTCOME_ROLES = {"rejected": "amber", "error": "fault_text", "timed_out": "fault_text", "offline": "amber"}


def field(name: str) -> Callable[[Row, int], str]:
    """The field as it is; empty when there is none."""
    return lambda row, now: "" if row.get(name) is None else str(row[name])


def number(name: str, decimals: int = 1) -> Callable[[Row, int], str]:
    return lambda row, now: "" if row.get(name) is None else f"{row[name]:.{decimals}f}"


def when(name: str) -> Callable[[Row, int], str]:
    """Local time of day, with the date when it was another day."""
    return lambda row, now: "" if row.get(name) is None else day_and_clock(ms(row[name]), now)


def ago(name: str) -> Callable[[Row, int], str]:
    return lambda row, now: "" if row.get(name) is None else span(now - ms(row[name]))


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


def state_of(row: Row) -> str:
    """One word for a charger: adoption and the link come before what the connectors say."""
    if row["registration"] != "Accepted":
        return str(row["registration"])
    return str(row["status"]) if row["isOnline"] else "Offline"


def connector_state(row: Row) -> str:
    return str(row["status"]) if row["isOnline"] else "Offline"


def connectors_in_words(row: Row, now: int) -> str:
    """`1 Charging, 2 Faulted`"""
    return ", ".join(f"{c['connectorId']} {c['status']}" for c in row["connectors"])


def cause_role(row: Row) -> str:
    return "" if row["securityProfile"] is not None else "amber"


def remedy(row: Row, now: int) -> str:
    """What to do; of a link that is over, how long it stood and why it ended."""
    if row["securityProfile"] is not None and row["lastedSeconds"] is not None:
        return f"lasted {span(round(row['lastedSeconds'] * 1000))}: {row['closedBecause']}"
    return row["fix"] or ""


def error_of(row: Row, now: int) -> str:
    """`GroundFailure E042`; empty when nothing is wrong."""
    code = "" if row["errorCode"] == "NoError" else row["errorCode"]
    return " ".join(filter(None, (code, row["vendorErrorCode"])))


def duration(row: Row, now: int) -> str:
    end = ms(row["endTime"]) if row["endTime"] else now
    return span(end - ms(row["startTime"])) if row["startTime"] else ""


def energy(row: Row, now: int) -> str:
    """kWh; `~` in front of an estimate."""
    return ("~" if row["estimated"] else "") + f"{row['energyConsumedKwh']:.2f}"


def severity_role(row: Row) -> str:
    if row["clearedAt"] is not None:
        return "dim"
    return {"fault": "fault_text", "warning": "amber"}.get(row["severity"], "")


def outcome(row: Row, now: int) -> str:
    """What became of a command, in the word that the console has for it."""
    return "no answer" if row["state"] == "timed_out" else str(row["state"])


def job_role(row: Row) -> str:
    if row["isStale"]:
        return "amber"
    return "fault_text" if "Fail" in row["state"] or "Invalid" in row["state"] else ""


def limits(row: Row, now: int) -> str:
    """`16 A, from 3600 s 8.5 A 1 phase`: the first period starts with the schedule."""
    return ", ".join(_limit(period, row["unit"]) for period in row["periods"])


def _limit(period: Row, unit: str) -> str:
    begins = f"from {period['startPeriod']} s " if period["startPeriod"] else ""
    phases = {None: "", 1: " 1 phase"}.get(period["numberPhases"], f" {period['numberPhases']} phases")
    return f"{begins}{period['limit']:g} {unit}{phases}"
