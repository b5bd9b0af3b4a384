"""The depot in numbers for Prometheus. Made when it is asked for, out of state that is there anyway.

No label names a charger: a depot of a thousand would make ten thousand series. Import costs nothing: the library is
loaded with the first scrape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.core.ports import Depot
from server.model.command import CommandState

if TYPE_CHECKING:
    from prometheus_client import Metric

PREFIX = "ocpp_console_"


def exposition(depot: Depot) -> bytes:
    """The metrics of `depot` as Prometheus text, UTF-8."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_DepotCollector(depot))
    return generate_latest(registry)


class _DepotCollector:
    def __init__(self, depot: Depot) -> None:
        self._depot = depot

    def describe(self) -> list[Metric]:
        return []  # else the registry collects once more to learn the names

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for name, about, value in self._gauges():
            yield GaugeMetricFamily(PREFIX + name, about, value=value)
        health = self._depot.health
        frames = CounterMetricFamily(PREFIX + "frames", "OCPP messages since the start.", labels=["direction"])
        frames.add_metric(["in"], health.frames_in)
        frames.add_metric(["out"], health.frames_out)
        yield frames
        for name, about, value in (
            ("stray_answers", "Answers that nobody waited for.", health.stray_answers),
            ("refused_connections", "Connections of chargers that were refused.", health.refused_connections),
        ):
            yield CounterMetricFamily(PREFIX + name, about, value=value)
        states = Counter(c.state for c in self._depot.commands)
        commands = GaugeMetricFamily(PREFIX + "commands", "The newest 500 commands by state.", labels=["state"])
        for state in CommandState:
            commands.add_metric([state.value], states[state])
        yield commands

    def _gauges(self) -> list[tuple[str, str, float]]:
        health, totals = self._depot.health, self._depot.totals
        return [
            ("healthy", "1: healthy, 0: degraded, see /health.", not health.degraded),
            ("start_time_seconds", "Start of the server, seconds since the epoch.", health.started_at / 1000),
            ("chargers", "Chargers known.", totals.chargers),
            ("chargers_online", "Chargers with a live link.", totals.online),
            ("connectors_charging", "Connectors in the state Charging.", totals.charging),
            ("power_watts", "Power drawn by the depot.", totals.power_w),
            ("energy_today_watt_hours", "Energy delivered since local midnight.", totals.energy_today_wh),
            ("open_transactions", "Transactions that run.", totals.open_transactions),
            ("open_faults", "Open faults: the connector cannot charge.", totals.faults),
            ("open_warnings", "Open warnings: the connector still can.", totals.warnings),
            ("terminals", "Terminals attached.", len(health.terminals)),
            ("loop_lag_seconds", "Longest delay of the event loop in the last 5 seconds.", health.loop_lag_ms / 1000),
            ("commit_seconds", "Duration of the last commit.", health.commit_ms / 1000),
            ("rows_waiting", "Rows written and not yet durable.", health.rows_waiting),
        ]
