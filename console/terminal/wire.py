"""What the thin client and the server say to each other over the unix socket. Standard library only.

The client begins with `MAGIC`; its first byte is 0, which no HTTP request begins with, so one socket serves both.
Then each side sends packets: one byte kind, four bytes length (big endian), payload.
"""

from __future__ import annotations

MAGIC = b"\x00OCPPTTY1"
VERSION = 1  #: of the words below; client and server must agree

HELLO = b"H"  #: client: JSON, who and what terminal (see `hello.py`)
INPUT = b"I"  #: client: bytes from the keyboard
RESIZE = b"R"  #: client: columns and rows, two bytes each; also sent to ask for a full repaint
OUTPUT = b"O"  #: server: bytes for the screen
BYE = b"B"  #: server: one byte exit code, then a sentence for the person, UTF-8

HEADER_BYTES = 5
MAX_PAYLOAD = 65_536

EXIT_DETACHED = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 69


class WireError(Exception):
    """The other side does not speak this protocol."""


def pack(kind: bytes, payload: bytes) -> bytes:
    """One packet. `payload` is at most `MAX_PAYLOAD` bytes."""
    return kind + len(payload).to_bytes(4, "big") + payload


def unpack_header(header: bytes) -> tuple[bytes, int]:
    """Kind and payload length of a packet; `WireError` when it is too long."""
    length = int.from_bytes(header[1:HEADER_BYTES], "big")
    if length > MAX_PAYLOAD:
        raise WireError(f"packet of {length} bytes")
    return header[:1], length


def pack_size(columns: int, rows: int) -> bytes:
    return pack(RESIZE, min(columns, 65_535).to_bytes(2, "big") + min(rows, 65_535).to_bytes(2, "big"))


def unpack_size(payload: bytes) -> tuple[int, int]:
    """Columns and rows as the client said them."""
    if len(payload) != 4:
        raise WireError("malformed size")
    return int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:], "big")


def pack_bye(code: int, message: str) -> bytes:
    return pack(BYE, bytes([code]) + message.encode()[:1000])


class Unpacker:
    """Cuts a stream of bytes into packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """(kind, payload) of each packet that `data` completes; `WireError` when one is too long."""
        self._buffer += data
        packets = []
        while len(self._buffer) >= HEADER_BYTES:
            kind, length = unpack_header(bytes(self._buffer[:HEADER_BYTES]))
            end = HEADER_BYTES + length
            if len(self._buffer) < end:
                break
            packets.append((kind, bytes(self._buffer[HEADER_BYTES:end])))
            del self._buffer[:end]
        return packets
