"""A depot that remembers what was sent, and chargers that answer as a test wants."""

from __future__ import annotations

from server.model.command import Command, CommandState, Operation, StepState
from server.model.configuration import ConfigItem
from tests.console.depot_fixture import DepotFixture


class RecordingDepot(DepotFixture):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Operation, str]] = []

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        self.sent.append((charger_id, operation, operator))
        return super().submit(charger_id, operation, operator)

    def answer(self, state: CommandState, status: str, items: tuple[ConfigItem, ...] = ()) -> Command:
        """The charger answers the newest command."""
        command = self.commands[-1]
        command.state, command.status, command.items, command.latency_ms = state, status, items, 104
        for step in command.steps:
            step.state, step.at = StepState.DONE, self.now()
        return command
