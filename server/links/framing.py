"""The common case of WebSocket framing (RFC 6455 section 5.2), beside `websockets`, which does all the others.

Nearly all that chargers send is one whole masked text frame in one segment. To know such a one and to take it out costs
a fraction of the way through a parser that can stop at every byte. Whatever looks different goes that way, whole frame
by whole frame: so the parser always stands between two frames, and the two ways can take turns.
"""

from __future__ import annotations

import struct

try:
    from websockets.speedups import apply_mask
except ImportError:  # a build without the compiled part
    from websockets.utils import apply_mask

_WHOLE_TEXT = 0x81  #: FIN, no reserved bits, opcode text
_MASKED = 0x80
_16_BITS, _64_BITS = 126, 127  #: instead of a length: that many bits follow with it
_SHORT_HEADS = tuple(bytes((_WHOLE_TEXT, size)) for size in range(_16_BITS))


def whole_text(data: bytes) -> bytes | None:
    """The payload, unmasked, when `data` is just one whole text message of a client below 64 kB; else None."""
    size = len(data)
    if size < 6 or data[0] != _WHOLE_TEXT:
        return None
    told = data[1] - _MASKED
    if told == size - 6 and told < _16_BITS:
        return apply_mask(data[6:], data[2:6])
    if told == _16_BITS and size >= 8 and (data[2] << 8 | data[3]) == size - 8:
        return apply_mask(data[8:], data[4:8])
    return None


def frame_size(data: bytes | bytearray) -> tuple[int, int] | None:
    """Bytes of the head and of the payload of the first frame of `data`; None when too little of its head is there."""
    if len(data) < 2:
        return None
    mask = 4 if data[1] & _MASKED else 0
    told = data[1] & ~_MASKED
    if told < _16_BITS:
        return 2 + mask, told
    width = 2 if told == _16_BITS else 8
    return (2 + width + mask, int.from_bytes(data[2 : 2 + width])) if len(data) >= 2 + width else None


def text_frame(payload: bytes) -> bytes:
    """One whole text message of a server, which masks nothing."""
    size = len(payload)
    if size < _16_BITS:
        return _SHORT_HEADS[size] + payload
    if size < 65_536:
        return struct.pack("!BBH", _WHOLE_TEXT, _16_BITS, size) + payload
    return struct.pack("!BBQ", _WHOLE_TEXT, _64_BITS, size) + payload
