"""`ocpp-console tags`: who may charge."""

from __future__ import annotations

from typing import Any

from console.oneshot import get
from console.oneshot.client import DONE, USAGE, Client, Refused, Server, Trouble, say, told
from console.oneshot.moment import utc
from console.present.safe import safe

NEVER = "never"


def list_all(server: Server, output: str = "table") -> int:
    return get.run("tags", server, output)


def add(server: Server, id_tag: str, expires: str = "", parent: str = "", note: str = "") -> int:
    """Let a tag charge: a new one, or one that was blocked. What is not given stays as it was.

    `expires`: a date or time, local unless it says its zone; "never" takes the date away.
    """

    def work() -> int:
        changes: dict[str, Any] = {"status": "Accepted"}
        if expires:
            changes["expiryDate"] = None if expires == NEVER else utc(expires, NEVER)
        changes |= {name: text for name, text in (("parentIdTag", parent), ("note", note)) if text}
        return _write(server, id_tag, changes)

    return told(work)


def block(server: Server, id_tag: str) -> int:
    """A blocked tag cannot start; one that nobody knows yet is written down as blocked."""
    return told(lambda: _write(server, id_tag, {"status": "Blocked"}))


def remove(server: Server, id_tag: str) -> int:
    """Forget a tag; from then on the setting `[tags] unknown` decides about it."""

    def work() -> int:
        with Client(server) as client:
            client.delete("tags", _named(id_tag))
        say(f"{safe(id_tag)}: removed\n")
        return DONE

    return told(work)


def _write(server: Server, id_tag: str, changes: dict[str, Any]) -> int:
    with Client(server) as client:
        try:
            known = client.get("tags", _named(id_tag))
        except Refused as refused:
            if refused.status != 404:
                raise
            known = {}
        tag = client.put("tags", id_tag, body=known | changes)
    until = f", until {tag['expiryDate']}" if tag["expiryDate"] else ""
    say(safe(f"{tag['idTag']}: {tag['status']}{until}") + "\n")
    return DONE


def _named(id_tag: str) -> str:
    if not id_tag:
        raise Trouble("an id tag has at least one character", USAGE)
    return id_tag
