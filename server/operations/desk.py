"""The desk: every command to a charger goes over it, and every command ends in a state."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from server.core.bus import Bus
from server.core.logring import LogRing
from server.core.ports import Sender
from server.core.tasks import TaskOwner
from server.model.charger import Charger
from server.model.command import (
    Command,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
    StepState,
)
from server.model.event import EventKind
from server.model.guards import HIGHEST, why_not
from server.model.log import Level
from server.model.operations import SendLocalList
from server.operations.expected import Limits
from server.operations.followup import FollowUp, tell
from server.operations.message_effects import READ_BACK
from server.operations.numbering import numbered
from server.operations.parts import joined, parts_of
from server.operations.watch import Watch

log = logging.getLogger("ocpp_console.desk")

KEPT = 500  #: newest commands at hand
#: What they do shows that they arrived, where no answer does (RPC-06).
_SEEN_ALONE = (RemoteStart, RemoteStop, Reset)
#: Answers to a local list that a full one mends (LL-01).
_SEND_FULL = ("Failed", "VersionMismatch")
LONGEST_QUEUE = 50  #: commands that may wait for one charger


class Desk:
    """Guards, records, queues, sends, times out and confirms.

    One call at a time for a charger (RPC-01), in the order of submission; chargers do not wait for each other. Every
    change of a command is a COMMAND_CHANGED on the bus; the first one is out before anything is sent.
    """

    def __init__(
        self,
        sender: Sender,
        chargers: Mapping[str, Charger],
        bus: Bus,
        log: LogRing,
        now: Callable[[], int],
        next_id: int,
        call_timeout: float,
        restored: Sequence[Command] = (),
        on_reboot_needed: Callable[[str], None] = lambda charger_id: None,
        limits: Limits | None = None,
        on_answer: Callable[[Command, CommandState], None] = lambda command, state: None,
        highest_profile: int = HIGHEST,
    ) -> None:
        """`now` gives ms. `restored`: commands of an earlier run, oldest first; what was open there is closed here.

        `on_answer` is told of every answer, late ones too, with the state that the answer alone would mean.
        """
        self.commands: deque[Command] = deque(restored, maxlen=KEPT)
        self._restored = restored
        self._sender = sender
        self._chargers = chargers
        self._bus = bus
        self._log = log
        self._now = now
        self._next_id = next_id
        self._call_timeout = call_timeout
        self._on_reboot_needed = on_reboot_needed
        self._on_answer = on_answer
        self._highest_profile = highest_profile
        self._limits = limits or Limits()
        self._tasks = TaskOwner("desk")
        self._open: dict[int, Command] = {}  # not answered
        self._answered: dict[int, asyncio.Event] = {}  # made by those who wait
        self._lanes: dict[str, deque[Watch]] = {}  # exists while a task works on it
        self._timers: dict[int, asyncio.TimerHandle] = {}  # by command: how long it may wait in the queue
        self._follow_up = FollowUp(log, now, self._emit)
        self._closed = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._follow_up.start(self._bus)
        for command in self._restored:
            if not command.is_finished:
                self._finish(command, "the server was restarted")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed = True
        await self._tasks.close()
        for timer in self._timers.values():
            timer.cancel()
        followed = self._follow_up.stop()
        for command in {c.command_id: c for c in (*self._open.values(), *followed)}.values():
            self._finish(command, "the server was stopped")

    # what an operator asks

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        """Record the command and queue it; returns at once. `KeyError` when there is no such charger."""
        charger = self._chargers[charger_id]
        operation = numbered(operation, self._next_id)
        command = Command(self._next_id, charger_id, operation, operator, self._now())
        self._next_id += 1
        self.commands.append(command)
        self._open[command.command_id] = command
        watch = Watch(command, charger, self._limits)
        reason = "the server is stopping" if self._closed else why_not(charger, operation, self._highest_profile)
        if reason is None and self.waiting(charger_id) >= LONGEST_QUEUE:
            reason = f"{LONGEST_QUEUE} commands are already waiting for this charger"
        if reason is not None:
            self._refuse(watch, CommandState.BLOCKED, reason)
            return command
        self._emit(command)
        self._timers[command.command_id] = self._loop.call_later(self._limits.queued, self._waited_too_long, watch)
        if charger_id in self._lanes:
            self._lanes[charger_id].append(watch)
        else:
            self._lanes[charger_id] = deque([watch])
            self._tasks.spawn(self._work(charger_id), f"commands of {charger_id}")
        return command

    async def wait(self, command: Command, timeout: float) -> bool:
        """Wait until `command` is answered, at most `timeout` seconds; False when it is not."""
        if not command.is_answered:
            answered = self._answered.setdefault(command.command_id, asyncio.Event())
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await answered.wait()
        return command.is_answered

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        """`submit`, then `wait`."""
        command = self.submit(charger_id, operation, operator)
        await self.wait(command, wait)
        return command

    def waiting(self, charger_id: str) -> int:
        """How many commands of this charger are not sent yet."""
        return sum(w.command.state is CommandState.QUEUED for w in self._lanes.get(charger_id, ()))

    def answered_late(self, command: Command, reply: Reply) -> None:
        """The answer came after its time (RPC-06): it is told, and is no outcome; what the charger does is one."""
        if command.answered_at or command.state not in (CommandState.TIMED_OUT, CommandState.ACCEPTED):
            return
        command.answered_late = True
        self._take(command, reply)
        took = reply.latency_ms if reply.latency_ms is not None else command.answered_at - command.sent_at
        command.latency_ms = took
        note = f"answered late, after {took / 1000:.0f} s: {reply.status or reply.state}"
        self._follow_up.answered_late(command, note, reply.state is CommandState.ACCEPTED)
        self._emit(command)

    # the queue of one charger

    async def _work(self, charger_id: str) -> None:
        """Send what waits for one charger, one after the other; ends with the queue."""
        lane = self._lanes[charger_id]
        try:
            while lane:
                watch = lane.popleft()
                if watch.command.state is not CommandState.QUEUED:
                    continue
                try:
                    await self._send(watch)
                except Exception as error:  # a defect of ours must not keep the commands behind it
                    log.exception("%s for %s failed", watch.command.operation.name, charger_id)
                    self._settle(watch, Reply(CommandState.ERROR, error=f"internal error: {error!r}"), 0)
        finally:
            del self._lanes[charger_id]

    async def _send(self, watch: Watch) -> None:
        command = watch.command
        self._stop_timer(command)
        charger = self._chargers.get(command.charger_id)
        if charger is None:
            self._refuse(watch, CommandState.BLOCKED, "charger was removed")
            return
        if (reason := why_not(charger, command.operation, self._highest_profile)) is not None:
            self._refuse(watch, CommandState.BLOCKED, reason)
            return
        command.state = CommandState.SENT
        command.sent_at = self._now()
        watch.sent(command.sent_at)
        self._follow_up.begin(watch)
        self._emit(command)
        began = self._loop.time()
        replies: list[Reply] = []
        for part in parts_of(command.operation, charger):
            replies.append(await self._sender.call(command.charger_id, part, self._timeout(charger), command))
            if replies[-1].state is not CommandState.ACCEPTED:
                break
        reply = joined(replies)
        took = round((self._loop.time() - began) * 1000)
        self._settle(watch, reply, reply.latency_ms if reply.latency_ms is not None else took)
        waits_for = watch.waits_for
        if waits_for is not None and waits_for.name == READ_BACK:
            await self._read_back(watch)

    def _timeout(self, charger: Charger | None) -> float:
        """Seconds that this charger has for an answer (RPC-06)."""
        return (charger.options.call_timeout if charger is not None else 0) or self._call_timeout

    async def _read_back(self, watch: Watch) -> None:
        """Ask for the key that was changed; the watch sees the value as it sees every value that is read (CFG-06)."""
        command = watch.command
        keys = (getattr(command.operation, "key", ""),)
        asked = Command(command.command_id, command.charger_id, GetConfiguration(keys), command.operator, self._now())
        reply = await self._sender.call(
            command.charger_id, asked.operation, self._timeout(self._chargers.get(command.charger_id)), asked
        )
        asked.items, asked.response = reply.items, reply.response
        self._on_answer(asked, reply.state)
        if not watch.is_over:
            self._follow_up.give_up(watch, reply.error or "the answer does not name the key")

    def _settle(self, watch: Watch, reply: Reply, latency_ms: int) -> None:
        """Write the outcome into the command; the effect may still be to come."""
        command = watch.command
        command.state = reply.state
        if reply.state in (CommandState.ACCEPTED, CommandState.REJECTED, CommandState.ERROR):
            self._take(command, reply)
            command.latency_ms = latency_ms
        command.error = reply.error or self._in_words(command)
        if reply.state is CommandState.ACCEPTED:
            word = f" {reply.status}" if reply.status not in ("", "Accepted") else ""
            watch.accepted(command.answered_at, f"{latency_ms} ms{word}", reply.status)
        else:
            is_unknown = reply.state in (CommandState.TIMED_OUT, CommandState.OFFLINE)
            is_followed = is_unknown and bool(command.message_id) and isinstance(command.operation, _SEEN_ALONE)
            if is_followed:
                watch.unanswered(self._now(), command.error)
            else:
                watch.refused(command.error)
            # An answer has a line of its own, and a reset needs none: it closes the link.
            if reply.state is CommandState.TIMED_OUT or (is_unknown and not is_followed):
                tell(self._log, self._now(), Level.WARNING, command, command.error)
        self._follow_up.go_on(watch)
        self._emit(command)

    def _take(self, command: Command, reply: Reply) -> None:
        command.answered_at = self._now()
        command.response, command.status = reply.response, reply.status
        command.items, command.facts, command.schedule = reply.items, reply.facts, reply.schedule
        self._on_answer(command, reply.state)
        if reply.state is CommandState.ACCEPTED and reply.status == "RebootRequired":  # not in force yet (CFG-05)
            self._on_reboot_needed(command.charger_id)

    def _in_words(self, command: Command) -> str:
        match command.state:
            case CommandState.REJECTED:
                told = f"the charger answered {command.status or 'Rejected'}"
                is_list = isinstance(command.operation, SendLocalList)
                return f"{told}: send the full list" if is_list and command.status in _SEND_FULL else told
            case CommandState.TIMED_OUT:
                return f"no answer within {self._timeout(self._chargers.get(command.charger_id)):g} s"
            case CommandState.OFFLINE:
                return "the link closed before the answer"
            case CommandState.ERROR:
                return "the answer means nothing"
        return ""

    def _refuse(self, watch: Watch, state: CommandState, reason: str) -> None:
        """Nothing was sent."""
        watch.command.state, watch.command.error = state, reason
        watch.refused(reason)
        tell(self._log, self._now(), Level.WARNING, watch.command, f"not sent: {reason}")
        self._emit(watch.command)

    def _waited_too_long(self, watch: Watch) -> None:
        del self._timers[watch.command.command_id]
        reason = f"not sent within {self._limits.queued:g} s: the charger is busy with other commands"
        self._refuse(watch, CommandState.TIMED_OUT, reason)

    def _finish(self, command: Command, why: str) -> None:
        """Nobody waits for `command` any more: what is open is not known, and says why."""
        if not command.is_answered:
            before = "it was sent" if command.state is CommandState.QUEUED else "the answer"
            command.state, command.error = CommandState.OFFLINE, f"{why} before {before}"
        note = why
        for step in command.steps:
            if step.state in (StepState.OPEN, StepState.RUNNING):
                step.state, step.note, note = StepState.MISSING, note, ""
        self._emit(command)

    def _emit(self, command: Command) -> None:
        self._bus.emit(EventKind.COMMAND_CHANGED, self._now(), command.charger_id, command)
        if command.is_answered:
            self._open.pop(command.command_id, None)
            if (answered := self._answered.pop(command.command_id, None)) is not None:
                answered.set()

    def _stop_timer(self, command: Command) -> None:
        if (timer := self._timers.pop(command.command_id, None)) is not None:
            timer.cancel()
