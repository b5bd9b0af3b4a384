"""From the tag on the reader to the last meter value: authorise, start, meter, stop."""

from __future__ import annotations

import random

from simulator import messages
from simulator.board import Board, Emit
from simulator.clock import Schedule, wall_ms
from simulator.configuration import Configuration
from simulator.connector import Connector, Refused, Session
from simulator.link import Answer
from simulator.messages import Wiggle
from simulator.outbox import Outbox
from simulator.vehicle import Vehicle
from simulator.watch import Kind
from simulator.words import Payload, Reason

_FIRST_SAMPLE_S = 1.5  #: after a start: the contactor is closed and the car draws
_IDLE_LOOK_S = 30.0  #: how often the battery is looked at when no meter values are wanted
_PAST_SAMPLES = 12  #: most samples that are told of a session older than this run


class Sessions:
    """The transactions of one charge point."""

    def __init__(
        self,
        board: Board,
        outbox: Outbox,
        schedule: Schedule,
        configuration: Configuration,
        rng: random.Random,
        emit: Emit,
    ) -> None:
        self.known_tags: set[str] = set()  #: authorisation cache, lower case
        self._board, self._outbox, self._schedule = board, outbox, schedule
        self._configuration, self._rng, self._emit = configuration, rng, emit

    def present(self, connector: Connector, id_tag: str) -> None:
        """A tag on the reader: ends the session it started, else asks whether it may start one."""
        session = connector.session
        if session is not None and not connector.is_faulted:
            if session.id_tag.lower() != id_tag.lower():
                raise Refused("Another tag started this session.")
            self.end(session, Reason.LOCAL, id_tag)
            return
        if reason := connector.why_not_start(id_tag):
            raise Refused(reason)
        if self._board.live:
            self.authorise(connector, id_tag)
        elif self._may_start_offline(id_tag):
            self.grant(connector, id_tag)
        else:
            raise Refused("The charge point is offline and does not know this tag.")

    def authorise(self, connector: Connector, id_tag: str) -> None:
        """Ask the CSMS; on its yes the connector may charge."""

        def answered(answer: Answer) -> None:
            accepted = _tag_status(answer.payload) == "Accepted"
            self._remember_tag(id_tag, accepted)
            if accepted and not connector.why_not_start(id_tag):
                self.grant(connector, id_tag)

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

    def begin(self, connector: Connector, id_tag: str) -> Session:
        """Start a transaction here and now; the cable is in."""
        self._schedule.cancel(("cable", connector.connector_id))
        self._board.settle(connector)
        reservation, connector.reservation = connector.reservation, None
        session = Session(
            connector.connector_id,
            id_tag,
            int(connector.register_wh),
            wall_ms(),
            reservation_id=reservation.reservation_id if reservation else None,
        )
        connector.session, connector.awaited_tag, connector.note = session, "", ""
        self._send_start(session)
        self._board.settle(connector)
        self._look_again(connector, _FIRST_SAMPLE_S)
        return session

    def restore(self, connector: Connector, vehicle: Vehicle, id_tag: str, ago_s: float, energy_wh: float) -> None:
        """A session that began `ago_s` seconds before now and has taken `energy_wh`: told like one begun offline."""
        now = wall_ms()
        started_at = now - int(ago_s * 1000)
        session = Session(connector.connector_id, id_tag, int(connector.register_wh), started_at)
        connector.register_wh += energy_wh
        connector.vehicle, connector.session = vehicle, session
        self.known_tags.add(id_tag.lower())
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
        self._send_meter_values(connector, session, [*values, self._sample_now(connector)])
        self._look_again(connector, self._rng.uniform(0.5, self._interval_s()))

    def end(self, session: Session, reason: Reason, id_tag: str = "") -> None:
        """Stop a transaction; nothing happens when it is over already."""
        connector = self._board.outlet(session.connector_id)
        if connector.session is not session:
            return
        self._board.settle(connector)
        self._schedule.cancel(("meter", connector.connector_id))
        session.stop_reason = reason
        with_data = bool(self._configuration.text("StopTxnSampledData"))
        payload = messages.stop(session, int(connector.register_wh), wall_ms(), id_tag, with_data)
        self._outbox.put("StopTransaction", payload, session=session)
        connector.session, connector.limit_w, connector.note = None, None, ""
        connector.finishing = connector.cable
        self._board.settle(connector)
        self._emit(Kind.SESSION_END, connector.connector_id, f"{session.id_tag} {reason}")

    def configuration_changed(self) -> None:
        """A new sample interval counts at once."""
        for connector in self._board.connectors.values():
            if connector.session is not None:
                self._look_again(connector, self._interval_s())

    def _send_start(self, session: Session) -> None:
        def answered(answer: Answer) -> None:
            self._started(session, answer)

        self._outbox.put("StartTransaction", messages.start(session), session=session, on_answer=answered)

    def _started(self, session: Session, answer: Answer) -> None:
        if not answer.ok:
            return  # refused for good: the session goes on without an id, as -1
        given = answer.payload.get("transactionId")
        session.transaction_id = given if isinstance(given, int) else None
        accepted = _tag_status(answer.payload) == "Accepted"
        self._remember_tag(session.id_tag, accepted)
        self._emit(Kind.SESSION_START, session.connector_id, f"{session.id_tag} {session.transaction_id}")
        if not accepted and self._configuration.flag("StopTransactionOnInvalidId"):
            self.end(session, Reason.DEAUTHORIZED)

    def _look(self, connector: Connector) -> None:
        """The tick of a session: bring battery and meter up to date, tell the CSMS."""
        self._board.settle(connector)
        session = connector.session
        if session is None:
            return
        if self._configuration.number("MeterValueSampleInterval"):
            self._send_meter_values(connector, session, [self._sample_now(connector)])
        self._look_again(connector, self._interval_s())

    def _look_again(self, connector: Connector, seconds: float) -> None:
        self._schedule.after(("meter", connector.connector_id), seconds, lambda: self._look(connector))

    def _interval_s(self) -> float:
        return self._configuration.number("MeterValueSampleInterval") or _IDLE_LOOK_S

    def _sample_now(self, connector: Connector) -> Payload:
        measurands = [part.strip() for part in self._configuration.text("MeterValuesSampledData").split(",")]
        wiggle = Wiggle(self._rng.gauss(1, 0.004), self._rng.gauss(1, 0.003))
        return messages.meter_value(wall_ms(), messages.samples(connector, measurands, wiggle))

    def _send_meter_values(self, connector: Connector, session: Session, values: list[Payload]) -> None:
        filled = [value for value in values if value["sampledValue"]]  # no measurand chosen: nothing to tell
        if filled:
            self._outbox.put("MeterValues", messages.meter_values(connector.connector_id, filled), session=session)

    def _may_start_offline(self, id_tag: str) -> bool:
        known = self._configuration.flag("LocalAuthorizeOffline") and id_tag.lower() in self.known_tags
        return known or self._configuration.flag("AllowOfflineTxForUnknownId")

    def _remember_tag(self, id_tag: str, accepted: bool) -> None:
        if accepted and self._configuration.flag("AuthorizationCacheEnabled"):
            self.known_tags.add(id_tag.lower())
        elif not accepted:
            self.known_tags.discard(id_tag.lower())


def _tag_status(payload: Payload) -> str:
    info = payload.get("idTagInfo")
    return str(info.get("status", "")) if isinstance(info, dict) else ""
