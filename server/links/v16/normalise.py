"""Makes a payload fit its schema where no meaning is lost, so that real chargers are understood.

Numbers as text, nulls for absent fields, an object where a list of objects belongs, other capitals in an enum: all seen
in the field (protocol.md, section 3). What cannot be made to fit is left out; handlers know which fields they need.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from server.links.v16.rules import rule_of
from server.links.v16.schemas import schema

#: Text that has a `maxLength` may exceed it (BOOT-10), but not without end.
LONGEST_TEXT = 512
#: Deviations told per frame.
MAX_DEVIATIONS = 10

_ABSENT = object()


class _Fitter:
    def __init__(self, action: str) -> None:
        self._action = action
        self.deviations: dict[str, None] = {}

    def note(self, field: str) -> None:
        if field and len(self.deviations) < MAX_DEVIATIONS:
            self.deviations[f"{rule_of(self._action, field)}:{field}"] = None

    def fit(self, value: Any, rule: dict[str, Any], field: str) -> Any:
        """The value in the type the rule asks for, or `_ABSENT`."""
        fitted = self._as_type(value, rule, field)
        if fitted is not value:
            self.note(field)
        return fitted

    def _as_type(self, value: Any, rule: dict[str, Any], field: str) -> Any:
        match rule.get("type"):
            case "object":
                return self._object(value, rule, field)
            case "array":
                return self._array(value, rule, field)
            case "string":
                return self._text(value, rule, field)
            case "integer":
                return _number(value, whole=True)
            case "number":
                return _number(value, whole=False)
            case "boolean":
                return _boolean(value)
        return value

    def _object(self, value: Any, rule: dict[str, Any], field: str) -> Any:
        if not isinstance(value, dict):
            return _ABSENT
        known = rule.get("properties", {})
        fitted = {}
        for name, content in value.items():
            path = f"{field}.{name}" if field else name
            if name not in known or content is None:
                self.note(path if name in known else f"{field or 'payload'}.*")
                continue
            kept = self.fit(content, known[name], path)
            if kept is not _ABSENT:
                fitted[name] = kept
        missing = [name for name in rule.get("required", ()) if name not in fitted]
        for name in missing:
            self.note(f"{field}.{name}" if field else name)
        return value if fitted == value else fitted

    def _array(self, value: Any, rule: dict[str, Any], field: str) -> Any:
        if isinstance(value, dict):
            self.note(field)
            value = [value]  # MV-11
        if not isinstance(value, list):
            return _ABSENT
        fitted = [kept for item in value if (kept := self.fit(item, rule.get("items", {}), field)) is not _ABSENT]
        return value if fitted == value else fitted

    def _text(self, value: Any, rule: dict[str, Any], field: str) -> Any:
        if not isinstance(value, str):
            value = _as_json(value)
            if value is None:
                return _ABSENT
        if "enum" in rule and value not in rule["enum"]:
            self.note(field)
            folded = _fold(value)
            return next((known for known in rule["enum"] if _fold(known) == folded), value)
        if "maxLength" in rule and len(value) > rule["maxLength"]:
            self.note(field)
            return value[:LONGEST_TEXT]
        return value


def normalise(action: str, payload: object) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(payload that fits as far as possible, deviations). Anything but an object becomes an empty one."""
    fitter = _Fitter(action)
    if not isinstance(payload, dict):
        fitter.note("payload")
        payload = {}
    fitted = fitter.fit(payload, schema(action), "")
    return fitted, tuple(fitter.deviations)


def _fold(text: str) -> str:
    return text.replace(" ", "").replace("_", "").casefold()


def _number(value: Any, whole: bool) -> Any:
    if isinstance(value, bool):
        return _ABSENT
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            return _ABSENT
        value = int(value) if math.isfinite(value) and value == int(value) else value
    if isinstance(value, float):
        if not math.isfinite(value):
            return _ABSENT
        return round(value) if whole else value
    return value if isinstance(value, int) else _ABSENT


def _as_json(value: Any) -> str | None:
    """What was not text, as the text of it (DT-01: `data` may be an object)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # nested too deep, or a number beyond 64 bits
        return None


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower(), _ABSENT)
