"""`ocpp-console get WHAT`: a list of the running server as table, JSON or CSV, once or again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from console.oneshot import paging
from console.oneshot.actions import doubt_about
from console.oneshot.client import DONE, USAGE, Client, Server, Trouble, say, told
from console.oneshot.export import csv_of, json_of
from console.oneshot.listings import LISTINGS, WHATS, Listing
from console.oneshot.moment import bound, iso
from console.oneshot.table import Paper, Row, fitting, lines_of, paper
from console.present.safe import safe

OUTPUTS = ("table", "json", "csv")
WATCH_S = 2.0


class Wanted(NamedTuple):
    """Which rows; empty is all. `since`, `until` (both included), `action` and `direction` are for frames only."""

    charger: str = ""
    limit: int | None = None
    since: str = ""
    until: str = ""
    action: str = ""
    direction: str = ""
    before: int | None = None


def run(
    what: str,
    server: Server,
    output: str = "table",
    watch: bool = False,
    charger: str = "",
    limit: int | None = None,
    since: str = "",
    until: str = "",
    action: str = "",
    direction: str = "",
    before: int | None = None,
) -> int:
    """List `what` on stdout; the exit code. `watch`: again each two seconds until Ctrl-C.

    Without `limit` JSON and CSV have everything; a table, and all that is watched, the newest rows.
    """
    wanted = Wanted(charger, limit, since, until, action, direction, before)
    return told(lambda: _run(what, server, output, watch, wanted))


def _run(what: str, server: Server, output: str, watch: bool, wanted: Wanted) -> int:
    listing = _checked(what, output, wanted)
    wanted = _bounded(wanted, _now())
    if wanted.action and (doubt := doubt_about(wanted.action)):
        sys.stderr.write(f"ocpp-console: {safe(doubt)}\n")
    with Client(server) as client:
        if not watch:
            if output == "table":
                _say_table(listing, client, wanted)
            else:
                for text in _exported(listing, output, paging.with_progress(_pages(client, listing, wanted))):
                    say(text)
            return DONE
        wanted = wanted._replace(limit=wanted.limit or listing.limit)
        try:
            while True:
                _repaint(_watched(client, listing, output, wanted), paper())
                pause(WATCH_S)
        except KeyboardInterrupt:
            return DONE


def _checked(what: str, output: str, wanted: Wanted) -> Listing:
    listing = LISTINGS.get(what)
    if listing is None:
        raise Trouble(f"there is no list {what!r}; write one of {', '.join(WHATS)}", USAGE)
    if output not in OUTPUTS:
        raise Trouble(f"there is no output {output!r}; write one of {', '.join(OUTPUTS)}", USAGE)
    if not listing.by_time and (wanted.since or wanted.until or wanted.action or wanted.direction):
        raise Trouble(f"--since, --until, --action and --direction are for frames, not for {what}", USAGE)
    if wanted.before is not None and not listing.is_by_id:
        raise Trouble(f"--before is a number of a row, and those of {what} have none", USAGE)
    return listing


def _bounded(wanted: Wanted, now: int) -> Wanted:
    """With times as the API takes them."""
    since, until = bound("--since", wanted.since, now), bound("--until", wanted.until, now)
    if since is not None and until is not None and since > until:  # from 9:00 until 14:30, asked for at noon
        until = bound("--until", wanted.until, now, is_past=False)
    if since is not None and until is not None and since > until:
        raise Trouble(f"--since {wanted.since} is after --until {wanted.until}: nothing is between them", USAGE)
    return wanted._replace(since=iso(since), until=iso(until))


def pause(seconds: float) -> None:
    time.sleep(seconds)


def _repaint(text: str, on: Paper) -> None:
    """On a terminal over what was there, as much as it can show; else one after the other."""
    if on.height is None:
        say(text + "\n")
        return
    lines = text.splitlines()
    if len(lines) >= on.height:
        lines = [*lines[: on.height - 2], f"{len(lines) - on.height + 2} more"]
    say("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")


def _pages(client: Client, listing: Listing, wanted: Wanted) -> Iterator[list[Row]]:
    """The rows page by page; a charger that has none must be known."""
    query = {"charger": wanted.charger} if listing.by_server else {}
    if listing.by_time:
        query |= {"since": wanted.since, "until": wanted.until}
        query |= {"action": wanted.action, "direction": wanted.direction}
    most = wanted.limit if listing.by_server else None
    is_empty = True
    for rows in paging.pages(client, listing, query, most, wanted.before):
        if not listing.by_server:
            charger = wanted.charger.casefold()
            rows = [r for r in rows if not charger or str(r.get("chargerId", "")).casefold() == charger]
            rows = rows[: wanted.limit]
        is_empty = is_empty and not rows
        yield rows
    if is_empty and wanted.charger:
        client.get("chargers", wanted.charger)


def _exported(listing: Listing, output: str, found: Iterator[list[Row]]) -> Iterator[str]:
    return csv_of(found) if output == "csv" else json_of(listing.name, found)


def _watched(client: Client, listing: Listing, output: str, wanted: Wanted) -> str:
    """One round as text, with a newline at its end."""
    found = _pages(client, listing, wanted)
    if output != "table":
        return "".join(_exported(listing, output, found))
    on = paper()
    columns = fitting(listing.columns, rows := [row for page in found for row in page], _now(), on)
    return "\n".join(lines_of(columns, rows, _now(), on)) + "\n"


def _say_table(listing: Listing, client: Client, wanted: Wanted) -> None:
    """The table on stdout; on stderr which rows and columns it leaves out."""
    most = wanted.limit
    if most is None and listing.limit is not None:  # some more, to say how many there are
        most = listing.limit + 1 if listing.by_time else max(paging.PAGE, listing.most, listing.limit + 1)
    rows = [row for page in _pages(client, listing, wanted._replace(limit=most)) for row in page]
    shown = rows if wanted.limit is not None else rows[: listing.limit]
    on = paper()
    columns = fitting(listing.columns, shown, _now(), on)
    say("\n".join(lines_of(columns, shown, _now(), on)) + "\n")
    if len(shown) < len(rows):
        count, is_all = len(rows), most is None or len(rows) < most
        there = f" of {count}" if is_all else f" of {count} or more" if not listing.by_time else "; there are more"
        more = count if is_all else "N"
        sys.stderr.write(f"the newest {len(shown)}{there}: --limit {more} shows more, -o csv or -o json everything\n")
    if missing := [c.head for c in listing.columns if c not in columns]:
        sys.stderr.write(f"too narrow for {', '.join(missing)}: -o json has everything\n")


def _now() -> int:
    return time.time_ns() // 1_000_000
