"""The HTTP API of a running server, as the one-shot commands use it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from console.present.safe import safe

DONE, FAILED, USAGE, UNREACHABLE = 0, 1, 2, 69
TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """Which server to ask: the unix socket, or `api` (http://127.0.0.1:PORT) with its `token` when it is given."""

    socket: Path
    api: str = ""
    token: str = ""

    @property
    def name(self) -> str:
        return self.api or str(self.socket)


class Trouble(Exception):
    """Why a command ends without its result: one sentence for a person, and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


class Refused(Trouble):
    """The server said no. `status` is the HTTP status, `body` what it told."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        mistyped = status == 400 or body.get("field") == "operation"
        super().__init__(str(body.get("message", f"the server answered {status}")), USAGE if mistyped else FAILED)
        self.status = status
        self.body = body


class Client:
    """`with Client(server) as client`: answers are the JSON objects of the API, everything else is a `Trouble`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        try:
            if server.api:
                headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
                self._http = httpx.Client(base_url=server.api, headers=headers, trust_env=False)
            else:
                transport = httpx.HTTPTransport(uds=str(server.socket))
                self._http = httpx.Client(transport=transport, base_url="http://localhost", trust_env=False)
        except (httpx.InvalidURL, ValueError) as e:
            raise Trouble(f"{server.api!r} is no address: write --api http://127.0.0.1:PORT", USAGE) from e

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def get(self, *path: str, **query: object) -> dict[str, Any]:
        return self._ask("GET", path, query)

    def post(self, *path: str, body: dict[str, Any], wait: float | None = None) -> dict[str, Any]:
        query = {} if wait is None else {"wait": wait}
        return self._ask("POST", path, query, body, TIMEOUT_S + (wait or 0))

    def put(self, *path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask("PUT", path, {}, body)

    def delete(self, *path: str) -> None:
        self._ask("DELETE", path, {})

    def download(self, *path: str, to: Path) -> int:
        """Write what is at `path` into a new file; its size in bytes. `OSError` when the file cannot be written."""
        url = "/api/" + "/".join(_segment(part) for part in path)
        try:
            with self._http.stream("GET", url, timeout=TIMEOUT_S) as answer:
                if not answer.is_success:
                    answer.read()
                    self._read(answer)
                with to.open("xb") as file:
                    for piece in answer.iter_raw():
                        file.write(piece)
                    return file.tell()
        except httpx.TransportError as e:
            raise Trouble(_unreachable(self._server, e), UNREACHABLE) from e

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        query: dict[str, Any],
        body: dict[str, Any] | None = None,
        timeout: float = TIMEOUT_S,
    ) -> dict[str, Any]:
        asked = {name: value for name, value in query.items() if value not in ("", None)}
        try:
            url = "/api/" + "/".join(_segment(part) for part in path)
            request = self._http.build_request(method, url, params=asked, json=body, timeout=timeout)
        except (httpx.InvalidURL, ValueError) as e:  # text that is no UTF-8, numbers that JSON has not
            raise Trouble(f"this cannot be sent: {e}", USAGE) from e
        try:
            answer = self._http.send(request)
        except httpx.TimeoutException as e:
            raise Trouble(f"the server on {self._server.name} does not answer", UNREACHABLE) from e
        except httpx.UnsupportedProtocol as e:
            raise Trouble(f"{self._server.api!r} is no address: write --api http://127.0.0.1:PORT", USAGE) from e
        except httpx.TransportError as e:
            raise Trouble(_unreachable(self._server, e), UNREACHABLE) from e
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code == 204:
            return {}
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Trouble(f"what answers on {self._server.name} is no ocpp-console server", UNREACHABLE)
        if answer.status_code == 401:
            raise Trouble("the server wants its token: give it with --token or OCPP_CONSOLE_API_TOKEN")
        if not answer.is_success:
            raise Refused(answer.status_code, body)
        return body


def _segment(text: str) -> str:
    """One segment of a path, whatever the text is: dots alone would be a step up."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def _unreachable(server: Server, error: Exception) -> str:
    """One sentence that says what to do."""
    if not server.api and _errno_of(error) in (errno.EACCES, errno.EPERM):
        return f"you may not use {server.name}: ask to be put into the group that owns it"
    if not isinstance(error, httpx.ConnectError):
        return f"the server on {server.name} closed the connection; try again"
    return f"no server answers on {server.name}: start one with `ocpp-console serve`"


def _errno_of(error: BaseException | None) -> int | None:
    while error is not None:
        if isinstance(error, OSError) and error.errno is not None:
            return error.errno
        error = error.__cause__ or error.__context__
    return None


def say(text: str) -> None:
    """Write to stdout at once; what its encoding does not have becomes `?`."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def told(work: Callable[[], int]) -> int:
    """Run a command and tell its trouble on stderr; the exit code."""
    try:
        return work()
    except Trouble as trouble:
        sys.stderr.write(f"ocpp-console: {safe(trouble, 1000)}\n")
        return trouble.code
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
