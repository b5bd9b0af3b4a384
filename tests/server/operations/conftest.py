"""A whole server and one charger on it, for each test that wants them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.server.api.served import short_path
from tests.server.operations.whole import Whole, site_and_charger


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    with short_path() as path:
        async with site_and_charger(path.parent) as both:
            yield both
