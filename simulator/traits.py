"""How one charge point differs from the ideal one."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.words import Profile


@dataclass(frozen=True, slots=True)
class Traits:
    refuses: frozenset[str] = frozenset()  #: operations it answers with Rejected
    answer_delay_s: tuple[float, float] = (0.0, 0.0)  #: shortest and longest time it thinks before it answers
    boots_again: bool = False  #: sends BootNotification after every loss of the line
    reboot_s: float = 5.0  #: how long it is away after a Reset
    back_off_s: tuple[float, float] = (1.0, 60.0)  #: first and longest pause between two tries to connect
    lacks: frozenset[Profile] = frozenset()  #: feature profiles it does not have
    fixed_cable: bool = False  #: its cables cannot be unlocked
    finishing_s: float | None = None  #: Finishing becomes Preparing after so long; None: when the cable is out
    fails_install: bool = False  #: firmware is downloaded well and cannot be installed
