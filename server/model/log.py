"""Lines of the live log tail, and the raw frames of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """Numbers of the logging module, letters of the tail: D I W E."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class LogLine(NamedTuple):
    """One line. `template % args` is done only when somebody looks: a charger's message costs no formatting.

    `direction`: "in" from the charger, "out" to it, "" for our own lines.
    """

    seq: int
    at: int
    level: Level
    charger_id: str
    direction: str
    action: str  #: "MeterValues", or the subject of our own line: "link", "store"
    template: str
    args: tuple[object, ...] = ()

    @property
    def text(self) -> str:
        return self.template % self.args if self.args else self.template


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameQuery:
    """Which frames are wanted of the journal; "" and None = any. `since` and `until` in ms, both included."""

    charger_id: str = ""
    action: str = ""
    direction: str = ""
    since: int | None = None
    until: int | None = None
    limit: int = 100
    before: int | None = None  #: a frame id: older ones only


#: One raw OCPP message on its way into the journal: at (ms), charger key, "in" or "out", action, message id, raw text
#: (or bytes, when it was none), deviations; see `Frame`. A bare tuple: there are two of them for every message.
FrameRow = tuple[int, int, str, str, str, str | bytes, str]


class Frame(NamedTuple):
    """One raw OCPP message of the journal, as it was on the wire; secrets are masked before it gets there (SEC-07)."""

    at: int
    charger_key: int
    charger_id: str
    direction: str  #: "in" or "out"
    action: str  #: of a CALL; of an answer the action it answers, "" if unknown
    message_id: str
    raw: str | bytes  #: text frames as str; binary or undecodable ones as bytes
    deviations: str = ""  #: `RULE` or `RULE:detail`, comma separated
