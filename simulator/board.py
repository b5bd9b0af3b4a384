"""The connectors of a charge point, and telling the CSMS what they look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from simulator import messages
from simulator.clock import Schedule, wall_ms
from simulator.connector import Connector, Face, Rating, Refused
from simulator.link import Answer
from simulator.outbox import Outbox
from simulator.watch import Kind
from simulator.words import Status

Emit = Callable[[Kind, int, str], None]  #: (what, connector id, detail)


class Board:
    """Compares each connector with what the CSMS has acknowledged and sends the difference, while there is a line."""

    def __init__(self, ratings: Sequence[Rating], schedule: Schedule, outbox: Outbox, emit: Emit) -> None:
        self.main = Connector(0, Rating(0, 0))
        self.connectors = {number: Connector(number, rating) for number, rating in enumerate(ratings, 1)}
        self.live = False  #: registered and connected: reports go out
        self.steady_s = 0  #: MinimumStatusDuration: what is over sooner is not told
        self.speed = schedule.clock.speed  #: of energy; `hurry` changes it
        self._hurried_at, self._lived_s = 0.0, 0.0  #: since when it flows at `speed`, and how long it did before
        self._schedule, self._outbox, self._emit = schedule, outbox, emit
        self._shown: dict[int, Face] = {c.connector_id: c.face for c in self}

    def __iter__(self) -> Iterator[Connector]:
        yield self.main
        yield from self.connectors.values()

    def find(self, connector_id: int) -> Connector:
        """The connector, 0 for the charge point itself; `Refused` when there is none."""
        found = self.main if connector_id == 0 else self.connectors.get(connector_id)
        if found is None:
            raise Refused(f"There is no connector {connector_id}: choose 1 to {len(self.connectors)}.")
        return found

    def outlet(self, connector_id: int) -> Connector:
        """Like `find`, for what needs a cable: connector 0 has none."""
        if connector_id == 0:
            raise Refused("Connector 0 is the charge point itself: choose a connector.")
        return self.find(connector_id)

    def settle(self, connector: Connector, since: int | None = None) -> None:
        """Bring a connector up to date after anything touched it, and report it when it looks different.

        `since` (ms) backdates the change: for states that are older than this run.
        """
        connector.advance(self._life_s())
        if connector.reservation is not None and connector.status in (Status.FAULTED, Status.UNAVAILABLE):
            connector.reservation, connector.note = None, ""  # OCPP 1.6 edition 2, 5.13: it ends with the connector
        face = connector.face
        if face != self._shown[connector.connector_id]:
            self._shown[connector.connector_id] = face
            connector.since = wall_ms() if since is None else since
            self._emit(Kind.STATUS, connector.connector_id, face.status.value)
        if self.live and face != connector.reported:
            if self.steady_s:
                key = ("steady", connector.connector_id)
                self._schedule.after(key, self.steady_s, lambda: self._report_steady(connector))
            else:
                self._report(connector, face)

    def set_operative(self, connector_id: int, operative: bool) -> None:
        """In or out of service; 0 is everything. Survives a reboot, and waits for a running session."""
        for connector in self:
            if connector_id in (0, connector.connector_id):
                connector.operative = operative
                self.settle(connector)

    def tell(self, connector: Connector) -> None:
        """Report a connector as it is, known or not."""
        self._report(connector, connector.face)

    def clear(self, connector: Connector) -> None:
        """What was wrong is right again."""
        if connector.trouble is not None:
            error_code, connector.trouble = connector.trouble.error_code, None
            self.settle(connector)
            self._emit(Kind.CLEAR, connector.connector_id, error_code)

    def go_live(self, booted: bool) -> None:
        """Report what the CSMS does not know; everything after a boot."""
        self.live = True
        for connector in self:
            connector.advance(self._life_s())
            connector.confirmed = None if booted else connector.confirmed
            connector.since = connector.since or wall_ms()
            if connector.face != connector.confirmed:
                self._report(connector, connector.face, first=True)

    def go_dark(self) -> None:
        """The line is down: reports that were not acknowledged never were."""
        self.live = False
        for connector in self:
            connector.reported = connector.confirmed

    def hurry(self, speed: float) -> None:
        """Energy flows at another speed from now on; sessions go on from where they are."""
        self._lived_s, self._hurried_at = self._life_s(), self._schedule.clock.time()
        for connector in self:
            connector.advance(self._lived_s)
        self.speed = speed

    def _life_s(self) -> float:
        """Seconds of charging, as the connectors count them."""
        return self._lived_s + (self._schedule.clock.time() - self._hurried_at) * self.speed

    def _report_steady(self, connector: Connector) -> None:
        if self.live and connector.face != connector.reported:
            self._report(connector, connector.face)

    def _report(self, connector: Connector, face: Face, first: bool = False) -> None:
        connector.reported = face

        def confirmed(_: Answer) -> None:
            connector.confirmed = face

        payload = messages.status(connector.connector_id, face, connector.since)
        self._outbox.put("StatusNotification", payload, on_answer=confirmed, first=first)
