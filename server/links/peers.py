"""Who is at the other end of a transport."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import NamedTuple


def peer_of(transport: asyncio.BaseTransport) -> str:
    """`10.0.4.13:50512` or `[::1]:50512`."""
    address = transport.get_extra_info("peername") or ("?", 0)
    return f"[{address[0]}]:{address[1]}" if ":" in str(address[0]) else f"{address[0]}:{address[1]}"


class ClientCertificate(NamedTuple):
    """Of a client certificate whose chain TLS has checked; "" = there is none, or nothing is said."""

    name: str = ""  #: CN
    organization: str = ""  #: O


def certificate_of(transport: asyncio.BaseTransport) -> ClientCertificate:
    found: dict[str, str] = {}
    with contextlib.suppress(AttributeError, ValueError):
        subject = (transport.get_extra_info("ssl_object").getpeercert() or {}).get("subject", ())
        for name, value in itertools.chain.from_iterable(subject):
            found.setdefault(name, str(value))
    return ClientCertificate(found.get("commonName", ""), found.get("organizationName", ""))
