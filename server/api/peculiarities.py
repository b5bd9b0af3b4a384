"""What is peculiar about chargers: deviations from the protocol, quirk profiles that fit, options."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import answer, invalid, iso
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.options import NAMES, InvalidOption, OptionChange, read_change
from server.model.quirk import MatchedQuirk
from server.model.rule_help import meaning_of

SLICE = 200  #: deviations turned into JSON before the loop may do something else


class DeviationShape(TypedDict):
    chargerId: str
    rule: Annotated[str, Field(description="id of the protocol rule, 'MV-12'")]
    detail: Annotated[str | None, Field(description="where or how it was broken")]
    meaning: Annotated[str, Field(description="what that means, and what became of it, for people")]
    count: int
    firstAt: str | None
    lastAt: str | None
    sample: Annotated[str | None, Field(description="start of the newest frame that showed it, secrets masked")]


class DeviationsShape(TypedDict):
    count: int
    deviations: list[DeviationShape]


class QuirkShape(TypedDict):
    chargerId: str
    profile: str
    title: str
    why: str
    state: Annotated[str, Field(description="applied: its options hold; suggested: they do not; advice: it has none")]
    because: Annotated[str, Field(description="why it fits: vendor, model, firmware, or a rule that was seen broken")]
    options: Annotated[dict[str, Any], Field(description="what helps; set it with PUT /api/chargers/{id}")]
    sources: list[str]


class QuirksShape(TypedDict):
    count: int
    quirks: list[QuirkShape]


def options_shape(charger: Charger) -> dict[str, Any]:
    """All options as they hold."""
    return {name: getattr(charger.options, name) for name in NAMES}


def changes_from(value: object) -> list[OptionChange]:
    """The options of a request's body; 400 that names the one that does not fit."""
    if not isinstance(value, dict):
        raise invalid("options", "must be an object")
    try:
        return [read_change(str(name), wish) for name, wish in value.items()]
    except InvalidOption as error:
        raise invalid(f"options.{error.name[:40]}", error.message) from None


def _deviation_shape(line: Deviation) -> DeviationShape:
    return {
        "chargerId": line.charger_id,
        "rule": line.rule,
        "detail": line.detail or None,
        "meaning": meaning_of(line.rule),
        "count": line.count,
        "firstAt": iso(line.first_at),
        "lastAt": iso(line.last_at),
        "sample": line.sample or None,
    }


def _quirk_shape(charger: Charger, quirk: MatchedQuirk) -> QuirkShape:
    profile = quirk.profile
    state = "applied" if quirk.applied else "suggested" if profile.options else "advice"
    return {
        "chargerId": charger.charger_id,
        "profile": profile.name,
        "title": profile.title,
        "why": profile.why,
        "state": state,
        "because": quirk.because,
        "options": dict(profile.options),
        "sources": list(profile.sources),
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/deviations", response_model=DeviationsShape, summary="Where chargers depart from OCPP, newest first")
    async def list_deviations(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=10_000)] = 200,
    ) -> Response:
        shapes: list[DeviationShape] = []
        for line in depot.deviations(as_stored(depot, charger), limit):
            shapes.append(_deviation_shape(line))
            if len(shapes) % SLICE == 0:
                await asyncio.sleep(0)
        return answer({"count": len(shapes), "deviations": shapes})

    @app.get("/api/quirks", response_model=QuirksShape, summary="Shipped quirk profiles that fit a charger")
    async def list_quirks(charger: Annotated[str, Query(description="of this charger only")] = "") -> Response:
        wanted = as_stored(depot, charger)
        shapes = [
            _quirk_shape(found, quirk)
            for found in list(depot.chargers.values())
            if wanted in ("", found.charger_id)
            for quirk in found.quirks
        ]
        return answer({"count": len(shapes), "quirks": shapes})
