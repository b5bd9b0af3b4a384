"""When the meter is read and what is told of it: at intervals, by the clock, at the end, and when asked."""

from __future__ import annotations

import random
import time

from simulator import messages
from simulator.board import Board
from simulator.clock import Schedule, wall_ms
from simulator.configuration import Configuration
from simulator.connector import Connector, Session
from simulator.messages import Wiggle
from simulator.outbox import Outbox
from simulator.words import Payload

_FIRST_SAMPLE_S = 1.5  #: after a start: the contactor is closed and the car draws
_IDLE_LOOK_S = 30.0  #: how often the battery is looked at when no meter values are wanted
_MOST_ALIGNED = 96  #: values by the clock that go with StopTransaction, newest


class Metering:
    """The meters of one charge point."""

    def __init__(
        self, board: Board, outbox: Outbox, schedule: Schedule, configuration: Configuration, rng: random.Random
    ) -> None:
        self._board, self._outbox, self._schedule = board, outbox, schedule
        self._configuration, self._rng = configuration, rng

    def begin(self, connector: Connector) -> None:
        """A session has begun: its values come at the interval, the first soon."""
        self._look_again(connector, _FIRST_SAMPLE_S)

    def resume(self, connector: Connector) -> None:
        """A session goes on that has been told of: somewhere within the interval."""
        self._look_again(connector, self._rng.uniform(0.5, self._interval_s()))

    def end(self, connector: Connector) -> None:
        self._schedule.cancel(("meter", connector.connector_id))

    def interval_changed(self) -> None:
        """MeterValueSampleInterval: a new one counts at once."""
        for connector in self._board.connectors.values():
            if connector.session is not None:
                self._look_again(connector, self._interval_s())

    def arm_clock(self) -> None:
        """ClockAlignedDataInterval: the next value that is due by the clock on the wall, counted from midnight UTC."""
        interval_s = self._configuration.number("ClockAlignedDataInterval")
        if interval_s == 0:
            self._schedule.cancel("aligned")
            return
        real_s = self._schedule.clock.real(interval_s)
        since_midnight_s = time.time() % 86_400
        left_s = real_s - since_midnight_s % real_s
        self._schedule.after("aligned", left_s / self._schedule.clock.real(1.0), self._by_the_clock)

    def trigger(self, connector: Connector) -> None:
        """Somebody asked for the values of this moment."""
        self._board.settle(connector)
        sampled = self.sample(connector, "MeterValuesSampledData", "Trigger")
        self.send(connector, connector.session, [sampled])

    def sample(self, connector: Connector, key: str, context: str = "Sample.Periodic") -> Payload:
        """One meter value of this moment with the measurands that the configuration key names."""
        wiggle = Wiggle(self._rng.gauss(1, 0.004), self._rng.gauss(1, 0.003))
        measurands = self._configuration.listed(key)
        return messages.meter_value(wall_ms(), messages.samples(connector, measurands, wiggle, context))

    def of_whole_session(self, connector: Connector, session: Session) -> list[Payload]:
        """What goes with StopTransaction: begin, by the clock, end."""
        values = list(session.aligned)
        if "Energy.Active.Import.Register" in self._configuration.listed("StopTxnSampledData"):
            values.insert(0, messages.begin_value(session))
        values.append(self.sample(connector, "StopTxnSampledData", "Transaction.End"))
        return [value for value in values if value["sampledValue"]]

    def send(self, connector: Connector, session: Session | None, values: list[Payload]) -> None:
        filled = [value for value in values if value["sampledValue"]]  # no measurand chosen: nothing to tell
        if filled:
            self._outbox.put("MeterValues", messages.meter_values(connector.connector_id, filled), session=session)

    def _look(self, connector: Connector) -> None:
        """The tick of a session: bring battery and meter up to date, tell the CSMS."""
        self._board.settle(connector)
        session = connector.session
        if session is None:
            return
        if self._configuration.number("MeterValueSampleInterval"):
            self.send(connector, session, [self.sample(connector, "MeterValuesSampledData")])
        self._look_again(connector, self._interval_s())

    def _look_again(self, connector: Connector, seconds: float) -> None:
        self._schedule.after(("meter", connector.connector_id), seconds, lambda: self._look(connector))

    def _interval_s(self) -> float:
        return self._configuration.number("MeterValueSampleInterval") or _IDLE_LOOK_S

    def _by_the_clock(self) -> None:
        for connector in self._board.connectors.values():
            self._board.settle(connector)
            self.send(connector, connector.session, [self.sample(connector, "MeterValuesAlignedData", "Sample.Clock")])
            if connector.session is not None and self._configuration.text("StopTxnAlignedData"):
                connector.session.aligned.append(self.sample(connector, "StopTxnAlignedData", "Sample.Clock"))
                del connector.session.aligned[:-_MOST_ALIGNED]
        self.arm_clock()
