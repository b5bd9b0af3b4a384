"""From the tag on the reader to the stop: authorise, start, stop."""

from __future__ import annotations

import random
from collections.abc import Callable

from simulator import messages
from simulator.authority import Authority
from simulator.board import Board, Emit
from simulator.clock import Schedule, wall_ms
from simulator.configuration import Configuration
from simulator.connector import Connector, Refused, Session, Trouble
from simulator.link import Answer
from simulator.metering import Metering
from simulator.outbox import Outbox
from simulator.reservations import Reservations
from simulator.vehicle import Vehicle
from simulator.watch import Kind
from simulator.words import Payload, Reason

_PAST_SAMPLES = 12  #: most samples that are told of a session older than this run


class Sessions:
    """The transactions of one charge point. `changed` is called after each begin and end."""

    def __init__(
        self,
        board: Board,
        outbox: Outbox,
        schedule: Schedule,
        configuration: Configuration,
        rng: random.Random,
        emit: Emit,
        authority: Authority,
        reservations: Reservations,
        metering: Metering,
        finishing_s: float | None = None,
    ) -> None:
        self.changed: Callable[[Connector], None] = lambda _: None
        self._board, self._outbox, self._schedule = board, outbox, schedule
        self._configuration, self._rng, self._emit = configuration, rng, emit
        self._authority, self._reservations, self._metering = authority, reservations, metering
        self.finishing_s = finishing_s  #: Finishing becomes Preparing after so long; None: not by itself

    def present(self, connector: Connector, id_tag: str) -> None:
        """A tag on the reader: ends the session it started, else asks whether it may start one."""
        session = connector.session
        if session is not None and not connector.is_faulted:
            if not self._authority.are_together(id_tag, session.id_tag):
                raise Refused("Another tag started this session.")
            self.end(session, Reason.LOCAL, id_tag)
            return
        reason = self._reservations.why_not(connector, id_tag)
        if reason and not (self._board.live and self._reservations.may_be_of_the_group(connector, id_tag)):
            raise Refused(reason)
        if self._board.live and not self._authority.may_start_unasked(id_tag):
            self.authorise(connector, id_tag)
        elif self._board.live or self._authority.may_start_offline(id_tag):
            self.grant(connector, id_tag)
        else:
            raise Refused("The charge point is offline and does not know this tag.")

    def authorise(self, connector: Connector, id_tag: str) -> None:
        """Ask the CSMS; on its yes the connector may charge."""

        def answered(answer: Answer) -> None:
            if self._learn(id_tag, answer) == "Accepted" and not self._reservations.why_not(connector, id_tag):
                self.grant(connector, id_tag)
            else:
                self.changed(connector)

        self._outbox.put("Authorize", {"idTag": id_tag}, on_answer=answered)

    def grant(self, connector: Connector, id_tag: str) -> None:
        """The tag may charge: at once when the cable is in, else as soon as it is, at most ConnectionTimeOut later."""
        if connector.cable:
            self.begin(connector, id_tag)
            return
        connector.awaited_tag = id_tag
        timeout_s = self._configuration.number("ConnectionTimeOut")
        if timeout_s:
            self._schedule.after(("cable", connector.connector_id), timeout_s, lambda: self.forget(connector))
        self._board.settle(connector)

    def forget(self, connector: Connector) -> None:
        """A tag that waits for a cable waits no longer."""
        self._schedule.cancel(("cable", connector.connector_id))
        connector.awaited_tag = ""
        self._board.settle(connector)
        self.changed(connector)

    def begin(self, connector: Connector, id_tag: str) -> Session:
        """Start a transaction here and now; the cable is in."""
        self._schedule.cancel(("cable", connector.connector_id))
        self._board.settle(connector)
        session = Session(
            connector.connector_id,
            id_tag,
            int(connector.register_wh),
            wall_ms(),
            reservation_id=self._reservations.take(connector, id_tag),
            began=self._schedule.clock.time(),
        )
        connector.session, connector.awaited_tag, connector.note = session, "", ""
        self._send_start(session)
        self.changed(connector)
        self._board.settle(connector)
        self._metering.begin(connector)
        return session

    def restore(self, connector: Connector, vehicle: Vehicle, id_tag: str, ago_s: float, energy_wh: float) -> None:
        """A session that began `ago_s` seconds before now and has taken `energy_wh`: told like one begun offline."""
        now = wall_ms()
        started_at = now - int(ago_s * 1000)
        began = self._schedule.clock.time() - ago_s
        session = Session(connector.connector_id, id_tag, int(connector.register_wh), started_at, began=began)
        connector.register_wh += energy_wh
        connector.vehicle, connector.session = vehicle, session
        self._authority.learn(id_tag, {"status": "Accepted"})
        self.changed(connector)
        self._board.settle(connector, since=started_at)
        self._send_start(session)
        count = min(_PAST_SAMPLES, int(ago_s // 60))
        mean_w = energy_wh * 3600 / max(ago_s, 1.0)
        values = []
        for n in range(1, count + 1):
            share = n / (count + 1)
            sampled = messages.past_sample(
                session.meter_start_wh + energy_wh * share,
                mean_w * self._rng.uniform(0.9, 1.1),
            )
            values.append(messages.meter_value(started_at + int(ago_s * 1000 * share), sampled))
        now_value = self._metering.sample(connector, "MeterValuesSampledData")
        self._metering.send(connector, session, [*values, now_value])
        self._metering.resume(connector)

    def end(self, session: Session, reason: Reason, id_tag: str = "") -> None:
        """Stop a transaction; nothing happens when it is over already."""
        connector = self._board.outlet(session.connector_id)
        if connector.session is not session:
            return
        self._board.settle(connector)
        self._metering.end(connector)
        self._schedule.cancel(("allowed", connector.connector_id))
        session.stop_reason = reason
        data = self._metering.of_whole_session(connector, session)
        payload = messages.stop(session, int(connector.register_wh), wall_ms(), id_tag, data)
        self._outbox.put("StopTransaction", payload, session=session)
        connector.session, connector.limit_w, connector.note = None, None, ""
        connector.power_w = 0.0  # the contactor is open: what the stop told is where the next session begins
        connector.finishing = connector.cable
        if connector.finishing and self.finishing_s is not None:
            self._schedule.after(
                ("finishing", connector.connector_id), self.finishing_s, lambda: self._ready(connector)
            )
        self._board.settle(connector)
        self.changed(connector)
        self._emit(Kind.SESSION_END, connector.connector_id, f"{session.id_tag} {reason}")

    def _ready(self, connector: Connector) -> None:
        """The last session is told of, the cable still in: the next one may begin."""
        if connector.session is None:
            connector.finishing = False
            self._board.settle(connector)

    def _send_start(self, session: Session) -> None:
        def answered(answer: Answer) -> None:
            self._started(session, answer)

        self._outbox.put("StartTransaction", messages.start(session), session=session, on_answer=answered)

    def _started(self, session: Session, answer: Answer) -> None:
        if not answer.ok:
            return  # refused for good: the session goes on without an id, as -1
        given = answer.payload.get("transactionId")
        session.transaction_id = given if isinstance(given, int) else None
        verdict = self._learn(session.id_tag, answer)
        self._emit(Kind.SESSION_START, session.connector_id, f"{session.id_tag} {session.transaction_id}")
        if verdict != "Accepted":
            self._turned_away(session)

    def _turned_away(self, session: Session) -> None:
        """It began, offline or unasked, and the tag is not valid: MaxEnergyOnInvalidId, then stopped or held."""
        connector = self._board.outlet(session.connector_id)
        if connector.session is not session:
            return
        self._board.settle(connector)
        session.most_wh = float(self._configuration.number("MaxEnergyOnInvalidId"))
        self._watch_allowance(session)

    def _watch_allowance(self, session: Session) -> None:
        connector = self._board.outlet(session.connector_id)
        self._board.settle(connector)
        if connector.session is not session or session.most_wh is None:
            return
        left_wh = session.most_wh - connector.session_wh
        if left_wh > 0:
            life_s = left_wh * 3600 / max(connector.power_w, 1000.0)
            seconds = max(0.1, life_s / self._schedule.clock.speed)
            key = ("allowed", connector.connector_id)
            self._schedule.after(key, seconds, lambda: self._watch_allowance(session))
        elif self._configuration.flag("StopTransactionOnInvalidId"):
            self.end(session, Reason.DEAUTHORIZED)

    def _learn(self, id_tag: str, answer: Answer) -> str:
        """Keep what the CSMS has said of a tag; the status of it, empty when it said nothing."""
        info = answer.payload.get("idTagInfo")
        if not isinstance(info, dict):
            return ""
        kept: Payload = dict(info)
        self._authority.learn(id_tag, kept)
        status = str(kept.get("status", ""))
        if self._authority.contradicts(id_tag, status) and self._board.main.trouble is None:
            self._board.main.trouble = Trouble("LocalListConflict", stops=False)
            self._board.settle(self._board.main)
        return status
