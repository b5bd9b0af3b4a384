"""Quirks of what a charge point does with what it is asked."""

from __future__ import annotations

from simulator.quirks.edits import answers, ignores, meets
from simulator.quirks.habit import Call, Frame, Habit, Hands, Result
from simulator.quirks.quirk import Handshake, Quirk
from simulator.watch import Happening, Kind
from simulator.words import MEASURANDS, Payload

_CORE = frozenset(
    {
        "ChangeAvailability",
        "ChangeConfiguration",
        "ClearCache",
        "DataTransfer",
        "GetConfiguration",
        "RemoteStartTransaction",
        "RemoteStopTransaction",
        "Reset",
        "UnlockConnector",
    }
)


class Waits(Habit):
    """Boots only when it is asked for by a TriggerMessage; before that it behaves as if it were accepted."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._triggered = False

    def coming(self, frame: Frame) -> Frame | None:
        if isinstance(frame, Call) and frame.payload.get("requestedMessage") == "BootNotification":
            self._triggered = True
        return frame

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.action == "BootNotification" and not self._triggered:
            accepted = {"status": "Accepted", "interval": 300, "currentTime": ""}
            self.hands.hear(Result(frame.message_id, frame.action, frame.payload, accepted))
            return []
        return [frame]


class BootsForEver(Habit):
    """Asked for anything before its boot is answered, it boots anew."""

    def coming(self, frame: Frame) -> Frame | None:
        if isinstance(frame, Call) and not self.hands.station.registered:
            self.hands.cut(self.hands.station.traits.reboot_s)
            return None
        return frame


class Overwhelmed(Habit):
    """Takes every measurand at once, and reboots again and again until it is asked for fewer."""

    AFTER_S = 3.0

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        hands.station.listeners.append(self._notice)

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Result) and frame.action == "ChangeConfiguration":
            self._reboot_later()
        return [frame]

    def _notice(self, happening: Happening) -> None:
        if happening.kind is Kind.REGISTERED:
            self._reboot_later()

    def _reboot_later(self) -> None:
        self.hands.station.schedule.after("overwhelmed", self.AFTER_S, self._reboot)

    def _reboot(self) -> None:
        station = self.hands.station
        if len(station.configuration.listed("MeterValuesSampledData")) >= len(MEASURANDS) - 1:
            station.reset(hard=True)


class StubbornUntilReboot(Habit):
    """Refuses everything until it has been reset once."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._woken = False

    def coming(self, frame: Frame) -> Frame | None:
        if not isinstance(frame, Call) or self._woken:
            return frame
        if frame.action == "Reset":
            self._woken = True
            return frame
        self.hands.later(60, Result(frame.message_id, frame.action, frame.payload, {"status": "Rejected"}))
        return None


class DeafAfterIdle(Habit):
    """Does not hear what it is asked when nobody asked or pinged for 90 s; a new line cures it."""

    IDLE_S = 90.0

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._asked_at = 0.0

    def linked(self) -> None:
        self._asked_at = self.hands.station.clock.time()

    def coming(self, frame: Frame) -> Frame | None:
        if not isinstance(frame, Call):
            return frame
        now = self.hands.station.clock.time()
        if min(now - self._asked_at, self.hands.idle_s) > self.IDLE_S:
            return None
        self._asked_at = now
        return frame


