"""A form as data: one row for each field, and how what is filled in becomes the payload of the operation.

A field's `path` is its place in the OCPP payload (`firmware.location`), so that the server's own check of the payload
names the field in its complaint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from console.view.forms import reading
from console.view.forms.reading import Wrong
from server.model.charger import Charger
from server.model.command import Command
from server.model.tag import IdTag


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    TIME = "time"  #: `+2h`, `14:30`, `2026-11-21 14:30`
    DURATION = "duration"  #: `24h`, in the payload seconds
    LIMITS = "limits"  #: periods of a charging schedule: `16, 1h 8`
    TAGS = "tags"  #: entries of a local list: `A1B2 -C3D4`
    JSON = "json"
    PEM = "pem"  #: certificates, pasted
    CHOICE = "choice"


class Choice(NamedTuple):
    """One of several values. A value of None is left out of the payload."""

    value: object
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a form is opened: what defaults and suggestions are made of."""

    charger: Charger
    connector_id: int  #: under the cursor; 0 = none of them
    now: int
    tags: Sequence[IdTag] = ()
    firmware: Sequence[str] = ()  #: names of the files in the drop
    upload_url: str = ""  #: where the drop takes uploads; empty when it is closed
    commands: Sequence[Command] = ()
    is_for_many: bool = False  #: the charger is one of several that it goes to


Values = Mapping[str, object]  #: path -> text as typed, or the value chosen


def _nothing(scene: Scene) -> object:
    return ""


def _no_words(scene: Scene) -> Sequence[str]:
    return ()


def _always(values: Values) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a form. A label has at most eight characters, that of a choice nine."""

    path: str
    label: str
    kind: Kind = Kind.TEXT
    default: Callable[[Scene], object] = _nothing  #: text, or the value of a choice
    hint: Callable[[Scene], str] | str = ""  #: stands in the line while it is empty
    choices: Callable[[Scene], Sequence[Choice]] | None = None
    suggestions: Callable[[Scene], Sequence[str]] = _no_words
    required: bool = False
    shown: Callable[[Values], bool] = _always
    limit: int = 500  #: characters

    def hint_in(self, scene: Scene) -> str:
        return self.hint if isinstance(self.hint, str) else self.hint(scene)


@dataclass(frozen=True, slots=True)
class Form:
    """`words`: what it does, for the menu. `profile`: the feature profile of OCPP that it belongs to."""

    operation: str
    title: str
    words: str
    fields: tuple[Field, ...] = ()
    profile: str = "Core"
    for_many: bool = True  #: the same for several chargers at once makes sense

    def label_of(self, path: str) -> str:
        """How a person finds the place that a complaint is about: the label of its field."""
        field = self.field_at(path)
        return path if field is None else field.label + path[len(field.path) :]

    def field_at(self, path: str) -> Field | None:
        """The field that fills this place of the payload, or something around it."""
        inside = (
            field
            for field in self.fields
            if path == field.path or path.startswith((f"{field.path}.", f"{field.path}["))
        )
        return next(inside, None)


def payload_of(form: Form, values: Values, scene: Scene) -> dict[str, Any]:
    """The OCPP payload; `Wrong` names the field that does not fit. Empty fields are left out."""
    payload: dict[str, Any] = {}
    for field in form.fields:
        if not field.shown(values):
            continue
        try:
            value = _value_of(field, values[field.path], scene)
        except Wrong as wrong:
            raise Wrong(f"{field.label}: {wrong}", field.path) from None
        if value is not None:
            _put(payload, field.path, value)
        elif field.required:
            raise Wrong(f"{field.label} is missing", field.path)
    return payload


def _value_of(field: Field, given: object, scene: Scene) -> object:
    if field.kind is Kind.CHOICE or not isinstance(given, str):
        return given
    text = given.strip()
    if field.kind is Kind.TAGS:
        return reading.tags(text, scene.tags)
    if not text:
        return None
    match field.kind:
        case Kind.NUMBER:
            return reading.number(text)
        case Kind.TIME:
            return reading.utc(reading.moment(text, scene.now))
        case Kind.DURATION:
            return reading.duration(text)
        case Kind.LIMITS:
            return reading.limits(text)
        case Kind.JSON:
            return reading.parsed(text)
        case Kind.PEM:
            return reading.certificates(given)
    return text


def _put(payload: dict[str, Any], path: str, value: object) -> None:
    """Put `value` at `path`; a dictionary for no path of its own is a dictionary inside."""
    *outer, name = path.split(".")
    for part in outer:
        payload = payload.setdefault(part, {})
    payload[name] = value
