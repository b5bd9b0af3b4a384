"""One charger's link: the RPC engine between its connection and the core.

Everything from the arrival of a frame to its answer happens in one synchronous go: stamp, read, journal, check, handle,
answer. No task, no await, no exception that ends the session.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

import orjson

from server.core.core import Core
from server.core.ports import Durability
from server.links import rpc
from server.links.dialect import Dialect, Inbound, Payload
from server.links.outbox import OnLate, Outbox, Pending
from server.links.rpc import Broken, Call, CallError, CallResult, ErrorCode, MessageId, Problem, RpcError
from server.links.secrets import mask
from server.links.wire import Hold, Wire
from server.model.charger import Charger
from server.model.command import Command, CommandState, Operation, Reply
from server.model.health import Health
from server.model.log import Frame, Level
from server.model.status import Registration

#: For tracebacks of our own bugs. Outside `ocpp_console`: the live tail gets a line with the charger's name instead.
log = logging.getLogger(__name__)

#: Answers that may wait for the disk before the link stops reading, and when it starts again.
MAX_OWED = 64
FEW_OWED = 16

#: As it was on the wire, without secrets.
Raw = str | bytes

NOT_ACCEPTED = Problem(ErrorCode.SECURITY_ERROR, "the charger is not accepted: send BootNotification first")
FAILED = Problem(ErrorCode.INTERNAL_ERROR, "the server failed to handle this message")
UNKNOWN_ACTION = Problem(ErrorCode.NOT_IMPLEMENTED, "the action is not known")
UNSUPPORTED_ACTION = Problem(ErrorCode.NOT_SUPPORTED, "the action is known but not supported")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Link:
    """`on_late` is told of answers that come after their time-out."""

    def __init__(
        self,
        charger: Charger,
        wire: Wire,
        dialect: Dialect,
        core: Core,
        durability: Durability,
        health: Health,
        on_late: Callable[[], OnLate | None] = lambda: None,
    ) -> None:
        self.charger = charger
        self.wire = wire
        self._dialect = dialect
        self._routes = dialect.inbound
        self._core = core
        self._durability = durability
        self._health = health
        self._on_late = on_late
        self._owed = 0  #: answers that wait for a commit
        self._is_ended = False
        self.outbox = Outbox(self._write_call, self._may_call)

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
                self._journal(at, "in", action, message_id, mask(raw) if is_text else data)
                self._serve(at, route, action, message_id, payload)
            else:
                self._receive_odd(at, data, is_text)
        except Exception as failure:  # noqa: BLE001 - a bug here must cost one message, not the session
            self._tell_failure(at, "frame", failure)

    def _receive_odd(self, at: int, data: bytes, is_text: bool) -> None:
        """Everything but a plainly valid CALL: answers to ours, unknown actions, and what chargers make of JSON."""
        try:
            text = str(data, "utf-8")
            raw: Raw | None = mask(text) if is_text else data
            deviations: tuple[str, ...] = ()
        except UnicodeDecodeError:
            text, raw, deviations = str(data, "cp1252", "replace"), data, ("RPC-22",)
        for message in rpc.read(text):
            match message:
                case Call():
                    self._receive_call(at, message, raw, deviations)
                case CallResult() | CallError():
                    self._receive_answer(at, message, raw)
                case Broken():
                    self._refuse_broken(at, message, raw)
            raw = None  # a second message of the same frame was journaled with the first

    def _receive_call(self, at: int, call: Call, raw: Raw | None, deviations: tuple[str, ...]) -> None:
        route = self._routes.get(call.action)
        deviations += call.deviations
        if route is None:
            known = call.action in self._dialect.known_actions
            self._journal(at, "in", call.action[:50], call.message_id, raw, deviations)
            self._refuse(at, call.action, call.message_id, UNSUPPORTED_ACTION if known else UNKNOWN_ACTION)
            return
        if isinstance(call.payload, dict) and route.is_valid(call.payload):
            self._journal(at, "in", call.action, call.message_id, raw, deviations)
            self._serve(at, route, call.action, call.message_id, call.payload)
            return
        problem = self._dialect.explain(call.action, call.payload) or FAILED
        payload, odd_fields = self._dialect.normalise(call.action, call.payload)
        self._journal(at, "in", call.action, call.message_id, raw, (*deviations, *odd_fields))
        if route.lenient:
            self._serve(at, route, call.action, call.message_id, payload, problem)
        else:
            self._refuse(at, call.action, call.message_id, problem)

    def _serve(
        self,
        at: int,
        route: Inbound,
        action: str,
        message_id: MessageId,
        payload: Payload,
        problem: Problem | None = None,
    ) -> None:
        """Handle and answer. `problem` is what is wrong with the payload, told if the handler cannot do without."""
        if self.charger.registration is not Registration.ACCEPTED and not route.before_accepted:
            self._refuse(at, action, message_id, NOT_ACCEPTED)  # BOOT-02
            return
        try:
            answer = rpc.result(message_id, route.handle(self._core, self.charger, at, payload))
        except RpcError as refusal:
            self._refuse(at, action, message_id, problem or refusal.problem)
            return
        except Exception as failure:  # noqa: BLE001 - one message fails, not the session
            self._tell_failure(at, action, failure)
            self._refuse(at, action, message_id, FAILED)
            return
        if route.durable:
            self._owe(action, message_id, answer)
        else:
            self._send(at, action, message_id, answer)

    # durable answers

    def _owe(self, action: str, message_id: MessageId, answer: str) -> None:
        self._owed += 1
        if self._owed > MAX_OWED:
            self.wire.hold(Hold.DURABLE)
        if self._durability.is_behind:
            self.wire.hold(Hold.DISK)
        self._durability.after_commit(partial(self._pay, action, message_id, answer))

    def _pay(self, action: str, message_id: MessageId, answer: str, is_durable: bool) -> None:
        self._owed -= 1
        if self._is_ended:
            return  # the charger will ask again
        if not is_durable:
            self._log(now_ms(), Level.ERROR, "", "link", "%s not stored: no answer, link closed", (action,))
            self.wire.finish(1013, "not stored, try again later")
            return
        self._send(now_ms(), action, message_id, answer)
        if self._owed <= FEW_OWED:
            self.wire.release(Hold.DURABLE)
        if self._owed == 0:
            self.outbox.pump()

    # to the charger

    async def call(self, action: str, operation: Operation, timeout: float, command: Command) -> Reply:
        return await self.outbox.call(action, self._dialect.outbound[action], operation, timeout, command)

    def end(self, reason: str) -> None:
        """The link is over, or another one has taken its place: pending calls fail now. Idempotent."""
        self._is_ended = True
        self.outbox.close(reason)

    def tick(self) -> None:
        """Called by the sweep: go on reading when the disk keeps up again."""
        if not self._durability.is_behind:
            self.wire.release(Hold.DISK)

    def _may_call(self) -> bool:
        return self._owed == 0 and self.wire.is_open  # RPC-04

    def _write_call(self, pending: Pending) -> bool:
        at = now_ms()
        payload = pending.route.write(pending.operation)
        raw = rpc.call(pending.message_id, pending.action, payload)
        if not self._send(at, pending.action, pending.message_id, raw):
            return False
        command = pending.command
        told = (pending.route.tell(pending.operation), command.command_id, command.operator)
        self._log(at, Level.INFO, "out", pending.action, "%s  #%d %s", told)
        return True

    def _receive_answer(self, at: int, answer: CallResult | CallError, raw: Raw | None) -> None:
        taken = self.outbox.take(answer.message_id)
        action = taken[0].action if taken else ""
        self._journal(at, "in", action, answer.message_id, raw)
        if taken is None or taken[1]:
            self._health.stray_answers += 1
        if taken is None:
            self._log(at, Level.WARNING, "in", "answer", "to nothing that was asked: ignored")  # RPC-07
            return
        pending, is_late = taken
        reply = _reply(pending, answer)
        level = Level.INFO if reply.state is CommandState.ACCEPTED and not is_late else Level.WARNING
        told = (reply.status or reply.error or "answered", pending.age_ms, pending.command.command_id)
        self._log(at, level, "in", action, "%s  %d ms  #%d late" if is_late else "%s  %d ms  #%d", told)
        if not is_late:
            self.outbox.settle(pending, reply)
        elif (on_late := self._on_late()) is not None:
            on_late(pending.command, reply)

    # answers, journal, log

    def _refuse_broken(self, at: int, broken: Broken, raw: Raw | None) -> None:
        self._journal(at, "in", broken.action, broken.message_id or "", raw, ("RPC-12",))
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
        self._journal(at, "out", action, message_id, mask(raw))
        return True

    def _journal(
        self,
        at: int,
        direction: str,
        action: str,
        message_id: MessageId,
        raw: Raw | None,
        deviations: tuple[str, ...] = (),
    ) -> None:
        if raw is None:
            return
        charger = self.charger
        told = ",".join(dict.fromkeys(deviations)) if deviations else ""
        self._durability.frame(
            Frame(at, charger.key, charger.charger_id, direction, action, str(message_id), raw, told)
        )

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
