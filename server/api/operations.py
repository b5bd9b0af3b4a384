"""Remote operations on chargers, and what became of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import ApiError, Id, answer, invalid, iso, json_object, operator_of, unknown
from server.api.lookup import as_stored, known_charger
from server.core.ports import Depot, InvalidPayload
from server.model.command import Command, CommandState, Operation

State = Literal["queued", "accepted", "rejected", "error", "timed_out", "offline", "blocked"]

#: The API has one word for all that is not answered.
STATES: dict[CommandState, State] = {
    CommandState.QUEUED: "queued",
    CommandState.SENT: "queued",
    CommandState.ACCEPTED: "accepted",
    CommandState.REJECTED: "rejected",
    CommandState.ERROR: "error",
    CommandState.TIMED_OUT: "timed_out",
    CommandState.OFFLINE: "offline",
    CommandState.BLOCKED: "blocked",
}


class StepShape(TypedDict):
    name: str
    state: Annotated[str, Field(description="open, running, done or missing (its time is over)")]
    at: str | None
    note: str | None


class OutcomeShape(TypedDict):
    commandId: int
    chargerId: str
    operation: Annotated[str, Field(description="its OCPP name")]
    state: Annotated[State, Field(description="queued: not answered yet, sentAt tells whether it was sent")]
    status: Annotated[str | None, Field(description="the charger's own word: Accepted, RebootRequired, ...")]
    response: Annotated[dict[str, object] | None, Field(description="payload of the answer as the charger sent it")]
    error: Annotated[str | None, Field(description="what went wrong, one sentence")]
    facts: Annotated[list[str], Field(description="what else the answer says, in words: a version, a file, a schedule")]
    latencyMs: Annotated[int | None, Field(description="from sending to the answer, ms")]


class CommandShape(OutcomeShape):
    operator: str
    createdAt: str | None
    sentAt: str | None
    answeredAt: str | None
    answeredLate: Annotated[bool, Field(description="the answer came after the time-out")]
    messageId: str | None
    isFinished: Annotated[bool, Field(description="answered, and no step is waited for any more")]
    steps: Annotated[list[StepShape], Field(description="what follows in the charger, in order")]


class CommandsShape(TypedDict):
    count: int
    commands: list[CommandShape]


PAYLOAD = {
    "requestBody": {
        "description": 'The OCPP request payload of the operation, for example `{"type": "Soft"}` for Reset.',
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


def outcome_shape(c: Command) -> OutcomeShape:
    return {
        "commandId": c.command_id,
        "chargerId": c.charger_id,
        "operation": c.operation.name,
        "state": STATES[c.state],
        "status": c.status or None,
        "response": c.response,
        "error": c.error or None,
        "facts": list(c.facts),
        "latencyMs": c.latency_ms,
    }


def command_shape(c: Command) -> CommandShape:
    return {
        **outcome_shape(c),
        "operator": c.operator,
        "createdAt": iso(c.created_at),
        "sentAt": iso(c.sent_at),
        "answeredAt": iso(c.answered_at),
        "answeredLate": c.answered_late,
        "messageId": c.message_id or None,
        "isFinished": c.is_finished,
        "steps": [{"name": s.name, "state": s.state.value, "at": iso(s.at), "note": s.note or None} for s in c.steps],
    }


def typed_operation(depot: Depot, name: str, payload: dict[str, object]) -> Operation:
    """The operation with this OCPP name, in any case; 404 and 400 in words."""
    known = {action.casefold(): action for action in depot.actions()}
    action = known.get(name.casefold())
    if action is None:
        there = ", ".join(sorted(known.values()))
        raise ApiError(404, "not_found", f"there is no operation {name!r}; known are {there}", "operation")
    try:
        return depot.parse_operation(action, payload)
    except InvalidPayload as e:
        raise invalid(e.field, e.message) from e


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.post(
        "/api/chargers/{charger_id:path}/operations/{operation}",
        response_model=OutcomeShape,
        openapi_extra=PAYLOAD,
        summary="Ask something of a charger and wait for its answer",
        responses={409: {"description": "blocked: nothing was sent, `message` says why"}},
    )
    async def operate(
        charger_id: str,
        operation: str,
        request: Request,
        wait: Annotated[float, Query(ge=0, le=600, description="longest wait for the answer, s")] = 30,
    ) -> Response:
        charger = known_charger(depot, charger_id)
        wanted = typed_operation(depot, operation, await json_object(request))
        command = await depot.execute(charger.charger_id, wanted, operator_of(request), wait)
        if command.state is CommandState.BLOCKED:
            why = command.error or "it is not possible now"
            raise ApiError(409, "blocked", why, commandId=command.command_id, state="blocked")
        return answer(outcome_shape(command))

    @app.get("/api/commands", response_model=CommandsShape, summary="Commands of all operators, newest first")
    async def list_commands(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="a commandId: older ones only")] = None,
    ) -> Response:
        found = await depot.find_commands(as_stored(depot, charger), limit, before)
        return answer({"count": len(found), "commands": [command_shape(c) for c in found]})

    @app.get("/api/commands/{command_id}", response_model=CommandShape, summary="One command with its steps")
    async def get_command(command_id: Id) -> Response:
        command = await depot.find_command(command_id)
        if command is None:
            raise unknown(f"command {command_id}")
        return answer(command_shape(command))
