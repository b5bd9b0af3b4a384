"""`ocpp-console files`: firmware for chargers, and the diagnostics that they have sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import httpx

from console.oneshot import get
from console.oneshot.client import DONE, FAILED, UNREACHABLE, USAGE, Client, Server, Trouble, say, told
from console.present.safe import safe

PIECE = 1 << 20
IDLE_S = 60.0  #: the server may take so long over one piece


def list_all(server: Server, output: str = "table") -> int:
    return get.run("files", server, output)


def add(server: Server, path: Path) -> int:
    """Put a firmware file where chargers can fetch it, and say by which URL."""

    def work() -> int:
        try:
            with path.open("rb") as file, Client(server) as client:
                place = client.post("files", body={"name": path.name})
                try:
                    _put(str(place["uploadUrl"]), file)
                except BaseException:
                    client.delete("files", str(place["fileId"]))
                    raise
        except OSError as e:
            raise Trouble(f"{path} cannot be read: {e.strerror}", USAGE) from e
        say(safe(f"{place['fileId']}: {place['name']}, for chargers at {place['url']}", 1000) + "\n")
        return DONE

    return told(work)


def save(server: Server, file_id: int, path: Path) -> int:
    """Copy a file of the drop, such as the diagnostics of a charger, to `path`, which must not exist yet."""

    def work() -> int:
        with Client(server) as client:
            try:
                size = client.download("files", str(file_id), "content", to=path)
            except OSError as e:
                raise Trouble(f"{path} cannot be written: {e.strerror}", USAGE) from e
        say(safe(f"{path}: {size} bytes") + "\n")
        return DONE

    return told(work)


def remove(server: Server, file_id: int) -> int:
    """Throw a file of the drop away; its URL is void from then on."""

    def work() -> int:
        with Client(server) as client:
            client.delete("files", str(file_id))
        say(f"{file_id}: removed\n")
        return DONE

    return told(work)


def _put(url: str, file: BinaryIO) -> None:
    try:
        answer = httpx.put(url, content=_pieces(file), timeout=IDLE_S, trust_env=False)
    except httpx.HTTPError as e:
        raise Trouble(f"the file drop does not take it: {e}", UNREACHABLE) from e
    if not answer.is_success:
        raise Trouble(f"the file drop does not take it: {answer.text.strip()}", FAILED)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
