"""What chargers told in answer to operations: values of their configuration, and reservations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import aiosqlite

from server.model.charger import Charger
from server.model.configuration import ConfigItem
from server.model.event import ReadConfiguration
from server.model.reservation import Reservation
from server.store.tables import Table, upsert

UPSERT_CONFIGURATION = upsert("configuration", ("charger_id", "key_folded"), ("key", "value", "readonly", "known"))
DELETE_CONFIGURATION = "DELETE FROM configuration WHERE charger_id = ? AND key_folded = ?"
SELECT_CONFIGURATION = "SELECT charger_id, key_folded, key, value, readonly, known FROM configuration"

RESERVATIONS = Table(
    "reservations",
    Reservation,
    ("charger_id", "reservation_id", "made_at"),
    ("connector_id", "id_tag", "parent_id_tag", "expires_at", "ended_at", "ended_because"),
)


def configuration_rows(read: ReadConfiguration) -> Iterator[tuple[Any, ...]]:
    for item in read.items:
        yield read.charger.charger_id, item.key.casefold(), item.key, item.value, item.readonly, item.known


async def attach_learned(db: aiosqlite.Connection, chargers: Mapping[str, Charger]) -> None:
    """Give the chargers what they had told before the server stopped."""
    for charger_id, folded, key, value, readonly, known in await db.execute_fetchall(SELECT_CONFIGURATION):
        if (charger := chargers.get(charger_id)) is not None:
            charger.configuration[folded] = ConfigItem(key, value, bool(readonly), bool(known))
    rows = await db.execute_fetchall(RESERVATIONS.select + " WHERE ended_at = 0")
    for reservation in RESERVATIONS.objects(rows):
        if (charger := chargers.get(reservation.charger_id)) is not None:
            charger.reservations[reservation.reservation_id] = reservation
