"""Who is at the other end of a transport."""

from __future__ import annotations

import asyncio
import contextlib


def peer_of(transport: asyncio.BaseTransport) -> str:
    """`10.0.4.13:50512` or `[::1]:50512`."""
    address = transport.get_extra_info("peername") or ("?", 0)
    return f"[{address[0]}]:{address[1]}" if ":" in str(address[0]) else f"{address[0]}:{address[1]}"


def certificate_name_of(transport: asyncio.BaseTransport) -> str:
    """CN of the client certificate, whose chain TLS has checked; "" when there is none."""
    with contextlib.suppress(AttributeError, ValueError):
        subject = (transport.get_extra_info("ssl_object").getpeercert() or {}).get("subject", ())
        for attributes in subject:
            for name, value in attributes:
                if name == "commonName":
                    return str(value)
    return ""
