"""The schemas of OCPP 1.6 that another project keeps, as judge of what the simulator says."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from ocpp.messages import MessageType, get_validator

from tests.simulator.csms import Csms

_ENOUGH = 20  #: of one kind, first of all, per test


def problems(message_type: MessageType, action: str, payload: dict[str, Any]) -> list[str]:
    """What is wrong with one payload; empty when nothing is."""
    validator = get_validator(message_type, action, ocpp_version="1.6", parse_float=Decimal)
    exact = json.loads(json.dumps(payload), parse_float=Decimal)  # 5.8 is no multiple of 0.1 otherwise
    return [f"{action} {error.json_path}: {error.message}" for error in validator.iter_errors(exact)]


def problems_of(central: Csms) -> list[str]:
    """What is wrong with the calls and the answers that a CSMS got."""
    said = [(MessageType.Call, call.action, call.payload) for call in central.calls]
    said += [(MessageType.CallResult, action, payload) for action, payload in central.replies]
    seen: Counter[tuple[int, str]] = Counter()
    found = []
    for message_type, action, payload in said:
        seen[message_type, action] += 1
        if seen[message_type, action] <= _ENOUGH:
            found += problems(message_type, action, payload)
    return found
