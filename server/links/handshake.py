"""Who wants in, and how: identity from the path, version from the subprotocol, sentences for whoever is refused.

Pure functions over the HTTP request (rules WS-01 to WS-13, WS-21).
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_subprotocol
from websockets.http11 import Request

MAX_IDENTITY = 48
#: Spellings of the supported version, in lower case (WS-06).
SUPPORTED = frozenset({"ocpp1.6", "ocpp1.6j"})


class Refusal(Exception):
    """The handshake is answered with `status` and one sentence that says what to change at the charger."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Admission(NamedTuple):
    identity: str
    subprotocol: str | None  #: in the charger's own spelling, sent back; None: it offered none (WS-05)


def admit(request: Request) -> Admission:
    """Read a handshake request; `Refusal` when it cannot be served."""
    if not _wants_websocket(request.headers):
        raise Refusal(
            HTTPStatus.UPGRADE_REQUIRED,
            "This is the OCPP port: chargers connect here by WebSocket, ws://HOST:PORT/CHARGER-ID.",
        )
    return Admission(identity_of(request.path), choose_subprotocol(_offers(request.headers)))


def complete(headers: Headers) -> None:
    """Add the `Connection: Upgrade` that some chargers forget (WS-21)."""
    if not any("upgrade" in value.lower() for value in headers.get_all("Connection")):
        headers["Connection"] = "Upgrade"  # one value more, the others stay


def identity_of(target: str) -> str:
    """The last path segment, percent-decoded; prefix, trailing slashes, query, fragment and host do not count."""
    path = target.partition("?")[0].partition("#")[0]
    if not path.startswith("/"):
        path = path.partition("://")[2].partition("/")[2]  # WS-11: ws://host:port/path
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        raise Refusal(HTTPStatus.NOT_FOUND, "The URL ends without a charger id: use ws://HOST:PORT/CHARGER-ID.")
    try:
        identity = unquote_to_bytes(segments[-1]).decode()
    except UnicodeDecodeError:
        raise Refusal(HTTPStatus.NOT_FOUND, "The charger id in the URL is not valid percent-encoded UTF-8.") from None
    if not identity.strip() or len(identity) > MAX_IDENTITY:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"A charger id has 1 to {MAX_IDENTITY} characters.")
    if ":" in identity or not identity.isprintable():
        raise Refusal(HTTPStatus.BAD_REQUEST, "A charger id holds neither ':' nor control characters.")
    return identity


def choose_subprotocol(offers: Sequence[str]) -> str | None:
    """The first offer that we speak: the charger's order counts (WS-04). None when it offered nothing (WS-05)."""
    if not offers:
        return None
    for offer in offers:
        if offer.strip().lower() in SUPPORTED:
            return offer
    told = ", ".join(offers)[:80]
    raise Refusal(
        HTTPStatus.BAD_REQUEST, f"This server speaks ocpp1.6; the charger offers only {told!r}: set it to OCPP 1.6J."
    )


def _offers(headers: Headers) -> list[str]:
    offers: list[str] = []
    for value in headers.get_all("Sec-WebSocket-Protocol"):
        try:
            offers += parse_subprotocol(value)
        except InvalidHeader:
            offers += [offer.strip() for offer in value.split(",") if offer.strip()]
    return offers


def _wants_websocket(headers: Headers) -> bool:
    return any("websocket" in value.lower() for value in headers.get_all("Upgrade"))
