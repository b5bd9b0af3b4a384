"""Follows sent commands until their effect is seen, or its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.command import Command, CommandState
from server.model.event import Event, EventKind
from server.model.log import Level
from server.operations.watch import Watch

#: All that can be the effect of an operation.
_HEARD = set(EventKind) - {EventKind.METER_RECORDED, EventKind.COMMAND_CHANGED}


class FollowUp:
    """Shows the events of a charger to the watches of its commands, and keeps the time of the step each waits for."""

    def __init__(
        self,
        log: LogRing,
        now: Callable[[], int],
        changed: Callable[[Command], None],
    ) -> None:
        """`changed` is told of every command whose steps changed, once for all events of one turn of the loop."""
        self._log = log
        self._now = now
        self._changed = changed
        self._watches: dict[str, list[Watch]] = {}  # by charger
        self._timers: dict[int, tuple[str, asyncio.TimerHandle]] = {}  # by command: the step, the end of its time
        self._to_tell: dict[int, Command] = {}
        self._unlisten: Callable[[], None] | None = None

    def start(self, bus: Bus) -> None:
        self._loop = asyncio.get_running_loop()
        self._unlisten = bus.listen(self._observe, *_HEARD)

    def stop(self) -> list[Command]:
        """Forget everything; answers with the commands whose effect is still open."""
        if self._unlisten is not None:
            self._unlisten()
        for _, timer in self._timers.values():
            timer.cancel()
        self._to_tell.clear()
        return [watch.command for watches in self._watches.values() for watch in watches]

    def begin(self, watch: Watch) -> None:
        self._watches.setdefault(watch.command.charger_id, []).append(watch)

    def go_on(self, watch: Watch) -> None:
        """A step changed: wait for the next one, or take leave of the command."""
        command = watch.command
        if watch.is_over:
            self._forget(watch)
            if watch.is_confirmed:
                told = f"confirmed after {(self._now() - command.sent_at) / 1000:.0f} s"
                if command.state is not CommandState.ACCEPTED:  # what it did says more than an answer
                    command.state, command.error = CommandState.ACCEPTED, ""
                    told += ", answered late" if command.answered_late else ", without an answer"
                tell(self._log, self._now(), Level.INFO, command, told)
            elif watch.failure:
                tell(self._log, self._now(), Level.WARNING, command, watch.failure)
            return
        expected = watch.waits_for
        if expected is None:
            return
        step, timer = self._timers.get(command.command_id, ("", None))
        if step == expected.name:
            return
        if timer is not None:
            timer.cancel()
        self._timers[command.command_id] = (
            expected.name,
            self._loop.call_later(expected.within, self.give_up, watch),
        )

    def answered_late(self, command: Command, note: str, is_yes: bool) -> None:
        """After its time: the effect is waited for as before, but not after a no."""
        command.steps[1].note = note
        for watch in list(self._watches.get(command.charger_id, ())):
            if watch.command is command:
                watch.answered_late(self._now(), note, is_yes)
                self.go_on(watch)

    def _observe(self, event: Event) -> None:
        """Listener of the bus. It must not emit, so whoever cares is told in the next turn of the loop."""
        watches = self._watches.get(event.charger_id)
        if not watches:
            return
        for watch in sorted(watches, key=_rank):
            if not watch.observe(event):
                continue
            self.go_on(watch)
            if not self._to_tell:
                self._loop.call_soon(self._tell_changes)
            self._to_tell[watch.command.command_id] = watch.command
            if watch.owns(event):
                break

    def _tell_changes(self) -> None:
        changed, self._to_tell = self._to_tell, {}
        for command in changed.values():
            self._changed(command)

    def give_up(self, watch: Watch, why: str = "") -> None:
        """Wait no longer."""
        command = watch.command
        sentence = watch.give_up(why)
        self._forget(watch)
        tell(self._log, self._now(), Level.WARNING, command, sentence)
        self._changed(command)

    def _forget(self, watch: Watch) -> None:
        command = watch.command
        _, timer = self._timers.pop(command.command_id, ("", None))
        if timer is not None:
            timer.cancel()
        watches = self._watches.get(command.charger_id, [])
        if watch in watches:
            watches.remove(watch)
        if not watches:
            self._watches.pop(command.charger_id, None)


def _rank(watch: Watch) -> tuple[bool, bool]:
    """Who is shown an event first, beside age: one that may not have arrived comes last, one that names no connector
    after those that do."""
    command = watch.command
    is_unknown = command.state in (CommandState.TIMED_OUT, CommandState.OFFLINE)
    return is_unknown, getattr(command.operation, "connector_id", 0) is None


def tell(log: LogRing, at: int, level: Level, command: Command, text: str) -> None:
    """One line about a command: `confirmed after 47 s #512 ana`."""
    log.add(
        at,
        level,
        command.charger_id,
        "",
        command.operation.name,
        "%s #%d %s",
        (text, command.command_id, command.operator),
    )
