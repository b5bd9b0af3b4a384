"""`get`: lists for people, scripts and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from console.oneshot import chargers, get
from console.oneshot.client import Server
from console.oneshot.listings import LISTINGS, WHATS
from console.oneshot.table import Paper
from server.model.command import Reset
from server.model.log import Frame
from tests.console.oneshot.conftest import Ask
from tests.server.api.fake_depot import T0, FakeDepot


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("output", get.OUTPUTS)
async def test_every_list_in_every_output(ask: Ask, server: Server, depot: FakeDepot, what: str, output: str) -> None:
    """Each has something to show, and says nothing on stderr."""
    depot.submit("CP-01", Reset(), "ana")
    said = await ask(get.run, what, server, output)
    assert (said.code, said.err) == (0, "")
    if output == "json":
        body = json.loads(said.out)
        name = LISTINGS[what].name if what != "connectors" else what
        assert body["count"] == len(body[name]) > 0
    else:
        assert len(said.lines) > 1


async def test_table_is_aligned(ask: Ask, server: Server) -> None:
    """Every column begins where its head begins; numbers end where it ends."""
    said = await ask(get.run, "connectors", server)
    head, first, second, offline = said.lines
    assert "\x1b" not in said.out
    for line, state in ((first, "Charging"), (second, "Faulted"), (offline, "Offline")):
        assert line[head.index("STATE") :].startswith(state)
    assert first[: head.index("kW") + 2].endswith(" 11.0")
    assert second[head.index("ERROR") :].startswith("GroundFailure E042")


async def test_charger_that_waits_for_adoption_is_told(ask: Ask, server: Server) -> None:
    """Pending and Offline come before what the connectors say."""
    said = await ask(chargers.list_all, server)
    states = {line.split()[0]: line.split()[1] for line in said.lines[1:]}
    assert states == {"CP-01": "Faulted", "CP-02": "Offline", "CP-NEW": "Pending"}


async def test_charger_and_limit_narrow(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """In any case of letters, for lists of the live state and of the history."""
    assert len((await ask(get.run, "connectors", server, charger="cp-01")).lines) == 3
    assert len((await ask(get.run, "connectors", server, charger="cp-01", limit=1)).lines) == 2
    assert len((await ask(get.run, "transactions", server, charger="cp-02")).lines) == 2
    assert len((await ask(get.run, "frames", server, limit=2)).lines) == 3
    assert len((await ask(get.run, "frames", server, limit=5000)).lines) == 4


async def test_csv_is_for_spreadsheets(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """Names of the API in the first line; nothing that a spreadsheet would execute."""
    depot.core.fleet.chargers["CP-01"].model = '=HYPERLINK("http://evil","x")'
    depot.core.fleet.chargers["CP-01"].vendor = 'a,"b"\r\n\x1b[2J'
    said = await ask(get.run, "chargers", server, "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert rows[0]["chargerId"] == "CP-01" and rows[0]["isOnline"] == "true"
    assert rows[0]["model"].startswith("'=HYPERLINK")
    assert rows[0]["vendor"] == 'a,"b"␍␊␛[2J'
    assert "connectors" not in rows[0]


async def test_csv_has_the_same_columns_whatever_is_in_the_rows(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """A charger without connectors, or a command without steps, in the first row adds no column."""
    heads = []
    for name in ("CP-01", "CP-NEW"):
        said = await ask(get.run, "chargers", server, "csv", charger=name)
        heads.append(said.lines[0])
    assert heads[0] == heads[1]
    assert (await ask(get.run, "chargers", server, "csv", charger="NOPE")).out == ""


async def test_json_is_exact(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """Every byte of a frame survives, escaped where it must be."""
    raw = '[2,"m","DataTransfer",{"data":"\x1b]52;c;x\x07 ü \x9b \u202e"}]'
    depot.frames = [(9, Frame(T0, 1, "CP-01", "in", "DataTransfer", "m", raw))]
    said = await ask(get.run, "frames", server, "json")
    assert json.loads(said.out)["frames"][0]["raw"] == raw
    assert "\x1b" not in said.out


async def test_foreign_text_cannot_move_the_cursor(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """T10: whatever a charger calls itself, a table holds no control character."""
    charger = depot.core.fleet.chargers["CP-01"]
    charger.model, charger.vendor, charger.firmware = "\x1b[2J", "\x9b31m\u202e", "a\nb\ud800"
    said = await ask(get.run, "chargers", server)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said.out)
    assert len(said.lines) == 4


async def test_watch_goes_on_until_interrupted(
    ask: Ask, server: Server, depot: FakeDepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round shows what is there now; Ctrl-C ends it with 0."""
    rounds = []

    def pause(seconds: float) -> None:
        rounds.append(seconds)
        depot.core.fleet.chargers["CP-01"].connectors[1].power_w = 22_000
        if len(rounds) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(get, "pause", pause)
    said = await ask(get.run, "connectors", server, watch=True)
    assert (said.code, rounds) == (0, [2.0, 2.0])
    assert said.out.count("CHARGER") == 2
    assert " 11.0 " in said.lines[1] and " 22.0 " in said.out


