"""What a link must know of one OCPP version, as tables. `v16.routing` fills them for 1.6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from server.core.core import Core
from server.links.rpc import Problem
from server.model.charger import Charger
from server.model.command import Operation, Reply
from server.model.options import Options

Payload = dict[str, Any]

#: (core, charger, time of receipt in ms, payload) -> the answer's payload as JSON. Raises `RpcError` when the essential
#: fields are not there.
Handler = Callable[[Core, Charger, int, Payload], str]


class Inbound(NamedTuple):
    """How one action of the charger is handled."""

    handle: Handler
    is_valid: Callable[[object], bool]  #: plainly fits the schema
    durable: bool = False  #: answered only after commit: the charger deletes its copy on our answer
    before_accepted: bool = False  #: answered before the charger is accepted (BOOT-02, HB-05)
    once: bool = False  #: must not count twice: a repeat gets the answer of the first (RPC-17)
    begins_anew: bool = False  #: what was answered before it is no repeat of what comes after it
    delay_ms: Callable[[Options], int] | None = None  #: how long the answer waits (TX-24)
    settle_ms: Callable[[Options], int] | None = None  #: how long nothing is asked after the answer (BOOT-04)


class Trigger(NamedTuple):
    """A message that a charger is asked to send."""

    actions: tuple[str, ...]  #: it comes as one of these
    message: str  #: the word it is asked with
    connector_id: int | None  #: None: of any connector


class Outbound(NamedTuple):
    """How one operation travels to the charger, and what its answer means."""

    operation: type[Operation]
    write: Callable[[Any], Payload]
    read: Callable[[Payload], Operation]  #: of a payload that fits the schema; raises `InvalidPayload`
    reply: Callable[[Payload], Reply]
    tell: Callable[[Any], str]  #: a few words for the log line; no secrets
    filled: Mapping[str, Any] = MappingProxyType({})  #: fields that may be left out because the server fills them
    asks: Callable[[Any], Trigger | None] = lambda operation: None  #: the message that the charger sends for it


class Dialect(NamedTuple):
    version: str  #: "1.6"
    inbound: dict[str, Inbound]
    outbound: dict[str, Outbound]  #: by the action's OCPP name
    known_actions: frozenset[str]  #: all of the specification: known but not handled is NotSupported (RPC-09)
    explain: Callable[[str, object], Problem | None]  #: (action, payload) -> the precise error of a CALL (RPC-11)
    normalise: Callable[[str, object], tuple[Payload, tuple[str, ...]]]  #: -> payload made to fit, deviations
    check_answer: Callable[[str, object], tuple[str, ...]]  #: (action, payload of an answer) -> deviations (RPC-19)
    shape: Callable[[Payload, Options], Payload]  #: what we send, as this charger needs it
