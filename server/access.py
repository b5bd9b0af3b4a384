"""Administrates who may connect: joins the core's roster with links, desk and store. Part of `server.site`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from server.core import roster
from server.core.access import AccessChange, PasswordState
from server.core.core import Core
from server.core.passwords import LONGEST, new_key, seal
from server.core.ports import Sender
from server.model.charger import Charger
from server.model.command import ChangeConfiguration, Command, Operation
from server.model.credential import Scheme, Sealed
from server.model.status import Registration

KEY = "AuthorizationKey"
BY_PASSWORD = (1, 2)  #: security profiles that are reached with a password

Execute = Callable[[str, Operation, str, float], Awaitable[Command]]


class SiteAccess:
    """Implements `server.core.access.Access`."""

    def __init__(
        self,
        core: Core,
        sender: Sender,
        execute: Execute,
        flush: Callable[[], Awaitable[bool]],
        now: Callable[[], int],
    ) -> None:
        self._core = core
        self._sender = sender
        self._execute = execute
        self._flush = flush
        self._now = now

    async def put(self, charger_id: str, change: AccessChange) -> Charger:
        sealed: Sealed | None = None
        if change.password:
            _check(change.password)
            sealed = await asyncio.to_thread(seal, change.password, Scheme.SCRYPT)
        # From here on all in one go: nobody may come in as a charger whose password is still to be set.
        known = self._core.fleet.find(charger_id)
        was_waiting = known is not None and known.registration is Registration.PENDING
        charger = roster.register(self._core, charger_id, self._now())
        if was_waiting:
            self._sender.disconnect(charger.charger_id, "registered: come back")
        roster.change(self._core, charger, self._now(), change.alias, change.enabled, change.profile)
        if change.enabled is False:
            self._sender.disconnect(charger.charger_id, "switched off by an operator")
        if sealed is not None and change.password:
            self._core.credentials.put(charger.charger_id, sealed, self._now(), change.password)
        elif change.password == "":
            self._core.credentials.remove(charger.charger_id, self._now())
            if change.profile is None and charger.security_profile in BY_PASSWORD:  # it could never come in again
                roster.change(self._core, charger, self._now(), profile=0)
        return charger

    async def generate_password(self, charger_id: str) -> str:
        charger = self._charger(charger_id)
        key = new_key()
        self._core.credentials.put(charger.charger_id, seal(key, Scheme.HMAC), self._now())
        return key

    async def rotate_key(self, charger_id: str, operator: str, wait: float = 30.0) -> Command:
        """The new key is durable before it is sent: a power cut must not leave the charger with a key nobody knows."""
        charger = self._charger(charger_id)
        key = new_key()
        sealed = self._core.credentials.expect(charger.charger_id, key, self._now()) if charger.online else None
        if sealed is not None:
            await self._flush()
        command = await self._execute(charger.charger_id, ChangeConfiguration(KEY, key), operator, wait)
        if sealed is not None and command.is_answered and not command.sent_at:
            self._core.credentials.withdraw(charger.charger_id, sealed, self._now())  # it never left
        return command

    def remove(self, charger_id: str) -> None:
        charger = self._charger(charger_id)
        if charger.online and charger.open_transactions():
            raise ValueError("a session is running on it: stop that first")
        self._sender.disconnect(charger.charger_id, "removed by an operator")
        roster.remove(self._core, charger, self._now())

    def password_of(self, charger_id: str) -> PasswordState:
        credential = self._core.credentials.find(charger_id)
        if credential is None:
            return PasswordState(False)
        return PasswordState(
            credential.current is not None,
            credential.form,
            credential.changed_at,
            credential.used_at,
            bool(credential.coming),
        )

    def _charger(self, charger_id: str) -> Charger:
        charger = self._core.fleet.find(charger_id)
        if charger is None:
            raise KeyError(charger_id)
        return charger


def _check(password: str) -> None:
    if len(password) < 8:
        raise ValueError("a password has at least 8 characters")
    if len(password.encode()) > LONGEST:
        raise ValueError(f"a password has at most {LONGEST} bytes")
    if not password.isprintable():
        raise ValueError("a password holds no control characters; write bytes as hex digits")
