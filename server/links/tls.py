"""TLS for chargers: protocol, cipher suites, and certificates that are renewed without a restart (SEC-09, SEC-10)."""

from __future__ import annotations

import asyncio
import asyncio.sslproto
import logging
import os
import ssl
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from server.config import SecuritySettings
from server.core.ports import CannotStart
from server.links.greeting import GreetingContext

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

log = logging.getLogger("ocpp_console.tls")

#: SEC-09: forward secrecy first, then the two suites without it that the security profiles ask for.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384:AES128-GCM-SHA256"
#: SEC-10: what OpenSSL has long switched off, for the one port that is opened for it.
LEGACY_CIPHERS = "ECDHE+AESGCM:ECDHE+AES:AES:@SECLEVEL=0"
LEGACY_VERSIONS = frozenset({"TLSv1", "TLSv1.1"})
LOOK_EVERY_S = 10.0
#: Bytes in which `asyncio` collects what comes in: one TLS record. Its own 256 kB are kept for each connection, as long
#: as it stands: a charger costs 300 kB with them, and 60 without.
asyncio.sslproto.SSLProtocol.max_size = 16_384
_NOT_A_PAIR = frozenset({"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"})
WARN_DAYS = 21  #: before the certificate ends


class ServerTls:
    """The TLS context of new connections. Raises `CannotStart` when the files cannot be used at start."""

    def __init__(self, settings: SecuritySettings) -> None:
        self._settings = settings
        self._files = [path for path in settings.files if path != Path()]
        self._seen = self._state()
        try:
            self._contexts = _contexts(settings)
        except ValueError as error:
            raise CannotStart(f"TLS: {error}") from error
        self._warned_on = ""  #: the day of the last word about the end of the certificate

    @property
    def context(self) -> ssl.SSLContext:
        return self._contexts[0]

    @property
    def legacy_context(self) -> ssl.SSLContext:
        return self._contexts[1]

    async def reload(self) -> bool:
        """Take the files as they are now; when they cannot be used the old certificate stays, and one line says why.

        Connections that stand go on with what they began with.
        """
        try:
            self._seen = await asyncio.to_thread(self._state)
            self._contexts = await asyncio.to_thread(_contexts, self._settings)
        except ValueError as error:
            log.error("the new certificate is not used, the old one stays: %s", error)
            return False
        log.info("the certificate was read anew from %s", self._settings.certificate)
        return True

    async def watch(self, every: float | None = None) -> None:
        """Reload when a file has changed, and warn before the certificate ends. Runs until cancelled."""
        while True:
            await self._warn()
            await asyncio.sleep(LOOK_EVERY_S if every is None else every)
            if await asyncio.to_thread(self._state) != self._seen:
                await self.reload()

    async def host_for(self, host: str) -> str:
        """What chargers must dial to find a certificate of that name: `host` itself, if it is in it."""
        names = await asyncio.to_thread(_names_of, self._settings.certificate)
        plain = [name for name in names if "*" not in name]
        return host if host in names or not plain else plain[0]

    async def _warn(self) -> None:
        """Once a day, from three weeks before the end on: chargers that find it expired do not come back."""
        now = datetime.now(UTC)
        if self._warned_on == f"{now:%Y-%m-%d}":
            return
        self._warned_on = f"{now:%Y-%m-%d}"
        for path in (self._settings.certificate, self._settings.second_certificate):
            found = await asyncio.to_thread(_read, path) if path != Path() else None
            if found is not None and ((ends := found.not_valid_after_utc) - now).days < WARN_DAYS:
                log.error(
                    "the certificate %s ends on %s: renew it, chargers will not connect", path, f"{ends:%Y-%m-%d}"
                )

    def _state(self) -> list[tuple[int, int, int] | None]:
        found: list[tuple[int, int, int] | None] = []
        for path in self._files:
            try:
                stat = os.stat(path)
            except OSError:
                found.append(None)
            else:
                found.append((stat.st_mtime_ns, stat.st_ino, stat.st_size))
        return found


def _contexts(settings: SecuritySettings) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """That of the TLS port, and that of the legacy port. `ValueError` in words when a file cannot be used."""
    context = _context(settings)
    return context, context if settings.legacy_tls_port is None else _legacy_context(settings)


def _context(settings: SecuritySettings) -> ssl.SSLContext:
    context = GreetingContext()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    _load_pair(context, settings.certificate, settings.key)
    if settings.second_certificate != Path():
        _load_pair(context, settings.second_certificate, settings.second_key)
    if settings.client_ca != Path():
        try:
            context.load_verify_locations(settings.client_ca)
        except (OSError, ValueError) as error:
            raise ValueError(_in_words(error, [settings.client_ca])) from error
        context.verify_mode = ssl.CERT_OPTIONAL  # whether one is needed depends on the charger: the gate asks
    return context


def _legacy_context(settings: SecuritySettings) -> ssl.SSLContext:
    """Certificates of chargers are not asked for: what comes this way counts as no TLS."""
    context = _context(replace(settings, client_ca=Path()))
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers(LEGACY_CIPHERS)
    return context


def _load_pair(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key if key != Path() else None, password=_no_password)
    except (OSError, ValueError) as error:
        raise ValueError(_in_words(error, [path for path in (certificate, key) if path != Path()])) from error


def _no_password() -> str:
    raise ValueError("the key is locked with a password: store it without one, readable by this user alone")


def _read(path: Path) -> Certificate | None:
    """The first certificate in the file; None when it cannot be read."""
    from cryptography import x509  # only where TLS is served

    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _names_of(path: Path) -> list[str]:
    """The names and addresses that a certificate is for."""
    from cryptography import x509

    found = _read(path)
    try:
        if found is None:
            return []
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return names.get_values_for_type(x509.DNSName) + [str(ip) for ip in names.get_values_for_type(x509.IPAddress)]


def _in_words(error: Exception, files: list[Path]) -> str:
    names = " and ".join(map(str, files))
    if isinstance(error, FileNotFoundError):
        return f"there is no file {next((str(path) for path in files if not path.exists()), names)}"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        if reason in _NOT_A_PAIR:
            return f"key and certificate do not belong together: {names}"
        return f"this is not what is needed in PEM form: {names} ({reason.lower().replace('_', ' ') or error})"
    if isinstance(error, OSError):
        return f"{names}: {(error.strerror or str(error)).lower()}"
    return f"{error} ({names})"
