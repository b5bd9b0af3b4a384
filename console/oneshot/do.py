"""`ocpp-console do OPERATION CHARGER [key=value ...]`: one remote operation, and its outcome in one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from console.oneshot.client import DONE, FAILED, USAGE, Client, Refused, Server, Trouble, say, told
from console.oneshot.export import as_json
from console.present.commands import HIDDEN, is_secret
from console.present.safe import safe

#: Fields that are whole numbers in every OCPP 1.6 request that has them. All others stay text: `value=60` must.
NUMBERS = frozenset(
    {
        "connectorId",
        "transactionId",
        "reservationId",
        "chargingProfileId",
        "stackLevel",
        "listVersion",
        "retries",
        "retryInterval",
        "duration",
        "requestId",
        "id",
    }
)
#: Fields that are lists, by operation: written once or more often.
LISTS = frozenset({("getconfiguration", "key")})

OUTCOMES = {
    "accepted": "accepted",
    "rejected": "the charger says no",
    "error": "the charger answered with an error",
    "timed_out": "no answer",
    "offline": "the charger is offline",
    "queued": "not answered yet",
}


def run(
    operation: str,
    charger: str,
    arguments: Sequence[str],
    server: Server,
    json_text: str = "",
    wait: float = 30.0,
    output: str = "text",
) -> int:
    """Send `operation` and tell what came of it; exit code 0 only when it was accepted.

    The payload is `json_text`, or made of `arguments` (see `payload_of`). `output`: "text" or "json".
    """
    return told(lambda: _run(operation, charger, arguments, server, json_text, wait, output))


def _run(
    operation: str, charger: str, arguments: Sequence[str], server: Server, json_text: str, wait: float, output: str
) -> int:
    payload = _payload_of_json(json_text, arguments) if json_text else payload_of(operation, arguments)
    with Client(server) as client:
        try:
            outcome = client.post("chargers", charger, "operations", operation, body=payload, wait=wait)
        except Refused as refused:
            if refused.status != 409:
                raise _with_way(refused, arguments) from None
            outcome = {"state": "blocked"} | refused.body
    if output == "json":
        say(as_json(outcome) + "\n")
    else:
        say("".join(f"{safe(line, 2000)}\n" for line in _told(operation, charger, outcome)))
    return DONE if outcome["state"] == "accepted" else FAILED


def payload_of(operation: str, arguments: Sequence[str]) -> dict[str, Any]:
    """The payload out of `name=text` and `name:=json`: `type=Soft connectorId=1 value=60 chargingProfile:={...}`.

    Text stays text, but for the fields that are numbers everywhere in OCPP. A name given twice makes a list.
    """
    payload: dict[str, Any] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or not name.removesuffix(":"):
            raise Trouble(f"{argument!r} does not fit: write name=value, or name:=json", USAGE)
        if name.endswith(":"):
            name = name[:-1]
            value = _parsed(text, f"{name}:=")
        else:
            value = _number(name, text) if name in NUMBERS else text
        is_list = (operation.casefold(), name) in LISTS and not isinstance(value, list)
        if name in payload:
            before = payload[name] if isinstance(payload[name], list) else [payload[name]]
            payload[name] = [*before, value]
        else:
            payload[name] = [value] if is_list else value
    return payload


def _with_way(refused: Refused, arguments: Sequence[str]) -> Trouble:
    """The refusal; of JSON that was written as text, with how it is written."""
    field = str(refused.body.get("field", ""))
    text = next((a.partition("=")[2] for a in arguments if field and a.startswith(f"{field}=")), "")
    if text[:1] not in ("{", "["):
        return refused
    return Trouble(f"{refused}; write {field}:={text[0]}... for what is not text", refused.code)


def _payload_of_json(text: str, arguments: Sequence[str]) -> dict[str, Any]:
    if arguments:
        raise Trouble("give either key=value or --payload, not both", USAGE)
    payload = _parsed(text, "--payload ")
    if not isinstance(payload, dict):
        raise Trouble('--payload must be an object, such as {"type": "Soft"}', USAGE)
    return payload


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as e:
        raise Trouble(f"{where}{text[:60]} is not JSON: {e}", USAGE) from e


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as e:
        raise Trouble(f"{name} must be a whole number, not {text!r}", USAGE) from e


def _told(operation: str, charger: str, outcome: dict[str, Any]) -> list[str]:
    """The outcome in one line; below it what else the answer says, and the keys that GetConfiguration brought."""
    state = outcome["state"]
    if state == "blocked":
        return [f"{charger} {operation}: not sent: {outcome.get('message')}"]
    if state == "timed_out" and outcome.get("error"):
        return [f"{charger} {operation}: {outcome['error']}"]
    parts = [f"{charger} {operation}: {OUTCOMES.get(state, state)}"]
    status = outcome.get("status")
    if status and status.casefold() != state:
        parts.append(status)
    if outcome.get("error") and not (state == "rejected" and status):  # there the charger's own word says it all
        parts.append(outcome["error"])
    line = ": ".join(parts)
    if outcome.get("latencyMs") is not None:
        line += f" ({outcome['latencyMs']} ms)"
    facts = [f"  {fact}" for fact in outcome.get("facts") or ()]
    return [line, *facts, *_configuration(outcome.get("response") or {})]


def _configuration(response: dict[str, Any]) -> list[str]:
    lines = []
    for item in response.get("configurationKey") or ():
        if not isinstance(item, dict):
            continue
        key, value = str(item.get("key", "")), item.get("value")
        shown = HIDDEN if is_secret(key) and value else "" if value is None else value
        lines.append(f"{key} = {shown}" + ("  (read only)" if item.get("readonly") is True else ""))
    lines.sort(key=str.casefold)
    return lines + [f"{key}: unknown to the charger" for key in response.get("unknownKey") or ()]
