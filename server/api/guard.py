"""What every request must pass before the application sees it (threats T14, T15).

On TCP: a loopback name as Host (DNS rebinding) and the bearer token. Everywhere: no browser origin, JSON bodies only,
64 kB at most, and no error leaves as anything but `{"error": ..., "message": ...}`.
"""

from __future__ import annotations

import asyncio
import hmac
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.answer import INTERNAL, ApiError

log = logging.getLogger("ocpp_console.api")

MAX_BODY = 64 * 1024
BODY_S = 10.0  #: until a body must be there
#: No token needed: what a load balancer asks, and the description of the API, which holds nothing of the depot.
PUBLIC = frozenset({"/health", "/api/health", "/livez", "/docs", "/openapi.json"})
LOOPBACK = frozenset({b"127.0.0.1", b"localhost", b"[::1]"})
STOPPING = ApiError(503, "stopping", "the server stops; ask again when it is back")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Guard:
    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            headers = dict(reversed(scope["headers"]))  # of a repeated one the first counts
            self._check(scope, headers)
            if scope["method"] in WITH_BODY or b"content-length" in headers:
                receive = _replay(await _body(headers, receive), receive)
            await self._app(scope, receive, watched)
        except ApiError as e:
            await e.response()(scope, receive, send)
        except asyncio.CancelledError:  # nobody but `Web.close` cancels a request
            if not started:
                await STOPPING.response()(scope, receive, send)
        except Exception:  # one request fails, not the connection; the application has answered 500 if it could
            log.exception("%s %r failed", scope["method"], scope["path"])
            if not started:
                await INTERNAL.response()(scope, receive, send)

    def _check(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        is_tcp = scope["state"]["connection"].peer is None
        if is_tcp and _host_name(headers.get(b"host", b"")) not in LOOPBACK:
            raise ApiError(403, "forbidden", "the Host header does not name this machine")
        if b"origin" in headers:
            raise ApiError(403, "forbidden", "requests from web pages are refused")
        if is_tcp and scope["path"] not in PUBLIC and not self._knows(headers.get(b"authorization", b"")):
            raise ApiError(401, "unauthorized", "send the header 'Authorization: Bearer TOKEN'")
        if scope["method"] in WITH_BODY:
            kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            if kind != b"application/json":
                raise ApiError(415, "unsupported_media_type", "send the header 'Content-Type: application/json'")

    def _knows(self, authorization: bytes) -> bool:
        scheme, _, token = authorization.partition(b" ")
        is_right = hmac.compare_digest(token.strip(), self._token)  # always compared: time tells nothing
        return is_right and scheme.lower() == b"bearer" and bool(self._token)


def _host_name(host: bytes) -> bytes:
    """Host without its port, lower case."""
    if host.startswith(b"["):
        return host[: host.find(b"]") + 1].lower()
    return host.partition(b":")[0].lower()


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """The whole body: 413 beyond `MAX_BODY`, 408 when it does not come."""
    told = headers.get(b"content-length", b"0")
    too_large = ApiError(413, "too_large", f"the body is larger than {MAX_BODY // 1024} kB")
    if not told.isdigit() or int(told[:20]) > MAX_BODY:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise too_large
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError as e:
        raise ApiError(408, "timeout", "the body did not come in time") from e


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` once, then whatever comes."""
    is_given = False

    async def replayed() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
