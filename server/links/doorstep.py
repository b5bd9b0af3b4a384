"""The TLS handshake of a charger, before its WebSocket one.

It is not left to the server of `asyncio`: that tells nobody when one fails, and a charger that does not trust the
certificate is what technicians look for most (Q09).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol

from websockets.server import ServerProtocol

from server.core.tasks import TaskOwner
from server.links.connection import ChargerConnection
from server.links.greeting import at_the_door
from server.links.peers import peer_of
from server.model.connection import Cause

HANDSHAKE_S = 10.0
#: Beyond this the connection is dead: a peer that does not play along with closing TLS is not waited for.
SHUTDOWN_S = 2.0

_OLD = (
    "the charger offers only TLS versions older than 1.2, which are broken: update its firmware,"
    " or open security.legacy_tls_port for it"
)
_BAD = "the charger does not accept this server's certificate: its name, time or CA is wrong"
#: What OpenSSL calls it, and what that means here.
REASONS = {
    "UNSUPPORTED_PROTOCOL": _OLD,
    "VERSION_TOO_LOW": _OLD,
    "TLSV1_ALERT_PROTOCOL_VERSION": "the charger and this server have no TLS version in common",
    "NO_SHARED_CIPHER": "the charger offers no cipher suite that this server's certificate can be used with",
    "TLSV1_ALERT_UNKNOWN_CA": "the charger does not know the CA of this server: load the CA certificate into it",
    "SSLV3_ALERT_BAD_CERTIFICATE": _BAD,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _BAD,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _BAD,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "this server's certificate has expired, or the charger's clock is wrong",
}
PLAIN_REASONS = frozenset({"HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG"})
#: What is wrong with a client certificate, by OpenSSL's number of it.
X509_REASONS = {
    9: "it is not valid yet: is this server's clock right?",
    10: "it has expired",
    18: "it signed itself",
    19: "its CA is not one of security.client_ca",
    20: "its CA is not one of security.client_ca",
    21: "its CA is not one of security.client_ca",
    26: "it is not meant for a client",
}
_WENT = (Cause.TCP_PROBE, "it went away before it said anything in TLS")
_BROKE_OFF = (
    Cause.TLS_FAILED,
    "the charger broke off when it saw this server's certificate: load the CA certificate into it, and let it dial"
    " a name that is in the certificate",
)
_TOO_SLOW = (Cause.TOO_SLOW, "the TLS handshake was not finished in time")


class Host(Protocol):
    """The listener, as a doorstep sees it."""

    def arrived(self, door: Doorstep) -> None: ...
    def gone(self, door: Doorstep, refusal: tuple[Cause, str] | None) -> None:
        """The TLS handshake is over; `refusal` says why it failed."""


class Doorstep(asyncio.Protocol):
    """Where a TCP connection of the TLS port waits until TLS stands; then its `connection` takes over."""

    def __init__(
        self, connection: ChargerConnection, host: Host, context: Callable[[], ssl.SSLContext], tasks: TaskOwner
    ) -> None:
        self.connection = connection
        self.peer = ""
        self._host = host
        self._context = context
        self._tasks = tasks
        self._has_greeted = False
        self._refusal: tuple[Cause, str] | None = None
        self._early = bytearray()
        self._transport: asyncio.Transport | None = None
        self._is_lost = False

    @property
    def protocol(self) -> ServerProtocol:
        """`websockets` takes us for the connection when it asks for the subprotocol."""
        return self.connection.protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        self._transport = transport
        self.peer = peer_of(transport)
        self._host.arrived(self)
        self._tasks.spawn(self._secure(transport), "TLS handshake")

    def give_up(self, cause: Cause, detail: str) -> None:
        """End it before it was let in."""
        self._refusal = self._refusal or (cause, detail)
        if self._transport is not None:
            self._transport.abort()

    async def _secure(self, plain: asyncio.Transport) -> None:
        at_the_door.set(self)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(HANDSHAKE_S, self.give_up, *_TOO_SLOW)
        secured: asyncio.Transport | None = None
        try:
            secured = await loop.start_tls(
                plain,
                self,
                self._context(),
                server_side=True,
                ssl_handshake_timeout=2 * HANDSHAKE_S,  # ours comes first
                ssl_shutdown_timeout=SHUTDOWN_S,
            )
        except ssl.SSLError as error:
            self._refusal = self._refusal or _meaning(error)
        except OSError:  # it went away
            self._refusal = self._refusal or (_BROKE_OFF if self._has_greeted else _WENT)
        finally:
            timer.cancel()
            if secured is None:
                plain.abort()
            self._host.gone(self, None if secured is not None and not self._is_lost else self._refusal or _WENT)
        if secured is not None and not self._is_lost:
            secured.set_protocol(self.connection)
            self.connection.connection_made(secured)
            if self._early:
                self.connection.data_received(bytes(self._early))

    # told by the handshake

    def hello_seen(self) -> None:
        """It is no port scan."""
        self._has_greeted = True

    def send_alert(self, alert: bytes) -> None:
        if self._transport is not None:
            self._transport.write(alert)

    # between the end of TLS and the connection that takes over

    def data_received(self, data: bytes) -> None:
        self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True


def _meaning(error: ssl.SSLError) -> tuple[Cause, str]:
    reason = error.reason or ""
    if reason in PLAIN_REASONS:
        return Cause.PLAIN_ON_TLS, "it does not speak TLS"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Cause.CERTIFICATE, X509_REASONS.get(error.verify_code, error.verify_message)
    if reason == "CERTIFICATE_VERIFY_FAILED":
        return Cause.CERTIFICATE, "its CA is not one of security.client_ca"
    return Cause.TLS_FAILED, REASONS.get(reason, reason.lower().replace("_", " ") or "the handshake failed")
