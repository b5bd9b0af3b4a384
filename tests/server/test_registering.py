"""Chargers that are registered with a password: never known without it."""

from __future__ import annotations

import asyncio

from server.core.access import AccessChange
from server.site import open_site
from tests.journeys.product import short_folder
from tests.server.operations.whole import config_in


async def test_charger_is_never_known_without_the_password_it_is_registered_with() -> None:
    """SEC-01: sealing a password takes 60 ms, and nobody may come in as that charger meanwhile."""
    with short_folder() as folder:
        config = config_in(folder)
        config.ocpp.unknown_chargers = "refuse"
        async with open_site(config) as site:
            putting = asyncio.create_task(site.access.put("CP-1", AccessChange(password="a long password")))
            while not putting.done():
                await asyncio.sleep(0)
                is_known = site.find_charger("CP-1") is not None
                assert is_known == site.access.password_of("CP-1").is_set
            assert site.access.password_of("CP-1").is_set
