"""The connection doctor: every way to fail, and each odd way to succeed, is one row that says what to do."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from server.config import OcppSettings, SecuritySettings
from server.core import doctor as doctors
from server.core import roster
from server.core.bus import Bus
from server.core.core import Policy
from server.core.doctor import Doctor
from server.core.logring import LogRing
from server.links import gate as gates
from server.links import listener as listeners
from server.links import registry
from server.model.connection import Cause, Doors, fix_for
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually
from tests.server.links.knocking import ELSEWHERE, basic, rows, set_password

SETTINGS = OcppSettings(host="127.0.0.1", port=0, max_frame_bytes=1000)
Knock = Callable[[Depot], Awaitable[None]]


async def say(depot: Depot, text: bytes) -> None:
    """Bytes on a new connection, which is then read to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", depot.port)
    writer.write(text)
    await asyncio.wait_for(reader.read(), 10)
    writer.close()


def bytes_of(text: bytes) -> Knock:
    return lambda depot: say(depot, text)


def dialling(
    target: str = "/CP-1", offers: Sequence[str] | None = ("ocpp1.6",), without: Sequence[str] = (), *, extra: str = ""
) -> Knock:
    async def knock(depot: Depot) -> None:
        headers = (extra,) if extra else ()
        await (await RawClient.connect(depot.port, target, offers, without, headers)).close()

    return knock


async def probe(depot: Depot) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", depot.port)
    writer.close()


async def without_password(depot: Depot) -> None:
    set_password(depot)
    await dialling()(depot)


async def with_wrong_password(depot: Depot) -> None:
    set_password(depot)
    await dialling(extra=basic("CP-1", "wrong")[0])(depot)


async def with_wrong_user(depot: Depot) -> None:
    set_password(depot)
    await dialling(extra=basic("admin")[0])(depot)


async def disabled(depot: Depot) -> None:
    charger = roster.register(depot.core, "CP-1", 1)
    roster.change(depot.core, charger, 1, enabled=False)
    await dialling()(depot)


async def below_its_profile(depot: Depot) -> None:
    charger = roster.register(depot.core, "CP-1", 1)
    set_password(depot)
    roster.change(depot.core, charger, 1, profile=2)
    await dialling(extra=basic("CP-1")[0])(depot)


async def guessing(depot: Depot) -> None:
    set_password(depot)
    for i in range(6):
        await dialling(extra=basic("CP-1", f"wrong {i}")[0])(depot)


async def many_newcomers(depot: Depot) -> None:
    depot.core.policy = Policy("ask")
    depot.listener._gate._newcomers.take("127.0.0.1", asyncio.get_running_loop().time(), gates.NEWCOMERS)
    await dialling()(depot)


async def taking_over(depot: Depot) -> None:
    first, second = await depot.connect(), await depot.connect()
    first.abort()
    second.abort()


async def in_use(depot: Depot) -> None:
    client = await depot.connect()
    reading = asyncio.create_task(client.closing(60))
    await (await RawClient.connect(depot.port, "/CP-1", local=ELSEWHERE)).close()
    reading.cancel()
    client.abort()


async def compressing(depot: Depot) -> None:
    client = await depot.connect()
    client.send_frame(0x1, b"\xab\x56\x4a\x00", rsv1=True)
    await client.closing()


async def too_large(depot: Depot) -> None:
    client = await depot.connect()
    client.send_frame(0x1, b"x" * 5_000)
    await client.closing()


async def half(depot: Depot) -> None:
    await say(depot, b"GET /CP-1 HTTP/1.1\r\nHost: ")


async def into_a_defect(depot: Depot) -> None:
    depot.listener._gate._core = None  # type: ignore[assignment]
    await dialling()(depot)


