"""What chargers put on the wire, and what no charger should: frames for the fuzz, by hypothesis.

A drawn frame is a template: `~id~` becomes a fresh message id, `~tx~` a transaction of the charger, `~op~` the id of
the operation that is answered.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.raw_client import BINARY, TEXT

STAMP = "2026-11-21T10:42:07Z"
SAMPLE = {"timestamp": STAMP, "sampledValue": [{"value": "7", "unit": "Wh"}, {"value": "11.0", "unit": "kW"}]}

#: A valid payload for each action of a charger, to start from.
PAYLOADS: dict[str, dict[str, Any]] = {
    "Authorize": {"idTag": "A1B2C3"},
    "BootNotification": {"chargePointVendor": "Fuzz", "chargePointModel": "One"},
    "DataTransfer": {"vendorId": "fuzz", "messageId": "m", "data": "x"},
    "DiagnosticsStatusNotification": {"status": "Idle"},
    "FirmwareStatusNotification": {"status": "Idle"},
    "Heartbeat": {},
    "MeterValues": {"connectorId": 1, "meterValue": [SAMPLE]},
    "StartTransaction": {"connectorId": 1, "idTag": "A1B2C3", "meterStart": 1, "timestamp": STAMP},
    "StatusNotification": {"connectorId": 1, "errorCode": "NoError", "status": "Available"},
    "StopTransaction": {"transactionId": "~tx~", "meterStop": 2, "timestamp": STAMP},
    "LogStatusNotification": {"status": "Idle"},
    "SecurityEventNotification": {"type": "ResetOrReboot", "timestamp": STAMP},
    "SignCertificate": {"csr": "-----"},
    "SignedFirmwareStatusNotification": {"status": "Idle"},
}
#: Never refused for what they say (protocol.md 3.1).
NEVER_REFUSED = frozenset({"BootNotification", "MeterValues", "StopTransaction"})
#: Nor these, as long as one of these fields is whole.
ESSENTIAL = {"StatusNotification": ("connectorId",), "StartTransaction": ("connectorId", "idTag", "timestamp")}


class Shape(NamedTuple):
    """A frame before it is sent."""

    kind: str
    data: bytes
    owes: str = ""  #: what must be answered: "", "text" (`~id~` as a text) or "number" (as a number)
    wants_result: bool = False  #: by a lenient server: a CALLRESULT, no CALLERROR
    opcode: int = TEXT
    cuts: tuple[int, ...] = ()  #: where it is cut into fragments
    pings: bool = False  #: with a ping between the fragments
    times: int = 1
    action: str = ""

    def __repr__(self) -> str:
        """Short enough to read when hypothesis tells what failed."""
        return f"{self.kind} {self.data[:400]!r} opcode {self.opcode} cuts {self.cuts} times {self.times}"


names = st.text("abcdefghijklmnop_$. ", max_size=8)
odd_text = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "\x00", "\u202e[red]", "\x1b]0;x\x07", "\uffff", "e\u0301" * 9, "A" * 300, "\U0001f50c", "null"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), odd_text)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5
)
#: Places for an odd value inside a payload, so that the whole tree of MeterValues is reached.
INNER = ("meterValue", "sampledValue", "timestamp", "value", "unit", "phase", "measurand", "context", "transactionId")


@st.composite
def payloads(draw: st.DrawFn) -> tuple[str, dict[str, Any], bool]:
    """An action with its payload, a few fields changed, dropped or added; and must a lenient server take it."""
    action = draw(st.sampled_from(sorted(PAYLOADS)))
    payload = json.loads(json.dumps(PAYLOADS[action]))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(_objects(payload)))
        name = draw(st.sampled_from([*sorted(place), *INNER]) | names)
        if draw(st.integers(0, 3)):
            place[name] = draw(values)
        else:
            place.pop(name, None)
    whole = PAYLOADS[action]
    is_essential = any(json.dumps(payload.get(name)) == json.dumps(whole[name]) for name in ESSENTIAL.get(action, ()))
    return action, payload, action in NEVER_REFUSED or is_essential


def _objects(value: Any) -> list[dict[str, Any]]:
    """`value` and all objects inside it."""
    if isinstance(value, dict):
        return [value, *(found for inner in value.values() for found in _objects(inner))]
    return [found for inner in value for found in _objects(inner)] if isinstance(value, list) else []


def text_of(action: object, payload: object, message_id: str = '"~id~"', ascii_only: bool = True) -> str:
    text = json.dumps(payload, ensure_ascii=ascii_only).replace('"~tx~"', "~tx~")
    return f"[2,{message_id},{json.dumps(action)},{text}]"


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def calls(draw: st.DrawFn) -> Shape:
    """A well-formed CALL, whatever its payload says; as text or binary, whole or in fragments, once or twice."""
    action, payload, is_safe = draw(payloads())
    data = encoded(text_of(action, payload, ascii_only=draw(st.booleans())))
    shape = Shape("call", data, "text", is_safe, action=action)
    match draw(st.integers(0, 11)):
        case 0:
            return shape._replace(kind="binary", opcode=BINARY)
        case 1 | 2:
            cuts = sorted(draw(st.lists(st.integers(0, len(data)), min_size=1, max_size=4)))
            return shape._replace(kind="fragments", cuts=tuple(cuts), pings=draw(st.booleans()))
        case 3:
            return shape._replace(kind="repeated", times=2)
    return shape


def _with_duplicates(text: str) -> str:
    return text.replace("{", '{"connectorId":null,"connectorId":7,"idTag":"x",', 1)


def _with_word(word: str) -> Any:
    return lambda text: text[:-2] + ("" if text.endswith("{}]") else ",") + f'"odd":{word}' + text[-2:]


#: name -> what it makes of the text of a CALL. The id stays readable: all of them must be answered.
DAMAGES: dict[str, Any] = {
    "byte order mark": lambda text: "\ufeff" + text,
    "NUL behind": lambda text: text + "\x00\x00\r\n",
    "lines": lambda text: text.replace(",", ",\r\n\t"),
    "comma behind": lambda text: text[:-1] + ",]",
    "comma in object": lambda text: text[:-2] + ",}]",
    "empty value": _with_word(""),
    "NaN": _with_word("NaN"),
    "-Infinity": _with_word("-Infinity"),
    "lone surrogate": _with_word('"\\ud800"'),
    "escaped NUL": _with_word('"\\u0000\\u001b[2J"'),
    "control characters": _with_word('"\x01\x1b\n"'),
    "bad escape": _with_word('"\\x\\u12"'),
    "bare word": _with_word("True"),
    "huge integer": _with_word("9" * 5000),
    "huge exponent": _with_word("1e99999"),
    "huge text": _with_word('"' + "x" * 90_000 + '"'),
    "many members": _with_word("[" + "0," * 20_000 + "0]"),
    "deep array": _with_word("[" * 3_000 + "]" * 3_000),
    "deep object": _with_word('{"a":' * 3_000 + "1" + "}" * 3_000),
    "endless array": _with_word("[" * 70_000),
    "duplicate keys": _with_duplicates,
    "no closers": lambda text: text[:-2],
    "too many closers": lambda text: text + "]}]",
    "second document": lambda text: text + '[3,"nobody",{}]',
}


@st.composite
def damaged(draw: st.DrawFn) -> Shape:
    """A CALL in broken JSON: repaired, or refused with its id."""
    action, payload, _ = draw(payloads())
    text = text_of(action, payload)
    damage = draw(st.sampled_from([*DAMAGES, "cut", "cut", "latin-1"]))
    if damage == "cut":
        head = text.index(",", 4) + 1  # behind the id
        return Shape("cut", encoded(text[: draw(st.integers(head, len(text) - 1))]), "text", action=action)
    if damage == "latin-1":
        return Shape(damage, text.replace("{", '{"odd":"Gerät",', 1).encode("latin-1"), "text", action=action)
    return Shape(damage, encoded(DAMAGES[damage](text)), "text", action=action)


@st.composite
def envelopes(draw: st.DrawFn) -> Shape:
    """A CALL whose frame around the payload is odd, but tells whom to answer."""
    action, payload, _ = draw(payloads())
    odd_action = draw(st.sampled_from([action, "", "Reset", "NotThere", "heartbeat", "__class__"]) | scalars)
    match draw(st.integers(0, 4)):
        case 0:
            return Shape("number as id", encoded(text_of(action, payload, "~id~")), "number")
        case 1:
            return Shape("other action", encoded(text_of(odd_action, payload)), "text")
        case 2:
            return Shape("other payload", encoded(text_of(action, draw(values))), "text")
        case 3:
            return Shape("too short", f'[2,"~id~",{json.dumps(action)}]'.encode(), "text")
        case _:
            return Shape("too long", encoded(f"{text_of(action, payload)[:-1]},{json.dumps(draw(values))}]"), "text")


@st.composite
def unasked(draw: st.DrawFn) -> Shape:
    """An answer to nothing, an unknown type, an id that cannot be echoed, no message at all: nothing is owed."""
    rest = draw(st.lists(values, max_size=5))
    match draw(st.integers(0, 5)):
        case 0 | 1:
            stray_id = draw(st.sampled_from(["~id~", "nobody", "", "1", "x" * 400]))
            message = [draw(st.sampled_from([3, 4])), stray_id, *rest]
            return Shape("stray answer", encoded(json.dumps(message)))
        case 2:
            kind = draw(st.sampled_from([0, 1, 5, 6, 9, -2, True, 2.5, "2", None, 2**70]))
            return Shape("other type", encoded(json.dumps([kind, "~id~", "Heartbeat", {}])))
        case 3:
            odd_id: object = draw(st.sampled_from([None, True, [], {}, 1.5, 2**80, "x" * 300]))
            return Shape("odd id", encoded(json.dumps([2, odd_id, "Heartbeat", {}])))
        case 4:
            return Shape("no message", encoded(draw(st.text(max_size=60)) if draw(st.booleans()) else json.dumps(rest)))
        case _:
            return Shape("bytes", draw(st.binary(max_size=80)), opcode=draw(st.sampled_from([TEXT, BINARY])))


frames = st.one_of(calls(), calls(), calls(), calls(), damaged(), damaged(), envelopes(), unasked())


#: Operations that are started while frames fly, with their payloads.
OPERATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("GetConfiguration", {}),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}),
    ("TriggerMessage", {"requestedMessage": "StatusNotification"}),
    ("ChangeAvailability", {"connectorId": 0, "type": "Operative"}),
    ("GetLocalListVersion", {}),
    ("GetCompositeSchedule", {"connectorId": 1, "duration": 60}),
    ("DataTransfer", {"vendorId": "fuzz"}),
    ("GetDiagnostics", {"location": "http://127.0.0.1/x"}),
    ("ClearCache", {}),
)
answer_payloads = st.one_of(
    values,
    st.fixed_dictionaries({}, optional={"status": values, "configurationKey": values, "listVersion": values}),
    st.sampled_from(
        [
            {"status": "Accepted"},
            {"status": "Rejected"},
            {"configurationKey": [{"key": "A", "readonly": "false", "value": "x" * 900}, 7, None], "unknownKey": "k"},
            {"configurationKey": {"key": "A"}, "unknownKey": [None, {}]},
            {"listVersion": "-1"},
            {"status": "Accepted", "chargingSchedule": {"chargingSchedulePeriod": [{"limit": "x"}]}},
        ]
    ),
)


@st.composite
def answers(draw: st.DrawFn) -> Shape:
    """What a charger makes of its answer to an operation: right, wrong, of another shape, twice, or unreadable."""
    body = json.dumps(draw(answer_payloads))
    text = draw(
        st.sampled_from(
            [
                f'[3,"~op~",{body}]',
                f'[3,"~op~",{body}]',
                f'[3,"~op~",{body}]',
                '[3,"~op~"]',
                f'[3,"~op~",{body},{body}]',
                f'[4,"~op~",{body}]',
                '[4,"~op~"]',
                f'[4,"~op~","NotSupported",{body},{body}]',
                '[4,"~op~",null,null,null]',
                f'[4,"~op~",7,{body},[],"more"]',
                f'[3,"c~op~",{body}]',
                f'[3,"~op~",{body}',
                f'[3,"~op~",{body}][3,"~op~",{body}]',
                '[3,"~op~",{"status":}]',
                '[3,"~op~",' + "[" * 2000,
                "[3,[],{}]",
            ]
        )
    )
    opcode = draw(st.sampled_from([TEXT, TEXT, TEXT, BINARY]))
    return Shape("answer", encoded(text), opcode=opcode, times=draw(st.sampled_from([1, 1, 1, 2])))
