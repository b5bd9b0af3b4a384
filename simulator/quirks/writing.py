"""Quirks of how frames are written: times, JSON, message ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import orjson

from simulator.quirks.edits import sets, stamps, writes
from simulator.quirks.habit import Frame, Habit, Hands
from simulator.quirks.quirk import Quirk


def _without_zone(stamp: str) -> str:
    return stamp.removesuffix("Z")


def _summer_time(stamp: str) -> str:
    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00")) + timedelta(hours=2)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + "+02:00"


def _epoch(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp())


def _since_power_on(stamp: str) -> str:
    """The year is 1970: nobody has told it the time."""
    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return "1970-01-01T" + moment.astimezone(UTC).strftime("%H:%M:%SZ")


def _indented(text: str) -> str:
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text  # another quirk has broken it already
    return orjson.dumps(frame, option=orjson.OPT_INDENT_2).decode().replace("\n", "\r\n")


def _empty_transaction_id(text: str) -> str:
    pattern = r'("MeterValues",\{"connectorId":\d+,)(.*),"transactionId":-?\d+\}'
    return re.sub(pattern, r'\1"transactionId":,\2}', text)


def _cut_configuration(text: str) -> str:
    return text[:900] if '"configurationKey"' in text and len(text) > 900 else text


class LocalUntilSync(Habit):
    """Tells local time with a Z behind it until the CSMS has told it the time by a heartbeat."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._synchronised = False
        self._shift = stamps(lambda stamp: _summer_time(stamp).replace("+02:00", "Z"))(hands)

    def coming(self, frame: Frame) -> Frame | None:
        self._synchronised = self._synchronised or frame.action == "Heartbeat"
        return frame

    def leaving(self, frame: Frame) -> list[Frame]:
        return [frame] if self._synchronised else self._shift.leaving(frame)


QUIRKS = (
    Quirk(
        name="grizzl-e-cut-configuration",
        source="Q02",
        does="cuts its answer to GetConfiguration in the middle of the JSON",
        habits=(writes(_cut_configuration),),
    ),
    Quirk(
        name="growatt-no-zone",
        source="Q27",
        does="tells times without a zone, and reservation 0 with every start",
        habits=(stamps(_without_zone), sets("StartTransaction", reservationId=0)),
    ),
    Quirk(
        name="aefa-empty-transaction-id",
        source="Q28",
        does='writes `"transactionId":,` in meter values, and times without a zone',
        habits=(stamps(_without_zone), writes(_empty_transaction_id)),
    ),
    Quirk(
        name="chago-local-time",
        source="Q55",
        does="tells local time as UTC until the first heartbeat is answered",
        habits=(LocalUntilSync,),
    ),
    Quirk(name="local-times", does="tells times in its own zone, +02:00", habits=(stamps(_summer_time),)),
    Quirk(name="epoch-times", does="tells times as seconds since 1970", habits=(stamps(_epoch),)),
    Quirk(name="year-1970", does="does not know the date", habits=(stamps(_since_power_on),)),
    Quirk(name="indented-json", does="spreads its JSON over many lines", habits=(writes(_indented),)),
    Quirk(
        name="cut-json",
        does="loses the last two characters of every StatusNotification",
        habits=(writes(lambda text: text[:-2] if '"StatusNotification"' in text else text),),
    ),
    Quirk(
        name="two-documents",
        does="puts a second document behind each MeterValues, in one frame",
        habits=(writes(lambda text: f'{text}[2,"own-behind","Heartbeat",{{}}]' if '"MeterValues"' in text else text),),
    ),
    Quirk(name="binary-frames", does="sends its texts in binary frames", habits=(writes(str.encode),)),
    Quirk(
        name="byte-order-mark", does="begins every frame with U+FEFF", habits=(writes(lambda text: "\ufeff" + text),)
    ),
    Quirk(name="long-message-ids", does="has message ids of 60 characters", message_id=lambda n, _: f"{n:060d}"),
    Quirk(name="one-message-id", does="gives every call the id 1", message_id=lambda _n, _own: "1"),
    Quirk(
        name="lower-case-actions",
        does="begins the names of messages with a small letter",
        habits=(writes(lambda text: re.sub(r'^(\[2,"[^"]*",")(\w)', lambda m: m[1] + m[2].lower(), text)),),
    ),
)
