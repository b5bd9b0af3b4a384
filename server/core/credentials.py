"""The passwords of all chargers, and what becomes of one while a new key is on its way to the charger (SEC-06)."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.bus import Bus
from server.core.passwords import matching_form, quick, seal, secret_of
from server.model.command import ChangeConfiguration, Command, CommandState
from server.model.credential import Credential, Form, Scheme, Sealed
from server.model.event import Event, EventKind

KEY = "authorizationkey"
#: Longest value that a charger may be given as key; what is longer is no key, and it will say so.
LONGEST_KEY = 500
#: Keys that were sent to one charger and never answered; with one more the oldest is given up.
MOST_COMING = 8
TAKEN, TAKEN_AFTER_REBOOT = "Accepted", "RebootRequired"


class Credentials:
    """By charger id, in any case. Listens to the bus: every ChangeConfiguration of AuthorizationKey counts,
    whoever sent it."""

    def __init__(self, bus: Bus, restored: Iterable[Credential] = ()) -> None:
        self._bus = bus
        self._by_folded = {c.charger_id.casefold(): c for c in restored}
        self._sent: dict[str, tuple[int, Sealed]] = {}  #: charger -> the last command with a key, and that key
        bus.listen(self._on_event, EventKind.COMMAND_CHANGED)

    def find(self, charger_id: str) -> Credential | None:
        return self._by_folded.get(charger_id.casefold())

    def put(self, charger_id: str, sealed: Sealed, at: int, password: str = "") -> Credential:
        """From now on this is the password; the one before is refused. With `password`, of which `sealed` is made,
        the charger that knows it is never kept waiting behind those who guess."""
        credential = self._of(charger_id, at)
        credential.current, credential.coming, credential.after_reboot = sealed, (), False
        credential.quick = (sealed, quick(sealed, secret_of(password))) if password else None
        credential.form, credential.changed_at = "", at
        self._emit(credential, at)
        return credential

    def remove(self, charger_id: str, at: int) -> bool:
        """No password is asked for any more. False when there was none."""
        gone = self._by_folded.pop(charger_id.casefold(), None)
        self._sent.pop(charger_id, None)
        if gone is not None:
            gone.current, gone.coming, gone.quick = None, (), None
            self._bus.emit(EventKind.CREDENTIAL_REMOVED, at, gone.charger_id, gone)
        return gone is not None

    def expect(self, charger_id: str, key: str, at: int) -> Sealed:
        """`key` is about to be sent to the charger: until it is known whether it took it, all of them are accepted."""
        credential = self._of(charger_id, at)
        known = next((s for s in credential.coming if matching_form(s, key.encode()) is not None), None)
        sealed = known or seal(key, Scheme.HMAC)
        others = tuple(s for s in credential.coming if s is not known)
        credential.coming, credential.after_reboot = (*others, sealed)[-MOST_COMING:], False
        self._emit(credential, at)
        return sealed

    def withdraw(self, charger_id: str, sealed: Sealed, at: int) -> None:
        """The key that was about to be sent was not, or was refused: the one before stays (SEC-06)."""
        credential = self.find(charger_id)
        if credential is None or sealed not in credential.coming:
            return
        credential.coming = tuple(s for s in credential.coming if s != sealed)
        credential.after_reboot = False
        if credential.current is None and not credential.coming:
            self.remove(charger_id, at)
        else:
            self._emit(credential, at)

    def logged_in(self, credential: Credential, sealed: Sealed, form: Form, at: int) -> None:
        """The charger has shown which password it has: the others are over."""
        if sealed in credential.coming:
            credential.current, credential.coming, credential.after_reboot = sealed, (), False
            credential.changed_at = at
        elif not credential.after_reboot:  # a key that waits for a reboot is still to come
            credential.coming = ()
        credential.form, credential.used_at = form, at
        self._emit(credential, at)

    # keys that are sent to chargers

    def _on_event(self, event: Event) -> None:
        command = event.subject
        if not isinstance(command, Command):
            return
        operation = command.operation
        if isinstance(operation, ChangeConfiguration) and operation.key.strip().casefold() == KEY:
            self._follow(command, operation.value[:LONGEST_KEY], event.at)

    def _follow(self, command: Command, key: str, at: int) -> None:
        """One state of a command that gives the charger a new key. What it means is told by the answer alone."""
        if command.state is CommandState.SENT:
            self._sent[command.charger_id] = command.command_id, self.expect(command.charger_id, key, at)
            return
        command_id, sealed = self._sent.get(command.charger_id, (0, None))
        credential = self.find(command.charger_id)
        if credential is None or sealed is None or command_id != command.command_id:
            return
        if command.status == TAKEN:
            self._take(credential, sealed, at)
        elif command.status == TAKEN_AFTER_REBOOT:
            credential.after_reboot = sealed in credential.coming
            self._emit(credential, at)
        elif command.state is CommandState.REJECTED or (command.answered_late and command.status):
            self.withdraw(credential.charger_id, sealed, at)
        # else no answer came, or none that means anything: all are accepted until the next login

    def _take(self, credential: Credential, sealed: Sealed, at: int) -> None:
        if sealed in credential.coming:
            credential.current, credential.coming, credential.form = sealed, (), ""
            credential.changed_at = at
            self._emit(credential, at)

    def _of(self, charger_id: str, at: int) -> Credential:
        return self._by_folded.setdefault(charger_id.casefold(), Credential(charger_id, None, at))

    def _emit(self, credential: Credential, at: int) -> None:
        self._bus.emit(EventKind.CREDENTIAL_CHANGED, at, credential.charger_id, credential)
