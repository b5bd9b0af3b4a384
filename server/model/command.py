"""What an operator asks of a charger, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, NamedTuple

from server.model.configuration import ConfigItem
from server.model.drop_file import DropFile
from server.model.profile import ChargingProfile, ChargingSchedule


@dataclass(frozen=True, slots=True)
class Operation:
    """Base of the typed operations. `name` is the OCPP 1.6 name, the word users know; links translate."""

    name: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Reset(Operation):
    name: ClassVar[str] = "Reset"
    kind: Literal["Soft", "Hard"] = "Soft"


@dataclass(frozen=True, slots=True)
class GetConfiguration(Operation):
    """All keys when `keys` is empty: the field is then left out (CFG-01)."""

    name: ClassVar[str] = "GetConfiguration"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeConfiguration(Operation):
    name: ClassVar[str] = "ChangeConfiguration"
    key: str
    value: str = field(repr=False)  #: may be a password


@dataclass(frozen=True, slots=True)
class RemoteStart(Operation):
    """`connector_id` None: the charger chooses (some refuse that, TX-21). `profile` holds for the session (TX-22)."""

    name: ClassVar[str] = "RemoteStartTransaction"
    id_tag: str
    connector_id: int | None = None
    profile: ChargingProfile | None = None


@dataclass(frozen=True, slots=True)
class RemoteStop(Operation):
    name: ClassVar[str] = "RemoteStopTransaction"
    transaction_id: int


class CommandState(StrEnum):
    """Outcome of a command. All but the first two are final for the answer; the effect is told by `steps`."""

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ERROR = "error"  #: CALLERROR, or an answer that means nothing
    TIMED_OUT = "timed_out"
    OFFLINE = "offline"  #: not connected, or the link dropped before the answer
    BLOCKED = "blocked"  #: a guard said no: nothing was sent


class Reply(NamedTuple):
    """What came back for one call, in neutral words. Never an exception: everything a charger can do is a value.

    `state` is one of ACCEPTED, REJECTED, ERROR, TIMED_OUT, OFFLINE. `status` is the charger's own word
    ("RebootRequired", "NotSupported", "Accepted"), empty when the answer has none. `facts` are what else the answer
    says, in words: "version 7", "file diag.zip".
    """

    state: CommandState
    status: str = ""
    response: dict[str, object] | None = None
    error: str = ""
    items: tuple[ConfigItem, ...] = ()
    facts: tuple[str, ...] = ()
    schedule: ChargingSchedule | None = None  #: the one that GetCompositeSchedule asked for
    latency_ms: int | None = None  #: from the wire to the answer; None: there was none


class StepState(StrEnum):
    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    MISSING = "missing"  #: the time for it is over


@dataclass(slots=True)
class Step:
    """One link of the chain `sent, accepted, Preparing, StartTransaction, Charging`."""

    name: str
    state: StepState = StepState.OPEN
    at: int = 0  #: when it was done, ms
    note: str = ""  #: "SoftReset", "210 ms"


@dataclass(slots=True)
class Command:
    """One operation on one charger, from the key press to its effect. Only `server.operations` writes."""

    command_id: int
    charger_id: str
    operation: Operation
    operator: str  #: login of the person, or "api"
    created_at: int
    state: CommandState = CommandState.QUEUED
    sent_at: int = 0
    answered_at: int = 0
    latency_ms: int | None = None
    message_id: str = ""
    response: dict[str, object] | None = None  #: payload of the answer as the charger sent it
    status: str = ""  #: the charger's own word, see `Reply.status`
    error: str = ""  #: one sentence for a person
    items: tuple[ConfigItem, ...] = ()  #: keys that GetConfiguration brought
    facts: tuple[str, ...] = ()  #: what else the answer says, see `Reply.facts`
    schedule: ChargingSchedule | None = None  #: see `Reply.schedule`; the charger has it, not the journal
    steps: list[Step] = field(default_factory=list)
    answered_late: bool = False  #: the answer came after the time-out (RPC-06)
    place: DropFile | None = None  #: where its charger is to put a file; not in the journal

    @property
    def is_answered(self) -> bool:
        return self.state not in (CommandState.QUEUED, CommandState.SENT)

    @property
    def is_finished(self) -> bool:
        """Answered, and no step is still waited for."""
        return self.is_answered and all(s.state in (StepState.DONE, StepState.MISSING) for s in self.steps)
