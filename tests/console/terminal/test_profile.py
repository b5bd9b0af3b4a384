"""The terminal profile as a table, and what a client may say about itself."""

from __future__ import annotations

import json

import pytest

from console.terminal.environment import shell_environment
from console.terminal.hello import MAX_COLUMNS, MAX_ROWS, HelloRefused, parse_hello
from console.terminal.profile import Flags, TerminalProfile, login_name, profile_of
from console.terminal.wire import VERSION

UTF8 = {"LANG": "en_US.UTF-8"}


@pytest.mark.parametrize(
    ("env", "colours", "ascii", "mouse"),
    [
        ({"TERM": "xterm-256color", **UTF8}, "256", False, True),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", **UTF8}, "true", False, True),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit", **UTF8}, "true", False, True),
        ({"TERM": "xterm", "COLORTERM": "yes", **UTF8}, "256", False, True),
        ({"TERM": "xterm", **UTF8}, "16", False, True),
        ({"TERM": "xterm-kitty", **UTF8}, "true", False, True),
        ({"TERM": "xterm-direct", **UTF8}, "true", False, True),
        ({"TERM": "alacritty", **UTF8}, "true", False, True),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", **UTF8}, "true", False, True),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", **UTF8}, "256", False, True),
        ({"TERM": "screen", "COLORTERM": "truecolor", **UTF8}, "16", False, False),
        ({"TERM": "linux", "COLORTERM": "truecolor", **UTF8}, "16", True, False),
        ({"TERM": "vt100", **UTF8}, "16", True, False),
        ({"TERM": "vt220", **UTF8}, "16", True, False),
        ({"TERM": "ansi", **UTF8}, "16", False, False),
        ({"TERM": "dumb", **UTF8}, "none", True, False),
        ({"TERM": "rxvt-unicode-256color", **UTF8}, "256", False, True),
        ({"TERM": "terminal-of-tomorrow", **UTF8}, "256", False, True),
        ({**UTF8}, "16", False, False),
        ({}, "16", True, False),
        ({"TERM": "xterm-256color"}, "256", True, True),
        ({"TERM": "xterm-256color", "LANG": "C"}, "256", True, True),
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8", "LC_ALL": "C"}, "256", True, True),
        ({"TERM": "xterm-256color", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, "256", False, True),
        ({"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, "256", False, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", **UTF8}, "none", False, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "", **UTF8}, "256", False, True),
        ({"TERM": "xterm-256color", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", **UTF8}, "256", False, False),
    ],
)
def test_profile_follows_the_environment(env: dict[str, str], colours: str, ascii: bool, mouse: bool) -> None:
    """Each row: what a terminal says of itself, and what it gets."""
    profile = profile_of(env)
    assert (profile.colours, profile.ascii, profile.mouse) == (colours, ascii, mouse)


def test_a_slow_link_is_painted_less_often() -> None:
    """5 Hz here, 4 Hz over SSH; a flag wins, within 1 to 10."""
    over_ssh = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    assert profile_of({}).rate_hz == 5 and not profile_of({}).slow_link
    assert profile_of(over_ssh).rate_hz == 4 and profile_of(over_ssh).slow_link
    assert profile_of(over_ssh, Flags(rate_hz=2)).rate_hz == 2
    assert profile_of({}, Flags(rate_hz=1000)).rate_hz == 10


def test_flags_win_over_the_environment() -> None:
    """--ascii, --no-color and no mouse."""
    env = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **UTF8}
    profile = profile_of(env, Flags(ascii=True, no_color=True, mouse=False))
    assert profile.ascii and profile.colours == "none" and not profile.mouse


def test_the_operator_is_the_person_behind_sudo() -> None:
    """The audit names the person."""
    assert profile_of({"USER": "root", "LOGNAME": "root", "SUDO_USER": "ana"}).operator == "ana"
    assert profile_of({"USER": "tom"}).operator == "tom"
    assert profile_of({}).operator == "operator"


@pytest.mark.parametrize("claimed", ["\x1b]0;x\x07ana", "[red]ana[/]", "a\nna", "\u202eana", "x" * 1000])
def test_a_login_name_is_safe_to_paint(claimed: str) -> None:
    """Nothing that commands a terminal or a markup parser, and not long."""
    name = login_name(claimed)
    assert name.isascii() and name.isprintable() and "[" not in name and len(name) <= 32


def test_the_environment_python_was_started_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """LC_CTYPE that Python itself has set is not taken for the person's."""
    given = shell_environment()
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    assert shell_environment().get("LC_CTYPE") == ("C.UTF-8" if "LC_CTYPE" in given else None)


def hello(**said: object) -> bytes:
    return json.dumps({"version": VERSION, **said}).encode()


def test_a_hello_tells_who_sits_where() -> None:
    """Everything a client can say, and only known variables."""
    said = parse_hello(
        hello(
            columns=120,
            rows=40,
            env={"TERM": "xterm", "LD_PRELOAD": "x", "LANG": 7},
            user="ana",
            read_only=True,
            flags={"ascii": True, "rate_hz": 2},
        )
    )
    assert (said.columns, said.rows, said.env, said.user, said.read_only) == (120, 40, {"TERM": "xterm"}, "ana", True)
    assert said.flags == Flags(ascii=True, rate_hz=2)


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [(0, 0, (80, 24)), (10**9, 10**9, (MAX_COLUMNS, MAX_ROWS)), (-5, "x", (80, 24)), (None, 2.5, (80, 24))],
)
def test_a_size_is_brought_into_bounds(columns: object, rows: object, expected: tuple[int, int]) -> None:
    """Whatever a client claims, the work of one frame is bounded."""
    said = parse_hello(hello(columns=columns, rows=rows))
    assert (said.columns, said.rows) == expected


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"\xff", b"{", b'{"version": 2}', b'{"version": "1"}', b"{}"])
def test_a_malformed_hello_is_refused(payload: bytes) -> None:
    """Never another exception than the one with a sentence for the person."""
    with pytest.raises(HelloRefused):
        parse_hello(payload)


def test_the_default_profile_is_an_ordinary_terminal() -> None:
    """Tests of widgets may use it as it is."""
    assert TerminalProfile() == profile_of({"TERM": "xterm-256color", **UTF8})
