"""The RPC frames of OCPP-J 1.6: what arrived, and what our answers look like.

Reading never raises: everything a charger can put on the wire becomes one of the four values below (rules RPC-09 to
RPC-22).
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import NamedTuple

import orjson

from server.links import repair

#: Documents read from one frame (RPC-22); what comes after them is kept in the journal only.
MAX_DOCUMENTS = 16
#: Longest frame given to the second, slower and more forgiving reader, in characters.
MAX_FORGIVEN = 65_536
#: Longest message id echoed; the specification allows 36 (RPC-16).
MAX_ECHOED_ID = 255

_AROUND = "\ufeff\x00 \t\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CALL_HEAD = re.compile(r'\s*\[\s*2\s*,\s*(?:"([^"\\]{1,36})"|(-?\d{1,18}))\s*,\s*(?:"(\w{1,50})")?', re.ASCII)


class ErrorCode(StrEnum):
    """CALLERROR codes in their 1.6 spelling (OCPP-J 1.6 table 7 with errata, RPC-10)."""

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL_ERROR = "InternalError"
    PROTOCOL_ERROR = "ProtocolError"
    SECURITY_ERROR = "SecurityError"
    FORMATION_VIOLATION = "FormationViolation"
    PROPERTY_CONSTRAINT = "PropertyConstraintViolation"
    OCCURENCE_CONSTRAINT = "OccurenceConstraintViolation"
    TYPE_CONSTRAINT = "TypeConstraintViolation"
    GENERIC_ERROR = "GenericError"


class Problem(NamedTuple):
    """Why a CALL is refused. `description` is our own sentence: it never holds what the charger sent (RPC-21)."""

    code: ErrorCode
    description: str


class RpcError(Exception):
    """Raised by a handler that cannot find the essential fields; becomes a CALLERROR."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.description)
        self.problem = problem


MessageId = str | int


class Call(NamedTuple):
    """`payload` is an object, except where a charger sent something else; `None` has become `{}` (RPC-14)."""

    message_id: MessageId
    action: str
    payload: object
    deviations: tuple[str, ...] = ()


class CallResult(NamedTuple):
    message_id: MessageId
    payload: object


class CallError(NamedTuple):
    """Also of three or four elements (RPC-18); the code is kept as it came."""

    message_id: MessageId
    code: str
    description: str
    details: object


class Broken(NamedTuple):
    """Not a message. Answered when an id could be read, else only journaled (RPC-12, RPC-13, RPC-15)."""

    message_id: MessageId | None
    action: str
    problem: Problem
    rule: str = "RPC-12"  #: that it breaks


Message = Call | CallResult | CallError | Broken


class Reading(NamedTuple):
    """What was in one frame: its messages, and the deviations it took to read them, as `RULE:detail`."""

    messages: list[Message]
    deviations: tuple[str, ...] = ()


def read(text: str, strict: bool = False) -> Reading:
    """All messages of one frame: usually one; at most `MAX_DOCUMENTS`. Never raises. `strict`: nothing is repaired."""
    documents, repaired = _strictly(text) if strict else _documents(text)
    if not documents:
        return Reading([_salvage(text)], repaired)
    return Reading([_message(document) for document in documents], repaired)


def result(message_id: MessageId, payload: str) -> str:
    """A CALLRESULT; `payload` is JSON already."""
    return f"[3,{_json(message_id)},{payload}]"


def error(message_id: MessageId, problem: Problem) -> str:
    """A CALLERROR with empty details: nothing of the charger's payload goes back (RPC-21)."""
    return f"[4,{_json(message_id)},{_json(problem.code)},{_json(problem.description[:255])},{{}}]"


def call(message_id: str, action: str, payload: dict[str, object]) -> str:
    return f"[2,{_json(message_id)},{_json(action)},{_json(payload)}]"


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _strictly(text: str) -> tuple[list[object], tuple[str, ...]]:
    try:
        return [orjson.loads(text)], ()
    except orjson.JSONDecodeError:
        return [], ()


