"""One typed tree of settings: defaults < TOML file < `OCPP_CONSOLE_*` environment < flags.

An unknown key, a wrong type or an impossible value is a `ConfigError` that names file, key and line.

Names in the environment: `OCPP_CONSOLE_` + section + key, so `ocpp.call_timeout` is `OCPP_CONSOLE_OCPP_CALL_TIMEOUT` and
`api.token` is `OCPP_CONSOLE_API_TOKEN`. Short forms: `OCPP_CONSOLE_HOST`, `_PORT` (of [ocpp]) and `_DB` (`store.path`).
A variable that is empty counts as not set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from server.settings.paths import default_db_path, default_socket_path, private_folder
from server.settings.schema import Internal, Range, Secret, Setting, settings_of
from server.settings.toml_text import TomlError, line_of, parse

__all__ = [
    "ApiSettings",
    "Config",
    "ConfigError",
    "ConsoleSettings",
    "EffectiveSetting",
    "OcppSettings",
    "SiteSettings",
    "StoreSettings",
    "TagSettings",
    "default_db_path",
    "default_socket_path",
    "effective",
    "environment_name",
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
    offline_after: Annotated[float, Range(0, 604_800)] = (
        0  #: s of silence until a charger counts as offline; 0 = 2 heartbeat intervals + 30 s
    )
    ping_interval: Annotated[float, Range(0, 3_600)] = 30  #: s between our pings; 0 = none
    max_frame_bytes: Annotated[int, Range(1_024, 67_108_864)] = (
        1_048_576  #: a larger frame closes the link with 1009 (WS-23)
    )


@dataclass(slots=True)
class TagSettings:
    unknown: Literal["reject", "accept"] = "reject"


@dataclass(slots=True)
class StoreSettings:
    path: Path = Path()  #: empty = the user's data folder
    retention_frames_days: Days = 14
    retention_meter_values_days: Days = 400


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
class Config:
    site: SiteSettings = field(default_factory=SiteSettings)
    ocpp: OcppSettings = field(default_factory=OcppSettings)
    tags: TagSettings = field(default_factory=TagSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    socket: Path = Path()  #: unix socket for terminals and programs; empty = the user's runtime folder
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    sources: Annotated[dict[str, str], Internal()] = field(default_factory=dict, compare=False, repr=False)


#: Documented for a later version: known words, so that the message can say so.
_LATER = frozenset({"security", "automation", "billing", "alerts", "cloud", "console.theme", "console.keymap"})

_PREFIX = "OCPP_CONSOLE_"
_SHORT = {"DB": "store.path", "HOST": "ocpp.host", "PORT": "ocpp.port"}
_OPTIONS = {
    "ocpp.host": "--host",
    "ocpp.port": "--port",
    "store.path": "--db",
    "api.port": "--api-port",
    "api.token": "--api-token",
    "socket": "--socket",
    "log_level": "--log-level",
}


class EffectiveSetting(NamedTuple):
    key: str
    value: str  #: as shown: secrets masked, places that were left empty filled in
    source: str  #: "default", the file, "environment OCPP_CONSOLE_PORT" or "option --port"


def load_config(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]) -> Config:
    """The settings that count: of the file, then the environment, then the flags; `ConfigError` tells all that is wrong.

    `flags` has dotted names ("ocpp.port"), values as text or typed; None = not given. A relative path in the file is
    meant from the folder of the file.
    """
    loading = _Loading()
    if file is not None:
        loading.read_file(file)
    loading.read_environment(environment)
    loading.read_flags(flags)
    if loading.problems:
        raise ConfigError("\n".join(loading.problems))
    return loading.config


def effective(config: Config) -> list[EffectiveSetting]:
    """Every setting with its value and where it comes from, for `config check`."""
    rows = []
    for setting in settings_of(Config):
        value = _get(config, setting.key)
        if setting.secret:
            value = "********" if value else ""
        elif value == Path():
            value = default_db_path() if setting.key == "store.path" else default_socket_path()
        shown = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        rows.append(EffectiveSetting(setting.key, shown, config.sources.get(setting.key, "default")))
    return rows


def environment_name(key: str) -> str:
    """The variable of a setting: "ocpp.port" -> "OCPP_CONSOLE_OCPP_PORT"."""
    return _PREFIX + key.replace(".", "_").upper()


class _Loading:
    """One run of `load_config`: collects the values, and every problem instead of only the first."""

    def __init__(self) -> None:
        self.config = Config()
        self.problems: list[str] = []
        self._settings = {setting.key: setting for setting in settings_of(Config)}

    def read_file(self, file: Path) -> None:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{file}: not UTF-8 text")
            return
        except OSError as error:
            self.problems.append(f"{file}: {(error.strerror or str(error)).lower()}")
            return
        try:
            table = parse(text)
        except TomlError as error:
            self.problems.append(f"{file}, line {error.line}: not valid TOML: {error}")
            return
        for path, raw in self._entries(table):
            key = ".".join(path)
            if key not in self._settings:
                self._refuse_file(file, text, path, self._unknown(key, raw))
                continue
            try:
                value = self._settings[key].read(raw)
            except ValueError as error:
                self._refuse_file(file, text, path, self._mismatch(key, raw, error))
                continue
            if isinstance(value, Path) and value != Path():
                value = file.absolute().parent / value
            self._set(key, value, str(file))

    def _entries(self, table: dict[str, object]) -> Iterator[tuple[tuple[str, ...], object]]:
        """(path, value) of all keys; a table is walked into when it is a section of ours."""
        sections = {key.partition(".")[0] for key in self._settings if "." in key}
        for name, value in table.items():
            if name in sections and isinstance(value, dict):
                yield from (((name, key), inner) for key, inner in value.items())
            else:
                yield (name,), value

    def read_environment(self, environment: Mapping[str, str]) -> None:
        names = {environment_name(key): key for key in self._settings}
        names |= {_PREFIX + short: key for short, key in _SHORT.items()}
        given: dict[str, tuple[str, str]] = {}  # key -> variable, text
        for variable, text in sorted(environment.items()):
            if not variable.startswith(_PREFIX) or not text or _is_not_ours(variable, text):
                continue
            key = names.get(variable)
            if key is None:
                near = _closest(variable, names)
                self.problems.append(
                    f"environment {variable}: unknown setting" + (f", did you mean {near}?" if near else "")
                )
            elif key in given and given[key][1] != text:
                self.problems.append(f"environment {variable} and {given[key][0]} differ: set one of them")
            else:
                given[key] = (variable, text)
        for key, (variable, text) in given.items():
            self._read_text(key, text, f"environment {variable}")

    def read_flags(self, flags: Mapping[str, object]) -> None:
        for key, raw in flags.items():
            where = f"option {_OPTIONS.get(key, key)}"
            if raw is None:
                continue
            if key not in self._settings:
                self.problems.append(f"{where}: {self._unknown(key, raw)}")
            elif isinstance(raw, str):
                self._read_text(key, raw, where)
            else:
                try:
                    self._set(key, self._settings[key].read(raw), where)
                except ValueError as error:
                    self.problems.append(f"{where}: {self._mismatch(key, raw, error)}")

    def _read_text(self, key: str, text: str, where: str) -> None:
        try:
            self._set(key, self._settings[key].read_text(text), where)
        except ValueError as error:
            self.problems.append(f"{where}: {self._mismatch(key, text, error)}")

    def _set(self, key: str, value: object, source: str) -> None:
        section, _, name = key.rpartition(".")
        setattr(getattr(self.config, section) if section else self.config, name, value)
        self.config.sources[key] = source

    def _refuse_file(self, file: Path, text: str, path: tuple[str, ...], problem: str) -> None:
        line = line_of(text, *path)
        where = f"{file}, line {line}" if line else str(file)
        self.problems.append(f"{where}: {_plain('.'.join(path))}: {problem}")

    def _mismatch(self, key: str, raw: object, expected: ValueError) -> str:
        if self._settings[key].secret:
            return f"must be {expected}"
        shown = "a table" if isinstance(raw, dict) else "a list" if isinstance(raw, list) else _shown(raw)
        return f"must be {expected}, not {shown}"

    def _unknown(self, key: str, raw: object) -> str:
        """What to write instead of `key`, which is none of ours."""
        if key in _LATER:
            return "not available yet in this version"
        sections = {k.partition(".")[0] for k in self._settings if "." in k}
        if key in sections:
            return f"is a section: write [{key}], not {_shown(raw)}"
        if isinstance(raw, dict):
            near = _closest(key, sections | _LATER)
            return "unknown section" + (f", did you mean [{near}]?" if near else "")
        last = key.rpartition(".")[2]
        elsewhere = [k for k in self._settings if k.rpartition(".")[2] == last]
        near = elsewhere[0] if len(elsewhere) == 1 else _closest(key, self._settings)
        return "unknown key" + (f", did you mean {near}?" if near else "")


def _get(config: Config, key: str) -> object:
    section, _, name = key.rpartition(".")
    value: object = getattr(getattr(config, section) if section else config, name)
    return value


def _is_not_ours(variable: str, text: str) -> bool:
    """Variables that share our prefix: the file to load, and those Kubernetes adds for a service called ocpp-console."""
    rest = variable.removeprefix(_PREFIX)
    return (
        rest == "CONFIG"
        or rest.startswith("SERVICE_")
        or (rest.startswith("PORT_") and rest[5:6].isdigit())
        or (rest == "PORT" and "://" in text)
    )


def _closest(word: str, words: Mapping[str, object] | set[str] | frozenset[str]) -> str:
    """The one of `words` that may have been meant, "" when none is near."""
    import difflib  # for errors only

    return next(iter(difflib.get_close_matches(word, sorted(words), 1, 0.7)), "")


def _shown(raw: object) -> str:
    """A value for an error message: foreign text, so without control characters, and short."""
    text = str(raw).lower() if isinstance(raw, bool) else ascii(raw) if not str(raw).isprintable() else repr(raw)
    return text if len(text) <= 60 else text[:59] + "…"


def _plain(key: str) -> str:
    return key if key.isprintable() else ascii(key)
