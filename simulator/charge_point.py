"""A charge point that speaks OCPP 1.6J: what a person and a car can do to it."""

from __future__ import annotations

from simulator.clock import wall_ms
from simulator.connector import Refused, Reservation, Session, Trouble
from simulator.station import Station
from simulator.vehicle import Vehicle
from simulator.watch import Kind
from simulator.words import ERROR_CODES, WARNING_CODES, Reason


class ChargePoint(Station):
    """Everything physical is a plain method that acts at once, or raises `Refused` with a sentence.

    What follows on the wire can be awaited with `until`.
    """

    def plug_in(self, connector_id: int, vehicle: Vehicle | None = None) -> None:
        connector = self.board.outlet(connector_id)
        if connector.cable:
            raise Refused("A cable is plugged in already.")
        connector.vehicle = vehicle or Vehicle()
        if connector.awaited_tag:
            self.board.settle(connector)
            self.sessions.begin(connector, connector.awaited_tag)
        else:
            self.board.settle(connector)

    def plug_out(self, connector_id: int, *, force: bool = False) -> None:
        """Take the cable out. `force`: out of the car while it charges, which ends the session, or
        suspends it when StopTransactionOnEVSideDisconnect is false."""
        connector = self.board.outlet(connector_id)
        if not connector.cable:
            raise Refused("No cable is plugged in.")
        if connector.session is not None:
            if not force:
                raise Refused("A transaction is running and the plug is locked: stop it first.")
            if self.configuration.flag("StopTransactionOnEVSideDisconnect"):
                self.sessions.end(connector.session, Reason.EV_DISCONNECTED)
            else:
                self.board.settle(connector)
        connector.vehicle, connector.finishing = None, False
        self.board.settle(connector)

    def present_tag(self, connector_id: int, id_tag: str) -> None:
        """Hold a tag to the reader: Authorize, then a start with the cable or as soon as it is in; or the stop."""
        self._powered()
        self.sessions.present(self.board.outlet(connector_id), id_tag)

    def start(self, connector_id: int, id_tag: str) -> Session:
        """Start a transaction without asking the CSMS about the tag first."""
        self._powered()
        connector = self.board.outlet(connector_id)
        if not connector.cable:
            raise Refused("No cable is plugged in: plug in first.")
        if reason := self.reservations.why_not(connector, id_tag):
            raise Refused(reason)
        return self.sessions.begin(connector, id_tag)

    def stop(self, connector_id: int, reason: Reason = Reason.LOCAL) -> None:
        connector = self.board.outlet(connector_id)
        if connector.session is None:
            raise Refused("No transaction is running.")
        self.sessions.end(connector.session, reason, connector.session.id_tag if reason is Reason.LOCAL else "")

    def restore_session(
        self, connector_id: int, vehicle: Vehicle, id_tag: str, *, ago_s: float, energy_wh: float
    ) -> None:
        """A session that began before this run; the CSMS hears of it as soon as there is a line."""
        connector = self.board.outlet(connector_id)
        if connector.cable:
            raise Refused("A cable is plugged in already.")
        self.sessions.restore(connector, vehicle, id_tag, ago_s, energy_wh)

    def pause_vehicle(self, connector_id: int, paused: bool) -> None:
        """The car stops drawing, or draws again: SuspendedEV and back."""
        connector = self.board.outlet(connector_id)
        if connector.vehicle is None:
            raise Refused("No cable is plugged in.")
        self.board.settle(connector)
        connector.vehicle.paused = paused
        self.board.settle(connector)

    def limit(self, connector_id: int, watts: float | None, note: str = "") -> None:
        """Load management: at most `watts`; 0 holds the session (SuspendedEVSE), None lifts the limit."""
        connector = self.board.outlet(connector_id)
        self.board.settle(connector)
        connector.limit_w, connector.note = watts, note
        self.board.settle(connector)

    def fault(
        self,
        connector_id: int,
        error_code: str,
        vendor_id: str = "",
        vendor_error_code: str = "",
        info: str = "",
        *,
        stops: bool | None = None,
    ) -> None:
        """Something breaks. `stops`: charging is impossible (Faulted); by default that depends on the code."""
        if error_code not in ERROR_CODES:
            raise Refused(f"{error_code} is no OCPP 1.6 error code.")
        connector = self.board.find(connector_id)
        fatal = error_code not in WARNING_CODES if stops is None else stops
        connector.trouble = Trouble(error_code, vendor_id, vendor_error_code, info, fatal)
        self.board.settle(connector)
        self.emit(Kind.FAULT if fatal else Kind.WARNING, connector_id, f"{error_code} {vendor_error_code}".strip())
        if fatal and connector.awaited_tag:
            self.sessions.forget(connector)
        if fatal and connector.session is not None:
            self.sessions.end(connector.session, Reason.OTHER)

    def clear_fault(self, connector_id: int) -> None:
        connector = self.board.find(connector_id)
        if connector.trouble is None and not connector.lock_broken:
            raise Refused("Nothing is wrong there.")
        connector.lock_broken = False
        self.board.clear(connector)

    def set_available(self, connector_id: int, available: bool, note: str = "") -> None:
        """Out of service and back, connector 0 is all; a running session is not disturbed and counts first."""
        if connector_id and not available:
            self.cancel_reservation(connector_id)
        self.board.find(connector_id).note = note
        self.board.set_operative(connector_id, available)

    def reserve(self, connector_id: int, id_tag: str, seconds: float, reservation_id: int = 0, note: str = "") -> None:
        """Keep a free connector for a tag, `seconds` of the clock long. Id 0: the connector's number."""
        connector = self.board.outlet(connector_id)
        if reason := connector.why_not_start(id_tag) or ("The connector is in use." if connector.cable else ""):
            raise Refused(reason)
        expires_at = wall_ms() + int(self.clock.real(seconds) * 1000)
        reservation = Reservation(id_tag, reservation_id or connector_id, expires_at)
        if self.reservations.reserve(connector_id, reservation, note) != "Accepted":
            raise Refused("The connector cannot be reserved now.")

    def cancel_reservation(self, connector_id: int) -> None:
        """Nothing happens when it was used or is over."""
        reservation = self.board.outlet(connector_id).reservation
        if reservation is not None:
            self.reservations.cancel(reservation.reservation_id)

    def break_lock(self, connector_id: int) -> None:
        """The plug can no longer be released: nobody knows until somebody tries."""
        self.board.outlet(connector_id).lock_broken = True

    def _powered(self) -> None:
        if self.rebooting:
            raise Refused("The charge point is starting up: try again in a moment.")
