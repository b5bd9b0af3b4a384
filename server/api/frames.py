"""Raw OCPP messages as they were on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso, one_of, time_or_none
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.log import Frame, FrameQuery

#: Characters of raw text in one answer: more would hold the loop too long. At least one frame is always given.
MAX_RAW = 1_000_000


class FrameShape(TypedDict):
    id: int
    time: str | None
    chargerId: str
    direction: Annotated[str, Field(description="in: from the charger; out: to it")]
    action: Annotated[str | None, Field(description="of a CALL; of an answer, the action that it answers")]
    messageId: str | None
    raw: Annotated[str, Field(description="what was on the wire, secrets masked; one character a byte if latin-1")]
    rawEncoding: Annotated[Literal["utf-8", "latin-1"], Field(description="latin-1: the frame was not text")]
    deviations: Annotated[list[str], Field(description="rules that it broke: RULE or RULE:detail")]


class FramesShape(TypedDict):
    count: int
    isComplete: Annotated[bool, Field(description="false: more fitted, but not into one answer; ask again with before")]
    frames: list[FrameShape]


def frame_shape(frame_id: int, frame: Frame) -> FrameShape:
    is_text = isinstance(frame.raw, str)
    return {
        "id": frame_id,
        "time": iso(frame.at),
        "chargerId": frame.charger_id,
        "direction": frame.direction,
        "action": frame.action or None,
        "messageId": frame.message_id or None,
        "raw": frame.raw if isinstance(frame.raw, str) else frame.raw.decode("latin-1"),
        "rawEncoding": "utf-8" if is_text else "latin-1",
        "deviations": [d for d in (part.strip() for part in frame.deviations.split(",")) if d],
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/frames", response_model=FramesShape, summary="Raw frames in both directions, newest first")
    async def list_frames(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        action: Annotated[str, Query(description="of this action only, calls and their answers")] = "",
        direction: Annotated[str, Query(description="in or out")] = "",
        since: Annotated[str, Query(description="not older than this time, with zone")] = "",
        until: Annotated[str, Query(description="not newer than this time, with zone")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="a frame id: older ones only")] = None,
    ) -> Response:
        one_of("direction", direction, ("in", "out"))
        wanted = FrameQuery(
            charger_id=as_stored(depot, charger),
            action=action,
            direction=direction,
            since=time_or_none("since", since),
            until=time_or_none("until", until),
            limit=limit,
            before=before,
        )
        found = await depot.find_frames(wanted)
        shapes: list[FrameShape] = []
        size = 0
        for frame_id, frame in found:
            size += len(frame.raw)
            if shapes and size > MAX_RAW:
                break
            shapes.append(frame_shape(frame_id, frame))
        return answer({"count": len(shapes), "isComplete": len(shapes) == len(found), "frames": shapes})
