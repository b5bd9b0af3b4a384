"""One typed tree of settings: defaults < TOML file < `OCPP_CONSOLE_*` environment < flags.

An unknown key, a wrong type or an impossible value is a `ConfigError` that names file, key and line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


class ConfigError(Exception):
    """A setting is wrong; the text says where and what to write instead. Exit code 78."""


@dataclass(slots=True)
class SiteSettings:
    name: str = "depot"  #: shown top left
    power_limit_kw: float = 0  #: what the site may draw; 0 = no limit shown


@dataclass(slots=True)
class OcppSettings:
    host: str = "0.0.0.0"
    port: int = 9220  #: 0 = any free port
    heartbeat_interval: int = 300  #: s, told to chargers
    call_timeout: float = 30  #: s until an operation counts as not answered
    unknown_chargers: Literal["ask", "accept", "refuse"] = "ask"
    max_frames_per_second: float = 50  #: per charger, burst of 500; 0 = no limit
    offline_after: float = 0  #: s of silence until a charger counts as offline; 0 = 2 heartbeat intervals + 30 s
    ping_interval: float = 30  #: s between our pings; 0 = none
    max_frame_bytes: int = 1_048_576  #: a larger frame closes the link with 1009 (WS-23)


@dataclass(slots=True)
class TagSettings:
    unknown: Literal["reject", "accept"] = "reject"


@dataclass(slots=True)
class StoreSettings:
    path: Path = Path()  #: empty = the user's data folder
    retention_frames_days: int = 14
    retention_meter_values_days: int = 400


@dataclass(slots=True)
class ConsoleSettings:
    rate: float = 0  #: paints per second; 0 = 5 local, 4 over SSH
    ascii: bool = False  #: no character above 127
    mouse: bool = True
    read_only: bool = False


@dataclass(slots=True)
class ApiSettings:
    port: int | None = None  #: TCP on loopback; None = unix socket only
    token: str = ""


@dataclass(slots=True)
class Config:
    site: SiteSettings = field(default_factory=SiteSettings)
    ocpp: OcppSettings = field(default_factory=OcppSettings)
    tags: TagSettings = field(default_factory=TagSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    socket: Path = Path()  #: unix socket for terminals and programs; empty = the user's runtime folder
    log_level: str = "info"
