"""Every key of the console, in one table: screens bind from it, help and README are generated from it.

A key means one thing. `where` names the screens that answer to it ("*" = all); `hint` is its word on the key line.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """One action. `id` is stable, so that a keymap of the user can move it; `keys` are Textual key names."""

    id: str
    keys: tuple[str, ...]
    shown: str  #: as written on the key line: "j k"
    action: str  #: Textual action of the screen
    hint: str
    help: str
    where: tuple[str, ...] = ("*",)
    rank: int = 50  #: place on the key line, low first; 0 = only in help


LISTS = ("chargers", "connectors", "faults", "transactions", "operations", "connections", "notices")
DEPOT = ("chargers", "connectors")
ACTING = (*DEPOT, "faults")  #: one charger is chosen, operations go to it
READ_ONLY = "read-only: this terminal may look, not touch"  #: why keys that act do nothing

KEYS: tuple[Key, ...] = (
    Key("move.down", ("j", "down"), "j k", "move(1)", "move", "one row down", (*LISTS, "log"), 10),
    Key("move.up", ("k", "up"), "k", "move(-1)", "", "one row up", (*LISTS, "log"), 0),
    Key("move.left", ("h", "left"), "h", "move_side(-1)", "", "one connector to the left", DEPOT, 0),
    Key("move.right", ("l", "right"), "l", "move_side(1)", "", "one connector to the right", DEPOT, 0),
    Key("move.top", ("g", "home"), "g", "move_to(0)", "", "to the first row", (*LISTS, "log"), 0),
    Key(
        "move.bottom",
        ("G", "end"),
        "G",
        "move_to(-1)",
        "",
        "to the last row; in the log: follow again",
        (*LISTS, "log"),
        0,
    ),
    Key("page.down", ("pagedown", "ctrl+d"), "pgdn", "page(1)", "", "one page down", (*LISTS, "log"), 0),
    Key("page.up", ("pageup", "ctrl+u"), "pgup", "page(-1)", "", "one page up", (*LISTS, "log"), 0),
    Key("mark", ("space",), "space", "mark", "mark", "mark the row", DEPOT, 12),
    Key("open", ("enter",), "enter", "open", "open", "open what the cursor is on", (*LISTS, "log"), 14),
    Key("detail", ("d",), "d", "detail", "", "details and fault panel of the selection", DEPOT, 0),
    Key("fault.next", ("]",), "[ ]", "next_fault(1)", "next fault", "cursor to the next fault", ACTING, 60),
    Key("fault.previous", ("[",), "[", "next_fault(-1)", "", "cursor to the fault before", ACTING, 0),
    Key("start", ("s",), "s", "operate('start')", "start", "start a transaction on the connector", ACTING, 20),
    Key(
        "stop",
        ("x",),
        "x",
        "operate('stop')",
        "stop",
        "stop the transaction of the connector",
        (*ACTING, "transactions"),
        22,
    ),
    Key("reset", ("r",), "r", "operate('reset')", "reset", "reset the charger, soft or hard", ACTING, 24),
    Key(
        "config.get",
        ("c",),
        "c",
        "operate('get_configuration')",
        "config",
        "read the charger's configuration",
        ACTING,
        26,
    ),
    Key(
        "config.change",
        ("C",),
        "C",
        "operate('change_configuration')",
        "change",
        "change one configuration key",
        ACTING,
        27,
    ),
    Key(
        "availability",
        ("A",),
        "A",
        "operate('ChangeAvailability')",
        "availability",
        "out of service, or into it again",
        ACTING,
        28,
    ),
    Key("unlock", ("u",), "u", "operate('UnlockConnector')", "unlock", "open the lock of the plug", ACTING, 29),
    Key("trigger", ("t",), "t", "operate('TriggerMessage')", "trigger", "ask the charger for a message", ACTING, 30),
    Key(
        "diagnostics",
        ("D",),
        "D",
        "operate('GetDiagnostics')",
        "diagnostics",
        "have the charger upload its diagnostics",
        ACTING,
        31,
    ),
    Key(
        "menu",
        ("colon",),
        ":",
        "menu",
        "more",
        "all operations of the charger, found by name",
        (*ACTING, "transactions", "operations"),
        19,
    ),
    Key(
        "section.next",
        ("tab",),
        "tab",
        "section(1)",
        "next page",
        "next page of the details; next kind of notice",
        (*DEPOT, "notices"),
        45,
    ),
    Key("section.previous", ("shift+tab",), "shift+tab", "section(-1)", "", "the page before", (*DEPOT, "notices"), 0),
    Key(
        "quirk", ("Q",), "Q", "quirk", "apply quirk", "apply a quirk profile, or take it back", (*DEPOT, "notices"), 17
    ),
    Key("adopt", ("plus",), "+", "adopt", "let it in", "let an unknown charger in", DEPOT, 15),
    Key("acknowledge", ("a",), "a", "acknowledge", "acknowledge", "acknowledge the fault", ACTING, 16),
    Key(
        "log.of",
        ("L",),
        "L",
        "log_of",
        "log",
        "log of the selection only",
        (*ACTING, "transactions", "operations", "connections", "notices"),
        40,
    ),
    Key(
        "filter",
        ("slash",),
        "/",
        "filter",
        "filter",
        "filter: words or /regex/, ! in front excludes; esc clears",
        (*LISTS, "log"),
        42,
    ),
    Key("sort", ("o",), "o", "sort", "sort", "next sort column", DEPOT, 44),
    Key("follow", ("f",), "f", "follow", "follow", "follow the newest lines", ("log",), 16),
    Key("level", ("v",), "v", "level", "level", "next lowest level: debug, info, warning, error", ("log",), 18),
    Key("direction", ("i",), "i", "direction", "direction", "in, out or both", ("log",), 19),
    Key("pause", ("p",), "p", "pause", "pause", "pause painting; the server goes on", ("*",), 46),
    Key("screen.chargers", ("1",), "1", "screen('chargers')", "", "chargers"),
    Key("screen.connectors", ("2",), "2", "screen('connectors')", "", "connectors"),
    Key("screen.faults", ("3",), "3", "screen('faults')", "", "faults"),
    Key("screen.transactions", ("4",), "4", "screen('transactions')", "", "transactions"),
    Key("screen.log", ("5",), "5", "screen('log')", "", "log"),
    Key("screen.operations", ("6",), "6", "screen('operations')", "", "operations journal"),
    Key(
        "screen.connections", ("7",), "7", "screen('connections')", "", "connections: who came, who was refused and why"
    ),
    Key("screen.notices", ("8",), "8", "screen('notices')", "", "notices: jobs, security events, quirks, deviations"),
    Key(
        "back",
        ("escape", "minus"),
        "esc",
        "back",
        "back",
        "one step back: card, filter, marks, then the way to 1",
        ("*",),
        15,
    ),
    Key("help", ("question_mark", "f1"), "?", "help", "help", "the keys of this screen", ("*",), 99),
    Key("redraw", ("ctrl+l",), "ctrl+l", "redraw", "", "paint everything again", ("*",), 0),
    Key("quit", ("q",), "q", "leave", "quit", "leave: detach, or ask what becomes of the server", ("*",), 90),
)


def is_acting(key: Key) -> bool:
    """Does it change something for others? A read-only terminal may not."""
    return key.action.startswith(("operate", "menu", "adopt", "acknowledge", "quirk"))


def keys_of(screen: str) -> list[Key]:
    """The keys that `screen` answers to, in the order of the table."""
    return [k for k in KEYS if "*" in k.where or screen in k.where]
