"""What a quirk is: a name, its source, and what it changes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.quirks.habit import Habit, Hands


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """How it knocks at the door."""

    subprotocols: tuple[str, ...] | None = ("ocpp1.6",)  #: None: the header is missing
    target: str = "{path}"  #: what stands behind GET, made of `{path}`, `{host}` and `{id}`
    connection: str | None = "Upgrade"  #: None: the header is missing
    lower_case: bool = False  #: names of headers
    probes: bool = False  #: connects and leaves once before each connection that counts
    tls: Callable[[ssl.SSLContext | None], ssl.SSLContext] | None = None  #: for wss://, made of the usual one


PLAIN = Handshake()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One way in which a charge point differs from what OCPP wants. Many of them can be had at once."""

    name: str
    does: str  #: one line for people
    source: str = ""  #: Qnn when a product is known for it
    handshake: Handshake | None = None
    plate: Mapping[str, str] = field(default_factory=dict)  #: fields of `Nameplate`
    traits: Mapping[str, Any] = field(default_factory=dict)  #: fields of `Traits`
    configuration: Mapping[str, str] = field(default_factory=dict)  #: values it leaves the factory with
    message_id: Callable[[int, str], str] | None = None  #: id on the wire, of the count of calls and its own id
    habits: tuple[Callable[[Hands], Habit], ...] = ()
