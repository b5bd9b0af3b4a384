"""Metrics: Prometheus can read them, they say what the depot says, and name no charger."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from server.model.command import Reset
from server.outlets.metrics import exposition
from tests.server.api.fake_depot import FakeDepot, living_depot
from tests.server.api.served import served, unix_client


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families: Any = text_string_to_metric_families(text)
    return {(s.name, tuple(s.labels.items())): s.value for family in families for s in family.samples}


def test_metrics_say_what_the_depot_says() -> None:
    """Every number of the totals and of the health is there, in base units."""
    depot = living_depot()
    depot.submit("CP-01", Reset(), "ana")
    depot.submit("CP-02", Reset(), "ana")
    found = samples(exposition(depot).decode())
    expected = {
        "chargers": 3,
        "chargers_online": 2,
        "connectors_charging": 1,
        "power_watts": 11_040,
        "open_transactions": 1,
        "open_faults": 1,
        "healthy": 1,
        "loop_lag_seconds": 0.0015,
        "rows_waiting": 0,
    }
    for name, value in expected.items():
        assert found["ocpp_console_" + name, ()] == value, name
    assert found["ocpp_console_frames_total", (("direction", "in"),)] == 41
    assert found["ocpp_console_frames_total", (("direction", "out"),)] == 42
    assert found["ocpp_console_commands", (("state", "accepted"),)] == 1
    assert found["ocpp_console_commands", (("state", "blocked"),)] == 1
    assert found["ocpp_console_commands", (("state", "timed_out"),)] == 0


def test_degraded_is_told() -> None:
    """An alert can be built on one number."""
    depot = FakeDepot()
    depot.health.degraded.append("disk")
    assert samples(exposition(depot).decode())["ocpp_console_healthy", ()] == 0


def test_metrics_name_no_charger() -> None:
    """One series a charger is too many for a large depot."""
    assert b"CP-0" not in exposition(living_depot())


async def test_metrics_are_served() -> None:
    """GET /metrics has the type that Prometheus asks for."""
    async with served(living_depot()) as door, unix_client(door) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert samples(answer.text)["ocpp_console_chargers", ()] == 3
