"""Quirks of transactions: their order, what is told of them and what is not."""

from __future__ import annotations

from collections import deque
from typing import Any

from simulator.quirks.edits import CARRYING_ID, lacks, samples_of, says, sets, values_of
from simulator.quirks.habit import Call, Frame, Habit, Hands, Result
from simulator.quirks.remembering import Remembers, quirk
from simulator.watch import Happening, Kind
from simulator.words import Payload, Reason

_REGISTER = "Energy.Active.Import.Register"
_HISTORY = 40


class RelativeSamples(Remembers):
    """Samples count from the start of the session, meterStart and meterStop for ever."""

    def told(self, call: Call) -> list[Frame]:
        if call.action in CARRYING_ID:
            connector_id = int(call.payload.get("connectorId") or self.ids.get(call.payload["transactionId"], 0))
            start = self.starts.get(connector_id, {"meterStart": 0})
            for sample in samples_of(call.payload):
                if sample["measurand"] == _REGISTER:
                    sample["value"] = str(max(0, int(float(sample["value"])) - int(float(start["meterStart"]))))
        return [call]


class ForgetsOnReboot(Habit):
    """A session that a reboot ends is never stopped on the wire."""

    def leaving(self, frame: Frame) -> list[Frame]:
        reasons = (Reason.SOFT_RESET, Reason.HARD_RESET, Reason.REBOOT)
        if isinstance(frame, Call) and frame.action == "StopTransaction" and frame.payload.get("reason") in reasons:
            self.hands.hear(Result(frame.message_id, frame.action, frame.payload, {}))
            return []
        return [frame]


class StartsAgain(Remembers):
    """After each loss of the line it tells the start of running sessions again, with the time they began."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._due = False

    def linked(self) -> None:
        self._due = bool(self.starts)

    def told(self, call: Call) -> list[Frame]:
        if call.action == "StopTransaction":
            self.starts.pop(self.ids.get(call.payload["transactionId"], 0), None)
        if self._due and call.action not in ("BootNotification", "StartTransaction"):
            self._due = False
            for payload in self.starts.values():
                self.hands.say("StartTransaction", payload)
        return [call]


class OfflineIds(Habit):
    """Texts as ids of sessions that have no id yet."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.payload.get("transactionId") == -1:
            frame.payload["transactionId"] = "offline-1"
        return [frame]


class ValueAfterStop(Remembers):
    """The register moves on after meterStop, and that is told with the id of the stopped transaction."""

    EXTRA_WH = 12

    def told(self, call: Call) -> list[Frame]:
        if call.action == "StopTransaction":
            sample: dict[str, Any] = {
                "value": str(int(float(call.payload["meterStop"])) + self.EXTRA_WH),
                "measurand": _REGISTER,
                "unit": "Wh",
            }
            payload = {
                "connectorId": self.ids.get(call.payload["transactionId"], 1),
                "transactionId": call.payload["transactionId"],
                "meterValue": [{"timestamp": call.payload.get("timestamp"), "sampledValue": [sample]}],
            }
            self.hands.say("MeterValues", payload, after_s=2)
        return [call]


class TellsHistory(Habit):
    """On each connection it tells its whole history of values again, in a context that does not exist."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._past: deque[Payload] = deque(maxlen=_HISTORY)
        self._due = False

    def linked(self) -> None:
        self._due = bool(self._past)

    def leaving(self, frame: Frame) -> list[Frame]:
        if not isinstance(frame, Call) or frame.action == "BootNotification":
            return [frame]
        if self._due:
            self._due = False
            for payload in self._past:
                for sample in samples_of(payload):
                    sample["context"] = "Sample.History"
                self.hands.say("MeterValues", payload)
        if frame.action == "MeterValues":
            self._past.append(frame.payload)
        return [frame]


class HurriedOff(Habit):
    """Drops the line when a start is answered within a second, and starts again."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._told_at = 0.0

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.action == "StartTransaction":
            self._told_at = self.hands.station.clock.time()
        return [frame]

    def coming(self, frame: Frame) -> Frame | None:
        clock = self.hands.station.clock
        if isinstance(frame, Result) and frame.action == "StartTransaction" and clock.time() - self._told_at < 1:
            self.hands.cut(2)
            return None
        return frame


