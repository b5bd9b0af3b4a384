"""Reservations by the CSMS: every answer, who may use them, how they end."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from simulator import Profile, Refused
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


def _in(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _reserve(central: Csms, connector_id: int, number: int, tag: str = "A1B2C3", **more: str) -> str:
    payload = {"connectorId": connector_id, "expiryDate": _in(60), "idTag": tag, "reservationId": number} | more
    return str((await central.ask("CP-1", "ReserveNow", **payload))["status"])


async def test_a_reservation_is_used_by_its_tag(central: Csms, make: Make) -> None:
    """TC_046, RES-02: Reserved, another tag is refused, the right one starts, and the start names the reservation."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await _reserve(central, 1, 7) == "Accepted"
        await central.until(lambda: central.status(1) == "Reserved")
        with pytest.raises(Refused, match="reserved"):
            point.present_tag(1, "C0FFEE")
        point.present_tag(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "Preparing")
        point.plug_in(1)
        await central.until(lambda: central.of("StartTransaction"))
        assert await central.ask("CP-1", "CancelReservation", reservationId=7) == {"status": "Rejected"}
    assert central.of("StartTransaction")[0]["reservationId"] == 7


async def test_expiry_and_cancelling(central: Csms, make: Make) -> None:
    """TC_047, TC_051: it ends at its date, or when it is cancelled: Available again."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await _reserve(central, 1, 1, expiryDate=_in(1)) == "Accepted"
        assert await _reserve(central, 2, 2) == "Accepted"
        assert await _reserve(central, 2, 2, "OTHER") == "Accepted"  # the same id replaces
        await central.until(lambda: central.statuses(1)[-2:] == ["Reserved", "Available"])
        assert await central.ask("CP-1", "CancelReservation", reservationId=2) == {"status": "Accepted"}
        await central.until(lambda: central.status(2) == "Available")
        assert await central.ask("CP-1", "CancelReservation", reservationId=2) == {"status": "Rejected"}
        assert await _reserve(central, 1, 3, expiryDate=_in(-5)) == "Rejected"


async def test_it_ends_with_the_connector(central: Csms, make: Make) -> None:
    """RES-02: Faulted or Unavailable ends a reservation, whatever comes afterwards."""
    async with make() as point:
        await point.until(lambda: point.registered)
        for number in (1, 2):
            assert await _reserve(central, number, number) == "Accepted"
        await central.until(lambda: central.status(2) == "Reserved")
        point.fault(1, "GroundFailure")
        point.clear_fault(1)
        for kind in ("Inoperative", "Operative"):
            await central.ask("CP-1", "ChangeAvailability", connectorId=2, type=kind)
        await central.until(lambda: central.status(1) == central.status(2) == "Available")
        assert await central.ask("CP-1", "CancelReservation", reservationId=1) == {"status": "Rejected"}


async def test_every_refusal(central: Csms, make: Make) -> None:
    """TC_048: Faulted, Occupied, Unavailable, Rejected; a charge point without the profile does not know it."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.fault(1, "GroundFailure")
        assert await _reserve(central, 1, 1) == "Faulted"
        point.plug_in(2)
        assert await _reserve(central, 2, 1) == "Occupied"
        point.plug_out(2)
        point.set_available(2, False)
        assert await _reserve(central, 2, 1) == "Unavailable"
        assert await _reserve(central, 9, 1) == "Rejected"
    async with make(lacks=frozenset({Profile.RESERVATION})) as point:
        await point.until(lambda: point.registered)
        payload = {"connectorId": 1, "expiryDate": _in(60), "idTag": "A", "reservationId": 1}
        assert (await central.call("CP-1", "ReserveNow", payload))[:3:2] == [4, "NotSupported"]
        assert "ReserveConnectorZeroSupported" not in point.configuration


async def test_connector_zero_keeps_one_free(central: Csms, make: Make) -> None:
    """TC_049, RES-01: whichever connector is left is kept for the tag; others get all but the last."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await _reserve(central, 0, 5) == "Accepted"
        point.plug_in(1)
        point.start(1, "OTHER")
        point.plug_in(2)
        with pytest.raises(Refused, match="last free"):
            point.start(2, "THIRD")
        point.start(2, "A1B2C3")
        await central.until(lambda: len(central.of("StartTransaction")) == 2)
        assert await _reserve(central, 0, 6) == "Occupied"
    assert central.of("StartTransaction")[1]["reservationId"] == 5


async def test_a_group_may_use_it(central: Csms, make: Make) -> None:
    """TC_053: reserved for a group: whether a tag belongs to it is asked of the CSMS."""
    central.script["Authorize"] = deque([{"idTagInfo": {"status": "Accepted", "parentIdTag": "HOME"}}])
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await _reserve(central, 1, 8, "HER", parentIdTag="HOME") == "Accepted"
        point.present_tag(1, "HIM")
        await central.until(lambda: central.status(1) == "Preparing")
        point.plug_in(1)
        await central.until(lambda: central.of("StartTransaction"))
    assert central.of("StartTransaction")[0]["reservationId"] == 8
