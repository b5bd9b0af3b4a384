"""The command line of a charge point: which address, which id, which values can be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.wanted import Level, Unusable, Wanted, find_id, make_station


@pytest.mark.parametrize(
    ("url", "given", "expected"),
    [
        ("ws://h:9220/ocpp/CP001", "", ("ws://h:9220/ocpp", "CP001")),
        ("ws://h:9220/CP001", "", ("ws://h:9220", "CP001")),
        ("ws://h:9220/CP001/", "", ("ws://h:9220", "CP001")),
        ("wss://h/a/b/CP%20001", "", ("wss://h/a/b", "CP 001")),
        ("ws://h:9220/ocpp", "CP001", ("ws://h:9220/ocpp", "CP001")),
        ("ws://h:9220/ocpp/CP001", "CP001", ("ws://h:9220/ocpp", "CP001")),
        ("ws://h:9220", "CP001", ("ws://h:9220", "CP001")),
    ],
)
def test_the_id_is_the_last_part_of_the_address_or_given(url: str, given: str, expected: tuple[str, str]) -> None:
    """Row 147: either way the charge point dials the same address."""
    assert find_id(url, given) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://h/CP001", "no address of a CSMS"),
        ("h:9220/CP001", "no address of a CSMS"),
        ("ws:///CP001", "no address of a CSMS"),
        ("ws://h:99999/CP001", "no address"),
        ("ws://h:9220", "Which charge point"),
        ("ws://h:9220/ocpp/CP001?x=1", "behind it"),
        ("ws://CP001:secret@h/ocpp/CP001", "--password"),
        (f"ws://h/{'x' * 49}", "48 characters"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_with_a_sentence(url: str, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        find_id(url)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"ocpp": "2.0.1"}, "not spoken"),
        ({"connectors": 0}, "1 to 100"),
        ({"tag": "x" * 21}, "20 characters"),
        ({"tempo": 0.0}, "--tempo"),
        ({"tls_ca": Path("ca.pem")}, "wss"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_a_sentence(wishes: dict[str, Any], words: str) -> None:
    with pytest.raises(Unusable, match=words):
        Wanted(url="ws://h", charger_id="CP001", **wishes)


def test_a_file_that_is_no_authority_is_refused(tmp_path: Path) -> None:
    """Missing, and no PEM."""
    (tmp_path / "no.pem").write_text("nothing")
    for name, words in (("missing.pem", "No such file"), ("no.pem", "no certificate")):
        with pytest.raises(Unusable, match=words):
            make_station(Wanted(url="wss://h", charger_id="CP001", tls_ca=tmp_path / name))


def test_each_level_tells_more_than_the_next() -> None:
    """Row 149: debug tells all, error only what was refused."""
    told = [[Wanted(url="ws://h", charger_id="CP001", level=level).tells(kind) for kind in Level] for level in Level]
    assert [sum(row) for row in told] == [4, 3, 2, 1]


def test_connectors_are_of_seven_kilowatts() -> None:
    """Rows 148 and 154: two unless told otherwise, 7.2 kW each."""
    assert [c.rating.kw for c in make_station(Wanted(url="ws://h", charger_id="A")).connectors.values()] == [7.2, 7.2]
    assert len(make_station(Wanted(url="ws://h", charger_id="A", connectors=5)).connectors) == 5
