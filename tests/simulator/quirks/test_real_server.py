"""Every quirk against the real server: the link lives, the boot is accepted and a session with energy arrives."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.model.options import read_change
from simulator import ChargePoint
from simulator.quirks.catalogue import QUIRKS
from simulator.quirks.quirk import Quirk
from tests.simulator.quirks.living import point_of, server, session_of, told

#: What this server does not let in, and why that is right.
TURNED_AWAY = {
    "wrong-subprotocol": "400: it offers a version that is not spoken",
    "lower-case-actions": "NotImplemented: bootNotification is no message of OCPP",
}
_NEEDS_PASSWORD = {"grizzl-e-empty-path": "only its password says who it is"}
_TOGETHER = 18


@pytest.mark.slow
@pytest.mark.parametrize("part", range(0, len(QUIRKS), _TOGETHER))
async def test_a_session_arrives(part: int, tmp_path: Path) -> None:
    """Q01-Q56 and all failures: whatever is odd about the charge point, its session and its energy are there."""
    quirks = [quirk for quirk in list(QUIRKS.values())[part : part + _TOGETHER] if quirk.name not in TURNED_AWAY]
    async with server(tmp_path) as site:

        async def live(quirk: Quirk) -> str:
            password = "geheim-99" if quirk.name in _NEEDS_PASSWORD else None
            async with point_of(site, quirk, password=password) as point:
                if quirk.name == "free2move-hurried-off":
                    await point.until(lambda: point.registered)
                    site.change_options(quirk.name, [read_change("start_delay_ms", 300)], "ana")
                try:
                    await session_of(point)
                except TimeoutError:
                    return f"{quirk.name}: {point.last_error or 'no answer'} {point.counters}"
            found = await told(site, quirk.name)
            energy_wh = max((transaction.energy_wh for transaction in found), default=0)
            return "" if energy_wh > 1000 else f"{quirk.name}: {found}"

        wrong = [said for said in await asyncio.gather(*map(live, quirks)) if said]
    assert wrong == []


@pytest.mark.parametrize("name", TURNED_AWAY)
async def test_what_is_turned_away_says_why(name: str, tmp_path: Path) -> None:
    """WS-06, RPC-09: not let in, told so, and the next charge point is served."""
    async with server(tmp_path) as site:
        point: ChargePoint = point_of(site, QUIRKS[name])
        async with point, point_of(site, charger_id="CP-1") as other:
            await other.until(lambda: other.registered)
            await point.until(lambda: point.last_error or point.counters.errors)
            assert not point.registered
