"""Frames that no charger should send, by the hundred thousand, to the whole server over one real link.

A short run is part of every test run. The long one: `pytest -m soak -s tests/journeys/test_fuzz.py` (`FUZZ_FRAMES`).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.journeys.product import Served
from tests.raw_client import RawClient

BATCH = 20  #: frames of one example; a Heartbeat behind them proves that the link lives
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
    "StopTransaction": {"transactionId": 1, "meterStop": 2, "timestamp": STAMP},
    "LogStatusNotification": {"status": "Idle"},
    "SecurityEventNotification": {"type": "ResetOrReboot", "timestamp": STAMP},
    "SignCertificate": {"csr": "-----"},
    "SignedFirmwareStatusNotification": {"status": "Idle"},
}
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(max_size=30)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def payloads(draw: st.DrawFn) -> tuple[str, Any]:
    """An action with its payload, a few fields of it changed, dropped or added."""
    action = draw(st.sampled_from(sorted(PAYLOADS)))
    payload = dict(PAYLOADS[action])
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(payload) or ["x"]) | st.text(max_size=10))
        if draw(st.booleans()):
            payload[name] = draw(values)
        else:
            payload.pop(name, None)
    return action, payload


@st.composite
def frames(draw: st.DrawFn) -> str:
    """Text of one frame: mostly a CALL with something wrong, sometimes no message at all."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.text(max_size=60))
    if kind == 1:
        return json.dumps(draw(values))
    action, payload = draw(payloads())
    message_id = draw(st.text("0123456789abcdef", min_size=1, max_size=36) if kind < 9 else scalars)
    action_sent = action if kind < 8 else draw(scalars)
    message: list[Any] = [draw(st.sampled_from([2, 2, 2, 2, 3, 4, 9])), message_id, action_sent, payload]
    if kind == 8:
        del message[draw(st.integers(0, 3))]
    text = json.dumps(message)
    if kind == 7:
        cut = draw(st.integers(0, len(text)))
        text = text[:cut] + draw(st.text(max_size=3)) + text[cut + 1 :]
    return text


def owed(text: str) -> str | None:
    """The message id that must be answered: that of a well-formed CALL."""
    try:
        message = json.loads(text)
    except ValueError:
        return None
    if not (isinstance(message, list) and len(message) == 4 and message[0] == 2 and not isinstance(message[0], bool)):
        return None
    _, message_id, action, payload = message
    fine = isinstance(message_id, str) and 0 < len(message_id) <= 36 and isinstance(action, str)
    return message_id if fine and isinstance(payload, dict) else None


class Fuzzed:
    """One link to the server, and what came of it."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self.sent = 0
        self.answered = 0
        self._beats = 0

    async def batch(self, texts: list[str]) -> None:
        self._beats += 1
        wanted: dict[str, int] = {}
        for i, text in enumerate(texts):
            # ids of a batch must differ, or a stored answer could stand for two calls
            told = re.sub(r'^\[2, "', f'[2, "{self._beats % 1000}.{i}.', text)
            if (message_id := owed(told)) is not None:
                wanted[message_id] = wanted.get(message_id, 0) + 1
            self.client.send_frame(1, told.encode("utf-8", "surrogatepass"))
        self.sent += len(texts)
        beat = f"beat-{self._beats}"
        self.client.send([2, beat, "Heartbeat", {}])
        async with asyncio.timeout(10):
            while wanted or beat:
                answer = await self.client.receive(10)
                if answer[0] not in (3, 4):
                    continue
                if answer[1] == beat:
                    beat = ""
                elif answer[1] in wanted:
                    del wanted[answer[1]]
                    self.answered += 1


def memory_kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def fuzz(folder: Path, count: int) -> None:
    """Send `count` frames; the link lives, every well-formed CALL is answered, memory stays flat."""
    with asyncio.Runner() as runner:
        served = Served(folder, OCPP_MAX_FRAMES_PER_SECOND="0")
        runner.run(served.start())
        client = runner.run(RawClient.connect(served.port, "/ocpp/FUZZ"))
        runner.run(client.boot())
        fuzzed = Fuzzed(client)
        assert served.process is not None
        memory: list[int] = []

        @settings(
            max_examples=max(1, count // BATCH),
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(st.lists(frames(), min_size=BATCH, max_size=BATCH))
        def run(texts: list[str]) -> None:
            runner.run(fuzzed.batch(texts))
            if fuzzed.sent % 5_000 == 0:
                memory.append(memory_kb(served.process.pid))  # type: ignore[union-attr]

        try:
            run()
            memory.append(memory_kb(served.process.pid))
            health = runner.run(served.get("/api/health"))
        finally:
            runner.run(client.close())
            code = runner.run(served.terminate())
    print(
        f"{fuzzed.sent} frames, {fuzzed.answered} well-formed CALLs answered, memory kB {memory[:1]} .. {memory[-1:]}"
    )
    assert fuzzed.sent >= count * 0.9
    assert health["status"] == "healthy"
    assert code == 0
    assert memory[-1] - memory[min(1, len(memory) - 1)] < 30_000


@pytest.mark.slow
def test_two_thousand_odd_frames_leave_the_link_alive(folder: Path) -> None:
    """RPC-20, T7: no lost link, no unanswered well-formed CALL, nothing escapes."""
    fuzz(folder, 2_000)


@pytest.mark.soak
def test_a_hundred_thousand_odd_frames(folder: Path) -> None:
    """RPC-20, T7, F19: the same for `FUZZ_FRAMES`, and the memory of the server stays flat."""
    fuzz(folder, int(os.environ.get("FUZZ_FRAMES", "100000")))
