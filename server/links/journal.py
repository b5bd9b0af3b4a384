"""The journal of one link: every frame both ways as it was on the wire, with the rules that it broke."""

from __future__ import annotations

from server.core.core import Core
from server.core.ports import Durability
from server.links.rpc import MessageId
from server.model.charger import Charger
from server.model.status import Registration

#: As it was on the wire, without secrets; None: journaled already, with an earlier message of the same frame.
Raw = str | bytes


ACCEPTED = Registration.ACCEPTED  # looked up once, see `server.links.link`


class Journal:
    """A frame of the charger is written after it was looked at and before it is answered, in one synchronous go: so it
    carries the rules that it broke, and no crash can come between.
    """

    def __init__(self, charger: Charger, core: Core, durability: Durability) -> None:
        self._charger = charger
        self._peculiar = core.peculiar
        self._ledger = core.peculiar.ledger
        self._keep = durability.frame
        self._may_journal = core.newcomers.may_journal

    def begin(self, raw: Raw) -> None:
        """Take a frame in hand: what is noted from now on is noted of it."""
        ledger = self._ledger
        ledger.sample = raw
        if ledger.of_frame:
            ledger.of_frame.clear()

    @property
    def frame(self) -> Raw:
        return self._ledger.sample

    def note(self, at: int, deviation: str) -> None:
        """`RULE` or `RULE:detail`, of the frame in hand."""
        rule, _, detail = deviation.partition(":")
        self._peculiar.note(self._charger, at, rule, detail)

    def came(self, at: int, action: str, message_id: MessageId, raw: Raw | None) -> None:
        """Write the frame in hand. Content rules are in the ledger already; the row names them too."""
        told = self._ledger.take() if self._ledger.of_frame else ""
        if raw is not None:
            self._write(at, "in", action, message_id, raw, told)

    def went(self, at: int, action: str, message_id: MessageId, raw: Raw) -> None:
        self._write(at, "out", action, message_id, raw, "")

    def _write(self, at: int, direction: str, action: str, message_id: MessageId, raw: Raw, deviations: str) -> None:
        charger = self._charger
        if charger.registration is not ACCEPTED and not self._may_journal(len(raw), at):
            return
        self._keep((at, charger.key, direction, action, str(message_id), raw, deviations))