class AltersIds(Habit):
    """Answers what is not of the core with a FormationViolation, under an id that nobody has used."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Result) and frame.action not in _CORE:
            return [frame._replace(message_id=f"5{frame.message_id}", error_code="FormationViolation")]
        return [frame]


def _profile(asked: Payload) -> Payload:
    found = asked.get("csChargingProfiles", {})
    return found if isinstance(found, dict) else {}


def _takes_max_profile(asked: Payload) -> Payload | None:
    is_max = _profile(asked).get("chargingProfilePurpose") == "ChargePointMaxProfile"
    return {"status": "Accepted"} if is_max else None


def _no_third_level(asked: Payload) -> Payload | None:
    level = _profile(asked).get("stackLevel")
    return {"status": "Rejected"} if isinstance(level, int) and level >= 3 else None


def _watts_only(asked: Payload) -> Payload | None:
    schedule = _profile(asked).get("chargingSchedule")
    is_amperes = isinstance(schedule, dict) and schedule.get("chargingRateUnit") == "A"
    return {"status": "Rejected"} if is_amperes else None


def _keeps_level_zero(asked: Payload) -> Payload | None:
    return {"status": "Unknown"} if asked.get("stackLevel") == 0 else None


def _rejects_profile(asked: Payload) -> Payload | None:
    return {"status": "Rejected"} if "chargingProfile" in asked else None


def _needs_connector(asked: Payload) -> Payload | None:
    return None if "connectorId" in asked else {"status": "Rejected"}


def _boot_trigger(call: Call) -> bool:
    return call.action == "TriggerMessage" and call.payload.get("requestedMessage") == "BootNotification"


def _reports_three(_asked: Payload, answer: Payload) -> None:
    for item in answer.get("configurationKey", []):
        if item["key"] == "ChargeProfileMaxStackLevel":
            item["value"] = "3"


QUIRKS = (
    Quirk(
        name="grizzl-e-ignores-max-profile",
        source="Q05",
        does="accepts ChargePointMaxProfile and does nothing about it",
        habits=(meets("SetChargingProfile", _takes_max_profile),),
    ),
    Quirk(
        name="grizzl-e-unlock-accepted",
        source="Q06",
        does="answers UnlockConnector with Accepted, a word that is not foreseen there",
        habits=(answers("UnlockConnector", lambda _, answer: answer.update(status="Accepted")),),
    ),
    Quirk(
        name="abb-overwhelmed",
        source="Q16",
        does="accepts all measurands and then reboots in a loop",
        habits=(Overwhelmed,),
    ),
    Quirk(
        name="abb-rejects-level-3",
        source="Q19",
        does="reports stack level 3 and rejects profiles of it",
        habits=(meets("SetChargingProfile", _no_third_level), answers("GetConfiguration", _reports_three)),
    ),
    Quirk(
        name="wallbox-boot-loop",
        source="Q21",
        does="boots anew when it is asked for something before its boot is answered",
        habits=(BootsForEver,),
    ),
    Quirk(name="wallbox-never-boots", source="Q22", does="boots only when it is asked to", habits=(Waits,)),
    Quirk(
        name="huawei-watts-only",
        source="Q26",
        does="rejects charging profiles in amperes",
        habits=(meets("SetChargingProfile", _watts_only),),
    ),
    Quirk(
        name="mennekes-stubborn",
        source="Q39",
        does="takes 60 s for each answer, and rejects everything until it is reset",
        habits=(StubbornUntilReboot,),
    ),
    Quirk(
        name="starcharge-silent-trigger",
        source="Q40",
        does="never answers a trigger of BootNotification; its message ids have 36 characters",
        message_id=lambda n, _: f"{n:08x}-0000-4000-8000-{n:012x}",
        habits=(ignores(_boot_trigger),),
    ),
    Quirk(
        name="phoenix-needs-connector",
        source="Q49",
        does="rejects RemoteStartTransaction without a connector",
        habits=(meets("RemoteStartTransaction", _needs_connector),),
    ),
    Quirk(
        name="go-e-level-zero",
        source="Q51",
        does="cannot clear profiles of stack level 0, and rejects RemoteStartTransaction with a profile",
        habits=(
            meets("ClearChargingProfile", _keeps_level_zero),
            meets("RemoteStartTransaction", _rejects_profile),
        ),
    ),
    Quirk(
        name="deaf-after-idle",
        source="Q53",
        does="sends heartbeats, and does not hear what it is asked after 90 s without a ping or a question",
        handshake=Handshake(),
        habits=(DeafAfterIdle,),
    ),
    Quirk(
        name="phihong-altered-ids",
        source="Q56",
        does="answers what is not of the core with FormationViolation and an id that nobody used",
        habits=(AltersIds,),
    ),
)
