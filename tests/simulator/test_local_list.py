"""The local authorisation list: kept with its version, and used."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator import Profile, Refused, Status
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


def row(tag: str, status: str = "Accepted", **info: Any) -> dict[str, Any]:
    return {"idTag": tag, "idTagInfo": {"status": status} | info}


async def _send(central: Csms, version: int, kind: str, *rows: dict[str, Any]) -> str:
    answer = await central.ask(
        "CP-1", "SendLocalList", listVersion=version, updateType=kind, localAuthorizationList=list(rows)
    )
    return str(answer["status"])


async def test_versions_and_updates(central: Csms, make: Make) -> None:
    """TC_042, TC_043, LL-01, LL-02: full, differential, an old version is a mismatch, nonsense changes nothing."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "GetLocalListVersion") == {"listVersion": 0}
        assert await _send(central, 3, "Full", row("AAA"), row("BBB", "Blocked")) == "Accepted"
        assert await _send(central, 3, "Differential", row("CCC")) == "VersionMismatch"
        assert await _send(central, 4, "Differential", row("CCC"), row("ccc")) == "Failed"
        assert await _send(central, 5, "Full", {"idTag": "AAA"}) == "Failed"
        assert await _send(central, 0, "Full", row("AAA")) == "Failed"
        assert await central.ask("CP-1", "GetLocalListVersion") == {"listVersion": 3}
        assert await _send(central, 4, "Differential", row("CCC"), {"idTag": "AAA"}) == "Accepted"
        assert sorted(point.authority.local_list.entries) == ["bbb", "ccc"]
        assert await central.ask("CP-1", "GetLocalListVersion") == {"listVersion": 4}
        assert await _send(central, 1, "Full") == "Accepted"
        assert not point.authority.local_list.entries


async def test_a_list_that_is_switched_off(central: Csms, make: Make) -> None:
    """TC_043_1: LocalAuthListEnabled false: NotSupported, version -1; the same without the profile."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="LocalAuthListEnabled", value="false")
        assert await _send(central, 1, "Full", row("AAA")) == "NotSupported"
        assert await central.ask("CP-1", "GetLocalListVersion") == {"listVersion": -1}
    async with make(lacks=frozenset({Profile.LOCAL_LIST})) as point:
        await point.until(lambda: point.registered)
        assert await _send(central, 1, "Full", row("AAA")) == "NotSupported"
        assert await central.ask("CP-1", "GetLocalListVersion") == {"listVersion": -1}


async def test_the_list_counts_offline(central: Csms, make: Make) -> None:
    """TC_037_1: offline a listed tag may charge; blocked, expired and unknown ones may not, unknown ones by setting."""
    past = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with make() as point:
        await point.until(lambda: point.registered)
        rows = row("GOOD"), row("BAD", "Blocked"), row("OLD", expiryDate=past)
        assert await _send(central, 1, "Full", *rows) == "Accepted"
        point.drop_line(60)
        await point.until(lambda: not point.connected)
        point.plug_in(1)
        for tag in ("BAD", "OLD", "STRANGER"):
            with pytest.raises(Refused, match="offline"):
                point.present_tag(1, tag)
        point.configuration.set("AllowOfflineTxForUnknownId", "true")
        with pytest.raises(Refused, match="offline"):
            point.present_tag(1, "BAD")
        point.plug_in(2)
        point.present_tag(2, "STRANGER")
        point.present_tag(1, "good")
        assert point.connectors[1].status is Status.CHARGING
        assert point.connectors[2].status is Status.CHARGING


async def test_a_conflict_with_the_list_is_told(central: Csms, make: Make) -> None:
    """The list lets a tag in, the CSMS does not: LocalListConflict until there is a new list."""
    central.script["StartTransaction"] = deque([{"transactionId": 4, "idTagInfo": {"status": "Blocked"}}])
    async with make() as point:
        await point.until(lambda: point.registered)
        await _send(central, 1, "Full", row("GOOD"))
        point.plug_in(1)
        point.start(1, "GOOD")
        await central.until(lambda: _errors(central) == ["NoError", "LocalListConflict"])
        await _send(central, 2, "Full", row("GOOD", "Blocked"))
        await central.until(lambda: _errors(central)[-1] == "NoError")
    assert central.statuses(0) == ["Available"] * 3


def _errors(central: Csms) -> list[str]:
    """Of connector 0."""
    return [payload["errorCode"] for payload in central.of("StatusNotification") if payload["connectorId"] == 0]


async def test_local_pre_authorize(central: Csms, make: Make) -> None:
    """LocalPreAuthorize: a listed tag starts without Authorize even with a line; others are asked for."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await _send(central, 1, "Full", row("GOOD"), row("BAD", "Blocked"))
        await central.ask("CP-1", "ChangeConfiguration", key="LocalPreAuthorize", value="true")
        point.plug_in(1)
        point.present_tag(1, "GOOD")
        await central.until(lambda: central.of("StartTransaction"))
        assert not central.of("Authorize")
        point.present_tag(2, "BAD")
        await central.until(lambda: central.of("Authorize"))


async def test_a_tag_of_the_same_group_stops(central: Csms, make: Make) -> None:
    """AUTH-03: another tag with the same parent ends the session, a stranger does not."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await _send(central, 1, "Full", row("HER", parentIdTag="HOME"), row("HIM", parentIdTag="HOME"), row("YOU"))
        point.plug_in(1)
        point.start(1, "HER")
        with pytest.raises(Refused, match="Another tag"):
            point.present_tag(1, "YOU")
        point.present_tag(1, "HIM")
        await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["idTag"] == "HIM"
