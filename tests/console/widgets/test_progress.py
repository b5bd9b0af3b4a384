"""The steps of a command, and JSON in a narrow place."""

from __future__ import annotations

from console.present.look import Look
from console.widgets.progress import chop, step_draws
from console.widgets.writer import LineWriter
from server.model.command import Command, CommandState, Reset, Step, StepState


def test_refusal_ends_the_steps() -> None:
    """What would have followed an acceptance is not missing."""
    steps = [Step("sent", StepState.DONE, 1_000)]
    steps += [Step(name, StepState.MISSING) for name in ("accepted", "BootNotification", "confirmed")]
    command = Command(
        1, "CP-1", Reset("Soft"), "ana", 1_000, CommandState.REJECTED, 1_000, 1_131, latency_ms=131, status="Rejected"
    )
    command.steps[:] = steps
    lines = []
    for draw in step_draws(command, 2_000, 30):
        line = LineWriter(Look(), 60)
        draw(line)
        lines.append(line.strip().text)
    assert len(lines) == 2
    assert "x  Rejected" in lines[1] and "131 ms" in lines[1]


def test_json_is_cut_where_one_reads() -> None:
    """Behind a comma or a colon, not within a number; nothing is lost."""
    text = '[2,"…","RemoteStopTransaction",{"transactionId":3738}]'
    lines = chop(text, 50)
    assert lines == ['[2,"…","RemoteStopTransaction",{"transactionId":', "3738}]"]
    assert "".join(chop("x" * 101, 50)) == "x" * 101
