"""What comes to the port of the chargers and is none, or one that is broken: one answer, nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.neighbour import undisturbed
from tests.journeys.product import Served
from tests.raw_client import BINARY, CLOSE, TEXT, RawClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 65_536  #: max_frame_bytes of the server under test
START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-11-21T10:00:00Z"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all of these; at the end it must stop in order."""
    async with Served(short(tmp_path_factory), OCPP_MAX_FRAME_BYTES=str(LIMIT)) as running:
        yield running
        assert await running.terminate() == 0
        assert running.said == "", "the server complained on stderr"


def short(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("oc", numbered=True)


async def refused(served: Served) -> int:
    text = await metrics(served)
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("ocpp_refused_connections")))
