"""Whatever is on the wire: the link lives, and every well-formed CALL is answered."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.core import Core, Policy
from server.links import rpc
from server.links.link import Link
from server.links.v16.normalise import normalise
from server.links.v16.routing import DIALECT, INBOUND
from server.links.v16.schemas import schema
from server.model.health import Health
from server.model.log import FrameRow, Level
from server.model.observation import Connected
from server.model.snapshot import Snapshot

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = sorted(
    {name for action in INBOUND for name in schema(action)["properties"]} | {"sampledValue", "value", "unit"}
)
payloads = st.recursive(
    anything,
    lambda inner: st.dictionaries(st.sampled_from(names), inner, max_size=8) | st.lists(inner, max_size=3),
    max_leaves=20,
)


class Wire:
    """Collects what the link sends; commits at once."""

    is_open = True
    is_behind = False

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send_text(self, text: str) -> bool:
        self.sent.append(json.loads(text))
        return True

    def finish(self, code: int, reason: str) -> None:
        raise AssertionError("the link must live")

    def hold(self, reason: int) -> None: ...
    def release(self, reason: int) -> None: ...
    def frame(self, frame: FrameRow) -> None: ...
    def after_commit(self, done: Any) -> None:
        done(True)


def open_link() -> tuple[Link, Wire, Core]:
    core, wire = Core(Policy("accept"), Snapshot()), Wire()
    charger = core.connected(Connected("CP-1", 1, "127.0.0.1:1", "1.6"))
    assert charger is not None
    return Link(charger, wire, DIALECT, core, wire, Health()), wire, core


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(INBOUND)), payloads)
def test_every_well_formed_call_is_answered_once(action: str, payload: object) -> None:
    """RPC-20, TX-23: exactly one answer with its id; never InternalError; every log line formats."""
    link, wire, core = open_link()
    link.receive(json.dumps([2, "id", action, payload]).encode())
    (answer,) = wire.sent
    assert answer[1] == "id" and answer[0] in (3, 4)
    if answer[0] == 4:
        assert answer[2] != "InternalError", answer
    assert all(line.text is not None for line in core.log.since(0))


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | anything.map(lambda a: json.dumps(a).encode()))
def test_no_bytes_end_the_link(frame: bytes) -> None:
    """RPC-12, RPC-20: no exception, no failure inside the server; a Heartbeat is answered afterwards."""
    link, wire, core = open_link()
    link.receive(frame)
    assert not [line for line in core.log.since(0) if line.level == Level.ERROR]
    link.receive(b'[2,"alive","Heartbeat",{}]')
    assert wire.sent[-1][:2] == [3, "alive"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(INBOUND)), payloads)
def test_normalised_payloads_have_the_types_of_the_schema(action: str, payload: object) -> None:
    """What is left is what handlers may rely on: only missing fields and foreign enum words may remain wrong."""
    payload = json.loads(json.dumps(payload))
    fitted, _ = normalise(action, payload)
    problem = DIALECT.explain(action, fitted)
    assert problem is None or problem.code is not rpc.ErrorCode.TYPE_CONSTRAINT, problem
