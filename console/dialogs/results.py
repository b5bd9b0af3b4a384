"""What an answer brought, in lines: a schedule as a small table, certificates, the file of diagnostics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from console.dialogs.fields import MARGIN
from console.present.words import clock, running, span
from console.widgets.progress import Draw, labelled, wrap
from console.widgets.writer import LineWriter
from server.model.command import Command, CommandState
from server.model.drop_file import DropFile
from server.model.operations import GetCompositeSchedule, GetDiagnostics, GetInstalledCertificateIds, GetLog
from server.model.profile import ChargingSchedule, SchedulePeriod

if TYPE_CHECKING:
    from server.site import Site

FROM_CELLS = 15
LIMIT_CELLS = 9
BAR = 20


def result_draws(command: Command, site: Site, width: int) -> list[Draw]:
    """One drawing a line; nothing while there is no answer. `width`: cells for text."""
    if command.state is not CommandState.ACCEPTED:
        return []
    match command.operation:
        case GetCompositeSchedule():
            return _schedule(command.schedule) if command.schedule is not None else _facts(command.facts, width)
        case GetInstalledCertificateIds():
            return _certificates(command.facts, width)
        case GetDiagnostics() | GetLog():
            return _files([f for f in site.drop.files() if f.command_id == command.command_id], site, width)
    return []


def _facts(facts: Sequence[str], width: int) -> list[Draw]:
    return [_text(part, "text") for fact in facts for part in wrap(fact, width)]


def _text(text: str, role: str) -> Draw:
    return lambda line: line.to(MARGIN).put(text, role)


# a schedule


def _schedule(schedule: ChargingSchedule) -> list[Draw]:
    """From when, how much, as a share of the highest of them."""
    top = max((p.limit_x10 for p in schedule.periods), default=0)
    head: Draw = lambda line: line.to(MARGIN).left("FROM", FROM_CELLS, "dim").right("LIMIT", LIMIT_CELLS, "dim")  # noqa: E731
    draws = [head, *(_period(p, schedule, top) for p in schedule.periods)]
    if schedule.duration_s is not None:
        draws.append(_end(_from(schedule, schedule.duration_s)))
    return draws


def _period(period: SchedulePeriod, schedule: ChargingSchedule, top: int) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN).left(_from(schedule, period.start_s), FROM_CELLS, "muted")
        line.right(f"{period.limit_x10 / 10:g} {schedule.unit}", LIMIT_CELLS, "strong" if period.limit_x10 else "amber")
        line.put("   ").bar(period.limit_x10 / top if top else 0, min(BAR, max(4, line.room - MARGIN - 12)))
        phases = period.phases
        line.put("" if phases is None else f"   {phases} phase{'' if phases == 1 else 's'}", "muted")

    return draw


def _end(at: str) -> Draw:
    return lambda line: line.to(MARGIN).left(at, FROM_CELLS, "muted").right("end", LIMIT_CELLS, "dim")


def _from(schedule: ChargingSchedule, seconds: int) -> str:
    """The time of day where the start of the schedule is known, else how long after it."""
    if schedule.start_at is None:
        return f"+{running(1000 * seconds)}"
    at = schedule.start_at + 1000 * seconds
    days = (_day(at) - _day(schedule.start_at)).days
    return clock(at) + (f" +{days} d" if days else "")


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000).astimezone().date()


# certificates


def _certificates(facts: Sequence[str], width: int) -> list[Draw]:
    """Serial number and algorithm in one line, the hashes below."""
    draws: list[Draw] = []
    for number, fact in enumerate(facts, 1):
        words = fact.split()
        data = dict(zip(words[::2], words[1::2], strict=False))
        serial = data.pop("serialNumber", None)
        if serial is None:
            draws.append(_text(fact, "muted"))
            continue
        draws.append(_certificate(number, serial, data.pop("hashAlgorithm", "")))
        for name, value in data.items():
            draws += labelled(name.removeprefix("issuer").removesuffix("Hash").lower(), wrap(value, width - 9), "dim")
    return draws


def _certificate(number: int, serial: str, algorithm: str) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN).put(f"{number}  ", "sky_strong").put(serial, "strong").put(f"   {algorithm}", "muted")

    return draw


# files


def _files(files: Sequence[DropFile], site: Site, width: int) -> list[Draw]:
    """Where the upload lies, and how it is taken from there."""
    draws: list[Draw] = []
    for file in files:
        if not file.is_received:
            draws += labelled("upload", ["not there yet; the built-in drop waits for it"], "muted")
            continue
        ago = span(site.now() - file.received_at)
        draws += labelled("received", [f"{file.name or 'a file'}, {_size(file.size)}, {ago} ago"], "strong")
        draws += labelled(
            "save it", wrap(f"ocpp-console files save {file.file_id} {_plain(file.name)}", width - 10), "text"
        )
        draws += labelled("lies at", wrap(str(site.drop.path(file)), width - 10), "dim")
    return draws


def _size(size: int) -> str:
    if size < 10_000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 10_000_000 else f"{size / 1_000_000:.0f} MB"


def _plain(name: str) -> str:
    """A name for the command line: what a charger sent may be anything."""
    return "".join(c if c.isalnum() or c in ".-_" else "_" for c in name) or "diagnostics"
