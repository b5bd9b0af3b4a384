"""`--plain`: a prompt that works on any terminal and in any pipe.

A person gets the list of the connectors before each operation, in colours where there are some. A script is carried
out line by line once the CSMS has accepted the charge point, `help` also before; each line is repeated before what came
of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import NamedTuple

from simulator.charge_point import ChargePoint
from simulator.connector import Refused
from simulator.controls import CONTROLS, Field, Group, read
from simulator.prompt.orders import ORDERS, Quit, Said, carry_out
from simulator.prompt.streams import Writer
from simulator.showing import (
    TROUBLES,
    Tone,
    clean,
    clock_of,
    happening_words,
    line_of,
    row_of,
    statistics_of,
)
from simulator.wanted import Level, Wanted
from simulator.watch import Happening

_CODES = {Tone.GOOD: "32", Tone.BUSY: "36", Tone.WAIT: "33", Tone.BAD: "31", Tone.DIM: "2", Tone.STRONG: "1"}
_OWN = {
    "help": (Field("what", "Control", ""),),
    "events": (Field("state", "on or off", "on", ("on", "off")),),
}
_OTHERS = {name: order.fields for name, order in ORDERS.items()} | _OWN


def needs_no_csms(line: str) -> bool:
    """Is it about the prompt alone? Then a script has not to wait for it."""
    name = line.strip().partition(" ")[0]
    return not name or name.startswith("#") or name in _OWN


class Surroundings(NamedTuple):
    """Who is at the other end."""

    typed: bool  #: a person types: prompt, list before each operation
    colours: bool
    ascii: bool


class PlainFace:
    """One charge point as lines of text."""

    def __init__(self, wanted: Wanted, writer: Writer, around: Surroundings) -> None:
        self.failed = 0  #: lines that were refused
        self._wanted, self._writer, self._around = wanted, writer, around
        self._events = True
        self._last_trouble = ""
        self._at_prompt = False

    # what happens by itself

    def trace(self, direction: str, frame: str) -> None:
        if self._events and self._wanted.tells(Level.DEBUG):
            arrow = {"out": ("→", "->"), "in": ("←", "<-")}[direction][self._around.ascii]
            self._say(f"{clock_of()}  {arrow} {self._clean(frame, 2000)}", Tone.DIM)

    def notice(self, _station: ChargePoint, happening: Happening) -> None:
        is_trouble = happening.kind in TROUBLES
        words, tone = happening_words(happening)
        if not self._events or not self._wanted.tells(Level.WARNING if is_trouble else Level.INFO):
            return
        if is_trouble and words == self._last_trouble:
            return  # the same reason at every try
        self._last_trouble = words if is_trouble else ""
        self._say(f"{clock_of(happening.at)}  {self._clean(words)}", tone)

    def begin(self) -> None:
        self._say(f"{self._wanted.charger_id} dials {self._wanted.url}; `help` lists what can be typed.", Tone.STRONG)

    # what is typed

    async def work(self, station: ChargePoint, lines: AsyncIterable[str]) -> None:
        """Until the input ends, or `quit`."""
        self._prompt(station)
        async for line in lines:
            self._at_prompt = False
            if not await self._carry_out(station, line.strip()):
                return
            self._prompt(station)
        if self._at_prompt:
            self._at_prompt = False
            self._writer.put("\n")

    def waits(self, station: ChargePoint, seconds: float) -> None:
        waiting = station.outbox.waiting
        told = "1 transaction message is" if waiting == 1 else f"{waiting} transaction messages are"
        self._say(f"{told} not delivered: at most {seconds:g} s for {'it' if waiting == 1 else 'them'}.", Tone.WAIT)

    def ended(self, station: ChargePoint) -> None:
        if waiting := station.outbox.waiting:
            told = "1 transaction message was" if waiting == 1 else f"{waiting} transaction messages were"
            self._say(f"{told} not delivered.", Tone.BAD)

    async def _carry_out(self, station: ChargePoint, line: str) -> bool:
        """One line; False when it was the last."""
        if not line or line.startswith("#"):
            return True
        if not self._around.typed:
            self._say(f"> {self._clean(line)}", Tone.STRONG)
        try:
            name, values = read(line, _OTHERS)
            if name in _OWN:
                self._own(name, values.get(_OWN[name][0].name, ""))
                return True
            said = await carry_out(station, name, values, self._wanted.tag)
        except Quit:
            return False
        except Refused as refusal:
            self.failed += 1
            self._say(f"refused: {self._clean(str(refusal))}", Tone.BAD)
            return True
        self._tell(station, name, said)
        return True

    def _tell(self, station: ChargePoint, name: str, said: Said) -> None:
        if name == "status" and not self._around.typed:  # else the prompt brings the list anyway
            self._list(station)
        elif name == "stats":
            for label, text in statistics_of(station):
                self._say(f"  {label:22}{text}")
        elif name != "status":
            self._say(f"ok: {self._clean(said.text)}", Tone.GOOD)

    def _own(self, name: str, value: str) -> None:
        if name == "help":
            for text in help_lines(value):
                self._say(text)
            return
        if value not in ("", "on", "off"):
            raise Refused(f"events is on or off, not {value!r}.")
        self._events = value != "off"
        self._say(f"ok: events {'on' if self._events else 'off'}", Tone.GOOD)

    # what is shown

    def _prompt(self, station: ChargePoint) -> None:
        if self._around.typed:
            self._list(station)
            self._at_prompt = True
            self._writer.put(self._painted(f"{self._wanted.charger_id}> ", Tone.STRONG))

    def _list(self, station: ChargePoint) -> None:
        """The connectors, each with its icon in its colour, under the state of the line."""
        station.look()
        text, tone = line_of(station)
        self._say(f"  {self._clean(text)}", tone)
        main = [station.main] if station.main.trouble is not None or not station.main.operative else []
        for connector in [*main, *station.connectors.values()]:
            row = row_of(connector, self._around.ascii)
            facts = [f"cable {row.cable}", row.power, row.energy, row.tag and f"tag {row.tag}"]
            facts += [row.transaction and f"tx {row.transaction}", row.error, row.since and f"since {row.since}"]
            icon = self._painted(f"{row.icon} {row.status:13}", row.tone)
            self._say(f"  {row.connector:>2} {icon} {'  '.join(fact for fact in facts if fact)}")

    def _say(self, text: str, tone: Tone = Tone.TEXT) -> None:
        """One line; over the prompt when that waits, which is put again."""
        line = self._painted(text, tone) + "\n"
        if not self._at_prompt:
            self._writer.put(line)
            return
        again = self._painted(f"{self._wanted.charger_id}> ", Tone.STRONG)
        self._writer.put(("\r\x1b[K" if self._around.colours else "\n") + line + again)

    def _painted(self, text: str, tone: Tone) -> str:
        code = _CODES.get(tone)
        return f"\x1b[{code}m{text}\x1b[0m" if code and self._around.colours else text

    def _clean(self, text: str, limit: int = 400) -> str:
        return clean(text, self._around.ascii, limit)


def help_lines(name: str = "") -> list[str]:
    """What can be typed, by menus; of one name, its values with what may stand there."""
    if name:
        fields = CONTROLS[name].fields if name in CONTROLS else _OTHERS.get(name)
        if fields is None:
            raise Refused(f"There is no control {name!r}: `help` lists them.")
        return [f"  {_usage(name, fields)}", *(f"    {_field(field)}" for field in fields)]
    lines = []
    for group in Group:
        lines.append(f"{group}:")
        members = [control for control in CONTROLS.values() if control.group is group]
        lines += [f"  {_usage(c.name, c.fields):46} {c.label}" for c in members]
    lines.append("Look and wait:")
    lines += [f"  {_usage(order.name, order.fields):46} {order.help}" for order in ORDERS.values()]
    lines += [f"  {'events on|off':46} tell what happens, or not", f"  {'help [NAME]':46} this list, or one of it"]
    lines.append("Values stand in their order, or as name=value in any; with blanks in quotes: info='RCD trip'.")
    return lines


def _usage(name: str, fields: tuple[Field, ...]) -> str:
    return " ".join([name, *(f.name.upper() if f.default is None else f"[{f.name}]" for f in fields)])


def _field(field: Field) -> str:
    default = "must be given" if field.default is None else f"default {field.default or 'none'}"
    return f"{field.name:12} {default}" + (f"; one of {', '.join(field.choices)}" if field.choices else "")
