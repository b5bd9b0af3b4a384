"""The password of a handshake: read as bytes, checked without holding the loop up (SEC-01 to SEC-04, T3)."""

from __future__ import annotations

import asyncio
import binascii
import hmac
import secrets
from base64 import b64decode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.datastructures import Headers

from server.core.passwords import LONGEST, matching, matching_form, quick
from server.links.handshake import Refusal
from server.links.limits import Remembered
from server.model.connection import Cause
from server.model.credential import Credential, Form, Scheme, Sealed

QUEUE = 32  #: slow comparisons that may wait for the worker


@dataclass(frozen=True, slots=True)
class Presented:
    """User name and password of a Basic header, bytes as they were."""

    user: bytes
    password: bytes = field(repr=False)


def presented_in(headers: Headers) -> Presented | None:
    """What the first Basic header holds, split at the first colon (SEC-03); None when none can be read."""
    for value in headers.get_all("Authorization"):
        scheme, _, encoded = value.strip().partition(" ")
        if scheme.lower() != "basic":
            continue
        try:
            user, colon, password = b64decode(encoded.strip(), validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return None
        return Presented(user, password) if colon else None
    return None


class PasswordCheck:
    """Compares passwords; slow ones in one worker thread, and each only once in the life of the server."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._waiting = 0
        self._key = secrets.token_bytes(32)
        self._wrong = Remembered()  #: digests of what was looked at: the same again costs nothing

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def find(
        self, credential: Credential, password: bytes, may_try: Callable[[bytes], bool]
    ) -> tuple[Sealed, Form] | None:
        """Which of the charger's passwords this is, and in which form; None: it is wrong.

        What is fast, and what was right or wrong before, is known at once: a charger that knows its password is not
        locked out by those who do not. Of all else `may_try` is asked, with a digest of it; if not, 429.
        """
        accepted = [s for s in (credential.current, *credential.coming) if s is not None]
        for sealed in accepted:
            fast = _fast(credential, sealed)
            if fast is not None and (form := matching_form(fast, password)) is not None:
                return sealed, form
        said = self._digest(accepted, password)
        if said in self._wrong:
            self._wrong.add(said)
            return None
        if not may_try(said):
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS, "Too many tries, wait a minute.", Cause.RATE, "too many wrong passwords"
            )
        for sealed in accepted:
            if _fast(credential, sealed) is not None:
                continue
            found = await self._slowly(sealed, password)
            if found is not None and sealed is credential.current:  # it took a while
                secret, form = found
                credential.quick = sealed, quick(sealed, secret)
                return sealed, form
        self._wrong.add(said)
        return None

    def _digest(self, accepted: Sequence[Sealed], password: bytes) -> bytes:
        """Stands for this password where these are accepted: with another one set it is something new."""
        salts = b"".join(sealed.salt for sealed in accepted)
        return hmac.digest(self._key, salts + password[: LONGEST + 1], "sha256")

    async def _slowly(self, sealed: Sealed, password: bytes) -> tuple[bytes, Form] | None:
        if self._waiting >= QUEUE:
            told = "too many passwords are being checked already"
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Busy, try again.", Cause.RATE, told)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, matching, sealed, password)
        finally:
            self._waiting -= 1


def _fast(credential: Credential, sealed: Sealed) -> Sealed | None:
    """`sealed`, as far as it can be compared at once; None before its charger has shown that it knows it."""
    if sealed.scheme is Scheme.HMAC:
        return sealed
    return credential.quick[1] if credential.quick is not None and credential.quick[0] is sealed else None