TLS_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
#: name, what is done, the row: cause, id, words of what was seen, words of what to do
KNOCKS: list[tuple[str, Knock, Cause, str, str, str]] = [
    ("port scan", probe, Cause.TCP_PROBE, "", "sent nothing", "port scan"),
    ("TLS", bytes_of(TLS_HELLO), Cause.TLS_ON_PLAIN, "", "TLS hello", "ws://127.0.0.1:"),
    ("browser", dialling("/", None, ("Upgrade", "Connection", "Sec-WebSocket-Key")), Cause.PLAIN_HTTP, "", "browser",
     "no web page"),
    ("curl", bytes_of(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n"), Cause.PLAIN_HTTP, "", "HTTP", "no web page"),
    ("proxy", dialling("/CP-1", ("ocpp1.6",), ("Upgrade",)), Cause.NO_UPGRADE, "CP-1", "Upgrade", "proxy"),
    ("SSH", bytes_of(b"SSH-2.0-scan\r\n\r\n"), Cause.NOT_WEBSOCKET, "", "no WebSocket handshake", "OCPP port"),
    ("SOAP", bytes_of(b"POST /services/CP HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"), Cause.NO_UPGRADE,
     "", "SOAP", "It sends HTTP POST, as OCPP over SOAP does. "),
    ("PROXY protocol", bytes_of(b"PROXY TCP4 10.0.0.9 10.0.0.1 5 9220\r\nGET /CP-1 HTTP/1.1\r\n"), Cause.NO_UPGRADE,
     "", "PROXY", "switch that off"),
    ("PROXY protocol 2", bytes_of(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\0" * 12), Cause.NO_UPGRADE,
     "", "PROXY", "switch that off"),
    ("blank in the id", dialling("/CP 1"), Cause.BAD_ID, "", "'/CP 1'", "another id"),
    ("umlaut in the id", bytes_of("GET /ocpp/Säule HTTP/1.1\r\nHost: x\r\n\r\n".encode()), Cause.BAD_ID, "",
     "S\\xe4ule", "another id"),
    ("HTTP/1.0", bytes_of(b"GET /CP-1 HTTP/1.0\r\nHost: x\r\nSec-WebSocket-Key: " + b"A" * 22 + b"==\r\n\r\n"),
     Cause.NO_UPGRADE, "", "HTTP/1.0", "It speaks HTTP/1.0, WebSocket needs HTTP/1.1. A proxy"),
    ("no key", dialling(without=("Sec-WebSocket-Key",)), Cause.NO_UPGRADE, "CP-1", "Sec-WebSocket-Key",
     "missing Sec-WebSocket-Key"),
    ("no version", dialling(without=("Sec-WebSocket-Version",)), Cause.NO_UPGRADE, "CP-1", "Sec-WebSocket-Version",
     "missing Sec-WebSocket-Version"),
    ("newcomers in masses", many_newcomers, Cause.RATE, "CP-1", "unknown ids", "look what dials"),
    ("line too long", bytes_of(b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n"), Cause.HEADERS, "", "URL", "too long"),
    ("header too long", dialling(extra="X: " + "x" * 9_000), Cause.HEADERS, "", "8192", "too long"),
    ("too many headers", dialling(extra="\r\n".join(f"X-{i}: 1" for i in range(200))), Cause.HEADERS, "",
     "128 headers", "proxy"),
    ("no id", dialling("/"), Cause.NO_ID, "", "without a charger id", "CHARGER-ID"),
    ("bad id", dialling("/a%1B%5B31m"), Cause.BAD_ID, "", "control characters", "another id"),
    ("OCPP 2.0.1 alone", dialling(offers=("ocpp2.0.1",)), Cause.SUBPROTOCOL, "CP-1", "ocpp2.0.1", "OCPP 1.6 JSON"),
    ("no password", without_password, Cause.NO_PASSWORD, "CP-1", "no password", "set-password CP-1 --generate"),
    ("wrong password", with_wrong_password, Cause.WRONG_PASSWORD, "CP-1", "5 bytes", "set-password CP-1 --generate"),
    ("wrong user", with_wrong_user, Cause.WRONG_USER, "CP-1", "admin", "Set the user name to CP-1"),
    ("disabled", disabled, Cause.DISABLED, "CP-1", "operator", "chargers enable CP-1"),
    ("plain where TLS is asked for", below_its_profile, Cause.PROFILE, "CP-1", "security profile 2", "TLS"),
    ("guessing", guessing, Cause.RATE, "CP-1", "too many wrong passwords", "wait a minute"),
    ("taken over", taking_over, Cause.TAKEN_OVER, "CP-1", "replaced", "its own id"),
    ("in use", in_use, Cause.IN_USE, "CP-1", "answers", "its own id"),
    ("half a handshake", half, Cause.TOO_SLOW, "", "in time", "signal"),
    ("compressed", compressing, Cause.COMPRESSED, "CP-1", "compressed", "compression off"),
    ("too large", too_large, Cause.TOO_LARGE, "CP-1", "1000 bytes", "max_frame_bytes"),
    ("defect of ours", into_a_defect, Cause.SERVER_ERROR, "CP-1", "AttributeError", "its log"),
    ("good", dialling(), Cause.CONNECTED, "CP-1", "", ""),
    ("no subprotocol", dialling(offers=None), Cause.ODD, "CP-1", "subprotocol", "It works"),
]  # fmt: skip


@pytest.mark.parametrize(("knock", "cause", "charger_id", "seen", "fix"), [k[1:] for k in KNOCKS],
                         ids=[k[0] for k in KNOCKS])  # fmt: skip
async def test_each_cause_is_one_row_that_says_what_to_do(
    open_depot: OpenDepot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    knock: Knock,
    cause: Cause,
    charger_id: str,
    seen: str,
    fix: str,
) -> None:
    """WS-24: really produced on a socket; time, address, id, what was seen, and the sentence that fixes it."""
    if cause is Cause.TOO_SLOW:
        monkeypatch.setattr(listeners, "OPEN_TIMEOUT", 0.3)
    depot = await open_depot(SETTINGS)
    depot.health.ocpp_url = f"ws://127.0.0.1:{depot.port}"
    before = round(time.time() * 1000)
    await knock(depot)
    await eventually(lambda: rows(depot, cause))
    (row,) = rows(depot, cause)
    assert before - 1 <= row.at <= row.seen_at <= round(time.time() * 1000)
    assert re.fullmatch(r"127\.0\.0\.[12]:\d+", row.peer)
    assert row.charger_id == charger_id and row.count == 1
    assert seen.casefold() in row.detail.casefold() and fix.casefold() in row.fix.casefold()
    assert row.detail.isprintable() and row.fix.isprintable()
    if cause is not Cause.SERVER_ERROR:
        assert caplog.records == []


@pytest.mark.parametrize("head", [b"POST /CP-1 HTTP/1.1\r\n", b"PROXY UNKNOWN\r\n", b"GET /CP 1 HTTP/1.1\r\n"])
async def test_what_cannot_be_read_is_answered_all_the_same(depot: Depot, head: bytes) -> None:
    """WS-24: with a status and one sentence, so that who looks at the other end sees more than a cut line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", depot.port)
    writer.write(head + b"Host: x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ") and b"ws://HOST:PORT/CHARGER-ID" in answer


async def test_unknown_charger_is_told_how_it_is_registered(open_depot: OpenDepot) -> None:
    """WS-12, WS-24: `refuse`; its id is quoted for the shell and for the URL."""
    depot = await open_depot(policy=Policy("refuse"))
    await dialling("/A%20'B%3B")(depot)
    await eventually(lambda: rows(depot, Cause.UNKNOWN))
    (row,) = rows(depot, Cause.UNKNOWN)
    assert row.charger_id == "A 'B;" and """chargers add 'A '"'"'B;' --generate""" in row.fix


def test_every_cause_is_produced_by_a_test() -> None:
    """WS-24: those of TLS in the tests of TLS, the others here."""
    here = {cause for _, _, cause, *_ in KNOCKS} | {Cause.UNKNOWN}
    texts = "".join(path.read_text() for path in (Path(__file__).parent / "tls").glob("test_*.py"))
    assert {cause for cause in Cause if f"Cause.{cause.name}" not in texts} - here == set()


def test_every_cause_has_a_sentence_with_and_without_tls() -> None:
    """WS-24: it begins and ends like one, and its commands exist."""
    for cause in Cause:
        for doors in (Doors("ws://10.0.0.5:9220"), Doors("ws://10.0.0.5:9220", "wss://10.0.0.5:9443")):
            for charger_id in ("", "CP-1"):
                told = fix_for(cause, charger_id, doors, "the detail")
                assert (told == "") == (cause is Cause.CONNECTED)
                assert told.count("  ") == 0 and len(told) < 250
                assert not told[:1].islower() and ". the detail" not in told


# many of them


async def test_alike_tries_are_one_row_with_a_count(depot: Depot) -> None:
    """WS-24: a charger that tries every few seconds is one row and one line in the log; another id is another row."""
    set_password(depot)
    for i in range(12):
        await dialling(extra=basic("CP-1", f"wrong {i}")[0])(depot)
    await dialling("/CP-2", ("ocpp9",))(depot)
    await eventually(lambda: depot.health.refused_connections == 13)
    found = {(row.charger_id, row.cause): row.count for row in rows(depot)}
    assert found[("CP-2", Cause.SUBPROTOCOL)] == 1
    assert found[("CP-1", Cause.WRONG_PASSWORD)] + found[("CP-1", Cause.RATE)] == 12 and len(found) == 3
    assert len([line for line in depot.lines("link") if "refused" in line.text]) == 3


async def test_scanner_makes_few_rows_and_few_lines(depot: Depot) -> None:
    """WS-24: whatever one address dials through, it gets a bounded number of rows; another address gets its own."""
    for i in range(doctors.ROWS_OF_ONE + 40):
        await dialling(f"/SCAN-{i}", ("ocpp9",))(depot)
    victim = await RawClient.connect(depot.port, "/CP-1", ("ocpp9",), local=ELSEWHERE)
    await victim.close()
    await eventually(lambda: depot.health.refused_connections == doctors.ROWS_OF_ONE + 41)
    assert len(rows(depot)) <= doctors.ROWS_OF_ONE + 2
    assert sum(row.count for row in rows(depot)) == doctors.ROWS_OF_ONE + 41
    assert len(depot.lines("link")) <= doctors.ROWS_OF_ONE + 2
    assert rows(depot)[0].charger_id == "CP-1" and rows(depot)[0].peer.startswith(ELSEWHERE)


def test_rows_are_bounded_whatever_comes() -> None:
    """WS-24: from many addresses, over hours, with long texts."""
    seen = Doctor(Bus(), LogRing())
    for i in range(20_000):
        seen.failed(i * 500, f"10.{i >> 8 & 255}.{i & 255}.1:{i}", f"X-{i}", Cause.NO_PASSWORD, "d" * 5_000)
    assert len(seen.attempts) == doctors.KEPT
    assert all(len(row.detail) <= doctors.LONGEST for row in seen.attempts)
    assert len(seen._newest) <= doctors.KEPT


async def test_link_that_stood_tells_how_it_ended(depot: Depot) -> None:
    """WS-24: a charger that comes again and again is one row: how often, and why the last link ended."""
    for _ in range(3):
        client = await depot.connect()
        await client.close()
        await eventually(lambda: not depot.charger().online)
    (row,) = rows(depot)
    assert row.cause is Cause.CONNECTED and row.count == 3 and not row.is_open
    assert row.ended == "link closed by the charger (1000)" and row.ended_at > row.seen_at


async def test_profile_that_was_reached_is_told(open_depot: OpenDepot, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-01: the row of a link says with which security profile it came in."""
    depot = await open_depot(security=SecuritySettings(profile=1))
    set_password(depot)
    monkeypatch.setattr(registry, "ANSWER_S", 0.1)
    client = await depot.connect(extra=basic("CP-1"))
    (row,) = rows(depot)
    assert row.profile == 1 and row.is_open
    await client.close()
    assert gates.WAYS[row.profile] == "with a password over ws://"


async def test_two_bad_ids_are_two_rows(depot: Depot) -> None:
    """What is wrong with one is not told of the other: each row says which id it was."""
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    for target in (b"/a:b", b"/c:d", b"/" + b"x" * 60, b"/a:b"):
        key = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        await say(depot, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + upgrade + key)
    await eventually(lambda: sum(a.count for a in depot.core.doctor.attempts) == 4)
    attempts = depot.core.doctor.attempts
    assert {a.cause for a in attempts} == {Cause.BAD_ID}
    assert sorted(a.count for a in attempts) == [1, 1, 2] and len({a.kind for a in attempts}) == 3
    (twice,) = (a for a in attempts if a.count == 2)
    assert "neither ':'" in twice.detail and "'a:b'" in twice.detail


def test_a_flood_of_bad_ids_is_one_more_row() -> None:
    """However many ids a scanner makes up: one row for all beyond the first of a minute."""
    doctor = Doctor(Bus(), LogRing())
    for n in range(500):
        doctor.failed(0, "10.0.0.9:1", "", Cause.BAD_ID, f"This one is 'x:{n}'")
    assert len(doctor.attempts) == doctors.ROWS_OF_ONE + 1
    assert doctor.attempts[0].count == 500 - doctors.ROWS_OF_ONE
