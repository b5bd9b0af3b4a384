"""A charger that speaks of the sessions of another one."""

from __future__ import annotations

import random
from dataclasses import replace

from server.config import OcppSettings
from tests.server.links.conftest import OpenDepot

AT = "2026-11-21T10:00:00Z"
START = {"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": AT}


async def test_foreign_ids_change_nothing_of_others(open_depot: OpenDepot) -> None:
    """T5: 1,000 stops and meter values with ids of another charger, and guessed ones: all are answered, and
    that charger's session is as it was."""
    depot = await open_depot(replace(OcppSettings(host="127.0.0.1", port=0), max_frames_per_second=0))
    dice = random.Random(5)
    async with await depot.connect("/CP-1") as owner, await depot.connect("/CP-2") as stranger:
        mine = (await owner.call("StartTransaction", START))[2]["transactionId"]
        before = repr(depot.charger("CP-1"))
        for i in range(1_000):
            claimed = mine if i % 4 == 0 else dice.choice((mine - 1, mine + 1, dice.randint(-5, 2**31 - 1)))
            if i % 2:
                sample = {"timestamp": AT, "sampledValue": [{"value": "999999"}]}
                told = {"connectorId": 1, "transactionId": claimed, "meterValue": [sample]}
                answer = await stranger.call("MeterValues", told)
            else:
                told = {"transactionId": claimed, "meterStop": 999_999, "timestamp": AT, "idTag": "EVIL"}
                answer = await stranger.call("StopTransaction", told)
            assert answer[0] == 3
        assert repr(depot.charger("CP-1")) == before
        assert (await owner.call("StopTransaction", {"transactionId": mine, "meterStop": 200, "timestamp": AT}))[0] == 3
        assert depot.charger("CP-1").open_transactions() == []
