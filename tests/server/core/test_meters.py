"""Live values out of meter samples."""

from __future__ import annotations

import pytest

from server.core.core import Core
from server.core.meters import rating
from server.model.charger import Charger
from server.model.event import Event, EventKind
from server.model.observation import MeterReported, TransactionStarted
from server.model.transaction import MeterRow, MeterSample
from tests.server.core.conftest import MINUTE, T0


def test_power_soc_and_energy_are_live(core: Core, charger: Charger) -> None:
    """The connector shows the newest values, the transaction its energy, the depot the sum of the day."""
    begun = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 1_000)).transaction_id
    sample = MeterSample(T0, energy_wh=3_500, power_w=10_900, current_ma=15_800, voltage_mv=231_000, soc_percent=41)
    core.meter_reported(MeterReported("CP-0001", T0 + MINUTE, 1, begun, (sample,)))

    connector = charger.connectors[1]
    assert (connector.power_w, connector.current_ma, connector.soc_percent) == (10_900, 15_800, 41)
    assert connector.transaction is not None
    assert connector.transaction.energy_wh == 2_500
    assert core.fleet.totals().energy_today_wh == 2_500


def test_energy_alone_gives_mean_power(core: Core, charger: Charger) -> None:
    """Chargers that send only the register still show kW: 120 Wh in a minute are 7.2 kW."""
    core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 1_000))
    core.meter_reported(MeterReported("CP-0001", T0 + MINUTE, 1, None, (MeterSample(T0 + MINUTE, energy_wh=1_120),)))

    assert charger.connectors[1].power_w == 7_200


def test_samples_with_a_strange_transaction_id_belong_to_the_connector(core: Core, events: list[Event]) -> None:
    """MV-10, Q23, Q44, Q45: random, old or zero ids do not lose the sample."""
    begun = core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0)).transaction_id
    core.meter_reported(MeterReported("CP-0001", T0, 1, 1_745_408_128, (MeterSample(T0, energy_wh=5),)))

    rows = [e.subject for e in events if e.kind is EventKind.METER_RECORDED]
    assert [begun] == [r.transaction_id for r in rows if isinstance(r, MeterRow)]


def test_samples_without_transaction_are_recorded(core: Core, charger: Charger, events: list[Event]) -> None:
    """MV-10: clock-aligned values of an idle connector and of the main meter."""
    core.meter_reported(MeterReported("CP-0001", T0, 0, None, (MeterSample(T0, energy_wh=70_000),)))

    assert [e.kind for e in events] == [EventKind.METER_RECORDED]
    assert charger.main.register_wh == 70_000


@pytest.mark.parametrize(
    ("power", "size"),
    [(6_900, 7_400), (7_500, 7_400), (11_040, 11_000), (22_100, 22_000), (74_500, 75_000), (500_000, 500_000)],
)
def test_a_connector_is_the_smallest_usual_size_that_holds_its_power(power: int, size: int) -> None:
    """A little above the nameplate is still the nameplate, so that bars do not jump a size."""
    assert max(size, power) == rating(power)


def test_history_keeps_one_value_a_minute_for_an_hour(core: Core, charger: Charger) -> None:
    """The sparkline of the last 60 minutes needs no database."""
    for minute in range(70):
        at = T0 + minute * MINUTE
        core.meter_reported(MeterReported("CP-0001", at, 1, None, (MeterSample(at, power_w=minute),)))

    history = charger.connectors[1].power_history
    assert len(history) == 60
    assert history[-1][1] == 69
