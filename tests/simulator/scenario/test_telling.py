"""What is printed of frames: nothing that a terminal obeys, and no passwords."""

from __future__ import annotations

import json

from simulator.scenario.run import Done
from simulator.scenario.seen import Frame, Seen
from simulator.scenario.telling import Objects, Words

KEY = "0123456789abcdef"
NASTY = '[4,"1","X","\x1b[2J\u202eabc\x07",{}]'
SECRET = f'[2,"1","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{KEY}"}}]'
FAILED = Done("3", "expect \x1bX", 1.0, "It is \x1b[31mred.", tuple(Frame(0, "in", text) for text in (NASTY, SECRET)))


def test_lines_for_people_are_harmless() -> None:
    """Escape sequences, control characters and AuthorizationKey of a CSMS do not reach the terminal."""
    lines: list[str] = []
    Words(lines.append).done(FAILED)
    text = "".join(lines)
    assert len(lines) == 4 and text.count("\n") == 4
    assert not any(ord(char) < 32 or char == "\u202e" for char in text.replace("\n", ""))
    assert KEY not in text and '"value":"***"' in text


def test_lines_for_programs_are_json() -> None:
    """One object a line, what is no JSON as text, no secrets either."""
    lines: list[str] = []
    Objects(lines.append).done(FAILED._replace(frames=(Frame(0, "in", "hello\x1b"), *FAILED.frames)))
    line = lines.pop()
    frames = json.loads(line)["frames"]
    deep = "[" * 900 + '"AuthorizationKey"' + "]" * 900
    Objects(lines.append).done(FAILED._replace(frames=(Frame(0, "in", deep),)))
    Words(lines.append).done(FAILED._replace(frames=(Frame(0, "in", deep),)))
    assert frames[0] == {"at": "1970-01-01T00:00:00.000Z", "direction": "in", "text": "hello\x1b"}
    assert KEY not in line and "\x1b" not in line


def test_many_frames_are_cut() -> None:
    """The newest twenty are shown, and how many there were before; a very long one is shortened."""
    lines: list[str] = []
    frames = tuple(Frame(0, "out", "x" * 5000) for _ in range(50))
    Words(lines.append).done(FAILED._replace(frames=frames))
    assert len(lines) == 3 + 20 and "30 frames before these" in lines[2]
    assert max(map(len, lines)) <= 1001


def test_the_same_message_twice() -> None:
    """Two CALLs under one id are answered one after the other; an answer to nothing is nobody's."""
    seen = Seen()
    for direction, text in (
        ("out", '[2,"7","Heartbeat",{}]'),
        ("out", '[2,"7","Heartbeat",{}]'),
        ("in", '[3,"7",{"n":1}]'),
        ("in", '[4,"7","GenericError","no",{}]'),
        ("in", '[3,"7",{"n":3}]'),
        ("in", "no JSON"),
        ("in", "[]"),
    ):
        seen.trace(direction, text)
    first = seen.find("out", lambda call: True)
    assert first is not None and first.answer == {"n": 1}
    seen.take(first)
    second = seen.find("out", lambda call: True)
    assert second is not None and (second.error_code, second.description) == ("GenericError", "no")


def test_what_is_kept_is_bounded() -> None:
    """Frames and calls that nobody expects do not fill the memory."""
    seen = Seen()
    for number in range(12_000):
        seen.trace("in", f'[2,"{number}","Heartbeat",{{}}]')
    assert seen.count == 12_000
    assert len(seen.since(0)) == 300
    assert len(seen._calls["in"]) == 5000 and len(seen._unanswered) <= 500
