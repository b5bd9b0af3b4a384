"""One connector: facts about cable, car, session and trouble. Its OCPP status follows from them, it is never set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.vehicle import Vehicle
from simulator.words import NO_ERROR, Payload, Reason, Status


class Refused(Exception):
    """This cannot be done now; the text is a sentence for the person who tried."""


class Rating(NamedTuple):
    """What an outlet can deliver. `phases` 0 is DC."""

    kw: float = 7.2
    phases: int = 1


class Trouble(NamedTuple):
    """What is wrong. `stops`: charging is not possible (a fault), otherwise it is a warning."""

    error_code: str
    vendor_id: str = ""
    vendor_error_code: str = ""
    info: str = ""
    stops: bool = True


class Reservation(NamedTuple):
    id_tag: str
    reservation_id: int
    expires_at: int  #: ms since the epoch
    parent_id_tag: str = ""  #: its whole group may come

    def admits(self, id_tag: str, parent_id_tag: str = "") -> bool:
        same_group = bool(parent_id_tag) and parent_id_tag.lower() == self.parent_id_tag.lower()
        return same_group or id_tag.lower() == self.id_tag.lower()


@dataclass(slots=True, eq=False)
class Session:
    """One transaction as the charge point sees it. `transaction_id` is None until the CSMS has given one."""

    connector_id: int
    id_tag: str
    meter_start_wh: int
    started_at: int  #: ms since the epoch
    transaction_id: int | None = None
    reservation_id: int | None = None
    stop_reason: Reason | None = None
    began: float = 0.0  #: time of the clock, s; what relative charging schedules count from
    most_wh: float | None = None  #: the tag turned out invalid: so much it may still have in all
    aligned: list[Payload] = field(default_factory=list)  #: meter values that go with StopTransaction


class Face(NamedTuple):
    """What a StatusNotification tells, without its time."""

    status: Status
    error_code: str
    vendor_id: str
    vendor_error_code: str
    info: str


@dataclass(slots=True, eq=False)
class Connector:
    """Connector 0 is the charge point itself: it has neither outlet nor car.

    Energy is integrated only when somebody looks (`advance`), with the power that flowed since the last look.
    """

    connector_id: int
    rating: Rating = field(default_factory=Rating)
    register_wh: float = 0.0  #: counts for the life of the meter
    vehicle: Vehicle | None = None  #: a cable is plugged in when there is one
    session: Session | None = None
    trouble: Trouble | None = None
    reservation: Reservation | None = None
    operative: bool = True
    installing: bool = False  #: new firmware is on its way in
    finishing: bool = False  #: the session is over, the cable is still in
    awaited_tag: str = ""  #: authorised, waiting for a cable
    lock_broken: bool = False  #: the plug cannot be released
    limit_w: float | None = None  #: load management; 0 holds the session
    profile_w: float | None = None  #: the limit by charging profiles, as of now
    power_w: float = 0.0  #: flowing since the last look
    note: str = ""  #: told as `info` while nothing is wrong
    since: int = 0  #: ms since the epoch, of the last change of face
    confirmed: Face | None = None  #: what the CSMS has acknowledged
    reported: Face | None = None  #: what is on its way to it
    _looked_at: float = 0.0

    @property
    def cable(self) -> bool:
        return self.vehicle is not None

    @property
    def is_faulted(self) -> bool:
        return self.trouble is not None and self.trouble.stops

    @property
    def status(self) -> Status:
        if self.is_faulted:
            return Status.FAULTED
        if self.session is not None:
            return self._charging_status()
        if not self.operative or self.installing:
            return Status.UNAVAILABLE
        if self.vehicle is not None and self.finishing:
            return Status.FINISHING
        if self.vehicle is not None or self.awaited_tag:
            return Status.PREPARING
        return Status.RESERVED if self.reservation else Status.AVAILABLE

    def _charging_status(self) -> Status:
        if self.offered_w() == 0:
            return Status.SUSPENDED_EVSE
        return Status.CHARGING if self.vehicle is not None and self.vehicle.wants else Status.SUSPENDED_EV

    @property
    def face(self) -> Face:
        trouble = self.trouble
        if trouble is None:
            return Face(self.status, NO_ERROR, "", "", self.note)
        return Face(self.status, trouble.error_code, trouble.vendor_id, trouble.vendor_error_code, trouble.info)

    @property
    def session_wh(self) -> float:
        """Energy of the running session; 0 without one."""
        return self.register_wh - self.session.meter_start_wh if self.session else 0.0

    def offered_w(self) -> float:
        """What the car may draw now: 0 holds the session."""
        if self.session is not None and self.session.most_wh is not None and self.session_wh >= self.session.most_wh:
            return 0.0
        return min(w for w in (self.rating.kw * 1000, self.limit_w, self.profile_w) if w is not None)

    def advance(self, life_s: float) -> None:
        """Bring register, battery and power to `life_s`, seconds of the life of the car."""
        elapsed_s, self._looked_at = life_s - self._looked_at, life_s
        if self.vehicle is not None and self.power_w > 0 and elapsed_s > 0:
            wh = min(self.power_w * elapsed_s / 3600, self.vehicle.headroom_wh)
            self.register_wh += wh
            self.vehicle.charge(wh)
        self.power_w = self._power_now()

    def _power_now(self) -> float:
        if self.vehicle is None or self.session is None or self.is_faulted:
            return 0.0
        return self.vehicle.power_w(self.offered_w(), self.rating.phases)

    def why_not_start(self, id_tag: str, parent_id_tag: str = "") -> str:
        """Why a transaction cannot start here, as a sentence; empty when it can (cable or not)."""
        if self.connector_id == 0:
            return "Connector 0 is the charge point itself: choose a connector."
        if self.is_faulted:
            return "The connector is faulted: clear the fault first."
        if self.session is not None:
            return "A transaction is running: stop it first."
        if not self.operative or self.installing:
            return "The connector is unavailable: make it available first."
        if self.finishing:
            return "The last session has ended: unplug the cable first."
        if self.awaited_tag:
            return "Somebody else is about to start here: wait for the time-out."
        if self.reservation is not None and not self.reservation.admits(id_tag, parent_id_tag):
            return "The connector is reserved for somebody else."
        return ""