class SkipsStops(Habit):
    """Of three stops one is never sent and one names a transaction that nobody knows."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.action == "StopTransaction":
            match self.hands.rng.randrange(3):
                case 0:
                    self.hands.hear(Result(frame.message_id, frame.action, frame.payload, {}))
                    return []
                case 1:
                    frame.payload["transactionId"] += 500_000
        return [frame]


class RepeatsStops(Habit):
    """A stop that was answered with a CALLERROR is told every ten seconds, for ever."""

    def coming(self, frame: Frame) -> Frame | None:
        if isinstance(frame, Result) and frame.action == "StopTransaction" and frame.error_code:
            self.hands.say("StopTransaction", frame.asked, after_s=10)
            return frame._replace(error_code="", payload={})
        return frame


class EndsAtZero(Habit):
    """A limit of 0 does not hold the session: it ends it."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        hands.station.listeners.append(self._notice)

    def _notice(self, happening: Happening) -> None:
        if happening.kind is Kind.STATUS and happening.detail == "SuspendedEVSE":
            number = happening.connector_id
            self.hands.station.schedule.after(("ends at zero", number), 0.1, lambda: self._end(number))

    def _end(self, connector_id: int) -> None:
        session = self.hands.station.connectors[connector_id].session
        if session is not None:
            self.hands.station.sessions.end(session, Reason.OTHER)


def _no_begin(payload: Payload) -> None:
    begun = [value for value in values_of(payload) if value["sampledValue"][0].get("context") == "Transaction.Begin"]
    if payload.get("transactionData"):
        payload["transactionData"] = [value for value in payload["transactionData"] if value not in begun]


def _preparing_zero(payload: Payload) -> None:
    if payload["connectorId"] == 0:
        payload["status"] = "Preparing"
    payload["info"] = '{"pwm":53,"cp":"B"}'


QUIRKS = (
    quirk("grizzl-e-relative-samples", "Q04", "counts samples from the start of the session", RelativeSamples),
    quirk("grizzl-e-forgets-sessions", "Q07", "never stops a session that a reboot has ended", ForgetsOnReboot),
    quirk(
        "delta-stop-zero",
        "Q15",
        "stops transaction 0, and tells no values of its beginning",
        sets("StopTransaction", transactionId=0),
        says("StopTransaction", _no_begin),
    ),
    quirk("abb-starts-again", "Q17", "tells running sessions as new ones after each loss of the line", StartsAgain),
    quirk(
        "wallbox-counts-on",
        "Q24",
        "counts on after meterStop, and sends transactionData empty",
        ValueAfterStop,
        sets("StopTransaction", transactionData=[]),
    ),
    quirk("alfen-history", "Q34", "tells all its old values again on each connection", TellsHistory),
    quirk(
        "enplus-offline-ids",
        "Q37",
        "is Preparing as a whole, puts JSON into info, has ids like `offline-1`, and values after the stop",
        says("StatusNotification", _preparing_zero),
        OfflineIds,
        ValueAfterStop,
    ),
    quirk("enplus-ends-at-zero", "Q38", "ends the session when it may draw nothing", EndsAtZero),
    quirk("free2move-hurried-off", "Q41", "drops the line when a start is answered within a second", HurriedOff),
    quirk(
        "ocular-long-tag",
        "Q42",
        "tells id tags of 21 characters, and closing values after the stop",
        says(("StartTransaction", "StopTransaction"), lambda p: p.update(idTag=p.get("idTag", "")[:20].ljust(21, " "))),
        ValueAfterStop,
    ),
    quirk("zaptec-skips-stops", "Q43", "leaves stops away, or stops what nobody knows", SkipsStops),
    quirk("metron-repeats-stop", "Q47", "repeats a refused stop every 10 s for ever", RepeatsStops),
    quirk(
        "stop-without-reason", "", "leaves reason and tag of a stop away", lacks("StopTransaction", "reason", "idTag")
    ),
)
