"""What a link must know of one OCPP version, as tables. `v16.routing` fills them for 1.6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from server.core.core import Core
from server.links.rpc import Problem
from server.model.charger import Charger
from server.model.command import Operation, Reply

Payload = dict[str, Any]

#: (core, charger, time of receipt in ms, payload) -> the answer's payload as JSON. Raises `RpcError` when the essential
#: fields are not there.
Handler = Callable[[Core, Charger, int, Payload], str]


class Inbound(NamedTuple):
    """How one action of the charger is handled."""

    handle: Handler
    is_valid: Callable[[object], bool]  #: plainly fits the schema
    durable: bool = False  #: answered only after commit: the charger deletes its copy on our answer
    lenient: bool = True  #: handled although it does not fit, as long as the essential fields are there
    before_accepted: bool = False  #: answered before the charger is accepted (BOOT-02, HB-05)


class Outbound(NamedTuple):
    """How one operation travels to the charger, and what its answer means."""

    operation: type[Operation]
    write: Callable[[Any], Payload]
    read: Callable[[Payload], Operation]  #: of a payload that fits the schema; raises `InvalidPayload`
    reply: Callable[[Payload], Reply]
    tell: Callable[[Any], str]  #: a few words for the log line; no secrets


class Dialect(NamedTuple):
    version: str  #: "1.6"
    inbound: dict[str, Inbound]
    outbound: dict[str, Outbound]  #: by the action's OCPP name
    known_actions: frozenset[str]  #: all of the specification: known but not handled is NotSupported (RPC-09)
    explain: Callable[[str, object], Problem | None]  #: (action, payload) -> the precise error of a CALL (RPC-11)
    normalise: Callable[[str, object], tuple[Payload, tuple[str, ...]]]  #: -> payload made to fit, deviations
