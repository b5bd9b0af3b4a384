"""What is peculiar about each charger: the deviations noted of it, the shipped profiles that fit, its options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.core import quirks
from server.core.bus import Bus
from server.core.clock import Clocks
from server.core.deviations import Ledger
from server.core.logring import LogRing
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.event import EventKind
from server.model.log import Level
from server.model.options import OptionChange
from server.model.quirk import QuirkProfile


class Peculiarities:
    """`profiles` are those that ship with the product."""

    def __init__(
        self, bus: Bus, log: LogRing, profiles: Sequence[QuirkProfile] = (), known: Iterable[Deviation] = ()
    ) -> None:
        self._bus = bus
        self._log = log
        self._profiles = profiles
        self._telling = quirks.thresholds(profiles) | {1}
        self._clocks = Clocks()
        self.ledger = Ledger(bus, known)

    def restore(self, chargers: Iterable[Charger]) -> None:
        """What follows from vendor, model, ledger and the operator's options is derived, not stored."""
        for charger in chargers:
            quirks.judge(self._profiles, charger, self.ledger.rules(charger.charger_id))

    def note(self, charger: Charger, at: int, rule: str, detail: str = "", sample: str | bytes | None = None) -> None:
        """Count one deviation: the way for every room that notices one. See `Ledger.note` for `sample`."""
        line = self.ledger.note(charger.charger_id, at, rule, detail, sample)
        if line.count == 1:
            told = f"{rule}  %s" if detail else rule
            self._log.add(at, Level.DEBUG, charger.charger_id, "", "deviation", told, (detail,) if detail else ())
        if line.count in self._telling:
            self.judge(charger, at)

    def forget(self, charger_id: str) -> None:
        self.ledger.forget(charger_id)
        self._clocks.forget(charger_id)

    def heard_time(self, charger: Charger, at: int, claimed: int) -> None:
        """A charger told its time (ms): what that says about its clock (HB-03, HB-04)."""
        told = self._clocks.judge(charger, at, claimed)
        if told is not None:
            self.note(charger, at, *told)

    def judge(self, charger: Charger, at: int) -> None:
        """Look again which profiles fit; tells the log of new ones."""
        before = {quirk.profile.name for quirk in charger.quirks}
        quirks.judge(self._profiles, charger, self.ledger.rules(charger.charger_id))
        found = [quirk for quirk in charger.quirks if quirk.profile.name not in before]
        for quirk in found:
            state = "its options are set" if quirk.applied else "see `get quirks`"
            told = (quirk.profile.name, quirk.because, state)
            self._log.add(at, Level.INFO, charger.charger_id, "", "quirk", "%s (%s): %s", told)
        if found:
            self._bus.emit(EventKind.CHARGER_CHANGED, at, charger.charger_id, charger)

    def change_options(self, charger: Charger, changes: Iterable[OptionChange], operator: str, at: int) -> None:
        """Set or take back options of the operator; they hold from the next message on."""
        for name, value in changes:
            if value is None:
                charger.own_options.pop(name, None)
            else:
                charger.own_options[name] = value
        quirks.judge(self._profiles, charger, self.ledger.rules(charger.charger_id))
        told = " ".join(f"{name}={value}" for name, value in charger.own_options.items()) or "all as usual"
        self._log.add(at, Level.INFO, charger.charger_id, "", "options", "%s  by %s", (told, operator))
        self._bus.emit(EventKind.OPTIONS_CHANGED, at, charger.charger_id, charger)
