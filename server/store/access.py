"""Rows of who may connect and who tried."""

from __future__ import annotations

from typing import Any

import aiosqlite

from server.model.charger import Charger
from server.model.connection import Cause, ConnectionAttempt
from server.model.credential import Credential, Scheme, Sealed
from server.model.snapshot import Snapshot
from server.store.tables import Table, upsert


def _unsealed(text: str | None) -> Sealed | None:
    if text is None:
        return None
    scheme, kind, salt, digest = text.split(" ")
    return Sealed(Scheme(scheme), bytes.fromhex(salt), bytes.fromhex(digest), kind == "key")


def _all_unsealed(text: str | None) -> tuple[Sealed, ...]:
    return tuple(filter(None, map(_unsealed, text.split(",")))) if text else ()


CONNECTIONS = Table(
    "connections",
    ConnectionAttempt,
    ("attempt_id",),
    ("at", "peer", "charger_id", "cause", "detail", "fix", "count", "seen_at", "profile", "ended_at", "ended"),
    {"cause": Cause},
)

CONNECTIONS_KEPT = 500  #: handed to the core
#: Rows that somebody made by scanning: as many are kept, however young.
MOST_CONNECTIONS = 100_000
#: Parameters: a time, now, and twice how many. What was written while the clock was ahead goes with what came after it.
DELETE_CONNECTIONS = """
DELETE FROM connections WHERE attempt_id IN (
    SELECT attempt_id FROM connections
    WHERE seen_at < ?1
        OR (seen_at > ?2 AND attempt_id < (SELECT max(attempt_id) FROM connections WHERE seen_at < ?1))
        OR attempt_id <= (SELECT max(attempt_id) FROM connections) - ?3
    ORDER BY attempt_id LIMIT ?4
)
"""

CREDENTIALS = Table(
    "credentials",
    Credential,
    ("charger_id",),
    ("current", "coming", "after_reboot", "changed_at", "form", "used_at"),
    {"current": _unsealed, "coming": _all_unsealed, "after_reboot": bool},
)
UPSERT_CREDENTIAL = upsert("credentials", CREDENTIALS.columns[:1], CREDENTIALS.columns[1:])
DELETE_CREDENTIAL = "DELETE FROM credentials WHERE charger_id = ?"

#: Keys of chargers that nobody let in. The highest row stays: a key is never given twice.
DELETE_FORGOTTEN = """
DELETE FROM chargers WHERE key IN (
    SELECT key FROM chargers WHERE removed = 1 AND substr(charger_id, 1, 1) = char(1)
        AND key < (SELECT max(key) FROM chargers) LIMIT ?
)
"""
#: What was noted of them, and of those that never booted.
DELETE_DEVIATIONS = """
DELETE FROM deviations WHERE (charger_id, rule, detail) IN (
    SELECT charger_id, rule, detail FROM deviations WHERE charger_id NOT IN (SELECT charger_id FROM chargers) LIMIT ?
)
"""

DELETE_CONNECTOR = "DELETE FROM connectors WHERE charger_id = ? AND connector_id = ?"

END_CONNECTIONS = """
UPDATE connections SET ended_at = max(seen_at, 1), ended = 'the server stopped'
WHERE ended_at = 0 AND cause IN ('connected', 'connected_oddly')
"""


async def load_access(db: aiosqlite.Connection, snapshot: Snapshot) -> None:
    """Passwords and the newest tries; links that were open when the server stopped have ended."""
    await db.execute_fetchall(END_CONNECTIONS)
    newest = await db.execute_fetchall(CONNECTIONS.select + " ORDER BY attempt_id DESC LIMIT ?", (CONNECTIONS_KEPT,))
    snapshot.connections = CONNECTIONS.objects(newest)[::-1]
    snapshot.last_connection_id = snapshot.connections[-1].attempt_id if snapshot.connections else 0
    snapshot.credentials = CREDENTIALS.objects(await db.execute_fetchall(CREDENTIALS.select))


def take_removed(chargers: dict[str, Charger], snapshot: Snapshot) -> None:
    """Removed chargers are only remembered by their key."""
    for gone in [c for c in chargers.values() if c.removed]:
        if gone.charger_id != forgotten_id(gone.key):
            snapshot.removed_keys[gone.charger_id] = gone.key
        del chargers[gone.charger_id]


def forgotten_id(key: int) -> str:
    """In the place of the id of a charger that nobody let in: no charger can have it."""
    return f"\x01{key}"


def credential_params(c: Credential) -> tuple[Any, ...]:
    return (
        c.charger_id,
        _sealed(c.current),
        ",".join(filter(None, map(_sealed, c.coming))) or None,
        c.after_reboot,
        c.changed_at,
        c.form,
        c.used_at,
    )


def _sealed(sealed: Sealed | None) -> str | None:
    if sealed is None:
        return None
    kind = "key" if sealed.is_key else "text"
    return f"{sealed.scheme} {kind} {sealed.salt.hex()} {sealed.digest.hex()}"
