"""Files over HTTP: firmware comes, diagnostics go. Nothing here blocks the loop."""

from __future__ import annotations

import asyncio
import importlib
import ssl
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MAX_FIRMWARE = 64 * 1024 * 1024  #: bytes
_TIMEOUT_S = 30.0


class TransferFailed(Exception):
    """The file did not come or go; the text says why."""


async def load(module: str) -> ModuleType:
    """Import what is large in a thread: few charge points ever need it, and the loop is not held up."""
    return await asyncio.to_thread(importlib.import_module, module)


async def download(url: str, tls: ssl.SSLContext | None) -> bytes:
    """The file at `url`. `TransferFailed` when it cannot be had."""
    httpx, verify = await _client_for(url, tls)
    content = bytearray()
    try:
        async with (
            httpx.AsyncClient(verify=verify, timeout=_TIMEOUT_S, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != 200:
                raise TransferFailed(f"{answer.status_code} {answer.reason_phrase}")
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MAX_FIRMWARE:
                    raise TransferFailed("the file is too large")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise TransferFailed(str(error) or type(error).__name__) from None
    return bytes(content)


async def upload(url: str, name: str, content: bytes, tls: ssl.SSLContext | None) -> None:
    """Put a file at `url`, into it when it ends with a slash; with POST where PUT is not allowed."""
    httpx, verify = await _client_for(url, tls)
    target = _place(url, name)
    headers = {"content-type": "application/octet-stream"}
    try:
        async with httpx.AsyncClient(verify=verify, timeout=_TIMEOUT_S, trust_env=False) as client:
            answer = await client.put(target, content=content, headers=headers)
            if answer.status_code in (405, 501):
                answer = await client.post(target, content=content, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise TransferFailed(str(error) or type(error).__name__) from None
    if not answer.is_success:
        raise TransferFailed(f"{answer.status_code} {answer.reason_phrase}")


async def _client_for(url: str, tls: ssl.SSLContext | None) -> tuple[Any, ssl.SSLContext | bool]:
    """httpx, and what it shall trust: building that takes a while, and plain HTTP needs none."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError as error:
        raise TransferFailed(str(error)) from None
    if scheme not in ("http", "https"):
        raise TransferFailed(f"{scheme or 'an address without a protocol'} is not spoken here")
    if scheme == "https" and tls is None:
        tls = await asyncio.to_thread(ssl.create_default_context)
    await load("httpcore")  # the first client would import it
    return await load("httpx"), tls or False


def _place(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path + name)) if parts.path.endswith("/") else url
