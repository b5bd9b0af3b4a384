"""Rows of what is peculiar about chargers: deviations, and options that the operator set."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import aiosqlite

from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.options import InvalidOption, read_options
from server.store.tables import Table, upsert

log = logging.getLogger("ocpp_console.store")

DEVIATIONS = Table(
    "deviations", Deviation, ("charger_id", "rule", "detail"), ("first_at", "last_at", "count", "sample")
)
UPSERT_OPTIONS = upsert("charger_options", ("charger_id",), ("options",))


def options_params(charger: Charger) -> tuple[Any, ...]:
    return charger.charger_id, json.dumps(charger.own_options, sort_keys=True)


async def load_deviations(db: aiosqlite.Connection) -> list[Deviation]:
    return DEVIATIONS.objects(await db.execute_fetchall(DEVIATIONS.select + " ORDER BY last_at"))


async def attach_options(db: aiosqlite.Connection, chargers: Mapping[str, Charger]) -> None:
    """Give each charger what the operator set; an option that this version does not know is told and left out."""
    for charger_id, text in await db.execute_fetchall("SELECT charger_id, options FROM charger_options"):
        charger = chargers.get(charger_id)
        if charger is None:
            continue
        for name, value in _object(text).items():
            try:
                charger.own_options |= read_options({name: value})
            except InvalidOption as error:
                log.warning("an option of %r does not count: %s", charger_id, error)


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
