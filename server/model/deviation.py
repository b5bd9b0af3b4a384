"""Where a charger departs from the protocol: one line for each rule that it breaks, counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Deviation:
    """One charger, one rule, one place. Only `server.core` writes.

    `rule` is an id such as `MV-12`; `detail` a few words of ours that tell places apart: a field, "no zone".
    """

    charger_id: str
    rule: str
    detail: str
    first_at: int
    last_at: int
    count: int = 1
    sample: str = ""  #: the newest frame that showed it, secrets masked, cut to `SAMPLE` characters
