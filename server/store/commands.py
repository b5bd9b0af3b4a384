"""Commands as rows: the typed operation, the steps and the answer are JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from server.model.command import Command, CommandState, Operation, Step, StepState
from server.model.configuration import ConfigItem
from server.model.secret import is_secret, without_password
from server.store.tables import upsert
from server.store.wide import to_json

log = logging.getLogger("ocpp_console.store")

COLUMNS = (
    "command_id",
    "charger_id",
    "operation",
    "payload",
    "operator",
    "created_at",
    "state",
    "sent_at",
    "answered_at",
    "latency_ms",
    "message_id",
    "response",
    "status",
    "error",
    "items",
    "facts",
    "steps",
    "answered_late",
)
UPSERT_COMMAND = upsert("commands", COLUMNS[:1], COLUMNS[1:])
SELECT_COMMANDS = " ".join(("SELECT", ", ".join(COLUMNS), "FROM commands"))

MASK = "********"


def command_params(c: Command) -> tuple[Any, ...]:
    payload = asdict(c.operation)
    return (
        c.command_id,
        c.charger_id,
        c.operation.name,
        to_json(_masked(payload)),
        c.operator,
        c.created_at,
        c.state,
        c.sent_at,
        c.answered_at,
        c.latency_ms,
        c.message_id,
        None if c.response is None else to_json(_masked(c.response)),
        c.status,
        c.error,
        to_json([_masked(item._asdict()) for item in c.items]),
        to_json(c.facts),
        to_json([(s.name, s.state, s.at, s.note) for s in c.steps]),
        c.answered_late,
    )


def _masked(value: Any) -> Any:
    """A copy in which the value beside a secret's key is masked, however deep it lies."""
    if isinstance(value, dict):
        copy = {k: _masked(v) for k, v in value.items()}
        if is_secret(str(copy.get("key", ""))) and copy.get("value"):
            copy["value"] = MASK
        if isinstance(copy.get("location"), str):
            copy["location"] = without_password(copy["location"])
        return copy
    if isinstance(value, list | tuple):
        return [_masked(v) for v in value]
    return value


def commands(rows: Iterable[Sequence[Any]]) -> Iterator[Command]:
    """Commands of rows in `COLUMNS` order. A row that makes no sense is told to the log and left out."""
    for row in rows:
        try:
            yield _command(dict(zip(COLUMNS, row, strict=True)))
        except (ValueError, TypeError, KeyError) as error:
            log.warning("command %s cannot be read: %s", row[0], error)


def _command(row: dict[str, Any]) -> Command:
    kind = _operations()[row["operation"]]
    row["operation"] = typed(kind, orjson.loads(row.pop("payload")))
    row["state"] = CommandState(row["state"])
    row["response"] = None if row["response"] is None else orjson.loads(row["response"])
    row["items"] = tuple(ConfigItem(**item) for item in orjson.loads(row["items"]))
    row["facts"] = tuple(orjson.loads(row["facts"]))
    row["steps"] = [Step(name, StepState(state), at, note) for name, state, at, note in orjson.loads(row["steps"])]
    row["answered_late"] = bool(row["answered_late"])
    return Command(**row)


def _operations() -> dict[str, type[Operation]]:
    return {kind.name: kind for kind in Operation.__subclasses__()}


def typed(kind: Any, value: Any) -> Any:
    """The value of type `kind` that was written as JSON: dataclasses, tuples and enums, nested, as they were."""
    if value is None:
        return None
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{name: typed(hints[name], part) for name, part in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return typed(next(a for a in arguments if a is not NoneType), value)
    if origin is tuple:
        return tuple(typed(arguments[0], part) for part in value)
    return value
