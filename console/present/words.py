"""Values to words: states, ages, units. Pure, and the same on every screen."""

from __future__ import annotations

import time

from server.model.status import ConnectorStatus

#: state -> (glyph, code, role): glyph and code are the same in every profile, so that nothing hangs on colour
STATES: dict[ConnectorStatus, tuple[str, str, str]] = {
    ConnectorStatus.AVAILABLE: ("o", "AVL", "muted"),
    ConnectorStatus.PREPARING: ("+", "PRE", "sky"),
    ConnectorStatus.CHARGING: (">", "CHG", "sky_strong"),
    ConnectorStatus.SUSPENDED_EV: ("=", "SEV", "yellow"),
    ConnectorStatus.SUSPENDED_EVSE: ("=", "SES", "yellow"),
    ConnectorStatus.FINISHING: ("-", "FIN", "sky"),
    ConnectorStatus.RESERVED: ("R", "RSV", "purple"),
    ConnectorStatus.UNAVAILABLE: ("x", "UNA", "dim"),
    ConnectorStatus.FAULTED: ("!", "FLT", "fault"),
    ConnectorStatus.UNKNOWN: (" ", "---", "dim"),
}
OFFLINE = ("?", "OFF", "dim")


def kw(watts: int) -> str:
    """Power for lists: kW with one decimal, no unit."""
    return f"{watts / 1000:.1f}"


def kwh(wh: int, decimals: int = 1) -> str:
    return f"{wh / 1000:.{decimals}f}"


def grouped(number: float, gap: str, decimals: int = 0) -> str:
    """`2 264`: thousands with a thin gap."""
    return f"{number:,.{decimals}f}".replace(",", gap)


def span(ms: int) -> str:
    """A span of time, the same everywhere and never more than four cells: `53s 13m 1h44 13h 3d`."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours >= 24:
        return f"{hours // 24}d"
    if hours:
        return f"{hours}h{minutes:02}" if hours < 10 else f"{hours}h"
    return f"{minutes}m" if minutes else f"{seconds}s"


def running(ms: int) -> str:
    """A stopwatch for what somebody is waiting for: `04:12`, from an hour on `1:04:12`, from a day on `3 d 04:11`."""
    seconds = max(0, ms) // 1000
    days, rest = divmod(seconds, 86_400)
    hours, minutes, s = rest // 3600, rest // 60 % 60, rest % 60
    if days:
        return f"{days} d {hours:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{s:02}" if hours else f"{minutes:02}:{s:02}"


def clock(at: int) -> str:
    """Time of day in the machine's zone: `10:42:07`."""
    return time.strftime("%H:%M:%S", time.localtime(at / 1000))


def day_and_clock(at: int, now: int) -> str:
    """`10:42:07` today, `11-18 06:31` on another day."""
    then, today = time.localtime(at / 1000), time.localtime(now / 1000)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M:%S", then)
    return time.strftime("%m-%d %H:%M", then)


def fit(text: str, width: int, cut: str = "…") -> str:
    """`text` in exactly `width` cells: padded on the right, or cut with an ellipsis. ASCII and single-cell text only;
    use `rich.cells.set_cell_size` where wide characters may come."""
    if len(text) <= width:
        return text.ljust(width)
    return text[: max(0, width - 1)] + cut if width > 0 else ""
