"""The settings that are in force, without their secrets (T15)."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import answer
from server.config import effective
from server.core.ports import Depot


class SettingShape(TypedDict):
    key: Annotated[str, Field(description="section.name, as in the TOML file")]
    value: Annotated[str, Field(description="as text; secrets are masked")]
    source: Annotated[str, Field(description="default, a file, an environment variable or an option")]


class SettingsShape(TypedDict):
    count: int
    settings: list[SettingShape]


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/config", response_model=SettingsShape, summary="The settings in force and where each comes from")
    async def get_config() -> Response:
        shapes: list[SettingShape] = [
            {"key": row.key, "value": row.value, "source": row.source} for row in effective(depot.config)
        ]
        return answer({"count": len(shapes), "settings": shapes})
