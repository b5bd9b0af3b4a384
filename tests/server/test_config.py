"""Settings: which source counts, and what is said about a wrong one."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import config as module
from server.config import (
    Config,
    ConfigError,
    default_db_path,
    default_socket_path,
    effective,
    load_config,
)
from server.settings.loading import environment_name
from server.settings.schema import Setting, settings_of

SETTINGS = list(settings_of(Config))


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "depot.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def complaint(folder: Path, text: str | bytes) -> str:
    """What is said about a file, without its name."""
    file = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {}, {})
    return str(caught.value).replace(str(file), "FILE")


def test_defaults_are_those_of_the_tree() -> None:
    """No file, no environment, no flag: the tree as it is written."""
    assert load_config(None, {}, {}) == Config()


def test_file_then_environment_then_flag(tmp_path: Path) -> None:
    """Each source beats the one before, key by key, and is named."""
    file = written(tmp_path, "[ocpp]\nport = 1\ncall_timeout = 1\nheartbeat_interval = 10\n")
    environment = {"OCPP_CONSOLE_OCPP_PORT": "2", "OCPP_CONSOLE_OCPP_CALL_TIMEOUT": "2.5", "PATH": "/bin"}
    config = load_config(file, environment, {"ocpp.port": 3, "ocpp.host": None})
    assert (config.ocpp.port, config.ocpp.call_timeout, config.ocpp.heartbeat_interval) == (3, 2.5, 10)
    assert config.sources == {
        "ocpp.port": "option --port",
        "ocpp.call_timeout": "environment OCPP_CONSOLE_OCPP_CALL_TIMEOUT",
        "ocpp.heartbeat_interval": str(file),
    }


def test_every_documented_key_is_read(tmp_path: Path) -> None:
    """A whole file, with top-level keys, in the types of the tree."""
    text = """
        socket = "/run/depot/console.sock"
        log_level = "DEBUG"
        site = { name = "depot-nord", power_limit_kw = 400 }
        tags.unknown = "accept"
        [ocpp]
        unknown_chargers = "refuse"
        max_frames_per_second = 0
        [store]
        path = "data/depot.db"
        retention_frames_days = 7
        [console]
        ascii = true
        [api]
        port = 8080
        token = "s3cret"
    """
    config = load_config(written(tmp_path, text), {}, {})
    assert (config.socket, config.log_level) == (Path("/run/depot/console.sock"), "debug")
    assert (config.site.name, config.site.power_limit_kw, config.tags.unknown) == ("depot-nord", 400.0, "accept")
    assert isinstance(config.site.power_limit_kw, float)
    assert (config.ocpp.unknown_chargers, config.ocpp.max_frames_per_second) == ("refuse", 0)
    assert config.store.path == tmp_path / "data/depot.db", "relative to the file"
    assert (config.console.ascii, config.api.port, config.api.token) == (True, 8080, "s3cret")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ocpp]\nprot = 1", "FILE, line 2: ocpp.prot: unknown key, did you mean ocpp.port?"),
        ("[ocpp]\ntoken = 'x'", "FILE, line 2: ocpp.token: unknown key, did you mean api.token?"),
        ("port = 1", "FILE, line 1: port: unknown key, did you mean ocpp.port or api.port or drop.port?"),
        ("[tags]\nzzz = 1", "FILE, line 2: tags.zzz: unknown key"),
        ("[ocpp.tls]\nx = 1", "FILE, line 1: ocpp.tls: unknown key"),
        ('"ocpp.port" = 1', "FILE, line 1: ocpp.port: unknown key, did you mean ocpp.port or api.port or drop.port?"),
        ("\n[consol]\nascii = true", "FILE, line 2: consol: unknown section, did you mean [console]?"),
        ("[alerts]\nwebhooks = []", "FILE, line 1: alerts: not available yet in this version"),
        ("[console]\ntheme = 'x'", "FILE, line 2: console.theme: not available yet in this version"),
        ("ocpp = 9220", "FILE, line 1: ocpp: is a section: write [ocpp], not 9220"),
        ("[[ocpp]]\nport = 1", "FILE, line 1: ocpp: is a section: write [ocpp], not a list"),
        ("[ocpp]\nport = '1'", 'FILE, line 2: ocpp.port: must be a whole number from 0 to 65535, not "1"'),
        ("[ocpp]\nport = 1.0", "FILE, line 2: ocpp.port: must be a whole number from 0 to 65535, not 1.0"),
        ("[ocpp]\nport = true", "FILE, line 2: ocpp.port: must be a whole number from 0 to 65535, not true"),
        ("[ocpp]\nport = 65536", "FILE, line 2: ocpp.port: must be a whole number from 0 to 65535, not 65536"),
        ("[ocpp]\nport = [\n 1,\n]", "FILE, line 2: ocpp.port: must be a whole number from 0 to 65535, not a list"),
        ("[ocpp.port]", "FILE, line 1: ocpp.port: must be a whole number from 0 to 65535, not a table"),
        ("[ocpp]\ncall_timeout = nan", "FILE, line 2: ocpp.call_timeout: must be a number from 0.1 to 3600, not nan"),
        ("[console]\nascii = 1", "FILE, line 2: console.ascii: must be true or false, not 1"),
        ("[store]\npath = 5", "FILE, line 2: store.path: must be a path, not 5"),
        ('[store]\npath = "a\\u0000"', r"""FILE, line 2: store.path: must be a path without NUL, not 'a\x00'"""),
        ("[site]\nname = 5", "FILE, line 2: site.name: must be text, not 5"),
        (
            "[tags]\nunknown = 'allow'",
            'FILE, line 2: tags.unknown: must be one of "reject", "accept", not "allow"',
        ),
        ("[api]\ntoken = 123456", "FILE, line 2: api.token: must be text"),
        ("[ocpp]\nport = \n", "FILE, line 2: not valid TOML: Invalid value"),
        ("[ocpp]\nport = 1\nport = 2", "FILE, line 3: not valid TOML: Cannot overwrite a value"),
        ('a = """x\n\n', "FILE, line 2: not valid TOML: Unterminated string"),
        ("a = " + "[" * 100_000, "FILE, line 1: not valid TOML: nested too deeply"),
        (b"\xff\xfe", "FILE: not UTF-8 text"),
        ("'\\u001b[31m' = 1", "FILE, line 1: \\u001b[31m: unknown key"),
        ('"\\u001b[31m" = 1', r"FILE, line 1: '\x1b[31m': unknown key"),
    ],
)
def test_wrong_file_is_told_with_line_and_remedy(tmp_path: Path, text: str | bytes, message: str) -> None:
    """File, line, key, what is allowed; nothing in the message can act on a terminal."""
    assert complaint(tmp_path, text) == message


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Three mistakes, three lines: nobody has to start three times."""
    file = written(tmp_path, "[ocpp]\nprot = 1\nport = 70000\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, {"OCPP_CONSOLE_API_PORT": "x"}, {"log_level": "loud"})
    assert str(caught.value).splitlines() == [
        f"{file}, line 2: ocpp.prot: unknown key, did you mean ocpp.port?",
        f"{file}, line 3: ocpp.port: must be a whole number from 0 to 65535, not 70000",
        'environment OCPP_CONSOLE_API_PORT: must be a whole number from 0 to 65535, not "x"',
        'option --log-level: must be one of "debug", "info", "warning", "error", not "loud"',
    ]


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, or a folder."""
    for path, words in ((tmp_path / "no.toml", "no such file or directory"), (tmp_path, "is a directory")):
        with pytest.raises(ConfigError) as caught:
            load_config(path, {}, {})
        assert str(caught.value) == f"{path}: {words}"


