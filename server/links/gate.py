"""Who may come in: all that is asked of a handshake before it is answered (SEC-01 to SEC-11, WS-12, T1 to T3)."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path

from websockets.http11 import Request

from server.config import SecuritySettings
from server.core.core import Core
from server.links import handshake
from server.links.certificates import Proof, proof_of, refused
from server.links.connection import ChargerConnection
from server.links.credentials import PasswordCheck, Presented, presented_in
from server.links.handshake import Admission, Refusal
from server.links.limits import Buckets, Guesses, address_of
from server.links.link import now_ms
from server.links.registry import Links
from server.model.charger import Charger
from server.model.connection import Cause
from server.model.credential import Credential, Form
from server.model.options import DEFAULT, Options
from server.model.status import Registration

NEWCOMERS = 60  #: unknown ids of one address at once, and in a minute
#: What everybody is told who may not come in: it must not say which ids exist (T1).
UNAUTHORIZED = "Not let in: user name or password is wrong.\n"
WAYS = ("without password", "with a password over ws://", "with a password over wss://", "with a client certificate")


class Gate:
    def __init__(self, settings: SecuritySettings, core: Core, links: Links) -> None:
        self._settings = settings
        self._core = core
        self._links = links
        self._check = PasswordCheck()
        self._guesses = Guesses()
        self._newcomers = Buckets(NEWCOMERS)

    def close(self) -> None:
        self._check.close()

    async def admit(self, connection: ChargerConnection, request: Request) -> Admission:
        """What the handshake of `connection` becomes; `Refusal` when it is not let in."""
        presented = presented_in(request.headers)
        admission = handshake.admit(request, self._options, presented.user if presented is not None else b"")
        charger = self._core.fleet.find(admission.identity)
        credential = self._core.credentials.find(admission.identity)
        needed = max(self._settings.profile, charger.security_profile if charger is not None else 0)
        organization = self._settings.client_organization
        proof = proof_of(connection.certificate, admission.identity, charger, organization)
        self._not_of_another(proof, charger)
        profile, proven = 3 if proof.is_own else 0, 3 if proof.is_sure else 0
        oddities = admission.oddities
        if needed >= 2 and not connection.is_secure:
            raise _too_low(needed, 1 if presented is not None else 0)  # SEC-08: the password is not even looked at
        if needed == 3 and not proof.is_own:
            raise _unauthorized(Cause.NO_CERTIFICATE, self._no_certificate())
        if credential is not None and await self._knows_password(connection, credential, presented, profile == 3):
            by_password = 2 if connection.is_secure else 1
            profile, proven = max(profile, by_password), max(proven, by_password)
        elif presented is not None and profile < 3:
            oddities += ("the password it sends is checked only when one is set here (chargers set-password)",)
        if profile < needed:
            raise _not_enough(needed, profile, charger is not None, credential is not None)
        self._registered(charger, connection)
        if charger is not None:
            await self._not_in_use(charger, connection, profile > 0)
        return admission._replace(oddities=oddities, profile=profile, proven=proven, certificate_name=proof.serial)

    def _not_of_another(self, proof: Proof, charger: Charger | None) -> None:
        """A serial number is what a charger says of itself: it never makes it the charger that has this id."""
        other = self._core.fleet.find(proof.serial) if proof.serial and not proof.is_sure else None
        if other is not None and other is not charger and other.registration is Registration.ACCEPTED:
            raise refused(f"its CN is {proof.serial!a}, the id of another charger")

    def _options(self, identity: str) -> Options:
        charger = self._core.fleet.find(identity)
        return charger.options if charger is not None else DEFAULT

    def _no_certificate(self) -> str:
        if self._settings.client_ca == Path():
            return "it must come with a client certificate, and security.client_ca is not set here"
        return "no client certificate came with the handshake"

    def _registered(self, charger: Charger | None, connection: ChargerConnection) -> None:
        """Told only to those who have proved who they are, where that is asked for."""
        if charger is None and self._core.policy.unknown_chargers == "ask":
            self._may_wait(connection)
        if charger is None and self._core.policy.unknown_chargers == "refuse":
            told = "This server does not know this charger.\n"
            raise Refusal(HTTPStatus.NOT_FOUND, told, Cause.UNKNOWN, "unknown charger")
        if charger is not None and not charger.enabled:
            told = "This charger was switched off by an operator.\n"
            raise Refusal(HTTPStatus.FORBIDDEN, told, Cause.DISABLED, "disabled by an operator")

    def _may_wait(self, connection: ChargerConnection) -> None:
        """One that nobody knows may wait to be let in, as long as strangers do not come in masses."""
        address, now = address_of(connection.peer), asyncio.get_running_loop().time()
        if self._newcomers.level(address, now) < 1:
            told = f"more than {NEWCOMERS} unknown ids from one address"
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "Too many new chargers at once, wait.", Cause.RATE, told)
        self._newcomers.take(address, now)
        if not self._core.newcomers.has_room():
            told = "so many unknown chargers are connected already that no more may wait"
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Too many new chargers wait.", Cause.UNKNOWN, told)

    async def _knows_password(
        self, connection: ChargerConnection, credential: Credential, presented: Presented | None, is_proven: bool
    ) -> bool:
        """Did it present its password? False: it need not. A wrong one is refused, whatever else it has proven."""
        identity, is_optional = credential.charger_id, credential.current is None  # a first one is still on its way
        if presented is None:
            if is_optional or is_proven:
                return False
            raise _unauthorized(Cause.NO_PASSWORD, "no password (Basic authentication) came with the handshake")
        if presented.user.decode("utf-8", "replace").casefold() != identity.casefold():  # SEC-02
            user = ascii(presented.user[:48].decode("utf-8", "replace"))
            raise _unauthorized(Cause.WRONG_USER, f"the user name is {user}, the charger's id is {identity!a}")
        address, clock = address_of(connection.peer), asyncio.get_running_loop().time
        is_counted = False

        def may_try(said: bytes) -> bool:
            nonlocal is_counted
            is_counted = self._guesses.take(address, identity, said, clock())
            return is_counted or is_optional

        found = await self._check.find(credential, presented.password, may_try)
        if found is not None and not _is_form(found[1], self._options(identity).password_form):
            raise _unauthorized(Cause.WRONG_PASSWORD, f"it is right, but came as {found[1]} (option password_form)")
        if found is not None:
            if is_counted:
                self._guesses.was_right(address, identity, clock())
            self._core.credentials.logged_in(credential, *found, now_ms())
        elif not is_optional:
            raise _unauthorized(Cause.WRONG_PASSWORD, f"wrong password ({len(presented.password)} bytes)")
        return found is not None

    async def _not_in_use(self, charger: Charger, connection: ChargerConnection, is_proven: bool) -> None:
        """Who has proved who it is takes its place at once; in a fight the link that is alive stays (T2).

        Who proves nothing never takes the place of a link that answers, unless it comes from where that came from: a
        charger whose line broke calls again before its old link is known to be dead.
        """
        asked: ChargerConnection | None = None
        while (other := self._links.connection_of(charger.charger_id)) is not asked:
            if other is None or other is connection or not other.is_open:
                return
            is_neighbour = address_of(other.peer) == address_of(connection.peer)
            if (is_proven or is_neighbour) and not self._links.is_held(charger.charger_id):
                return
            if await self._links.is_alive(other):
                told = "Another device is connected with this id.\n"
                seen = f"{other.peer} is connected with it and answers, {connection.peer} was not let in"
                raise Refusal(HTTPStatus.CONFLICT, told, Cause.IN_USE, seen)
            asked = other


def _is_form(form: Form, wanted: str) -> bool:
    words = {Form.PLAIN: "plain", Form.DECODED: "decoded", Form.HEX_LOWER: "hex", Form.HEX_UPPER: "hex"}
    return wanted in ("any", words[form])


def _unauthorized(cause: Cause, detail: str) -> Refusal:
    return Refusal(HTTPStatus.UNAUTHORIZED, UNAUTHORIZED, cause, detail)


def _not_enough(needed: int, reached: int, is_known: bool, has_password: bool) -> Refusal:
    if not is_known:
        return _unauthorized(Cause.UNKNOWN, "nobody knows it, and it proved nothing")
    if not has_password:
        return _unauthorized(Cause.NO_PASSWORD, "security is asked for, and no password of it is set here")
    return _too_low(needed, reached)


def _too_low(needed: int, reached: int) -> Refusal:
    detail = f"it came {WAYS[reached]}, security profile {needed} is asked for: {WAYS[needed]}"
    return _unauthorized(Cause.PROFILE, detail)
