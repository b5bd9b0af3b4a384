"""The HTTP application: one small file a resource, errors in one shape (design, section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.api import (
    access,
    chargers,
    connections,
    docs,
    faults,
    files,
    frames,
    health,
    jobs,
    metrics,
    operations,
    peculiarities,
    profiles,
    reservations,
    security,
    settings,
    tags,
    transactions,
)
from server.api.answer import INTERNAL, ApiError, invalid
from server.core.ports import CannotStart, Depot

ABOUT = """\
Everything the console shows and does, for programs. Times are UTC in ISO 8601 with `Z`; `null` means not known, not
given or not yet. On the unix socket the login of the caller counts; on TCP send `Authorization: Bearer TOKEN`.
"""


def build_app(depot: Depot, exposition: Callable[[Depot], bytes] | None) -> FastAPI:
    """The application over `depot`. Touches none of its live state, so it may be built in a thread.

    Routes stand directly on the application: an included router would be built again at the first request, on the loop.
    """
    app = FastAPI(
        title="ocpp-console",
        description=ABOUT,
        openapi_url=None,  # both are served by `docs`, without scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for resource in (
        health,
        access,
        chargers,
        connections,
        transactions,
        faults,
        frames,
        operations,
        tags,
        settings,
        jobs,
        peculiarities,
        profiles,
        reservations,
        security,
        files,
    ):
        resource.add_routes(app, depot)
    if exposition is not None:
        metrics.add_routes(app, depot, exposition)
    docs.add_routes(app)
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_exception_handler(CannotStart, _no_store)
    app.add_exception_handler(Exception, _failed)
    return app


async def _failed(request: Request, error: Exception) -> Response:
    """Our own mistake; the guard logs it."""
    return INTERNAL.response()


async def _no_store(request: Request, error: Exception) -> Response:
    """The disk says no, or it took too long: what the store raises is a `CannotStart`, and its text a sentence."""
    return ApiError(503, "store", str(error)).response()


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _http_error(request: Request, error: Exception) -> Response:
    """Routing says 404 and 405."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return ApiError(404, "not_found", f"there is nothing at {request.url.path}; see /docs").response()
    if error.status_code == 405:
        told = ApiError(405, "method_not_allowed", f"{request.method} is not possible here; see /docs").response()
        told.headers.update(error.headers or {})
        return told
    return ApiError(error.status_code, "refused", str(error.detail)).response()


async def _invalid_parameter(request: Request, error: Exception) -> Response:
    """A path or query parameter that does not fit: 400 that names it."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return invalid(str(first["loc"][-1]), _in_words(first)).response()


def _in_words(error: Mapping[str, Any]) -> str:
    """What a parameter must be, whatever library found out that it is not."""
    bounds = error.get("ctx", {})
    match error["type"]:
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return "must be a whole number"
        case "float_parsing" | "float_type" | "finite_number":
            return "must be a number"
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case "greater_than_equal":
            return f"must be {bounds['ge']} or more"
        case "less_than_equal":
            return f"must be {bounds['le']} or less"
        case "missing":
            return "is missing"
    return "does not fit"