async def test_on_a_terminal_it_fits_and_has_colours(ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, no more lines than it has, states in colour."""
    monkeypatch.setattr(get, "paper", lambda: Paper(40, 4, colours=True))
    monkeypatch.setattr(get, "pause", lambda seconds: (_ for _ in ()).throw(KeyboardInterrupt))
    said = await ask(get.run, "connectors", server, watch=True)
    assert said.out.startswith("\x1b[H") and said.out.endswith("\x1b[J")
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", said.out).splitlines()
    assert len(plain) == 3 and plain[-1] == "2 more"
    assert max(len(line) for line in plain) <= 40
    assert re.search(r"\x1b\[[0-9;]+mCharging", said.out)


async def test_what_does_not_fit_is_cut_but_never_a_number(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text ends in an ellipsis, a number that does not fit is left out with all behind it."""
    monkeypatch.setattr(get, "paper", lambda: Paper(46))
    said = await ask(get.run, "frames", server)
    assert all(len(line) <= 46 for line in said.lines)
    assert sum(line.endswith("…") for line in said.lines) == 3
    monkeypatch.setattr(get, "paper", lambda: Paper(31))
    said = await ask(get.run, "connectors", server)
    assert said.lines[0].endswith("SINCE") and "11" not in said.lines[1]


async def test_wrong_words_are_usage(ask: Ask, server: Server) -> None:
    """Exit code 2, and what would be right."""
    said = await ask(get.run, "cars", server)
    assert said.code == 2 and "chargers" in said.err and said.out == ""
    said = await ask(get.run, "chargers", server, "xml")
    assert said.code == 2 and "csv" in said.err


async def test_no_server_is_69(ask: Ask, tmp_path: Path) -> None:
    """Missing socket, a file that is no socket, a path that is too long, a closed port: each says what to do."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "none", tmp_path / "file", tmp_path / ("x" * 150)):
        said = await ask(get.run, "chargers", Server(path))
        assert said.code == 69
        assert f"no server answers on {path}" in said.err and "ocpp-console serve" in said.err
    said = await ask(get.run, "chargers", Server(tmp_path / "x", "http://127.0.0.1:1"))
    assert said.code == 69 and "http://127.0.0.1:1" in said.err


async def test_tcp_needs_the_token(ask: Ask, tcp_server: Server) -> None:
    """With it everything works; without it the message says where it goes; no address is usage."""
    assert (await ask(get.run, "chargers", tcp_server)).code == 0
    said = await ask(get.run, "chargers", Server(tcp_server.socket, tcp_server.api))
    assert said.code == 1 and "--token" in said.err
    for wrong in ("127.0.0.1:9221", "ftp://x", "http://x:y"):
        said = await ask(get.run, "chargers", Server(tcp_server.socket, wrong, "t"))
        assert said.code == 2 and "--api http://127.0.0.1:PORT" in said.err, wrong


async def test_pipe_that_closes_is_no_error(server: Server, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """`| head` ends a list quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as broken:
        monkeypatch.setattr("sys.stdout", broken)
        said = await ask(get.run, "chargers", server)
        assert said.code == 0


async def test_limits_of_a_schedule_are_readable(ask: Ask, server: Server) -> None:
    """In words for people; in a spreadsheet as JSON, one period after the other."""
    said = await ask(get.run, "schedules", server)
    assert said.lines[1].endswith("16 A, from 3600 s 8.5 A 1 phase")
    said = await ask(get.run, "profiles", server, "csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert row["purpose"] == "TxDefaultProfile" and row["periods"].count("startPeriod") == 2
    assert json.loads(row["periods"].split("} ")[0] + "}")["limit"] == 16.0
