"""Which chargers may connect, and their passwords: one goes in, only a key made here comes out, once (SEC-07)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import NOT_DURABLE, ApiError, answer, invalid, json_object, only_fields, operator_of, text_field
from server.api.chargers import ChargerDetailShape, detail_shape
from server.api.lookup import known_charger
from server.api.operations import OutcomeShape, outcome_shape
from server.api.peculiarities import changes_from
from server.core.access import AccessChange
from server.core.ports import Depot
from server.model.command import CommandState

FIELDS = ("password", "alias", "enabled", "securityProfile", "options")
LONGEST_ID = 48

BODY = {
    "requestBody": {
        "description": "`password` (null: none is asked for any more), `alias`, `enabled`, `securityProfile` (0 to 3),"
        " `options` (object; null: as usual again); what is missing stays as it is.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class PasswordShape(TypedDict):
    chargerId: str
    password: Annotated[str, Field(description="type it into the charger; it is never told again")]


def change_from(body: dict[str, object]) -> AccessChange:
    """400 naming the field that does not fit. A password is never in the message."""
    only_fields(body, FIELDS)
    enabled, profile = body.get("enabled"), body.get("securityProfile")
    if enabled is not None and not isinstance(enabled, bool):
        raise invalid("enabled", "must be true or false")
    if profile is not None and (type(profile) is not int or not 0 <= profile <= 3):
        raise invalid("securityProfile", "must be 0, 1, 2 or 3")
    return AccessChange(
        text_field(body, "alias", 60) if "alias" in body else None,
        enabled,
        text_field(body, "password", 255) if "password" in body else None,
        profile if isinstance(profile, int) else None,
    )


def servable(depot: Depot, profile: int | None) -> None:
    """400 for a profile that this server cannot be reached with: the charger would be locked out."""
    security = depot.config.security
    if profile is not None and profile >= 2 and not security.has_tls:
        raise invalid("securityProfile", f"{profile} needs TLS: set security.certificate first")
    if profile == 3 and security.client_ca == Path():
        raise invalid("securityProfile", "3 needs security.client_ca: who signs the certificates of chargers")


def checked_id(charger_id: str) -> str:
    if not 1 <= len(charger_id) <= LONGEST_ID or not charger_id.isprintable() or ":" in charger_id:
        raise invalid("chargerId", f"must have 1 to {LONGEST_ID} printable characters and no ':'")
    if not charger_id.strip() or "/" in charger_id:
        raise invalid("chargerId", "must not be blank, and holds no '/'")
    return charger_id


async def durable(depot: Depot) -> None:
    if not await depot.flush():
        raise NOT_DURABLE


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.put(
        "/api/chargers/{charger_id:path}",
        response_model=ChargerDetailShape,
        openapi_extra=BODY,
        summary="Register a charger, or change who it is and how it logs in",
    )
    async def put_charger(charger_id: str, request: Request) -> Response:
        body = await json_object(request)
        change = change_from(body)
        servable(depot, change.profile)
        options = changes_from(body["options"]) if "options" in body else []
        known = depot.find_charger(charger_id)
        try:
            name = known.charger_id if known is not None else checked_id(charger_id)
            charger = await depot.access.put(name, change)
        except ValueError as error:
            raise invalid("password", str(error)) from None
        if options:
            depot.change_options(charger.charger_id, options, operator_of(request))
        await durable(depot)
        return answer(detail_shape(depot, charger))

    @app.delete("/api/chargers/{charger_id:path}", status_code=204, summary="Forget a charger; its history stays")
    async def delete_charger(charger_id: str) -> Response:
        try:
            depot.access.remove(known_charger(depot, charger_id).charger_id)
        except ValueError as error:
            raise ApiError(409, "blocked", str(error)) from None
        await durable(depot)
        return Response(status_code=204)

    @app.post(
        "/api/chargers/{charger_id:path}/password",
        response_model=PasswordShape,
        summary="Make a new password for a charger; it is told this once",
    )
    async def generate_password(charger_id: str) -> Response:
        charger = known_charger(depot, charger_id)
        password = await depot.access.generate_password(charger.charger_id)
        await durable(depot)
        return answer({"chargerId": charger.charger_id, "password": password})

    @app.post(
        "/api/chargers/{charger_id:path}/rotate-key",
        response_model=OutcomeShape,
        summary="Give a charger a new AuthorizationKey over OCPP; nobody needs to know it",
    )
    async def rotate_key(
        charger_id: str, request: Request, wait: Annotated[float, Query(ge=0, le=600)] = 30
    ) -> Response:
        charger = known_charger(depot, charger_id)
        command = await depot.access.rotate_key(charger.charger_id, operator_of(request), wait)
        if command.state is CommandState.BLOCKED:
            why = command.error or "it is not possible now"
            raise ApiError(409, "blocked", why, commandId=command.command_id, state="blocked")
        return answer(outcome_shape(command))