def test_endless_number_is_refused(tmp_path: Path) -> None:
    """Python does not even read it; that is no traceback."""
    assert "not valid TOML: Exceeds the limit" in complaint(tmp_path, "[ocpp]\nport = " + "9" * 10_000)


def test_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Editors of other systems write one."""
    assert load_config(written(tmp_path, b"\xef\xbb\xbf[ocpp]\nport = 7\n"), {}, {}).ocpp.port == 7


def test_short_names_in_the_environment() -> None:
    """DB, HOST, PORT stand for the common settings; an empty variable is not set."""
    config = load_config(
        None,
        {
            "OCPP_CONSOLE_DB": "~/depot.db",
            "OCPP_CONSOLE_HOST": "::1",
            "OCPP_CONSOLE_PORT": "9221",
            "OCPP_CONSOLE_API_PORT": "8080",
            "OCPP_CONSOLE_SOCKET": "/run/x.sock",
            "OCPP_CONSOLE_LOG_LEVEL": "warning",
            "OCPP_CONSOLE_API_TOKEN": "t",
            "OCPP_CONSOLE_SITE_NAME": "",
            "OCPP_CONSOLE_CONFIG": "/etc/depot.toml",
        },
        {},
    )
    assert config.store.path == Path.home() / "depot.db"
    assert (config.ocpp.host, config.ocpp.port, config.api.port, config.api.token) == ("::1", 9221, 8080, "t")
    assert (config.socket, config.log_level, config.site.name) == (Path("/run/x.sock"), "warning", "depot")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"OCPP_CONSOLE_OCPP_PROT": "1"},
            "environment OCPP_CONSOLE_OCPP_PROT: unknown setting, did you mean OCPP_CONSOLE_OCPP_PORT?",
        ),
        ({"OCPP_CONSOLE_Q": "1"}, "environment OCPP_CONSOLE_Q: unknown setting"),
        (
            {"OCPP_CONSOLE_PORT": "1", "OCPP_CONSOLE_OCPP_PORT": "2"},
            "environment OCPP_CONSOLE_PORT and OCPP_CONSOLE_OCPP_PORT differ: set one of them",
        ),
        (
            {"OCPP_CONSOLE_PORT": "9" * 5000},
            'environment OCPP_CONSOLE_PORT: must be a whole number from 0 to 65535, not "' + "9" * 58 + "…",
        ),
        (
            {"OCPP_CONSOLE_CONSOLE_ASCII": "maybe"},
            'environment OCPP_CONSOLE_CONSOLE_ASCII: must be true or false, not "maybe"',
        ),
        (
            {"OCPP_CONSOLE_DB": "~nobody-here/x"},
            'environment OCPP_CONSOLE_DB: must be a path; there is no home folder for its ~, not "~nobody-here/x"',
        ),
    ],
)
def test_wrong_environment_is_told(environment: dict[str, str], message: str) -> None:
    """The variable is named, as the file and the line are."""
    with pytest.raises(ConfigError) as caught:
        load_config(None, environment, {})
    assert str(caught.value) == message


def test_variables_of_a_kubernetes_service_are_not_ours() -> None:
    """A service called ocpp-console puts its addresses under our prefix into every container."""
    environment = {
        "OCPP_CONSOLE_SERVICE_HOST": "10.0.0.1",
        "OCPP_CONSOLE_SERVICE_PORT": "9220",
        "OCPP_CONSOLE_PORT": "tcp://10.0.0.1:9220",
        "OCPP_CONSOLE_PORT_9220_TCP": "tcp://10.0.0.1:9220",
        "OCPP_CONSOLE_PORT_9220_TCP_ADDR": "10.0.0.1",
    }
    assert load_config(None, environment, {}) == Config()


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), ("on", True), ("false", False), ("OFF", False)]
)
def test_switches_in_the_environment(word: str, value: bool) -> None:
    """The usual words for yes and no, in any case."""
    assert load_config(None, {"OCPP_CONSOLE_CONSOLE_MOUSE": word}, {}).console.mouse is value


def test_unknown_flag_is_told() -> None:
    """A flag is checked like every other source, typed or as text."""
    with pytest.raises(ConfigError) as caught:
        load_config(None, {}, {"ocpp.prot": 1, "ocpp.port": -1, "socket": 5})
    assert str(caught.value).splitlines() == [
        "option ocpp.prot: unknown key, did you mean ocpp.port?",
        "option --port: must be a whole number from 0 to 65535, not -1",
        "option --socket: must be a path, not 5",
    ]


def test_token_is_never_shown(tmp_path: Path) -> None:
    """Neither in the list, nor in the text of the tree."""
    config = load_config(None, {"OCPP_CONSOLE_API_TOKEN": "s3cret"}, {"ocpp.port": 1, "console.ascii": True})
    rows = {row.key: row for row in effective(config)}
    assert rows["api.token"][1:] == ("********", "environment OCPP_CONSOLE_API_TOKEN")
    assert rows["ocpp.port"][1:] == ("1", "option --port")
    assert rows["console.ascii"].value == "true"
    assert rows["store.path"][1:] == (str(default_db_path()), "default")
    assert rows["socket"].value == str(default_socket_path()) and rows["api.port"].value == ""
    assert "s3cret" not in f"{rows}{config!r}"


def test_no_key_is_forgotten() -> None:
    """The list has every leaf of the tree once; what is documented for later is none of them."""
    leaves = [
        f"{section.name}.{leaf.name}" if leaf is not section else section.name
        for section in dataclasses.fields(Config)
        if section.name != "sources"
        for leaf in (
            dataclasses.fields(getattr(Config(), section.name))
            if dataclasses.is_dataclass(getattr(Config(), section.name))
            else [section]
        )
    ]
    assert [row.key for row in effective(Config())] == leaves
    assert not set(leaves) & module._WORDS.later


def value_of(setting: Setting) -> st.SearchStrategy[object]:
    """Any value that the setting accepts."""
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.base is bool:
        return st.booleans()
    if setting.limits is not None and setting.base is int:
        return st.integers(int(setting.limits.low), int(setting.limits.high))
    if setting.limits is not None:
        return st.floats(setting.limits.low, setting.limits.high)
    letters = st.characters(codec="utf-8", exclude_characters="\0")
    return st.text(letters if setting.base is str else "abc/é ", min_size=1, max_size=20).map(
        lambda text: Path("/" + text) if setting.base is Path else text
    )


trees = st.fixed_dictionaries({}, optional={setting.key: value_of(setting) for setting in SETTINGS})


def leaf(config: Config, key: str) -> object:
    section, _, name = key.rpartition(".")
    value: object = getattr(getattr(config, section) if section else config, name)
    return value


@given(trees)
def test_what_is_written_is_read(values: dict[str, object]) -> None:
    """Any accepted value comes back the same from a file and from the environment."""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    with tempfile.TemporaryDirectory() as folder:
        from_file = load_config(written(Path(folder), "\n".join(lines)), {}, {})
    environment = {environment_name("OCPP_CONSOLE_", key): _text(value) for key, value in values.items()}
    from_environment = load_config(None, environment, {})
    assert from_file == from_environment == load_config(None, {}, values)
    assert {key: leaf(from_file, key) for key in values} == values


def _toml(value: object) -> str:
    if isinstance(value, str | Path):
        return json.dumps(str(value)).replace("\x7f", "\\u007f") if str(value).isascii() else _escaped(str(value))
    return str(value).lower()


def _escaped(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'


def _text(value: object) -> str:
    return str(value)


def test_very_long_file_is_told_without_a_line(tmp_path: Path) -> None:
    """Finding the line must not take minutes."""
    assert (
        complaint(tmp_path, "\n" * 5000 + "prot = 1")
        == "FILE: prot: unknown key, did you mean ocpp.port or api.port or drop.port?"
    )
