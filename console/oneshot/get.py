"""`ocpp-console get WHAT`: a list of the running server as table, JSON or CSV, once or again and again."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from typing import Any, NamedTuple

from console.oneshot.client import DONE, USAGE, Client, Server, Trouble, say, told
from console.oneshot.listings import LISTINGS, WHATS, Listing
from console.oneshot.moment import utc
from console.oneshot.table import Paper, Row, lines_of, paper
from console.present.safe import safe

OUTPUTS = ("table", "json", "csv")
WATCH_S = 2.0
NESTED = frozenset({"connectors", "steps", "history"})  #: fields that are lists of things, in every row
CELL = 1_000_000  #: characters of a CSV cell


class Wanted(NamedTuple):
    """Which rows; empty is all. `since`, `until` (both included) and `action` are for frames only."""

    charger: str = ""
    limit: int | None = None
    since: str = ""
    until: str = ""
    action: str = ""


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
) -> int:
    """List `what` on stdout; the exit code. `watch`: again each two seconds until Ctrl-C."""
    return told(lambda: _run(what, server, output, watch, Wanted(charger, limit, since, until, action)))


def _run(what: str, server: Server, output: str, watch: bool, wanted: Wanted) -> int:
    listing = LISTINGS.get(what)
    if listing is None:
        raise Trouble(f"there is no list {what!r}; write one of {', '.join(WHATS)}", USAGE)
    if output not in OUTPUTS:
        raise Trouble(f"there is no output {output!r}; write one of {', '.join(OUTPUTS)}", USAGE)
    if not listing.by_time and (wanted.since or wanted.until or wanted.action):
        raise Trouble(f"--since, --until and --action are for frames, not for {what}", USAGE)
    wanted = wanted._replace(since=_moment(wanted.since), until=_moment(wanted.until))
    with Client(server) as client:
        if not watch:
            say(_shown(client, listing, output, wanted))
            return DONE
        try:
            while True:
                _repaint(_shown(client, listing, output, wanted), paper())
                pause(WATCH_S)
        except KeyboardInterrupt:
            return DONE


def _moment(text: str) -> str:
    return utc(text) if text else ""


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


def _shown(client: Client, listing: Listing, output: str, wanted: Wanted) -> str:
    """The list as text, with a newline at its end."""
    if listing.by_server:
        query = wanted._asdict() | {"limit": wanted.limit or listing.limit}
        answer = client.get(listing.path, **query)
        rows = listing.rows(answer)
    else:
        charger = wanted.charger.casefold()
        found = listing.rows(client.get(listing.path))
        rows = [r for r in found if not charger or str(r.get("chargerId", "")).casefold() == charger]
        rows = rows[: wanted.limit]
        answer = {"count": len(rows), listing.name: rows}
    if output == "json":
        return as_json(answer) + "\n"
    if output == "csv":
        return as_csv(rows)
    return "\n".join(lines_of(listing.columns, rows, time.time_ns() // 1_000_000, paper())) + "\n"


def as_json(value: Any) -> str:
    """JSON as the API gives it; escaped on a terminal, and where the encoding of stdout cannot carry it."""
    text = json.dumps(value, indent=2, ensure_ascii=sys.stdout.isatty())
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(value, indent=2)
    return text


def as_csv(rows: list[Row]) -> str:
    """One line a row under the names of the API; nested lists are left out, they have lists of their own.

    Nothing at all when there are no rows. For spreadsheets: controls become visible, and text that one would take for
    a formula gets a `'` in front. Use JSON where every byte counts.
    """
    if not rows:
        return ""
    names = [name for name in rows[0] if name not in NESTED]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_cell(row[name]) for name in names])
    return out.getvalue()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        value = " ".join(inner if isinstance(inner, str) else json.dumps(inner) for inner in value)
    text = safe(value if isinstance(value, str) else json.dumps(value), CELL)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
