"""HTTP of the file drop: `PUT` and `POST` into a place, `GET` out of it. Import this in a thread: it pulls uvicorn."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from server.api.drop import Drop, shown_name
from server.api.drop_disk import BadForm, FormFile, Incoming, TooLarge
from server.api.http import Http
from server.model.drop_file import DropFile, FileKind
from server.model.log import Level

IDLE_S = 30.0  #: an upload that brings nothing for so long is given up
WHOLE_S = 6 * 3_600.0  #: for one file, over the slowest of lines
BATCH = 256 * 1024  #: bytes handed to the disk at once
FORM_ROOM = 64 * 1024  #: what a form may have around its file
MAX_UPLOADS = 8  #: at once


class Refusal(Exception):
    """An answer that is no success; `told` goes to the log as well."""

    def __init__(self, status: int, sentence: str, told: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.told = told


NOT_HERE = Refusal(404, "There is nothing here.")
STOPPING = Refusal(503, "The server stops. Try again later.")


def drop_http(drop: Drop) -> Http:
    return Http(DropApp(drop))


class DropApp:
    def __init__(self, drop: Drop) -> None:
        self._drop = drop
        self._uploading: set[int] = set()  #: file ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        file: DropFile | None = None
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        async def refuse(refusal: Refusal) -> None:
            if not has_begun:
                await _refused(refusal)(scope, receive, send)

        try:
            file, tail = self._place(request)
            async with asyncio.timeout(WHOLE_S):
                if request.method in ("PUT", "POST"):
                    answer = await self._receive(request, file, tail)
                else:
                    answer = await self._give(file)
                await answer(scope, receive, watched)
        except ClientDisconnect:
            self._drop.tell(Level.WARNING, "the upload was broken off", file)
        except TimeoutError:
            await refuse(Refusal(408, "It took too long."))
        except asyncio.CancelledError:  # the server stops
            await refuse(STOPPING)
        except Refusal as refusal:
            if refusal.told:
                self._drop.tell(Level.WARNING, refusal.told, file)
            await refuse(refusal)

    def _place(self, request: Request) -> tuple[DropFile, str]:
        """The place and what stands behind its token; `Refusal` unless the method goes with it."""
        if request.method not in ("GET", "HEAD", "PUT", "POST"):
            raise Refusal(405, "Here is only GET, PUT and POST.")
        root, _, rest = request.url.path.lstrip("/").partition("/")
        token, _, tail = rest.partition("/")
        file = self._drop.find(token) if root == "drop" else None
        is_upload = request.method in ("PUT", "POST")
        is_ours = file is not None and file.kind is FileKind.FIRMWARE and file.is_received
        if file is None or (is_upload and is_ours) or (not is_upload and not is_ours):
            self._drop.tell_stranger(request.client.host if request.client else "somebody")
            raise NOT_HERE
        return file, tail

    async def _give(self, file: DropFile) -> Response:
        path = self._drop.path(file)
        try:
            found = await asyncio.to_thread(os.stat, path)
        except OSError as error:
            self._drop.tell(Level.ERROR, f"cannot be read: {error.strerror}", file)
            raise NOT_HERE from error
        self._drop.tell(Level.INFO, "fetched", file)
        return FileResponse(
            path,
            headers={"x-content-type-options": "nosniff"},
            media_type="application/octet-stream",
            filename=file.name or "file",
            stat_result=found,
        )

    async def _receive(self, request: Request, file: DropFile, tail: str) -> Response:
        most = self._drop.settings.max_bytes
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > most + FORM_ROOM:
            raise self._too_large()
        if file.file_id in self._uploading:
            raise Refusal(409, "This is being uploaded already.")
        if len(self._uploading) >= MAX_UPLOADS:
            raise Refusal(503, "Too many uploads at once. Try again later.", "too many uploads at once")
        self._uploading.add(file.file_id)
        try:
            name, size = await self._store(request, file, most)
        finally:
            self._uploading.discard(file.file_id)
        if not await self._drop.received(file, shown_name(name or tail), size):
            raise Refusal(503, "The disk does not take it now. Try again later.")
        return PlainTextResponse("stored\n")

    async def _store(self, request: Request, file: DropFile, most: int) -> tuple[str, int]:
        """(name as the form has it, size in bytes), once it is safe on disk."""
        incoming = Incoming(self._drop.path(file), most)
        content_type = request.headers.get("content-type", "")
        is_whole = False
        try:
            form = FormFile(content_type, incoming.write) if _is_form(content_type) else None
            await asyncio.to_thread(incoming.open)
            await self._pump(request, form.write if form is not None else incoming.write)
            if form is not None:
                form.finish()
            size = await asyncio.to_thread(incoming.finish)
            is_whole = True
        except TooLarge as error:
            raise self._too_large() from error
        except BadForm as error:
            raise Refusal(400, f"This is no form with a file: {error}.", f"upload refused: {error}") from error
        except OSError as error:
            self._drop.tell(Level.ERROR, f"cannot be stored: {error.strerror}", file)
            status = 507 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 503
            raise Refusal(status, "The disk does not take it now. Try again later.") from error
        finally:
            if not is_whole:
                await asyncio.shield(asyncio.to_thread(incoming.discard))
        return (form.name if form is not None else ""), size

    async def _pump(self, request: Request, write: Callable[[bytes], None]) -> None:
        """Bring the body to `write`, off the loop; a sender that is slower than a trickle is cut."""
        chunks = aiter(request.stream())
        waiting = bytearray()
        room = self._drop.settings.max_bytes + FORM_ROOM
        while True:
            try:
                async with asyncio.timeout(IDLE_S):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                raise Refusal(408, "Nothing came for too long.", "the upload stood still: given up") from error
            waiting += chunk or b""
            if chunk is None or len(waiting) >= BATCH:
                room -= len(waiting)
                if room < 0:
                    raise TooLarge
                await asyncio.to_thread(write, bytes(waiting))
                waiting.clear()
            if chunk is None:
                return

    def _too_large(self) -> Refusal:
        most = self._drop.settings.max_bytes
        return Refusal(413, f"Larger than the {most} bytes that a file may have.", f"upload larger than {most} bytes")


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


def _refused(refusal: Refusal) -> Response:
    """The connection ends with it: what is left of a body is of no use."""
    return PlainTextResponse(f"{refusal}\n", refusal.status, headers={"connection": "close"})
