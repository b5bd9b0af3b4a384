"""What goes over the wire in both directions: JSON, times, and errors in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import orjson
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

#: A number of a row, as a parameter: no more than the database can count.
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]


class ApiError(Exception):
    """A refusal: `{"error": code, "message": message}`, and `field` when one field of the request is to blame."""

    def __init__(self, status: int, code: str, message: str, field: str = "", **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.more = more

    def response(self) -> Response:
        body: dict[str, object] = {"error": self.code, "message": self.message}
        if self.field:
            body["field"] = self.field
        return answer(body | self.more, self.status)


NOT_DURABLE = ApiError(
    503, "not_durable", "it is done and holds, but the disk does not take it now: a restart before it does loses it"
)
INTERNAL = ApiError(500, "internal", "the server failed on this; its log says why")


def invalid(field: str, message: str) -> ApiError:
    """400 for one field; `message` is completed with its name."""
    return ApiError(400, "invalid", f"{field}: {message}" if field else message, field)


def unknown(what: str) -> ApiError:
    return ApiError(404, "not_found", f"{what} is not known")


def answer(value: object, status: int = 200) -> Response:
    """`value` as JSON. Text that no UTF-8 can carry and numbers beyond 64 bits are written all the same, escaped."""
    try:
        body = orjson.dumps(value)
    except TypeError:
        body = json.dumps(value).encode("ascii")
    return Response(body, status, media_type="application/json")


async def json_object(request: Request) -> dict[str, object]:
    """The body as an object; an empty body is an empty one. 400 for everything else."""
    body = await request.body()
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except ValueError as e:
        raise ApiError(400, "invalid_json", f"the body is not JSON: {e}") from e
    if not isinstance(value, dict):
        raise ApiError(400, "invalid_json", "the body must be a JSON object")
    return value


def text_field(body: dict[str, object], name: str, longest: int = 500) -> str:
    """A text of the body; missing and null are empty."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(name, "must be a text")
    if len(value) > longest:
        raise invalid(name, f"has more than {longest} characters")
    return value


def only_fields(body: dict[str, object], allowed: Iterable[str]) -> None:
    for name in body.keys() - set(allowed):
        raise invalid(name, f"there is no such field; known are {', '.join(allowed)}")


def iso(at: int | None) -> str | None:
    """UTC with milliseconds and `Z` of ms since the epoch; None for 0 and None: it has not happened."""
    if not at:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(field: str, text: str) -> int:
    """ms since the epoch of an ISO 8601 time; it must say its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise invalid(field, "must be a time such as 2027-03-01T12:00:00Z") from e
    if moment.tzinfo is None:
        raise invalid(field, "must say its zone: end it with Z for UTC")
    return round(moment.timestamp() * 1000)


def time_or_none(field: str, text: str) -> int | None:
    """As `parse_time`; None for no text."""
    return parse_time(field, text) if text else None


def one_of(field: str, text: str, allowed: Iterable[str]) -> str:
    """`text` when it is empty or one of `allowed`; 400 otherwise."""
    known = list(allowed)
    if text and text not in known:
        raise invalid(field, f"must be one of {', '.join(known)}")
    return text


def operator_of(request: Request) -> str:
    """Who asks, for the audit: the login behind the unix socket, `api` on TCP."""
    peer = request.state.connection.peer
    return peer.name if peer is not None else "api"
