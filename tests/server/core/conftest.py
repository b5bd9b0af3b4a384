"""A core with one charger on it, and time that the test gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.core.core import Core, Policy
from server.model.charger import Charger
from server.model.event import Event, EventKind
from server.model.observation import Connected, StatusReported
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus
from server.model.tag import IdTag

T0 = 1_790_000_000_000  # some moment in 2026, ms
SECOND = 1_000
MINUTE = 60 * SECOND

Report = Callable[..., None]


@pytest.fixture
def core() -> Core:
    core = Core(Policy(unknown_chargers="accept"), Snapshot(last_transaction_id=900))
    core.put_tag(IdTag("A1B2C3"), T0)
    core.connected(Connected("CP-0001", T0, "127.0.0.1:5000", "1.6"))
    return core


@pytest.fixture
def charger(core: Core) -> Charger:
    return core.fleet.chargers["CP-0001"]


@pytest.fixture
def events(core: Core) -> list[Event]:
    heard: list[Event] = []
    core.bus.listen(heard.append)
    return heard


@pytest.fixture
def report(core: Core) -> Report:
    """Send a StatusNotification of CP-0001."""

    def send(status: ConnectorStatus, error_code: str = "NoError", connector_id: int = 1, **more: object) -> None:
        at = more.pop("at", T0)
        assert isinstance(at, int)
        core.status_reported(StatusReported("CP-0001", at, connector_id, status, error_code, **more))  # type: ignore[arg-type]

    return send


def kinds(events: list[Event]) -> list[EventKind]:
    return [e.kind for e in events]
