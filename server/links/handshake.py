"""Who wants in, and how: identity from the path, version from the subprotocol, sentences for whoever is refused.

Pure functions over the HTTP request (rules WS-01 to WS-13, WS-21).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_subprotocol
from websockets.http11 import Request, Response

from server.model.connection import Cause
from server.model.options import Options

MAX_IDENTITY = 48
#: Spellings of the supported version, in lower case (WS-06).
SUPPORTED = frozenset({"ocpp1.6", "ocpp1.6j"})


class Refusal(Exception):
    """The handshake is answered with `status` and one sentence; `detail` is for us alone, not for who dialled."""

    def __init__(self, status: HTTPStatus, sentence: str, cause: Cause, detail: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.cause = cause
        self.detail = detail or sentence


class Admission(NamedTuple):
    identity: str
    subprotocol: str | None  #: in the charger's own spelling, sent back; None: it offered none (WS-05)
    deviations: tuple[str, ...] = ()  #: rules that were broken, as `RULE:detail`
    oddities: tuple[str, ...] = ()  #: what was tolerated: what the charger should do instead, a sentence part each
    profile: int = 0  #: OCPP security profile that was reached
    proven: int = 0  #: as much of it as needs no boot to confirm it
    certificate_name: str = ""  #: CN of its client certificate that is not its id: its boot must confirm it (SEC-11)


def admit(request: Request, options_of: Callable[[str], Options], user: bytes = b"") -> Admission:
    """Read a handshake request, and complete what some chargers forget; `Refusal` when it cannot be served.

    `user` is the name it logs in with: its id, where the URL ends without one (Q03).
    """
    headers = request.headers
    if not _names("Upgrade", "websocket", headers):
        means_websocket = "Sec-WebSocket-Key" in headers or "Sec-WebSocket-Protocol" in headers
        raise Refusal(
            HTTPStatus.UPGRADE_REQUIRED,
            "This is the OCPP port: chargers connect here by WebSocket, ws://HOST:PORT/CHARGER-ID.",
            Cause.NO_UPGRADE if means_websocket else Cause.PLAIN_HTTP,
            "the header 'Upgrade: websocket' is missing" if means_websocket else "plain HTTP, as a browser sends it",
        )
    told: dict[str, str] = {}  #: rule and detail -> what the charger should do instead
    identity = _identity(request.path, user, told)
    subprotocol = _subprotocol(_offers(headers), options_of(identity), told)
    if not _names("Connection", "upgrade", headers):
        headers["Connection"] = "Upgrade"  # WS-21: one value more, the others stay
        told["WS-21:no Connection header"] = "the charger, or a proxy, should send the header 'Connection: Upgrade'"
    return Admission(identity, subprotocol, tuple(told), tuple(told.values()))


def _identity(target: str, user: bytes, told: dict[str, str]) -> str:
    try:
        return identity_of(target)
    except Refusal as refusal:
        if refusal.cause is not Cause.NO_ID or not user:
            raise
    told["WS-10:no id in the URL"] = "the charger should end its URL with its id"
    return identity_of("/" + quote(user, safe=""))


def _subprotocol(offers: Sequence[str], options: Options, told: dict[str, str]) -> str | None:
    """The offer that is answered, and what is odd about it."""
    if options.pin_version and offers:
        chosen: str | None = _first_supported(offers)
        if chosen is None:  # the operator knows better than the charger what it speaks
            told["WS-04:another version offered"] = f"the charger should offer ocpp{options.pin_version}"
            return offers[0]
    chosen = choose_subprotocol(offers)
    if chosen is not None and chosen != "ocpp1.6":
        told["WS-06:spelling"] = "the charger should write the subprotocol as ocpp1.6"
    elif chosen is None:
        told["WS-05:no subprotocol"] = "the charger should offer the subprotocol ocpp1.6"
    if options.strict and chosen != "ocpp1.6":
        sentence = "This server speaks ocpp1.6, and this charger is held to the letter: offer exactly that."
        raise Refusal(HTTPStatus.BAD_REQUEST, sentence, Cause.SUBPROTOCOL, "strict: not exactly ocpp1.6")
    return chosen


def answer_to(connection: ServerConnection, refusal: Refusal) -> Response:
    response = connection.respond(refusal.status, refusal.sentence.rstrip() + "\n")
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
    elif refusal.status is HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response


def id_in(request: Request | None) -> str:
    """The charger id of a request that was refused, as far as it can be read."""
    try:
        return identity_of(request.path) if request is not None else ""
    except Refusal:
        return ""


def identity_of(target: str) -> str:
    """The last path segment, percent-decoded; prefix, trailing slashes, query, fragment and host do not count."""
    path = target.partition("?")[0].partition("#")[0]
    if not path.startswith("/"):
        path = path.partition("://")[2].partition("/")[2]  # WS-11: ws://host:port/path
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        told = "The URL ends without a charger id: use ws://HOST:PORT/CHARGER-ID."
        raise Refusal(HTTPStatus.NOT_FOUND, told, Cause.NO_ID)
    try:
        identity = unquote_to_bytes(segments[-1]).decode()
    except UnicodeDecodeError:
        told = "The charger id in the URL is not valid percent-encoded UTF-8."
        raise _bad_id(HTTPStatus.NOT_FOUND, told, segments[-1]) from None
    if not identity.strip() or len(identity) > MAX_IDENTITY:
        raise _bad_id(HTTPStatus.BAD_REQUEST, f"A charger id has 1 to {MAX_IDENTITY} characters.", identity)
    if ":" in identity or not identity.isprintable():
        raise _bad_id(HTTPStatus.BAD_REQUEST, "A charger id holds neither ':' nor control characters.", identity)
    return identity


def _bad_id(status: HTTPStatus, sentence: str, identity: str) -> Refusal:
    return Refusal(status, sentence, Cause.BAD_ID, f"{sentence} This one is {identity[:80]!a}")


def choose_subprotocol(offers: Sequence[str]) -> str | None:
    """The first offer that we speak: the charger's order counts (WS-04). None when it offered nothing (WS-05)."""
    if not offers:
        return None
    chosen = _first_supported(offers)
    if chosen is not None:
        return chosen
    told = ", ".join(offers)[:80]
    raise Refusal(
        HTTPStatus.BAD_REQUEST,
        f"This server speaks ocpp1.6; the charger offers only {told!r}: set it to OCPP 1.6J.",
        Cause.SUBPROTOCOL,
        f"it offers only {told!r}",
    )


def _first_supported(offers: Sequence[str]) -> str | None:
    return next((offer for offer in offers if offer.strip().lower() in SUPPORTED), None)


def _offers(headers: Headers) -> list[str]:
    offers: list[str] = []
    for value in headers.get_all("Sec-WebSocket-Protocol"):
        try:
            offers += parse_subprotocol(value)
        except InvalidHeader:
            offers += [offer.strip() for offer in value.split(",") if offer.strip()]
    return offers


def _names(header: str, word: str, headers: Headers) -> bool:
    return any(word in value.lower() for value in headers.get_all(header))
