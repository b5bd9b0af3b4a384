"""What was asked for on the command line, checked. Every mode of `ocpp-console simulate` is handed one `Wanted`."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from simulator.charge_point import ChargePoint
from simulator.clock import Clock
from simulator.connector import Rating
from simulator.controls import DEFAULT_TAG
from simulator.link import Trace
from simulator.messages import Nameplate
from simulator.quirks.catalogue import UnknownQuirk, find
from simulator.quirks.quirk import Quirk
from simulator.traits import Traits

MAX_CONNECTORS = 100
FINISHING_S = 2.0  #: then Finishing becomes Preparing, with the cable still in
OCPP_VERSIONS = ("1.6",)
_MAX_TAG = 20  #: CiString20


class Unusable(Exception):
    """The command line cannot be meant so; the text is a sentence for the person who typed it."""


class Mode(StrEnum):
    """How to look at it."""

    SCREEN = "screen"  #: interactive, takes the terminal over
    PLAIN = "plain"  #: line by line: a prompt for people, a script from a pipe
    JSON = "json"  #: for programs: JSON lines in and out


class Level(StrEnum):
    """How much is told: each level tells what those behind it tell, and more."""

    DEBUG = "debug"  #: every frame
    INFO = "info"  #: what happens
    WARNING = "warning"  #: trouble: the line, faults, what was refused
    ERROR = "error"  #: what was refused


_RANKS = tuple(Level)


class Follower(Protocol):
    """Somebody who wants to know all that is done at a charge point and all that it sends and gets."""

    def trace(self, direction: str, text: str) -> None: ...
    def follow(self, station: ChargePoint) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One charge point and how to look at it. `url` is without the id. `Unusable` when a value cannot be meant."""

    url: str
    charger_id: str
    connectors: int = 2
    password: str | None = None
    tls_ca: Path | None = None  #: PEM; None: the authorities this machine trusts
    ocpp: str = "1.6"
    mode: Mode = Mode.SCREEN
    level: Level = Level.INFO
    tag: str = DEFAULT_TAG
    nameplate: Nameplate = field(default_factory=Nameplate)
    traits: Traits = field(default_factory=lambda: Traits(finishing_s=FINISHING_S))
    quirks: tuple[str, ...] = ()  #: names of the catalogue
    seed: int = 7
    tempo: float = 1.0
    speed: float = 1.0
    ascii: bool = False
    no_color: bool = False
    follower: Follower | None = None  #: who writes it down

    def __post_init__(self) -> None:
        if self.ocpp not in OCPP_VERSIONS:
            raise Unusable(f"OCPP {self.ocpp} is not spoken here: --ocpp {' or '.join(OCPP_VERSIONS)}.")
        if not 1 <= self.connectors <= MAX_CONNECTORS:
            raise Unusable(f"A charge point has 1 to {MAX_CONNECTORS} connectors: --connectors 2.")
        if not 1 <= len(self.tag) <= _MAX_TAG:
            raise Unusable(f"An id tag has 1 to {_MAX_TAG} characters: --tag {DEFAULT_TAG}.")
        for name, value in (("tempo", self.tempo), ("speed", self.speed)):
            if not 0.01 <= value <= 10_000:
                raise Unusable(f"--{name} is a factor between 0.01 and 10000, 1 is life.")
        quirks_of(self.quirks)
        if self.tls_ca is not None and not self.url.startswith("wss:"):
            raise Unusable("--tls-ca is for wss:// addresses.")

    @property
    def endpoint(self) -> str:
        """The whole address, for people."""
        return f"{self.url.rstrip('/')}/{self.charger_id}"

    def tells(self, level: Level) -> bool:
        """Is something of this level to be told?"""
        return _RANKS.index(level) >= _RANKS.index(self.level)


def find_id(url: str, given: str = "") -> tuple[str, str]:
    """URL without the id, and the id: `given`, else the last segment of the path. `Unusable` when it cannot be."""
    parts = _checked(url)
    path = parts.path.rstrip("/")
    base, _, last = path.rpartition("/")
    if not given:
        if not last:
            raise Unusable(
                f"Which charge point? Write its id behind the address, {url.rstrip('/')}/CP001, or --id CP001."
            )
        path, given = base, unquote(last)
    elif unquote(last) == given:
        path = base
    if "/" in given or len(given) > 48 or not given.isprintable():
        raise Unusable("A charge point id has up to 48 characters and no slash.")
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")), given


def find_base(url: str) -> str:
    """The address of a CSMS for many: whatever its path is, ids come behind it. `Unusable` when it cannot be."""
    _checked(url)
    return url.rstrip("/")


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unusable(f"{url} is no address: {error}.") from None
    if parts.scheme not in ("ws", "wss") or not parts.hostname or port == 0:
        raise Unusable(f"{url!r} is no address of a CSMS: ws://HOST:PORT/ocpp/CP001, or wss:// for TLS.")
    if parts.query or parts.fragment:
        raise Unusable("The address ends with the id of the charge point: nothing may stand behind it.")
    if parts.username is not None or parts.password is not None:
        raise Unusable("The password is told with --password, not in the address.")
    return parts


def make_station(wanted: Wanted, trace: Trace | None = None) -> ChargePoint:
    """The charge point, not yet living. `Unusable` when the file of `--tls-ca` cannot be read."""
    station = ChargePoint(
        wanted.charger_id,
        wanted.url,
        [Rating() for _ in range(wanted.connectors)],
        nameplate=wanted.nameplate,
        password=wanted.password,
        tls=tls_context(wanted.tls_ca) if wanted.tls_ca is not None else None,
        clock=Clock(wanted.tempo, wanted.speed),
        traits=wanted.traits,
        quirks=quirks_of(wanted.quirks),
        seed=wanted.seed,
        trace=trace if wanted.follower is None else _both(wanted.follower.trace, trace),
    )
    if wanted.follower is not None:
        wanted.follower.follow(station)
    return station


def _both(first: Trace, second: Trace | None) -> Trace:
    def trace(direction: str, text: str) -> None:
        first(direction, text)
        if second is not None:
            second(direction, text)

    return trace


def quirks_of(names: tuple[str, ...]) -> tuple[Quirk, ...]:
    """The quirks of these names. `Unusable` for a name that is none."""
    try:
        return find(names)
    except UnknownQuirk as error:
        raise Unusable(str(error)) from None


def tls_context(ca: Path) -> ssl.SSLContext:
    """Trust `ca` alone. `Unusable` when the file holds no certificate."""
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "strerror", None) or "it holds no certificate in PEM"
        raise Unusable(f"--tls-ca {ca} cannot be used: {why}.") from None
