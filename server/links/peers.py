"""Who is at the other end of a transport."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import NamedTuple

from server.model.certificate import charger_in


def peer_of(transport: asyncio.BaseTransport) -> str:
    """`10.0.4.13:50512` or `[::1]:50512`."""
    address = transport.get_extra_info("peername") or ("?", 0)
    return f"[{address[0]}]:{address[1]}" if ":" in str(address[0]) else f"{address[0]}:{address[1]}"


class ClientCertificate(NamedTuple):
    """Of a client certificate whose chain TLS has checked; "" = there is none, or nothing is said."""

    name: str = ""  #: CN
    organization: str = ""  #: O
    issued_to: str = ""  #: the charger id that our own CA wrote into it


def certificate_of(transport: asyncio.BaseTransport) -> ClientCertificate:
    found: dict[str, str] = {}
    issued_to = ""
    with contextlib.suppress(AttributeError, ValueError):
        told = transport.get_extra_info("ssl_object").getpeercert() or {}
        for name, value in itertools.chain.from_iterable(told.get("subject", ())):
            found.setdefault(name, str(value))
        names = (charger_in(str(value)) for kind, value in told.get("subjectAltName", ()) if kind == "URI")
        issued_to = next(filter(None, names), "")
    return ClientCertificate(found.get("commonName", ""), found.get("organizationName", ""), issued_to)
