"""Validators and precise errors, from the JSON schema files that the `ocpp` package ships.

The package itself is not imported: it would cost 100 ms at the start and gives nothing that is needed here.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from jsonschema_rs import Draft4Validator, ValidationError

from server.links.rpc import ErrorCode, Problem

Schema = dict[str, Any]

_CODES = {
    "required": ErrorCode.PROTOCOL_ERROR,
    "type": ErrorCode.TYPE_CONSTRAINT,
    "additionalProperties": ErrorCode.FORMATION_VIOLATION,
    "minItems": ErrorCode.OCCURENCE_CONSTRAINT,
    "maxItems": ErrorCode.OCCURENCE_CONSTRAINT,
}
#: Values named for a field that has a choice of them.
MOST_OPTIONS = 8
#: What is told first when several things are wrong.
_ORDER = ("required", "type", "enum", "maxLength", "minItems", "maxItems", "additionalProperties")


@cache
def folder() -> Path:
    spec = find_spec("ocpp")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package `ocpp` with the schema files is not installed")
    return Path(spec.origin).parent / "v16" / "schemas"


@cache
def schema(name: str) -> Schema:
    """The schema of a request ("Reset") or an answer ("ResetResponse"); references are replaced by what they mean."""
    found: Schema = orjson.loads((folder() / f"{name}.json").read_bytes().removeprefix(b"\xef\xbb\xbf"))
    whole: Schema = _inlined(found, found.pop("definitions", {}))
    return whole


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(value, definitions) for key, value in node.items()}


@cache
def validator(name: str) -> Draft4Validator:
    """Says in microseconds whether a payload fits. About 0.1 ms to compile, once."""
    return Draft4Validator(schema(name), validate_formats=False)


@cache
def actions() -> frozenset[str]:
    """All 39 actions of OCPP 1.6 with its security extension."""
    return frozenset(f.stem for f in folder().glob("*.json") if not f.stem.endswith("Response"))


def misfit(name: str, payload: object) -> tuple[str, str, str] | None:
    """The first thing that is wrong: (field, schema keyword, words that do not repeat the value); None when it fits."""
    errors = list(validator(name).iter_errors(payload))
    if not errors:
        return None
    first = min(errors, key=_rank)
    return _field(first), first.kind.name, _words(first)


def unknown_field(name: str, payload: object) -> str:
    """Path of the first field that the schema does not know, at most 100 characters; empty when it knows them all."""
    for error in validator(name).iter_errors(payload):
        unexpected = getattr(error.kind, "unexpected", ())
        if unexpected:
            path = _field(error)
            return f"{path}.{unexpected[0]}"[:100] if path else str(unexpected[0])[:100]
    return ""


def explain(action: str, payload: object) -> Problem | None:
    """The CALLERROR for a payload that does not fit (RPC-11); None when it fits."""
    found = misfit(action, payload)
    if found is None:
        return None
    field, keyword, words = found
    code = _CODES.get(keyword, ErrorCode.PROPERTY_CONSTRAINT)
    if keyword == "type" and not field:
        code = ErrorCode.FORMATION_VIOLATION  # the payload itself is not an object
    return Problem(code, f"{field or 'payload'}: {words}")


def _rank(error: ValidationError) -> int:
    return _ORDER.index(error.kind.name) if error.kind.name in _ORDER else 2


def _field(error: ValidationError) -> str:
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.instance_path).lstrip(".")
    if error.kind.name == "required":
        missing = str(getattr(error.kind, "property", ""))
        return f"{path}.{missing}" if path else missing
    return path


def _words(error: ValidationError) -> str:
    kind = error.kind
    match kind.name:
        case "required":
            return "is missing"
        case "type":
            return f"must be of type {' or '.join(getattr(kind, 'types', ()))}"
        case "enum":
            options = getattr(kind, "options", ())
            more = ", ..." if len(options) > MOST_OPTIONS else ""
            return f"must be one of {', '.join(map(str, options[:MOST_OPTIONS]))}{more}"
        case "multipleOf":
            return f"must be a multiple of {getattr(kind, 'multiple_of', '?')}"
        case "maxLength":
            return f"is longer than {getattr(kind, 'limit', '?')} characters"
        case "additionalProperties":
            return "has a field that the schema does not know"
        case "minItems":
            return "has too few entries"
    return f"breaks the rule {kind.name} of the schema"
