"""Reservation profile."""

from __future__ import annotations

import pytest

from server.model.command import CommandState
from server.model.operations import CancelReservation, ReserveNow
from server.model.reservation import Reservation
from tests.server.links.oca.bench import CARD, FRIEND, Bench, confirmed
from tests.server.operations.whole import FAR

RESERVE = ReserveNow(1, CARD, FAR, 77)


def held(bench: Bench) -> dict[int, Reservation]:
    return bench.site.chargers["CP-1"].reservations


async def why_ended(bench: Bench) -> str:
    (reservation,) = await bench.site.find_reservations("CP-1")
    return reservation.ended_because


@pytest.mark.oca("TC_046_CSMS_ReservationOfConnector_Transaction")
async def test_reservation_is_used(bench: Bench) -> None:
    """RES-02: accepted, Reserved; the session that names it ends it."""
    command = await bench.asks(RESERVE)
    assert bench.sent("ReserveNow") == {
        "connectorId": 1,
        "expiryDate": "2096-10-02T07:06:40Z",
        "idTag": CARD,
        "reservationId": 77,
    }
    await bench.reports("Reserved")
    assert "connector 1 reserved" in await confirmed(command)
    tx = await bench.charges(reservationId=77)
    assert held(bench) == {} and await why_ended(bench) == f"used by transaction {tx}"
    (running,) = bench.site.chargers["CP-1"].open_transactions()
    assert running.reservation_id == 77


@pytest.mark.oca("TC_047_CSMS_ReservationOfConnector_Expire")
async def test_reservation_expires(bench: Bench) -> None:
    """When its time is over the charger gives the connector free, and it is held no longer."""
    await bench.asks(RESERVE)
    await bench.reports("Reserved")
    assert list(held(bench)) == [77]
    await bench.reports("Available")
    assert held(bench) == {} and bench.site.chargers["CP-1"].connectors[1].status == "Available"
    expired = ReserveNow(2, CARD, bench.site.now() + 1, 78)
    await bench.asks(expired)
    await bench.reports("Reserved", 2)
    assert not any(r.holds(bench.site.now() + 2) for r in held(bench).values())


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("Faulted", marks=pytest.mark.oca("TC_048_1_CSMS_ReservationOfConnector_Faulted")),
        pytest.param("Occupied", marks=pytest.mark.oca("TC_048_2_CSMS_ReservationOfConnector_Occupied")),
        pytest.param("Unavailable", marks=pytest.mark.oca("TC_048_3_CSMS_ReservationOfConnector_Unavailable")),
        pytest.param("Rejected", marks=pytest.mark.oca("TC_048_4_CSMS_ReservationOfConnector_Rejected")),
    ],
)
async def test_reservation_is_refused(bench: Bench, status: str) -> None:
    """The charger's word is the outcome; nothing is taken for reserved."""
    command = await bench.asks(RESERVE, status=status)
    assert (command.state, command.status) == (CommandState.REJECTED, status) and command.is_finished
    assert held(bench) == {} and await bench.site.find_reservations("CP-1") == []


@pytest.mark.oca("TC_049_CSMS_ReservationOfChargePoint_Transaction")
async def test_whole_charger_is_reserved(bench: Bench) -> None:
    """RES-01, RES-02: connector 0: whichever connector the session begins on, it ends the reservation."""
    assert (await bench.asks(ReserveNow(0, CARD, FAR, 77))).state is CommandState.ACCEPTED
    assert bench.sent("ReserveNow")["connectorId"] == 0 and held(bench)[77].connector_id == 0
    tx = await bench.charges(connector_id=2, reservationId=77)
    assert held(bench) == {} and await why_ended(bench) == f"used by transaction {tx}"


@pytest.mark.oca("TC_051_CSMS_CancelReservation")
async def test_reservation_is_cancelled(bench: Bench) -> None:
    """The connector is seen to be free again."""
    await bench.asks(RESERVE)
    await bench.reports("Reserved")
    command = await bench.asks(CancelReservation(77))
    assert bench.sent("CancelReservation") == {"reservationId": 77}
    await bench.reports("Available")
    assert "connector 1 free" in await confirmed(command)
    assert held(bench) == {} and await why_ended(bench) == "cancelled"


@pytest.mark.oca("TC_052_CSMS_CancelReservation_Rejected")
async def test_cancelling_is_rejected(bench: Bench) -> None:
    """What the charger does not give up is still held."""
    await bench.asks(RESERVE)
    command = await bench.asks(CancelReservation(78), status="Rejected")
    assert command.state is CommandState.REJECTED and list(held(bench)) == [77]


@pytest.mark.oca("TC_053_CSMS_UseReservedConnectorWithParentIdTag")
async def test_reservation_is_used_by_another_of_the_group(bench: Bench) -> None:
    """The group goes out with the reservation, and is told of the other tag: the charger can compare."""
    await bench.asks(ReserveNow(1, CARD, FAR, 77, "G1"))
    assert bench.sent("ReserveNow")["parentIdTag"] == "G1"
    await bench.reports("Reserved")
    answer = await bench.tell("Authorize", idTag=FRIEND)
    assert answer["idTagInfo"] == {"status": "Accepted", "parentIdTag": "G1"}
    started = await bench.starts(FRIEND, reservationId=77)
    assert started["idTagInfo"] == {"status": "Accepted", "parentIdTag": "G1"} and held(bench) == {}
