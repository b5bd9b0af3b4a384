"""Local authorization list profile."""

from __future__ import annotations

import pytest

from server.model.command import CommandState
from server.model.operations import GetLocalListVersion, SendLocalList
from server.model.tag import LocalListEntry
from tests.server.links.oca.bench import CARD, Bench

FULL = SendLocalList(3, True, (LocalListEntry(CARD),))


@pytest.mark.oca("TC_042_1_CSMS_GetLocalListVersion_NotSupported")
async def test_version_of_a_charger_without_a_list(bench: Bench) -> None:
    """-1 is told as no list."""
    command = await bench.asks(GetLocalListVersion(), listVersion=-1)
    assert command.state is CommandState.REJECTED and "no local list" in command.error
    assert bench.site.chargers["CP-1"].local_list_version == -1


@pytest.mark.oca("TC_042_2_CSMS_GetLocalListVersion_Empty")
async def test_version_of_an_empty_list(bench: Bench) -> None:
    """0 is told as an empty list."""
    command = await bench.asks(GetLocalListVersion(), listVersion=0)
    assert (command.state, command.facts) == (CommandState.ACCEPTED, ("the list is empty",))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(
            "NotSupported",
            "NotSupported",
            marks=pytest.mark.oca("TC_043_1_CSMS_SendLocalAuthorizationList_NotSupported"),
        ),
        pytest.param(
            "Failed", "send the full list", marks=pytest.mark.oca("TC_043_3_CSMS_SendLocalAuthorizationList_Failed")
        ),
    ],
)
async def test_list_that_is_refused(bench: Bench, status: str, words: str) -> None:
    """The charger's word is told, with what helps; the version stays unknown."""
    command = await bench.asks(FULL, status=status)
    assert (command.state, command.status) == (CommandState.REJECTED, status) and words in command.error
    assert bench.site.chargers["CP-1"].local_list_version is None


@pytest.mark.oca("TC_043_4_CSMS_SendLocalAuthorizationList_Full")
async def test_full_list(bench: Bench) -> None:
    """LL-01: all tags with their verdicts, and a version above 0, which is then the charger's."""
    assert (await bench.asks(FULL)).state is CommandState.ACCEPTED
    assert bench.sent("SendLocalList") == {
        "listVersion": 3,
        "updateType": "Full",
        "localAuthorizationList": [{"idTag": CARD, "idTagInfo": {"status": "Accepted"}}],
    }
    command = await bench.asks(GetLocalListVersion(), listVersion=3)
    assert command.facts == ("version 3",) and bench.site.chargers["CP-1"].local_list_version == 3


@pytest.mark.oca("TC_043_5_CSMS_SendLocalAuthorizationList_Differential")
async def test_differential_list(bench: Bench) -> None:
    """LL-01, LL-02: a newer version; a tag without a verdict is one to delete."""
    await bench.asks(FULL)
    bench.charger.calls.clear()
    changes = SendLocalList(4, False, (LocalListEntry(CARD, None), LocalListEntry("NEW")))
    assert (await bench.asks(changes)).state is CommandState.ACCEPTED
    assert bench.sent("SendLocalList") == {
        "listVersion": 4,
        "updateType": "Differential",
        "localAuthorizationList": [{"idTag": CARD}, {"idTag": "NEW", "idTagInfo": {"status": "Accepted"}}],
    }
    assert bench.site.chargers["CP-1"].local_list_version == 4
