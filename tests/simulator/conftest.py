"""Fixtures: a CSMS stand-in, and charge points that live fast."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from simulator import ChargePoint, Clock, Rating, Traits
from tests.simulator.csms import Csms, csms
from tests.simulator.schemas import problems_of

Make = Callable[..., ChargePoint]

FAST = Clock(tempo=20.0, speed=60.0)  #: one real second is 20 s of the clock and 20 min of charging


@pytest.fixture
async def central() -> AsyncIterator[Csms]:
    """A CSMS; what it was told by the end of the test must be OCPP 1.6."""
    async with csms() as stand_in:
        yield stand_in
    assert problems_of(stand_in) == []


@pytest.fixture
def make(central: Csms) -> Make:
    """Build a charge point CP-1 with two 11 kW connectors; keyword arguments change its traits."""

    def build(
        charger_id: str = "CP-1", password: str | None = None, clock: Clock = FAST, **traits: object
    ) -> ChargePoint:
        settings = {"reboot_s": 2.0, "back_off_s": (0.5, 2.0)} | traits
        point = ChargePoint(
            charger_id,
            central.url,
            (Rating(11, 3), Rating(50, 0)),
            password=password,
            clock=clock,
            traits=Traits(**settings),  # type: ignore[arg-type]
        )
        point.configuration.set("MeterValueSampleInterval", "4")
        return point

    return build