def _documents(text: str) -> tuple[list[object], tuple[str, ...]]:
    """The JSON documents in a frame, and the deviations it took to read them; no documents: not readable."""
    stripped = text.strip(_AROUND)
    deviations: dict[str, None] = {"RPC-22:around": None} if stripped != text else {}
    found: list[object] = []
    while stripped and len(found) < MAX_DOCUMENTS:
        try:
            found.append(orjson.loads(stripped))
            break
        except orjson.JSONDecodeError:
            document, repairs, end = _forgiving(stripped)
        if end == 0:
            break
        found.append(document)
        deviations |= dict.fromkeys(repairs)
        stripped = stripped[end:].lstrip(_AROUND + ",")
        if stripped:
            deviations["RPC-22:several"] = None
    return found, tuple(deviations)


_decoder = json.JSONDecoder(strict=False)


def _forgiving(text: str) -> tuple[object, tuple[str, ...], int]:
    """First document, what was repaired, and where it ends. End 0: not readable.

    The way through `orjson` leaves only what JSON can hold: no lone surrogates, huge integers or deep nesting.
    """
    if len(text) > MAX_FORGIVEN:
        return None, (), 0
    try:
        document, end = _decoder.raw_decode(text)
        document = orjson.loads(orjson.dumps(document))
    except (ValueError, TypeError, RecursionError):
        return repair.mend(text)
    return document, (repair.CHARACTER,) if _CONTROL.search(text, 0, end) else (), end


def _salvage(text: str) -> Broken:
    """An unreadable frame: perhaps the head of a CALL still tells whom to answer (RPC-12)."""
    problem = Problem(ErrorCode.FORMATION_VIOLATION, "the message is not valid JSON")
    head = _CALL_HEAD.match(text.lstrip("\ufeff\x00"), 0)
    if head is None:
        return Broken(None, "", problem)
    return Broken(head[1] or int(head[2]), head[3] or "", problem)


def _message(document: object) -> Message:
    if not isinstance(document, list) or not document:
        return Broken(None, "", Problem(ErrorCode.FORMATION_VIOLATION, "a message is a JSON array"))
    kind = document[0]
    message_id = _readable_id(document[1]) if len(document) > 1 else None
    if type(kind) is not int or kind not in (2, 3, 4):
        return Broken(None, "", Problem(ErrorCode.PROTOCOL_ERROR, "unknown message type"), "RPC-13")  # ignored
    if message_id is None:
        return Broken(None, "", Problem(ErrorCode.PROTOCOL_ERROR, "the message id is not readable"), "RPC-16")
    if kind == 2:
        return _call(document, message_id)
    if kind == 3:
        return CallResult(message_id, document[2] if len(document) > 2 else None)
    rest = document[2:5] + ["", "", {}][len(document[2:5]) :]
    return CallError(message_id, str(rest[0])[:50], str(rest[1])[:255], rest[2])


def _readable_id(value: object) -> MessageId | None:
    """The id as it is echoed: text or an integer (RPC-16); anything else cannot be matched by its sender."""
    if isinstance(value, str):
        return value if len(value) <= MAX_ECHOED_ID else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    return None


def _call(document: list[object], message_id: MessageId) -> Call | Broken:
    action = document[2] if len(document) > 2 else None
    if not isinstance(action, str):
        return Broken(message_id, "", Problem(ErrorCode.FORMATION_VIOLATION, "the action must be a string"), "RPC-15")
    if len(document) != 4:
        problem = Problem(ErrorCode.FORMATION_VIOLATION, "a CALL has four elements: 2, id, action, payload")
        return Broken(message_id, action[:50], problem, "RPC-15")
    odd_id = not isinstance(message_id, str) or not 0 < len(message_id) <= 36
    deviations = ("RPC-16:message id",) if odd_id else ()
    payload = document[3]
    if payload is None:
        return Call(message_id, action, {}, (*deviations, "RPC-14:payload"))
    return Call(message_id, action, payload, deviations)
