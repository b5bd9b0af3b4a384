"""Quirks of what is told: words, texts, units, fields."""

from __future__ import annotations

from simulator.quirks.edits import (
    CONNECTED,
    answers,
    each_sample,
    lacks,
    one_more,
    samples_of,
    says,
    sets,
)
from simulator.quirks.habit import Call, Frame, Habit
from simulator.quirks.quirk import Quirk
from simulator.words import NO_ERROR, Payload

_AMPS_AND_VOLTS = {"A": "Amp", "V": "Volt"}
_OLD_WORDS = {"Preparing": "Occupied", "Charging": "Occupied", "Finishing": "Occupied"}


def _null_texts(payload: Payload) -> None:
    payload.setdefault("info", "null")
    payload.setdefault("vendorErrorCode", "0x0000")
    if payload["status"] == "Finishing":
        payload["errorCode"] = "OtherError"


def _safe_mode(payload: Payload) -> None:
    if payload["connectorId"] == 0:
        payload |= {"status": "Faulted", "errorCode": "OtherError", "vendorErrorCode": "210", "vendorId": "Alfen"}


def _no_proximity(payload: Payload) -> None:
    if payload["status"] == "Preparing" and payload.get("errorCode") == NO_ERROR:
        payload |= {"errorCode": "OtherError", "vendorErrorCode": "NoPPDetected", "vendorId": "CTEK"}


def _plain_error(payload: Payload) -> None:
    if payload.get("errorCode") != NO_ERROR or payload["status"] == "Finishing":
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
    if sample.get("unit") in _AMPS_AND_VOLTS:
        sample["unit"] = _AMPS_AND_VOLTS[sample["unit"]]


def _bare_kwh(sample: Payload) -> None:
    if sample.get("unit") == "Wh":
        sample["value"] = f"{float(sample['value']) / 1000:.3f}"
        del sample["unit"]


def _small_words(payload: Payload) -> None:
    payload |= {field: payload[field].lower() for field in ("status", "errorCode") if field in payload}


def _first_value_alone(payload: Payload) -> None:
    payload["meterValue"] = payload["meterValue"][0]


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


QUIRKS = (
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
        name="ocular-cut-values",
        source="Q42",
        does="cuts values of its configuration after 20 characters",
        habits=(answers("GetConfiguration", _cut_values),),
    ),
    Quirk(
        name="old-status-words",
        does="says Occupied for Preparing, Charging and Finishing, as OCPP 1.5 did",
        habits=(says("StatusNotification", lambda p: p.update(status=_OLD_WORDS.get(p["status"], p["status"]))),),
    ),
    Quirk(
        name="lower-case-words",
        does="writes status and error code small",
        habits=(says("StatusNotification", _small_words),),
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
)
