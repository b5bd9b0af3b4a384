"""One server and one charger for each case."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.server.api.served import short_path
from tests.server.links.oca.bench import Bench, bench_in


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with short_path() as path:
        async with bench_in(path.parent) as opened:
            yield opened
