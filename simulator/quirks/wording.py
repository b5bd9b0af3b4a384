"""Quirks of how things are told: words, texts, times, units, JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import orjson

from simulator.quirks.edits import (
    CONNECTED,
    answers,
    each_sample,
    lacks,
    one_more,
    samples_of,
    says,
    sets,
    stamps,
    writes,
)
from simulator.quirks.habit import Call, Frame, Habit, Hands
from simulator.quirks.quirk import Quirk
from simulator.words import NO_ERROR, Payload

_AMPS_AND_VOLTS = {"A": "Amp", "V": "Volt"}
_OLD_WORDS = {"Preparing": "Occupied", "Charging": "Occupied", "Finishing": "Occupied"}


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


def _null_texts(payload: Payload) -> None:
    payload.setdefault("info", "null")
    payload.setdefault("vendorErrorCode", "0x0000")
    if payload["status"] == "Finishing":
        payload["errorCode"] = "OtherError"


def _safe_mode(payload: Payload) -> None:
    if payload["connectorId"] == 0:
        payload |= {"status": "Faulted", "errorCode": "OtherError", "vendorErrorCode": "210", "vendorId": "Alfen"}


def _no_proximity(payload: Payload) -> None:
    if payload["status"] == "Preparing" and payload["errorCode"] == NO_ERROR:
        payload |= {"errorCode": "OtherError", "vendorErrorCode": "NoPPDetected", "vendorId": "CTEK"}


def _plain_error(payload: Payload) -> None:
    if payload["errorCode"] != NO_ERROR or payload["status"] == "Finishing":
        payload["errorCode"] = "Error"


def _with_colons(payload: Payload) -> None:
    if tag := payload.get("idTag"):
        pairs = [tag[n : n + 2] for n in range(0, len(tag), 2)]
        payload["idTag"] = ":".join(pairs)[:20]


def _total_differs(payload: Payload) -> str:
    amps = sum(float(s["value"]) for s in samples_of(payload) if s["measurand"] == "Current.Import")
    return f"{amps * 1.07 + 0.4:.1f}"


def _as_number(sample: Payload) -> None:
    sample["value"] = float(sample["value"])


def _amps_and_volts(sample: Payload) -> None:
    sample["unit"] = _AMPS_AND_VOLTS.get(sample["unit"], sample["unit"])


def _bare_kwh(sample: Payload) -> None:
    if sample["unit"] == "Wh":
        sample["value"] = f"{float(sample['value']) / 1000:.3f}"
        del sample["unit"]


def _small_words(payload: Payload) -> None:
    payload |= {"status": payload["status"].lower(), "errorCode": payload["errorCode"].lower()}


def _first_value_alone(payload: Payload) -> None:
    payload["meterValue"] = payload["meterValue"][0]


def _indented(text: str) -> str:
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode().replace("\n", "\r\n")


def _empty_transaction_id(text: str) -> str:
    pattern = r'("MeterValues",\{"connectorId":\d+,)(.*),"transactionId":-?\d+\}'
    return re.sub(pattern, r'\1"transactionId":,\2}', text)


def _cut_configuration(text: str) -> str:
    return text[:900] if '"configurationKey"' in text and len(text) > 900 else text


def _cut_values(_asked: Payload, answer: Payload) -> None:
    for item in answer.get("configurationKey", []):
        if "value" in item:
            item["value"] = item["value"][:20]


class WordsOfItsOwn(Habit):
    """Tells TransactionStarted, which is no message of OCPP, before each start."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.action == "StartTransaction":
            self.hands.say("TransactionStarted", {"connectorId": frame.payload["connectorId"], "ack": 1})
        return [frame]


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
        name="schneider-long-serial",
        source="Q12",
        does="has a serial number of 33 characters",
        plate={"serial": "3N234010530D1B1C7000700123ABCDEF9"},
    ),
    Quirk(
        name="schneider-total-current",
        source="Q14",
        does="tells a total current that is not the sum of its phases",
        habits=(one_more("Current.Import", _total_differs, "A"),),
    ),
    Quirk(
        name="abb-null-texts",
        source="Q18",
        does="fills info with `null` and vendorErrorCode with 0x0000, and tells an error with Finishing",
        habits=(says("StatusNotification", _null_texts),),
    ),
    Quirk(
        name="abb-colon-tags",
        source="Q20",
        does="puts colons into id tags",
        habits=(says(("Authorize", "StartTransaction", "StopTransaction"), _with_colons),),
    ),
    Quirk(
        name="huawei-meter-value-object",
        source="Q26",
        does="sends meterValue as an object, not as a list",
        habits=(says("MeterValues", _first_value_alone),),
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
        name="openevse-numbers",
        source="Q29",
        does="sends sampled values as numbers",
        habits=(each_sample(_as_number),),
    ),
    Quirk(
        name="chargeamps-hz",
        source="Q30",
        does="measures the frequency in Hz, a unit that OCPP does not know",
        habits=(one_more("Frequency", lambda _: "50.02", "Hz"),),
    ),
    Quirk(
        name="viridian-hertz",
        source="Q31",
        does="measures the frequency in Hertz",
        habits=(one_more("Frequency", lambda _: "49.98", "Hertz"),),
    ),
    Quirk(
        name="blink-own-words",
        source="Q32",
        does="sends TransactionStarted, which is no OCPP, and the units Amp and Volt",
        habits=(WordsOfItsOwn, each_sample(_amps_and_volts)),
    ),
    Quirk(
        name="legrand-error",
        source="Q33",
        does="has one error code: Error",
        habits=(says("StatusNotification", _plain_error),),
    ),
    Quirk(
        name="alfen-safe-mode",
        source="Q35",
        does="tells connector 0 as Faulted, code 210, and charges all the same",
        habits=(says("StatusNotification", _safe_mode),),
    ),
    Quirk(
        name="ctek-no-proximity",
        source="Q36",
        does="tells OtherError, NoPPDetected, while a car is being plugged in",
        habits=(says("StatusNotification", _no_proximity),),
    ),
    Quirk(
        name="chago-local-time",
        source="Q55",
        does="tells local time as UTC until the first heartbeat is answered",
        habits=(LocalUntilSync,),
    ),
    Quirk(
        name="ocular-cut-values",
        source="Q42",
        does="cuts values of its configuration after 20 characters",
        habits=(answers("GetConfiguration", _cut_values),),
    ),
    Quirk(name="local-times", does="tells times in its own zone, +02:00", habits=(stamps(_summer_time),)),
    Quirk(name="epoch-times", does="tells times as seconds since 1970", habits=(stamps(_epoch),)),
    Quirk(name="year-1970", does="does not know the date", habits=(stamps(_since_power_on),)),
    Quirk(
        name="old-status-words",
        does="says Occupied for Preparing, Charging and Finishing, as OCPP 1.5 did",
        habits=(says("StatusNotification", lambda p: p.update(status=_OLD_WORDS.get(p["status"], p["status"]))),),
    ),
    Quirk(
        name="lower-case-words",
        does="writes status and error code small",
        habits=(
            says(
                "StatusNotification", lambda p: p.update(status=p["status"].lower(), errorCode=p["errorCode"].lower())
            ),
        ),
    ),
    Quirk(
        name="numbers-as-text",
        does="puts connector ids and meter readings into quotes",
        habits=(
            says(CONNECTED, lambda p: p.update(connectorId=str(p["connectorId"]))),
            says("StartTransaction", lambda p: p.update(meterStart=f"{p['meterStart']}.00")),
            says("StopTransaction", lambda p: p.update(meterStop=f"{p['meterStop']}.00")),
        ),
    ),
    Quirk(
        name="null-fields",
        does="sends null for what it does not know",
        habits=(
            sets("BootNotification", iccid=None, imsi=None, meterType=None),
            sets("StatusNotification", info=None, vendorId=None, vendorErrorCode=None),
            sets("StartTransaction", reservationId=None),
            sets("StopTransaction", transactionData=None),
        ),
    ),
    Quirk(
        name="missing-fields",
        does="leaves errorCode and timestamps away",
        habits=(
            lacks("StatusNotification", "errorCode", "timestamp"),
            lacks(("StartTransaction", "StopTransaction"), "timestamp"),
        ),
    ),
    Quirk(
        name="extra-fields",
        does="adds fields that OCPP does not know to everything",
        habits=(says((), lambda p: p.update(x_uptime=4711, x_debug={"heap": "ok"})),),
    ),
    Quirk(
        name="no-units",
        does="sends its units empty",
        habits=(each_sample(lambda sample: sample.update(unit="")),),
    ),
    Quirk(
        name="kwh-without-unit",
        does="tells energy in kWh with three decimals and no unit",
        habits=(
            each_sample(
                lambda s: (
                    s.update(value=f"{float(s.pop('unit') and s['value']) / 1000:.3f}") if s["unit"] == "Wh" else None
                )
            ),
        ),
    ),
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
