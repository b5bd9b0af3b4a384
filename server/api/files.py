"""Files of the drop: diagnostics that chargers have put there, firmware that they are to fetch."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

from fastapi import FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from typing_extensions import TypedDict

from server.api.answer import ApiError, answer, invalid, iso, json_object, only_fields, text_field, unknown
from server.api.drop import shown_name
from server.core.ports import Depot, FileDrop
from server.model.drop_file import DropFile


class FileShape(TypedDict):
    fileId: int
    kind: Annotated[str, Field(description="upload: from a charger; firmware: for chargers")]
    name: str | None
    chargerId: str | None
    commandId: Annotated[int | None, Field(description="that told the charger of it")]
    size: Annotated[int | None, Field(description="bytes; null: it has not come yet")]
    createdAt: str | None
    receivedAt: str | None
    expiresAt: Annotated[str | None, Field(description="it is thrown away then, UTC")]
    url: Annotated[str, Field(description="what a charger is told; whoever has it can use it")]


class FilesShape(TypedDict):
    count: int
    files: list[FileShape]


class AddedShape(FileShape):
    uploadUrl: Annotated[str, Field(description="PUT the file there, from this machine, within an hour")]


BODY = {
    "requestBody": {
        "description": "`name` of a firmware file; the answer says where to PUT its bytes.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


def file_shape(drop: FileDrop, file: DropFile) -> FileShape:
    return {
        "fileId": file.file_id,
        "kind": file.kind.value,
        "name": file.name or None,
        "chargerId": file.charger_id or None,
        "commandId": file.command_id,
        "size": file.size if file.is_received else None,
        "createdAt": iso(file.created_at),
        "receivedAt": iso(file.received_at),
        "expiresAt": iso(file.expires_at),
        "url": drop.url(file),
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    def known(file_id: int) -> DropFile:
        for file in depot.drop.files():
            if file.file_id == file_id:
                return file
        raise unknown(f"file {file_id}")

    @app.get("/api/files", response_model=FilesShape, summary="Files of the drop, newest first")
    async def list_files() -> Response:
        shapes = [file_shape(depot.drop, file) for file in depot.drop.files()]
        return answer({"count": len(shapes), "files": shapes})

    @app.post(
        "/api/files",
        response_model=AddedShape,
        openapi_extra=BODY,
        summary="A place for a firmware file",
        status_code=201,
    )
    async def add_file(request: Request) -> Response:
        body = await json_object(request)
        only_fields(body, ("name",))
        if depot.drop.port == 0:
            raise ApiError(409, "closed", f"the file drop is closed: {depot.drop.why_closed}; see [drop] port")
        if not (name := shown_name(text_field(body, "name"))):
            raise invalid("name", "is missing")
        file = depot.drop.add(name)
        return answer(file_shape(depot.drop, file) | {"uploadUrl": depot.drop.upload_url(file)}, 201)

    @app.get("/api/files/{file_id}/content", summary="The bytes of one file")
    async def get_content(file_id: int) -> Response:
        file = known(file_id)
        path = depot.drop.path(file)
        try:
            found = await asyncio.to_thread(os.stat, path)
        except OSError as error:
            raise ApiError(404, "not_found", f"file {file_id} is not on disk") from error
        name = file.name or f"file-{file.file_id}"
        return FileResponse(path, media_type="application/octet-stream", filename=name, stat_result=found)

    @app.delete("/api/files/{file_id}", status_code=204, summary="Throw one file away")
    async def delete_file(file_id: int) -> Response:
        await depot.drop.remove(known(file_id))
        return Response(status_code=204)
