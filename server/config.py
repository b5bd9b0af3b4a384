"""One typed tree of settings: defaults < TOML file < `OCPP_CONSOLE_*` environment < flags.

An unknown key, a wrong type or an impossible value is a `ConfigError` that names file, key and line.

Names in the environment: `OCPP_CONSOLE_` + section + key, so `ocpp.call_timeout` is `OCPP_CONSOLE_OCPP_CALL_TIMEOUT`
and `api.token` is `OCPP_CONSOLE_API_TOKEN`. Short forms: `OCPP_CONSOLE_HOST` and
`OCPP_CONSOLE_PORT` (of [ocpp]), `OCPP_CONSOLE_DB` (`store.path`). A variable that is empty counts as not set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from server.settings.loading import Loading, Words
from server.settings.paths import default_db_path, default_socket_path, private_folder
from server.settings.schema import Internal, Range, Secret, settings_of

__all__ = [
    "ApiSettings",
    "Config",
    "ConfigError",
    "ConsoleSettings",
    "DropSettings",
    "EffectiveSetting",
    "OcppSettings",
    "SecuritySettings",
    "SiteSettings",
    "StoreSettings",
    "TagSettings",
    "default_db_path",
    "default_socket_path",
    "effective",
    "load_config",
    "private_folder",
]

Port = Annotated[int, Range(0, 65_535)]
Days = Annotated[int, Range(1, 36_500)]


class ConfigError(Exception):
    """A setting is wrong; the text says where and what to write instead. Exit code 78."""


@dataclass(slots=True)
class SiteSettings:
    name: str = "depot"  #: shown top left
    power_limit_kw: Annotated[float, Range(0, 1_000_000)] = 0  #: what the site may draw; 0 = no limit shown


@dataclass(slots=True)
class OcppSettings:
    host: str = "0.0.0.0"
    port: Port = 9220  #: 0 = any free port
    heartbeat_interval: Annotated[int, Range(1, 86_400)] = 300  #: s, told to chargers
    call_timeout: Annotated[float, Range(0.1, 3_600)] = 30  #: s until an operation counts as not answered
    unknown_chargers: Literal["ask", "accept", "refuse"] = "ask"
    max_frames_per_second: Annotated[float, Range(0, 100_000)] = 50  #: per charger, burst of 500; 0 = no limit
    #: s of silence until a charger counts as offline; 0 = 2 heartbeat intervals + 30 s
    offline_after: Annotated[float, Range(0, 604_800)] = 0
    ping_interval: Annotated[float, Range(0, 3_600)] = 30  #: s between our pings; 0 = none
    #: a larger frame closes the link with 1009 (WS-23)
    max_frame_bytes: Annotated[int, Range(1_024, 67_108_864)] = 1_048_576


@dataclass(slots=True)
class SecuritySettings:
    """Without a certificate there is no TLS; with one, old chargers keep the plain port and new ones use `tls_port`."""

    #: least OCPP security profile let in: 0 none, 1 basic auth, 2 TLS + basic auth, 3 TLS with client certificate
    profile: Annotated[int, Range(0, 3)] = 0
    certificate: Path = Path()  #: PEM, the server's own first, then those up to the CA
    key: Path = Path()  #: PEM; empty = it stands in the file of the certificate
    #: the same for a key of the other kind: with RSA and ECDSA side by side every cipher suite can be used (SEC-09)
    second_certificate: Path = Path()
    second_key: Path = Path()
    client_ca: Path = Path()  #: PEM: who signs certificates of chargers (profile 3)
    #: PEM, its key: with it the server signs certificates that chargers ask for; empty = such requests are rejected
    client_ca_key: Path = Path()
    client_organization: str = ""  #: O that these must have; empty = any (SEC-11)
    tls_port: Port = 9443  #: for chargers with wss://; 0 = any free port
    #: for chargers that know only TLS 1.0 or 1.1, which are broken: counts as no TLS; None = closed (SEC-10)
    legacy_tls_port: Port | None = None

    @property
    def has_tls(self) -> bool:
        return self.certificate != Path()

    @property
    def highest_profile(self) -> int:
        """With which chargers can come in here."""
        return 1 if not self.has_tls else 2 if self.client_ca == Path() else 3

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.certificate, self.key, self.second_certificate, self.second_key, self.client_ca)

    @property
    def problem(self) -> str:
        """Why these settings do not go together; "" when they do."""
        if self.profile >= 2 and not self.has_tls:
            return f"security.profile = {self.profile} needs TLS: set security.certificate"
        if self.profile == 3 and self.client_ca == Path():
            return "security.profile = 3 needs security.client_ca: who signs the certificates of chargers"
        if not self.has_tls and any(path != Path() for path in self.files):
            return "security.key, second_certificate, second_key and client_ca mean nothing without certificate"
        if self.legacy_tls_port is not None and not self.has_tls:
            return "security.legacy_tls_port means nothing without security.certificate"
        if self.client_ca_key != Path() and self.client_ca == Path():
            return "security.client_ca_key means nothing without security.client_ca"
        if self.second_key != Path() and self.second_certificate == Path():
            return "security.second_key means nothing without security.second_certificate"
        return ""


@dataclass(slots=True)
class TagSettings:
    unknown: Literal["reject", "accept"] = "reject"
    concurrent: Literal["reject", "accept"] = "accept"  #: a second session of a tag that charges already


@dataclass(slots=True)
class StoreSettings:
    path: Path = Path()  #: empty = the user's data folder
    retention_frames_days: Days = 14
    retention_meter_values_days: Days = 400
    retention_events_days: Days = 400  #: jobs and security events


@dataclass(slots=True)
class ConsoleSettings:
    rate: Annotated[float, Range(0, 30)] = 0  #: paints per second; 0 = 5 local, 4 over SSH
    ascii: bool = False  #: no character above 127
    mouse: bool = True
    read_only: bool = False


@dataclass(slots=True)
class ApiSettings:
    port: Port | None = None  #: TCP on loopback; None = unix socket only
    token: Annotated[str, Secret()] = field(default="", repr=False)


@dataclass(slots=True)
class DropSettings:
    """The built-in place where chargers put diagnostics and get firmware, by HTTP."""

    port: Port = 9222  #: 0 = off
    host: str = ""  #: empty = that of [ocpp]
    max_bytes: Annotated[int, Range(1, 2**40)] = 268_435_456  #: of one file
    keep_days: Days = 30


@dataclass(slots=True)
class Config:
    site: SiteSettings = field(default_factory=SiteSettings)
    ocpp: OcppSettings = field(default_factory=OcppSettings)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    tags: TagSettings = field(default_factory=TagSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    drop: DropSettings = field(default_factory=DropSettings)
    socket: Path = Path()  #: unix socket for terminals and programs; empty = the user's runtime folder
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: where each value that is no default comes from: "ocpp.port" -> "environment OCPP_CONSOLE_PORT"
    sources: Annotated[dict[str, str], Internal()] = field(default_factory=dict, compare=False, repr=False)


_WORDS = Words(
    prefix="OCPP_CONSOLE_",
    short={"DB": "store.path", "HOST": "ocpp.host", "PORT": "ocpp.port"},
    options={
        "ocpp.host": "--host",
        "ocpp.port": "--port",
        "store.path": "--db",
        "api.port": "--api-port",
        "api.token": "--api-token",
        "socket": "--socket",
        "log_level": "--log-level",
        "security.tls_port": "--tls-port",
        "security.certificate": "--certificate",
        "security.key": "--key",
    },
    later=frozenset({"automation", "billing", "alerts", "cloud", "console.theme", "console.keymap"}),
)


class EffectiveSetting(NamedTuple):
    key: str
    value: str  #: as shown: secrets masked, places that were left empty filled in
    source: str  #: "default", the file, "environment OCPP_CONSOLE_PORT" or "option --port"


def load_config(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]) -> Config:
    """The settings that count; `ConfigError` tells everything that is wrong, a line each.

    `flags` has dotted names ("ocpp.port"), values as text or typed; None = not given. A relative path in the file is
    meant from the folder of the file.
    """
    config = Config()
    loading = Loading(config, _WORDS)
    if file is not None:
        loading.read_file(file)
    loading.read_environment(environment)
    loading.read_flags(flags)
    if loading.problems:
        raise ConfigError("\n".join(loading.problems))
    config.sources = loading.sources
    return config


def effective(config: Config) -> list[EffectiveSetting]:
    """Every setting with its value and where it comes from, for `config check`."""
    rows = []
    for setting in settings_of(Config):
        value = _get(config, setting.key)
        if setting.secret:
            value = "********" if value else ""
        elif value == Path():
            value = {"store.path": default_db_path, "socket": default_socket_path}.get(setting.key, lambda: "")()
        shown = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        rows.append(EffectiveSetting(setting.key, shown, config.sources.get(setting.key, "default")))
    return rows


def _get(config: Config, key: str) -> object:
    section, _, name = key.rpartition(".")
    value: object = getattr(getattr(config, section) if section else config, name)
    return value
