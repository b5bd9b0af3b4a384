"""The description of the API: OpenAPI for tools, one plain page for people. No scripts, nothing from elsewhere."""

from __future__ import annotations

import asyncio
from functools import cache
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

from server.api.answer import answer

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} API</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em }}
code, h2 {{ font-family: ui-monospace, monospace }} h2 {{ font-size: 1em; margin: 2em 0 0; border-top: 1px solid #ccc }}
td {{ padding: 0 1.5em 0 0; vertical-align: top }} b {{ display: inline-block; min-width: 4.5em }}
</style><h1>{title} API</h1><p>{about}</p><p>For tools: <a href="openapi.json">openapi.json</a></p>{calls}</html>"""


def add_routes(app: FastAPI) -> None:
    page = cache(lambda: render(app.openapi()))

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> Response:
        return answer(await asyncio.to_thread(app.openapi))  # 50 ms the first time

    @app.get("/docs", include_in_schema=False)
    async def get_docs() -> Response:
        policy = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(await asyncio.to_thread(page), headers=policy)


def render(schema: dict[str, Any]) -> str:
    """One page out of an OpenAPI document: every call with its parameters and the fields of its answer."""
    calls = [
        _call(schema, path, method, call)
        for path, methods in schema["paths"].items()
        for method, call in methods.items()
    ]
    info = schema["info"]
    return PAGE.format(title=escape(info["title"]), about=escape(info["description"]), calls="".join(calls))


def _call(schema: dict[str, Any], path: str, method: str, call: dict[str, Any]) -> str:
    parts = [f"<h2><b>{method.upper()}</b>{escape(path)}</h2><p>{escape(call.get('summary', ''))}</p>"]
    parameters = [
        (f"?{p['name']}=", p.get("description", "")) for p in call.get("parameters", ()) if p["in"] == "query"
    ]
    if (body := call.get("requestBody")) is not None:
        parameters.append(("body", body["description"]))
    parts.append(_table(parameters))
    shape = call["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if shape:
        parts.append(_table(_fields(schema, shape, "")))
    return "".join(parts)


def _fields(schema: dict[str, Any], shape: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    """(name, description) of every field, nested ones behind the name of their parent."""
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    rows: list[tuple[str, str]] = []
    for name, field in shape.get("properties", {}).items():
        rows.append((prefix + name, field.get("description", "")))
        inner = field.get("items", field)
        rows += _fields(schema, inner, f"{prefix}{name}{'[]' if 'items' in field else ''}.")
    return rows


def _table(rows: list[tuple[str, str]]) -> str:
    lines = (f"<tr><td><code>{escape(name)}</code></td><td>{escape(about)}</td></tr>" for name, about in rows)
    return f"<table>{''.join(lines)}</table>" if rows else ""
