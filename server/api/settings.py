"""The settings that are in force, without their secrets."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from server.api.answer import answer
from server.core.ports import Depot

#: A setting whose name ends so is a secret (T15).
SECRETS = ("token", "password", "secret", "key")
MASK = "***"


def masked(value: object, name: str = "") -> object:
    """`value` as JSON can carry it; secrets that are set become `***`."""
    if isinstance(value, dict):
        return {key: masked(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, name) for inner in value]
    if name.lower().endswith(SECRETS) and value:
        return MASK
    return str(value) if isinstance(value, Path) else value


def router(depot: Depot) -> APIRouter:
    routes = APIRouter(tags=["settings"])

    @routes.get("/api/config", summary="The settings in force; secrets are masked")
    async def get_config() -> Response:
        return answer(masked(asdict(depot.config)))

    return routes
