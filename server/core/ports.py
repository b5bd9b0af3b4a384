"""What the core needs of the other rooms, and they of each other, as small protocols.

The middle rooms do not know each other; `server.site` hands each the parts it asks for here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from server.config import Config
from server.core.access import Access
from server.core.logring import LogRing
from server.model.certificate import CertificateRequest
from server.model.charger import Charger
from server.model.command import Command, Operation, Reply
from server.model.connection import ConnectionAttempt
from server.model.deviation import Deviation
from server.model.drop_file import DropFile
from server.model.event import Event, EventKind
from server.model.fault import Fault
from server.model.health import Health, Totals
from server.model.job import Job
from server.model.log import Frame, FrameQuery, FrameRow
from server.model.options import OptionChange
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.tag import IdTag
from server.model.transaction import Transaction


class CannotStart(Exception):
    """The server cannot start as it is set up; the text is one sentence that says what to do."""


class InvalidPayload(Exception):
    """An operation's payload does not fit. `field` names the place: "key", "meterValue[0].timestamp"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


class Durability(Protocol):
    """The store, as a link sees it."""

    def frame(self, frame: FrameRow) -> None:
        """Journal one raw message. Never blocks, never fails."""

    def after_commit(self, done: Callable[[bool], None]) -> None:
        """Call `done(True)` on the loop once everything written so far is durable (fsynced).

        `done(False)`: it will not be durable in time; the caller must not answer the charger (it keeps its copy).
        """

    @property
    def is_behind(self) -> bool:
        """The disk does not keep up: stop reading from chargers until it does."""


class Sender(Protocol):
    """The links, as the desk sees them."""

    async def call(self, charger_id: str, operation: Operation, timeout: float, command: Command) -> Reply:
        """Send one operation and wait for the answer, at most `timeout` seconds.

        Sets `command.message_id` when the frame is written. Never raises: offline, refused and silent are replies.
        """

    def preview(self, charger_id: str, operation: Operation) -> str:
        """The exact frame that would be sent, with `…` for the message id."""

    def parse(self, action: str, payload: dict[str, object]) -> Operation:
        """Typed operation from its OCPP name and payload; `InvalidPayload` when it does not fit."""

    def actions(self) -> list[str]:
        """OCPP names of all operations that can be sent."""

    def disconnect(self, charger_id: str, reason: str) -> None:
        """Close the charger's link."""


class FileDrop(Protocol):
    """The built-in place for files of chargers (FW-02)."""

    @property
    def port(self) -> int:
        """Where it listens; 0 = it is closed, `why_closed` says why."""

    @property
    def why_closed(self) -> str: ...
    def files(self) -> list[DropFile]:
        """All places, newest first; those that wait for their file too."""

    def url(self, file: DropFile) -> str:
        """What a charger is told."""

    def path(self, file: DropFile) -> Path:
        """Where its bytes lie once it is received."""

    def add(self, name: str) -> DropFile:
        """A place for a firmware file, still empty."""

    def upload_url(self, file: DropFile) -> str:
        """Where a program on this machine puts the file, by PUT."""

    async def remove(self, file: DropFile) -> None: ...


class Depot(Protocol):
    """What the API and the console see of the whole server: `server.site.Site` is the one that implements it.

    Everything without `async` is live state on the loop: read it, never write it. Everything `async` asks the database.
    """

    @property
    def config(self) -> Config: ...
    @property
    def chargers(self) -> Mapping[str, Charger]: ...
    @property
    def log(self) -> LogRing: ...
    @property
    def commands(self) -> Sequence[Command]:
        """The newest commands, oldest first, at most 500."""

    @property
    def totals(self) -> Totals: ...
    @property
    def health(self) -> Health: ...

    def listen(self, listener: Callable[[Event], None], *kinds: EventKind) -> Callable[[], None]:
        """See `server.core.bus.Bus.listen`."""

    def open_faults(self) -> list[Fault]:
        """Open faults and warnings of all chargers, newest first."""

    def find_charger(self, charger_id: str) -> Charger | None:
        """Compares case-insensitively (WS-13)."""

    # operations
    def actions(self) -> list[str]: ...
    def parse_operation(self, action: str, payload: dict[str, object]) -> Operation: ...
    def why_not(self, charger_id: str, operation: Operation) -> str | None: ...
    def preview(self, charger_id: str, operation: Operation) -> str: ...
    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        """Start an operation and return at once; the command changes as it goes on."""

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        """Like `submit`, then wait until it is answered, at most `wait` seconds."""

    def adopt(self, charger_id: str, operator: str) -> None:
        """Let an unknown charger in; it is accepted at its next BootNotification."""

    def now(self) -> int:
        """ms since the epoch."""

    def acknowledge(self, fault_id: int, operator: str, note: str = "") -> Fault | None: ...

    # what is peculiar about chargers
    def deviations(self, charger_id: str = "", limit: int = 1_000) -> list[Deviation]:
        """Where chargers depart from the protocol, the newest first."""

    def change_options(self, charger_id: str, changes: Sequence[OptionChange], operator: str) -> None:
        """Set or take back options of one charger. `KeyError` when there is no such charger."""

    # tags
    def tags(self) -> list[IdTag]: ...
    def find_tag(self, id_tag: str) -> IdTag | None: ...
    def put_tag(self, tag: IdTag) -> None: ...
    def remove_tag(self, id_tag: str) -> bool: ...

    # history
    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        """Newest first; `before` is an id here and below: older ones only."""

    async def find_transactions(
        self,
        state: str = "",
        charger_id: str = "",
        limit: int = 100,
        before: int | None = None,
    ) -> list[Transaction]:
        """Newest first."""

    async def find_frames(self, wanted: FrameQuery) -> list[tuple[int, Frame]]:
        """(frame id, frame), newest first."""

    @property
    def access(self) -> Access:
        """Who may connect."""

    @property
    def connections(self) -> Sequence[ConnectionAttempt]:
        """The newest tries to connect, the last one first, at most 500."""

    async def find_connections(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[ConnectionAttempt]:
        """Tries to connect, the one seen last first; with `before` by id, so that one can go on from page to page."""

    # what chargers report by themselves
    @property
    def drop(self) -> FileDrop: ...
    async def find_jobs(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Job]:
        """Firmware, diagnostics and log jobs, newest first."""

    async def find_reservations(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[Reservation]:
        """Reservations that chargers accepted, newest first; those that ended say why. `until`: made by then, ms."""

    async def find_security_events(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[tuple[int, SecurityEvent]]:
        """(event id, event), newest first."""

    async def find_certificate_requests(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[CertificateRequest]:
        """The newest of each charger, newest first. `until`: asked by then, ms."""

    async def find_commands(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Command]: ...
    async def find_command(self, command_id: int) -> Command | None: ...
    async def flush(self) -> bool:
        """Wait until everything written so far is durable; False when the disk does not take it."""
