"""One charger's link: the RPC engine between its connection and the core.

Everything from the arrival of a frame to its answer happens in one synchronous go: stamp, read, journal, check, handle,
answer. No task, no await, no exception that ends the session.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import orjson

from server.core.core import Core
from server.core.ports import Durability
from server.links import rpc
from server.links.asked import Asked
from server.links.dialect import Dialect, Inbound, Payload
from server.links.journal import Journal, Raw
from server.links.outbox import OnLate, Outbox, Pending
from server.links.owed import Owed
from server.links.quiet import Quiet
from server.links.replay import Repeat, Replays
from server.links.rpc import Broken, Call, CallError, CallResult, ErrorCode, MessageId, Problem, RpcError
from server.links.secrets import mask
from server.links.wire import Hold, Wire
from server.model.charger import Charger
from server.model.command import Command, CommandState, Operation, Reply
from server.model.health import Health
from server.model.log import Level
from server.model.status import Registration

#: For tracebacks of our own bugs. Outside `ocpp_console`: the live tail gets a line with the charger's name instead.
log = logging.getLogger(__name__)

#: A link that ends so soon after a start was answered did not like the answer (TX-24).
SOON_MS = 3_000

#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
ACCEPTED = Registration.ACCEPTED

NOT_ACCEPTED = Problem(ErrorCode.SECURITY_ERROR, "the charger is not accepted: send BootNotification first")
FAILED = Problem(ErrorCode.INTERNAL_ERROR, "the server failed to handle this message")
UNKNOWN_ACTION = Problem(ErrorCode.NOT_IMPLEMENTED, "the action is not known")
ID_USED = Problem(ErrorCode.PROTOCOL_ERROR, "the message id was used for another message")
ODD_ID = Problem(ErrorCode.FORMATION_VIOLATION, "a message id is a text of 1 to 36 characters")
UNSUPPORTED_ACTION = Problem(ErrorCode.NOT_SUPPORTED, "the action is known but not supported")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Link:
    """`on_late` is told of answers that come after their time-out; `replays` outlives the link."""

    def __init__(
        self,
        charger: Charger,
        wire: Wire,
        dialect: Dialect,
        core: Core,
        durability: Durability,
        health: Health,
        on_late: Callable[[], OnLate | None] = lambda: None,
        replays: Replays | None = None,
    ) -> None:
        self.charger = charger
        self.wire = wire
        self._dialect = dialect
        self._routes = dialect.inbound
        self._core = core
        self._durability = durability
        self._journal = Journal(charger, core, durability)
        self._replays = replays if replays is not None else Replays()
        self._health = health
        self._on_late = on_late
        self.asked = Asked()  #: `Links` gives it that of the link before
        self._is_ended = False
        self._was_sent_away = False  #: by a Reset of ours: that it goes says nothing about our answers
        self.outbox = Outbox(self._write_call, self._may_call)
        self._owed = Owed(wire, durability, self._hand_over, self._not_stored, self.outbox.pump)
        self.quiet = Quiet(charger.options.boot_wait_ms, self.outbox.pump)

    # from the charger

    def receive(self, data: bytes, is_text: bool = True) -> None:
        """Handle one message from the wire. Never raises."""
        if self._is_ended:
            return
        at = now_ms()
        self._health.frames_in += 1
        self._core.heard(self.charger, at)
        try:
            raw = str(data, "utf-8")
            kind, message_id, action, payload = orjson.loads(raw)
            route = self._routes[action]
            plain = kind == 2 and type(message_id) is str and 0 < len(message_id) <= 36 and route.is_valid(payload)
        except (ValueError, TypeError, KeyError):
            plain = False
        try:
            if plain:
                shown = mask(raw) if is_text else data
                self._journal.begin(shown)
                self._serve(at, route, action, message_id, payload, shown)
            else:
                self._receive_odd(at, data, is_text)
        except Exception as failure:  # noqa: BLE001 - a bug here must cost one message, not the session
            self._tell_failure(at, "frame", failure)

    def _receive_odd(self, at: int, data: bytes, is_text: bool) -> None:
        """Everything but a plainly valid CALL: answers to ours, unknown actions, and what chargers make of JSON."""
        strict = self.charger.options.strict
        try:
            text, odd_bytes = str(data, "utf-8"), False
        except UnicodeDecodeError:
            text, odd_bytes = str(data, "cp1252", "replace"), True
        raw: Raw | None = mask(text) if is_text and not odd_bytes else data
        self._journal.begin(raw or "")
        messages, repaired = rpc.read(text, strict)
        for deviation in ("RPC-22:encoding", *repaired) if odd_bytes else repaired:
            self._journal.note(at, deviation)
        for message in messages:
            match message:
                case Call():
                    self._receive_call(at, message, raw, strict)
                case CallResult() | CallError():
                    self._receive_answer(at, message, raw)
                case Broken():
                    self._refuse_broken(at, message, raw)
            raw = None  # a second message of the same frame was journaled with the first

    def _receive_call(self, at: int, call: Call, raw: Raw | None, strict: bool) -> None:
        route = self._routes.get(call.action)
        message_id = call.message_id
        for deviation in call.deviations:
            self._journal.note(at, deviation)
        if route is None:
            known = call.action in self._dialect.known_actions
            self._journal.note(at, f"RPC-09:{call.action[:40] if call.action.isidentifier() else 'odd name'}")
            self._journal.came(at, call.action[:50], message_id, raw)
            self._refuse(at, call.action, message_id, UNSUPPORTED_ACTION if known else UNKNOWN_ACTION)
            return
        payload, problem = call.payload, None
        if not isinstance(payload, dict) or not route.is_valid(payload):
            problem = self._dialect.explain(call.action, payload) or FAILED
            payload, odd_fields = self._dialect.normalise(call.action, payload)
            for deviation in odd_fields:
                self._journal.note(at, deviation)
        if strict and "RPC-16:message id" in call.deviations:
            problem = ODD_ID
        if strict and problem is not None:
            self._journal.came(at, call.action, message_id, raw)
            self._refuse(at, call.action, message_id, problem)
        else:
            self._serve(at, route, call.action, message_id, payload, raw, problem)

    def _serve(
        self,
        at: int,
        route: Inbound,
        action: str,
        message_id: MessageId,
        payload: Payload,
        raw: Raw | None,
        problem: Problem | None = None,
    ) -> None:
        """Handle, journal, answer. `problem`: what is wrong with the payload, told where it cannot be done without."""
        answer = self._handle(at, route, action, message_id, payload, problem)
        self._journal.came(at, action, message_id, raw)
        if isinstance(answer, Problem):
            self._refuse(at, action, message_id, answer)
        elif route.durable:
            delay_ms = route.delay_ms(self.charger.options) if route.delay_ms is not None else None
            self._owed.add(action, message_id, answer, delay_ms)
        else:
            self._send(at, action, message_id, answer)
            if route.settle_ms is not None:
                self.quiet.begin(route.settle_ms(self.charger.options))
        if self.quiet.until and route.settle_ms is None:
            self.quiet.spoke()

    def _handle(
        self, at: int, route: Inbound, action: str, message_id: MessageId, payload: Payload, problem: Problem | None
    ) -> str | Problem:
        """The answer as it goes over the wire, or why there is none."""
        if self.charger.registration is not ACCEPTED and not route.before_accepted:
            return NOT_ACCEPTED  # BOOT-02
        counts_once = route.once or self.charger.options.strict
        if counts_once:
            known = self._replays.find(message_id, self._journal.frame, self)
            if known is not None:
                self._journal.note(at, "RPC-17:repeated" if isinstance(known, str) else "RPC-17:id used again")
            if isinstance(known, str):
                self._log(at, Level.INFO, "in", action, "repeated: gets the answer it had")
                return known
            if known is Repeat.OTHER and self.charger.options.strict:
                return ID_USED
        if self.asked and (asked_for := self.asked.take(action, payload, at)) is not None:
            self._core.message_received(self.charger, asked_for, at)
        try:
            answer = rpc.result(message_id, route.handle(self._core, self.charger, at, payload))
        except RpcError as refusal:
            return problem or refusal.problem
        except Exception as failure:  # noqa: BLE001 - one message fails, not the session
            self._tell_failure(at, action, failure)
            return FAILED
        if route.begins_anew:
            self._replays.forget()
        if counts_once:
            self._replays.keep(message_id, self._journal.frame, answer, self)
        return answer

    def _hand_over(self, action: str, message_id: MessageId, answer: str) -> int:
        at = now_ms()
        self._send(at, action, message_id, answer)
        return at

    def _not_stored(self, action: str) -> None:
        self._log(now_ms(), Level.ERROR, "", "link", "%s not stored: no answer, link closed", (action,))
        self.wire.finish(1013, "not stored, try again later")

    # to the charger

    async def call(self, action: str, operation: Operation, timeout: float, command: Command) -> Reply:
        reply = await self.outbox.call(action, self._dialect.outbound[action], operation, timeout, command)
        if reply.state is CommandState.TIMED_OUT and command.message_id:
            self._core.peculiar.note(self.charger, now_ms(), "RPC-06", "a call was not answered in time", "")
        return reply

    def end(self, reason: str, by_us: bool = True) -> None:
        """The link is over, or another one has taken its place: pending calls fail now. Idempotent."""
        went_soon = not by_us and now_ms() - self._owed.delayable_left_at < SOON_MS
        if went_soon and not self._is_ended and not self._was_sent_away:
            self._core.peculiar.note(self.charger, now_ms(), "TX-24", "link closed after the answer to a start", "")
        self._is_ended = True
        self._owed.end()
        self.quiet.end()
        self.outbox.close(reason)

    def tick(self) -> None:
        """Called by the sweep: go on reading when the disk keeps up again."""
        if not self._durability.is_behind:
            self.wire.release(Hold.DISK)

    def _may_call(self) -> bool:
        return not self._owed and self.wire.is_open and not self.quiet.holds()  # RPC-04, BOOT-04

    def _write_call(self, pending: Pending) -> bool:
        at = now_ms()
        payload = self._dialect.shape(pending.route.write(pending.operation), self.charger.options)
        raw = rpc.call(pending.message_id, pending.action, payload)
        if not self._send(at, pending.action, pending.message_id, raw):
            return False
        self._was_sent_away = self._was_sent_away or pending.action == "Reset"
        if (trigger := pending.route.asks(pending.operation)) is not None:
            self.asked.add(trigger, at)
        command = pending.command
        told = (pending.route.tell(pending.operation), command.command_id, command.operator)
        self._log(at, Level.INFO, "out", pending.action, "%s  #%d %s", told)
        return True

    def _receive_answer(self, at: int, answer: CallResult | CallError, raw: Raw | None) -> None:
        taken = self.outbox.take(answer.message_id)
        action = taken[0].action if taken else ""
        if taken is not None and isinstance(answer, CallResult):
            for deviation in self._dialect.check_answer(action, answer.payload):
                self._journal.note(at, deviation)
        self._journal.came(at, action, answer.message_id, raw)
        if taken is None or taken[1]:
            self._health.stray_answers += 1
        if taken is None:
            self._log(at, Level.WARNING, "in", "answer", "to nothing that was asked: ignored")  # RPC-07
            return
        pending, is_late = taken
        reply = _reply(pending, answer)
        level = Level.INFO if reply.state is CommandState.ACCEPTED and not is_late else Level.WARNING
        reply = reply._replace(latency_ms=pending.age_ms)
        told = (reply.status or reply.error or "answered", reply.latency_ms, pending.command.command_id)
        self._log(at, level, "in", action, "%s  %d ms  #%d late" if is_late else "%s  %d ms  #%d", told)
        if not is_late:
            self.outbox.settle(pending, reply)
        elif (on_late := self._on_late()) is not None:
            on_late(pending.command, reply)

    # answers, journal, log

    def _refuse_broken(self, at: int, broken: Broken, raw: Raw | None) -> None:
        self._journal.note(at, broken.rule)
        self._journal.came(at, broken.action, broken.message_id or "", raw)
        if broken.message_id is not None:
            self._refuse(at, broken.action or "frame", broken.message_id, broken.problem)
        else:
            self._log(at, Level.WARNING, "in", "frame", "ignored: %s", (broken.problem.description,))

    def _refuse(self, at: int, action: str, message_id: MessageId, problem: Problem) -> None:
        told = (problem.code.value, problem.description)
        self._log(at, Level.WARNING, "out", action[:50], "%s  %s", told)
        self._send(at, action, message_id, rpc.error(message_id, problem))

    def _send(self, at: int, action: str, message_id: MessageId, raw: str) -> bool:
        if not self.wire.send_text(raw):
            return False
        self._health.frames_out += 1
        self._journal.went(at, action, message_id, mask(raw))
        return True

    def _log(
        self, at: int, level: Level, direction: str, action: str, template: str, args: tuple[object, ...] = ()
    ) -> None:
        self._core.log.add(at, level, self.charger.charger_id, direction, action, template, args)

    def _tell_failure(self, at: int, action: str, failure: Exception) -> None:
        log.error("handling %s of %r failed", action, self.charger.charger_id, exc_info=failure)
        self._log(at, Level.ERROR, "", action[:50], "failed inside the server: %s", (type(failure).__name__,))


def _reply(pending: Pending, answer: CallResult | CallError) -> Reply:
    """What an answer means; never raises, whatever the charger made of it (RPC-18, RPC-19)."""
    if isinstance(answer, CallError):
        told = {"errorCode": answer.code, "errorDescription": answer.description, "errorDetails": answer.details}
        words = f"{answer.code}: {answer.description}" if answer.description else answer.code
        return Reply(CommandState.ERROR, answer.code, told, words)
    payload = answer.payload if answer.payload is not None else {}
    if not isinstance(payload, dict):
        return Reply(CommandState.ERROR, "", {"answer": payload}, "the charger's answer is not an object")
    return pending.route.reply(payload)
