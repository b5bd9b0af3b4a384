"""A charge point in words and icons, for people: the same in the screen and in the prompt. Values in, texts out.

Everything that came over the wire or was typed is made safe here: no control character reaches a terminal.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.connector import Connector
from simulator.watch import Happening, Kind
from simulator.words import NO_ERROR, Status


class Tone(StrEnum):
    """What a colour says here; the word beside it says the same."""

    GOOD = "good"  #: green: free, in order
    BUSY = "busy"  #: cyan: energy flows
    WAIT = "wait"  #: yellow: on the way, held, reserved
    BAD = "bad"  #: red: a fault, no line, refused
    TEXT = "text"
    DIM = "dim"
    STRONG = "strong"


#: Icon, icon in ASCII, tone of each status.
_ICONS: dict[Status, tuple[str, str, Tone]] = {
    Status.AVAILABLE: ("○", "o", Tone.GOOD),
    Status.PREPARING: ("◔", "+", Tone.WAIT),
    Status.CHARGING: ("●", ">", Tone.BUSY),
    Status.SUSPENDED_EV: ("◑", "=", Tone.WAIT),
    Status.SUSPENDED_EVSE: ("◐", "=", Tone.WAIT),
    Status.FINISHING: ("◕", "-", Tone.WAIT),
    Status.RESERVED: ("◆", "R", Tone.WAIT),
    Status.UNAVAILABLE: ("×", "x", Tone.DIM),
    Status.FAULTED: ("▲", "!", Tone.BAD),
}


#: How a happening is told, and its tone; `{c}` is the connector, `{d}` the detail.
_WORDS: dict[Kind, tuple[str, Tone]] = {
    Kind.LINE_UP: ("connected {d}", Tone.TEXT),
    Kind.LINE_DOWN: ("line down: {d}", Tone.BAD),
    Kind.DIAL_FAILED: ("no line: {d}", Tone.BAD),
    Kind.BOOT_REFUSED: ("boot not accepted: {d}", Tone.WAIT),
    Kind.REGISTERED: ("accepted by the CSMS ({d})", Tone.GOOD),
    Kind.REBOOT: ("{d} reset", Tone.WAIT),
    Kind.STATUS: ("connector {c}: {d}", Tone.TEXT),
    Kind.REMOTE_START: ("connector {c}: remote start with {d}", Tone.TEXT),
    Kind.SESSION_START: ("connector {c}: transaction started, {d}", Tone.BUSY),
    Kind.SESSION_END: ("connector {c}: transaction ended, {d}", Tone.TEXT),
    Kind.JOB: ("{d}", Tone.TEXT),
    Kind.FAULT: ("connector {c}: fault {d}", Tone.BAD),
    Kind.WARNING: ("connector {c}: warning {d}", Tone.WAIT),
    Kind.CLEAR: ("connector {c}: {d} is over", Tone.GOOD),
}
#: Happenings that are trouble.
TROUBLES = frozenset({Kind.LINE_DOWN, Kind.DIAL_FAILED, Kind.FAULT, Kind.WARNING})


class Row(NamedTuple):
    """One connector as it stands in the list; empty texts where there is nothing to say."""

    connector: str
    icon: str
    tone: Tone
    status: str
    cable: str
    power: str
    energy: str
    tag: str
    transaction: str
    error: str
    since: str


#: Heads of the columns of `Row`, the icon and the tone left out, and their widths in cells.
HEADS = ("", "STATUS", "CABLE", "POWER", "ENERGY", "TAG", "TX", "ERROR", "SINCE")


class Line(NamedTuple):
    """How it stands with the CSMS."""

    text: str
    tone: Tone


def clean(text: str, ascii_only: bool = False, limit: int = 400) -> str:
    """`text` as one line that a terminal can only show."""
    cut = text if len(text) <= limit else text[: limit - 1] + ("~" if ascii_only else "…")
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(c if c.isprintable() and (c.isascii() or not ascii_only) else "?" for c in cut)


def icon_of(status: Status, ascii_only: bool = False) -> tuple[str, Tone]:
    glyph, letter, tone = _ICONS[status]
    return letter if ascii_only else glyph, tone


def happening_words(happening: Happening) -> tuple[str, Tone]:
    """What happened, as one line; a status has the tone of its colour in the list."""
    words, tone = _WORDS.get(happening.kind, (f"{happening.kind}: connector {{c}} {{d}}", Tone.TEXT))
    if happening.kind is Kind.STATUS and happening.detail in list(Status):
        tone = _ICONS[Status(happening.detail)][2]
    where = str(happening.connector_id) if happening.connector_id else "0 (charge point)"
    return clean(words.replace("{c}", where).replace("{d}", happening.detail)).rstrip(" :"), tone


def row_of(connector: Connector, ascii_only: bool = False) -> Row:
    """What the list says of a connector now."""
    icon, tone = icon_of(connector.status, ascii_only)
    session, face = connector.session, connector.face
    transaction = "" if session is None else "asked" if session.transaction_id is None else str(session.transaction_id)
    tag = session.id_tag if session is not None else connector.awaited_tag
    if not tag and connector.reservation is not None:
        tag = connector.reservation.id_tag
    return Row(
        str(connector.connector_id),
        icon,
        tone,
        connector.status.value,
        "in" if connector.cable else "out",
        f"{connector.power_w / 1000:.1f} kW" if session is not None else "",
        f"{connector.session_wh / 1000:.2f} kWh" if session is not None else "",
        clean(tag, ascii_only),
        transaction,
        "" if face.error_code == NO_ERROR else face.error_code,
        age(wall_ms() - connector.since) if connector.since else "",
    )


def details_of(connector: Connector, ascii_only: bool = False) -> list[tuple[str, str]]:
    """Everything there is to know of a connector: label and text."""
    row, face, session = row_of(connector, ascii_only), connector.face, connector.session
    vendor = " ".join(part for part in (face.vendor_id, face.vendor_error_code) if part)
    reservation = connector.reservation
    limit = "" if connector.limit_w is None else f", held to {connector.limit_w / 1000:.1f} kW"
    told = "yes" if connector.confirmed == face else "not yet acknowledged"
    return [
        ("Connector", row.connector),
        ("Status", f"{row.icon} {row.status}"),
        ("Cable", "plugged in" if connector.cable else "not plugged in"),
        ("Error code", face.error_code),
        ("Vendor error", clean(vendor, ascii_only) or "-"),
        ("Info", clean(face.info, ascii_only) or "-"),
        ("Transaction", row.transaction or "none"),
        ("Id tag", row.tag or "-"),
        ("Started", clock_of(session.started_at) if session is not None else "-"),
        ("Power", f"{connector.power_w / 1000:.1f} of {connector.rating.kw:.1f} kW{limit}"),
        ("Energy", f"{connector.session_wh / 1000:.3f} kWh"),
        ("Meter", f"{connector.register_wh / 1000:.3f} kWh"),
        ("Battery", f"{connector.vehicle.soc:.0f} %" if connector.vehicle is not None else "-"),
        ("Reserved", f"for {clean(reservation.id_tag, ascii_only)}" if reservation is not None else "no"),
        ("In service", "yes" if connector.operative else "no"),
        ("CSMS knows", told),
        ("Last change", clock_of(connector.since) if connector.since else "-"),
    ]


def line_of(station: ChargePoint) -> Line:
    """How it stands with the CSMS: connected and accepted, or what is missing and why."""
    if station.registered:
        return Line("online, Accepted", Tone.GOOD)
    if station.rebooting:
        return Line("rebooting", Tone.WAIT)
    if station.connected:
        return Line(f"connected, {station.registration or 'booting'}", Tone.WAIT)
    if station.last_error:
        return Line(f"offline: {clean(station.last_error)}", Tone.BAD)
    return Line("dialling", Tone.WAIT)


def statistics_of(station: ChargePoint) -> list[tuple[str, str]]:
    """How the wire did so far: label and text."""
    counters = station.counters
    return [
        ("Connections", str(counters.connects)),
        ("Boots accepted", str(counters.boots)),
        ("Calls sent", str(counters.sent)),
        ("answered", str(counters.answered)),
        ("with a CALLERROR", str(counters.errors)),
        ("not answered", str(counters.unanswered)),
        ("Calls of the CSMS", str(counters.received)),
        ("refused by us", str(counters.refused)),
        ("Stray frames", str(counters.stray)),
        ("Waiting for delivery", str(station.outbox.waiting)),
        ("Given up", str(counters.discarded)),
        ("Answer p50", f"{counters.percentile(0.5):.0f} ms"),
        ("Answer p99", f"{counters.percentile(0.99):.0f} ms"),
        ("Energy delivered", f"{sum(c.register_wh for c in station.connectors.values()) / 1000:.3f} kWh"),
    ]


def age(ms: int) -> str:
    """`8s`, `4m12`, `2h05`, `3d`."""
    seconds = max(0, ms) // 1000
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02}"
    return f"{seconds // 3600}h{seconds // 60 % 60:02}" if seconds < 86_400 else f"{seconds // 86_400}d"


def clock_of(ms: int | None = None) -> str:
    """Local time of day, `10:42:06`."""
    return datetime.fromtimestamp((wall_ms() if ms is None else ms) / 1000).astimezone().strftime("%H:%M:%S")
