"""TLS for chargers: the certificate, renewed without a restart, and the handshake before the WebSocket one.

The TLS handshake is not left to the server of `asyncio`: it tells nobody when one fails, and a charger that does not
trust the certificate is what technicians look for most (Q09).
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from websockets.server import ServerProtocol

from server.config import SecuritySettings
from server.core.ports import CannotStart
from server.core.tasks import TaskOwner
from server.links.connection import ChargerConnection
from server.links.peers import peer_of
from server.model.connection import Cause

log = logging.getLogger("ocpp_console.tls")

#: SEC-09: forward secrecy first, then the two suites without it that the security profiles ask for.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384:AES128-GCM-SHA256"
HANDSHAKE_S = 10.0
LOOK_EVERY_S = 10.0

#: What OpenSSL calls it, and what that means here.
REASONS = {
    "UNSUPPORTED_PROTOCOL": "the charger offers only TLS versions older than 1.2: update its firmware",
    "VERSION_TOO_LOW": "the charger offers only TLS versions older than 1.2: update its firmware",
    "NO_SHARED_CIPHER": "the charger offers no cipher suite that this certificate can be used with",
    "TLSV1_ALERT_UNKNOWN_CA": "the charger does not know the CA of this server: load the CA certificate into it",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the charger does not accept this server's certificate: name, time or CA is wrong",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the charger does not accept this server's certificate: load its CA into it",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "this server's certificate has expired, or the charger's clock is wrong",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the charger and this server have no TLS version in common",
}


class ServerTls:
    """The TLS context of new connections. Raises `CannotStart` when the files cannot be used at start."""

    def __init__(self, settings: SecuritySettings) -> None:
        self._settings = settings
        self._files = [p for p in (settings.certificate, settings.key, settings.client_ca) if p != Path()]
        try:
            self.context = _context(settings)
        except (OSError, ValueError) as error:
            raise CannotStart(f"TLS: {_in_words(error, self._files)}") from error
        self._seen = self._state()

    def reload(self) -> bool:
        """Take the files as they are now; when they cannot be used the old certificate stays, and one line says why.

        Connections that stand go on with what they began with.
        """
        self._seen = self._state()
        try:
            self.context = _context(self._settings)
        except (OSError, ValueError) as error:
            log.error("the new certificate is not used, the old one stays: %s", _in_words(error, self._files))
            return False
        log.info("the certificate was read anew from %s", self._settings.certificate)
        return True

    async def watch(self, every: float = LOOK_EVERY_S) -> None:
        """Reload when a file has changed. Runs until cancelled."""
        while True:
            await asyncio.sleep(every)
            state = await asyncio.to_thread(self._state)
            if state != self._seen:
                self.reload()

    def _state(self) -> list[tuple[int, int] | None]:
        found: list[tuple[int, int] | None] = []
        for path in self._files:
            try:
                stat = os.stat(path)
            except OSError:
                found.append(None)
            else:
                found.append((stat.st_mtime_ns, stat.st_ino))
        return found


def _context(settings: SecuritySettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    key = settings.key if settings.key != Path() else None
    context.load_cert_chain(settings.certificate, key, password=_no_password)
    if settings.client_ca != Path():
        context.load_verify_locations(settings.client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL  # whether one is needed depends on the charger: the gate asks
    return context


def _no_password() -> str:
    raise ValueError("the key is locked with a password: store it without one, readable by this user alone")


def _in_words(error: Exception, files: list[Path]) -> str:
    names = ", ".join(map(str, files))
    if isinstance(error, FileNotFoundError):
        missing = next((str(p) for p in files if not p.exists()), names)
        return f"there is no file {missing}"
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "reason", "") or ""
        if reason == "KEY_VALUES_MISMATCH":
            return f"key and certificate do not belong together: {names}"
        return f"no certificate and key in PEM form in {names} ({reason or error})"
    if isinstance(error, OSError):
        return f"{names}: {(error.strerror or str(error)).lower()}"
    return f"{error} ({names})"


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
        self._refusal = (cause, detail)
        if self._transport is not None:
            self._transport.abort()

    async def _secure(self, plain: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        secured: asyncio.Transport | None = None
        try:
            secured = await loop.start_tls(
                plain, self, self._context(), server_side=True, ssl_handshake_timeout=HANDSHAKE_S
            )
        except ssl.SSLError as error:
            self._refusal = self._refusal or _meaning(error)
        except TimeoutError:
            self._refusal = self._refusal or (Cause.TOO_SLOW, "the TLS handshake was not finished in time")
        except OSError:  # also what asyncio says of a peer that went away in between
            self._refusal = self._refusal or (Cause.TCP_PROBE, "it went away before TLS was agreed on")
        finally:
            if secured is None:
                plain.abort()
            self._host.gone(self, None if secured is not None and not self._is_lost else self._refusal or _WENT)
        if secured is not None and not self._is_lost:
            secured.set_protocol(self.connection)
            self.connection.connection_made(secured)
            if self._early:
                self.connection.data_received(bytes(self._early))

    # between the end of TLS and the connection that takes over

    def data_received(self, data: bytes) -> None:
        self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True


_WENT = (Cause.TCP_PROBE, "it went away before TLS was agreed on")


def _meaning(error: ssl.SSLError) -> tuple[Cause, str]:
    reason = error.reason or ""
    if reason in ("HTTP_REQUEST", "WRONG_VERSION_NUMBER", "HTTPS_PROXY_REQUEST"):
        return Cause.PLAIN_ON_TLS, "it does not speak TLS"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Cause.CERTIFICATE, error.verify_message or "it was not signed by the CA of client_ca"
    if reason in ("CERTIFICATE_VERIFY_FAILED", "PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        return Cause.CERTIFICATE, "it was not signed by the CA of client_ca"
    return Cause.TLS_FAILED, REASONS.get(reason, reason.lower().replace("_", " ") or "the handshake failed")
