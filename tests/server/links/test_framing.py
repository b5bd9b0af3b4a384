"""The short way around the WebSocket parser gives what the parser gives, wherever the segments are cut."""

from __future__ import annotations

import asyncio
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from server.config import OcppSettings
from server.links.framing import frame_size, text_frame, whole_text
from tests.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, Closed, RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually

payloads = st.one_of(st.binary(max_size=200), st.sampled_from([125, 126, 127, 65_535, 65_536]).map(bytes))


def masked(opcode: Opcode, payload: bytes, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=True)


@given(payloads)
def test_whole_text_is_what_was_sent(payload: bytes) -> None:
    """One whole text frame below 64 kB is taken out; a longer one is left to the parser."""
    taken = whole_text(masked(Opcode.TEXT, payload))
    assert taken == (payload if len(payload) < 65_536 else None)


@given(payloads, st.integers(1, 20))
def test_what_is_not_one_whole_text_is_left_to_the_parser(payload: bytes, cut: int) -> None:
    """A part of a frame, a frame and a bit, another opcode, a fragment, an unmasked one: all None."""
    whole = masked(Opcode.TEXT, payload)
    assert whole_text(whole[:-cut]) is None
    assert whole_text(whole + b"\x81" * cut) is None
    assert whole_text(masked(Opcode.BINARY, payload)) is None
    assert whole_text(masked(Opcode.TEXT, payload, fin=False)) is None
    assert whole_text(Frame(Opcode.TEXT, payload).serialize(mask=False)) is None


@given(payloads, st.binary(max_size=20), st.booleans())
def test_size_of_a_frame_is_known_from_its_head(payload: bytes, after: bytes, is_masked: bool) -> None:
    """As soon as the head is there, whatever follows."""
    whole = Frame(Opcode.BINARY, payload).serialize(mask=is_masked)
    head = 2 if len(payload) < 126 else 4 if len(payload) < 65_536 else 10
    sizes = (head + (4 if is_masked else 0), len(payload))
    assert frame_size(whole + after) == frame_size(whole) == frame_size(whole[:head]) == sizes
    assert frame_size(whole[: head - 1]) is None


@given(payloads)
def test_our_frames_are_those_of_websockets(payload: bytes) -> None:
    """The same bytes."""
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


class Recorded:
    """Takes what a client would write, to be sent in other pieces."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data


MESSAGES = 30


def conversation(client: RawClient) -> tuple[bytes, int]:
    """Heartbeats in all forms a message can have on the wire; and how many pings are between and inside them."""
    writer, recorded, pings = client.writer, Recorded(), 0
    client.writer = recorded  # type: ignore[assignment]  # it only writes
    for n in range(MESSAGES):
        frame = json.dumps([2, str(n), "Heartbeat", {"pad": "x" * (0, 90, 200)[n % 3]}]).encode()
        if n % 5 == 3:
            client.send_frame(TEXT, frame[:7], fin=False)
            client.send_frame(PING, b"inside")
            pings += 1
            client.send_frame(CONTINUATION, frame[7:])
        else:
            client.send_frame(BINARY if n % 7 == 6 else TEXT, frame)
        if n % 4 == 1:
            client.send_frame(PING, b"between")
            pings += 1
    client.writer = writer
    return bytes(recorded.data), pings


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 131, 1000, 4096, 100_000])
async def test_segments_are_cut_anywhere(open_depot: OpenDepot, size: int) -> None:
    """RPC-04: every message is answered, in order, and every ping, for segments of any size."""
    depot = await open_depot(OcppSettings(host="127.0.0.1", port=0, max_frames_per_second=0))
    async with await depot.connect() as client:
        data, pings = conversation(client)
        for start in range(0, len(data), size):
            client.writer.write(data[start : start + size])
            if size < 64:
                await asyncio.sleep(0)  # a segment of its own
        answered: list[str] = []
        pongs = 0
        while len(answered) < MESSAGES:
            opcode, payload = await asyncio.wait_for(client.receive_frame(), 10)
            if opcode == PONG:
                pongs += 1
            else:
                answered.append(json.loads(payload)[1])
        assert answered == [str(n) for n in range(MESSAGES)]
        while pongs < pings:
            pongs += (await asyncio.wait_for(client.receive_frame(), 10))[0] == PONG
        assert await client.is_alive()


async def test_text_inside_a_fragmented_message_ends_the_link(depot: Depot) -> None:
    """RFC 6455 section 5.4: the short way must not take it."""
    async with await depot.connect() as client:
        client.send_frame(TEXT, b'[2,"1",', fin=False)
        client.send_frame(TEXT, b'[2,"2","Heartbeat",{}]')
        with pytest.raises(Closed) as closed:
            await client.receive_text()
        assert closed.value.code == 1002


async def test_announced_giant_is_refused_before_it_arrives(depot: Depot) -> None:
    """WS-23: a head that promises 2**40 bytes ends the link with 1009; nothing is gathered for it."""
    async with await depot.connect() as client:
        client.writer.write(struct.pack("!BBQ", 0x81, 0xFF, 2**40) + b"\0\0\0\0")
        with pytest.raises(Closed) as closed:
            await client.receive_text()
        assert closed.value.code == 1009
        await eventually(lambda: not depot.charger().online)


async def test_who_speaks_before_the_answer_is_understood_afterwards(depot: Depot) -> None:
    """A frame cut in two by our answer to the handshake does not derail the link."""
    frame = masked(Opcode.TEXT, b'[2,"early","Heartbeat",{}]')
    async with await RawClient.connect(depot.port, "/CP-1", extra=("X-Padding: 1",), tail=frame[:5]) as client:
        client.writer.write(frame[5:])
        client.send([2, "later", "Heartbeat", {}])
        assert [(await client.receive())[1], (await client.receive())[1]] == ["early", "later"]
        assert await client.is_alive()
