"""Id tags: who may charge."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import (
    NOT_DURABLE,
    answer,
    invalid,
    iso,
    json_object,
    only_fields,
    text_field,
    time_or_none,
    unknown,
)
from server.core.ports import Depot
from server.model.status import TagStatus
from server.model.tag import IdTag

#: An id tag and a parent id tag have 1 to 20 characters.
LONGEST = 20
#: ConcurrentTx is a verdict of a moment, not something to write down.
STATUSES = [s.value for s in TagStatus if s is not TagStatus.CONCURRENT_TX]


class TagShape(TypedDict):
    idTag: str
    status: Annotated[str, Field(description="as of now: Accepted, Blocked, Expired or Invalid")]
    expiryDate: Annotated[str | None, Field(description="from then on it counts as expired, UTC; null: never")]
    parentIdTag: Annotated[str | None, Field(description="tags with the same one may stop each other's transactions")]
    note: str | None


class TagsShape(TypedDict):
    count: int
    tags: list[TagShape]


BODY = {
    "requestBody": {
        "description": "`status` (default Accepted), `expiryDate`, `parentIdTag`, `note`; what is missing is emptied.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


def tag_shape(t: IdTag, now: int) -> TagShape:
    return {
        "idTag": t.id_tag,
        "status": t.status_at(now).value,
        "expiryDate": iso(t.expires_at),
        "parentIdTag": t.parent_id_tag or None,
        "note": t.note or None,
    }


def tag_from(id_tag: str, body: dict[str, object]) -> IdTag:
    """The tag that a body describes; 400 naming the field that does not fit."""
    if not 1 <= len(id_tag) <= LONGEST or not id_tag.isprintable():
        raise invalid("idTag", f"must have 1 to {LONGEST} printable characters")
    only_fields(body, ("idTag", "status", "expiryDate", "parentIdTag", "note"))
    if text_field(body, "idTag", LONGEST).casefold() not in ("", id_tag.casefold()):
        raise invalid("idTag", "is another one than in the path")
    status = text_field(body, "status") or TagStatus.ACCEPTED.value
    if status not in STATUSES:
        raise invalid("status", f"must be one of {', '.join(STATUSES)}")
    expiry = text_field(body, "expiryDate")
    return IdTag(
        id_tag,
        TagStatus(status),
        time_or_none("expiryDate", expiry),
        text_field(body, "parentIdTag", LONGEST),
        text_field(body, "note"),
    )


async def durable(depot: Depot) -> None:
    """A tag that somebody was told is blocked must be blocked after a power cut too."""
    if not await depot.flush():
        raise NOT_DURABLE


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/tags", response_model=TagsShape, summary="All id tags, by name")
    async def list_tags() -> Response:
        shapes = [tag_shape(t, depot.now()) for t in depot.tags()]
        return answer({"count": len(shapes), "tags": shapes})

    @app.get("/api/tags/{id_tag:path}", response_model=TagShape, summary="One id tag")
    async def get_tag(id_tag: str) -> Response:
        tag = depot.find_tag(id_tag)
        if tag is None:
            raise unknown(f"id tag {id_tag!r}")
        return answer(tag_shape(tag, depot.now()))

    @app.put("/api/tags/{id_tag:path}", response_model=TagShape, openapi_extra=BODY, summary="Write one id tag")
    async def put_tag(id_tag: str, request: Request) -> Response:
        tag = tag_from(id_tag, await json_object(request))
        known = depot.find_tag(id_tag)
        if known is not None:
            tag.id_tag = known.id_tag  # the spelling of its first writer
        depot.put_tag(tag)
        await durable(depot)
        return answer(tag_shape(tag, depot.now()))

    @app.delete("/api/tags/{id_tag:path}", status_code=204, summary="Remove one id tag")
    async def delete_tag(id_tag: str) -> Response:
        if not depot.remove_tag(id_tag):
            raise unknown(f"id tag {id_tag!r}")
        await durable(depot)
        return Response(status_code=204)
