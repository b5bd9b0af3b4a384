"""One TCP connection of a charger: `websockets` does the protocol, complete messages go straight to the link.

Overrides `process_event`, which `websockets` does not document: pinned below 18, guarded by the tests. A frame is
handled inside `data_received`, without waking a task, and the plain ones without the parser (see `framing`). That
leaves the back-pressure to us: see `Hold`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State
from websockets.server import ServerProtocol

from server.links.framing import frame_size, text_frame, whole_text
from server.links.handshake import Admission
from server.links.link import Link
from server.links.odd_requests import BAD_REQUEST, odd_head
from server.links.peers import ClientCertificate, certificate_of, peer_of
from server.links.tls import LEGACY_VERSIONS
from server.links.wire import Hold
from server.model.connection import Cause, ConnectionAttempt

if TYPE_CHECKING:
    from server.links.listener import Listener

#: Bytes handled in one turn of the loop: a flood of tiny frames must not stop the others (T6).
SLICE = 4096
#: Seconds a closing handshake may take until the connection is cut.
CLOSE_GRACE = 1.0
#: Frames a charger may send at once above its rate.
BURST = 500

TLS_HELLO = b"\x16\x03"


class ChargerConnection(ServerConnection):
    """Implements `server.links.wire.Wire`. Before the handshake is done `link` is None."""

    def __init__(self, protocol: ServerProtocol, server: Any, *, listener: Listener, **options: Any) -> None:
        super().__init__(protocol, server, **options)
        self.listener = listener
        self.link: Link | None = None
        self.admission: Admission | None = None
        self.peer = ""
        self.refusal: tuple[Cause, str] | None = None  #: why the handshake failed: what it was, and what was seen
        self.attempt: ConnectionAttempt | None = None  #: its row with the connection doctor, once it was let in
        self.certificate = ClientCertificate()
        self.end_reason = ""  #: why we closed, in words; empty: the charger did
        self.first_bytes = b""
        self.activity = 0  #: grows with every frame, also ping and pong
        self.pongs = 0
        self.asked = (float("-inf"), 0)  #: when it was last asked whether it is alive, and its activity then
        self._rate: float = listener.settings.max_frames_per_second
        self._burst: float = BURST
        self._tokens: float = BURST
        self._held = 0  #: bits of `Hold`
        self._unread = bytearray()  #: not handled yet; begins with the head of a frame when `_is_framed`
        self._is_framed = True
        self._max_bytes = listener.settings.max_frame_bytes
        self._next_slice: asyncio.Handle | None = None
        self._parts: bytearray | None = None  #: of a fragmented message; its size is limited by the protocol
        self._parts_are_text = True
        self._is_ending = False

    # life

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.peer = peer_of(transport)
        self.certificate = certificate_of(transport)
        self.listener.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unread.clear()
        self.listener.closed(self)

    @property
    def is_secure(self) -> bool:
        """It is TLS, of a version that is not broken."""
        tls = self.transport.get_extra_info("ssl_object")
        return tls is not None and tls.version() not in LEGACY_VERSIONS

    @property
    def loss_cause(self) -> Cause | None:
        """What to repair at the charger, when the connection ended of something that will happen again."""
        if self.end_reason:
            return None
        if "reserved bits" in str(self.protocol.parser_exc or ""):
            return Cause.COMPRESSED  # WS-20
        sent = self.protocol.close_sent
        return Cause.TOO_LARGE if sent is not None and sent.code == 1009 else None

    def loss_reason(self) -> str:
        """Why the connection ended, as a sentence part."""
        if self.end_reason:
            return self.end_reason
        failure = str(self.protocol.parser_exc or "")
        if "reserved bits" in failure:
            return "the charger sent compressed frames without negotiation (1002)"  # WS-20
        sent, received = self.protocol.close_sent, self.protocol.close_rcvd
        if sent is not None and sent.code == 1009:
            return f"a message was larger than {self._max_bytes} bytes (1009)"  # WS-23
        if received is not None:
            return f"link closed by the charger ({int(received.code)})"
        if sent is not None:
            return f"WebSocket error: {sent.reason or failure} ({int(sent.code)})"
        return "link lost"

    # from the charger

    def data_received(self, data: bytes) -> None:
        if self.link is None:
            self._shake_hands(data)
        elif self._held:
            self._unread += data
            self._held |= Hold.UNREAD
        elif self._unread or len(data) > SLICE or not self._took(data):
            self._unread += data
            self._handle_slice()

    def _shake_hands(self, data: bytes) -> None:
        if not self.first_bytes:
            self.first_bytes = data[:8]
            if data.startswith(TLS_HELLO) and not self.is_secure:
                self.give_up(Cause.TLS_ON_PLAIN, "TLS hello on the plain port")
                return
            if (odd := odd_head(data)) is not None:
                self.refusal = self.refusal or odd
                self.transport.write(BAD_REQUEST)
                self.transport.close()
                return
        is_early = self.request is not None
        super().data_received(data)
        if is_early or (self.request is not None and not data.endswith(b"\r\n\r\n")):
            self._is_framed = False  # it spoke before it was let in: the parser may stand inside a frame

    def _plan_slice(self) -> None:
        if self._next_slice is None and self._held == Hold.UNREAD:
            self._next_slice = self.loop.call_soon(self._handle_slice)

    def _handle_slice(self) -> None:
        """Handle some of the received bytes in this turn of the loop, the rest in later ones."""
        self._next_slice = None
        if self.protocol.state is State.CLOSED:
            return
        taken = 0
        while self._held & ~Hold.UNREAD == 0 and (size := self._next_size()):
            if taken and taken + size > SLICE:
                self.hold(Hold.UNREAD)
                self._plan_slice()
                return
            piece = bytes(self._unread[:size])
            del self._unread[:size]
            taken += size
            if not self._took(piece):
                self._parse(piece)
        if self._held & ~Hold.UNREAD == 0:
            self.release(Hold.UNREAD)
        else:
            self._held |= Hold.UNREAD  # goes on when what holds it is over

    def _next_size(self) -> int:
        """Bytes that can be handled next; 0 = none. Whole frames, except for what the parser is to refuse anyway."""
        unread = self._unread
        if not self._is_framed or self.protocol.state is not State.OPEN:
            return min(len(unread), SLICE)
        if (sizes := frame_size(unread)) is None:
            return 0
        head, payload = sizes
        if head + payload <= len(unread):
            return head + payload
        return len(unread) if payload > self._max_bytes else 0

    def _took(self, data: bytes) -> bool:
        """Was that one plain text message, and is it handled? Else the parser is to have it."""
        link = self.link
        if link is None or len(data) > self._max_bytes or self._parts is not None or not self._is_framed:
            return False
        payload = whole_text(data) if self.protocol.state is State.OPEN and not self._is_ending else None
        if payload is None:
            return False
        self._count_frame()
        link.receive(payload)
        return True

    def _parse(self, data: bytes) -> None:
        super().data_received(data)
        if self.protocol.eof_sent or self.protocol.state is State.CLOSING:
            self._cut_soon()

    def process_event(self, event: Event) -> None:
        link = self.link
        if link is None:
            if self.request is None:
                super().process_event(event)
            return  # frames before our answer to the handshake: no charger may send them
        self._count_frame()
        frame = cast("Frame", event)
        opcode = frame.opcode
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY or opcode is Opcode.CONT:
            if self._is_ending:
                return
            if frame.fin and opcode is not Opcode.CONT:
                link.receive(bytes(frame.data), opcode is Opcode.TEXT)
            else:
                self._collect(link, frame)
        elif opcode is Opcode.PONG:
            self.pongs += 1

    def _count_frame(self) -> None:
        self.activity += 1
        self._tokens -= 1
        if self._tokens <= 0 and self._rate:
            self.hold(Hold.RATE)

    def _collect(self, link: Link, frame: Frame) -> None:
        if self._parts is None:
            self._parts = bytearray()
            self._parts_are_text = frame.opcode is Opcode.TEXT
        self._parts += frame.data
        if frame.fin:
            whole, self._parts = bytes(self._parts), None
            link.receive(whole, self._parts_are_text)

    # to the charger

    @property
    def is_open(self) -> bool:
        return self.protocol.state is State.OPEN

    def send_text(self, text: str) -> bool:
        if self.protocol.state is not State.OPEN:
            return False
        self.transport.write(text_frame(text.encode()))
        return True

    def send_ping(self) -> None:
        if self.is_open:
            self.protocol.send_ping(b"oc")
            self.send_data()

    def finish(self, code: int, reason: str) -> None:
        self.end_reason = self.end_reason or f"{reason} ({code})"
        if self.is_open:
            self.protocol.send_close(code, reason.encode()[:120].decode(errors="ignore"))
            self.send_data()
        self._cut_soon()

    def give_up(self, cause: Cause, detail: str) -> None:
        """End it before it was let in."""
        self.refusal = self.refusal or (cause, detail)
        self.transport.abort()

    def cut(self, reason: str) -> None:
        """End it now, whatever is still unsent: a closing handshake hangs behind a peer that does not read."""
        self.end_reason = self.end_reason or reason
        self.transport.abort()

    @property
    def unsent_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def _cut_soon(self) -> None:
        if not self._is_ending:
            self._is_ending = True
            self.loop.call_later(CLOSE_GRACE, self.transport.abort)

    # back-pressure

    @property
    def is_held(self) -> bool:
        return self._held != 0

    def hold(self, reason: int) -> None:
        if not self._held:
            self.transport.pause_reading()
        self._held |= reason

    def release(self, reason: int) -> None:
        if not self._held & reason:
            return
        self._held &= ~reason
        if not self._held:
            self.transport.resume_reading()
        else:
            self._plan_slice()

    def slow_down(self, frames_per_second: float, at_once: int) -> None:
        """Read less from it than from others: nobody has let it in yet."""
        self._rate = frames_per_second
        self._burst = self._tokens = at_once

    def refill(self, seconds: float) -> None:
        """Grant the frames of the time that has passed."""
        self._tokens = min(self._burst, self._tokens + self._rate * seconds)
        if self._tokens > 0:
            self.release(Hold.RATE)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.hold(Hold.WRITING)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.release(Hold.WRITING)
