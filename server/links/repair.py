"""Reads JSON that is not quite JSON, as chargers send it: the document that was meant, and what it took to read it.

Seen in the field: `"transactionId":,` (MV-12), answers cut before their last brackets (CFG-03), a comma behind `[`,
raw control characters, lone surrogates. Guesses only at form: nothing is made up but `null` for a value that is absent.
"""

from __future__ import annotations

import json
import math
import re

#: Longest text that is repaired, in characters: a StopTransaction with the samples of a whole night.
LONGEST = 65_536
#: Names, values and marks read of one text, at about 1 us each: what comes after them counts as cut off.
MAX_TOKENS = 6_000
MAX_DEPTH = 32

EMPTY_VALUE = "MV-12:empty value"
CUT = "RPC-12:cut off"
CUT_SETTINGS = "CFG-03:cut off"
COMMA = "RPC-12:comma"
BRACKET = "RPC-12:bracket"
WORD = "RPC-12:word"
CHARACTER = "RPC-12:character"

_TOKEN = re.compile(
    r'[\s\x00\ufeff]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|("[^"\\]*(?:\\.[^"\\]*)*\\?\Z)|([\[\]{},:])|([^\s\x00\[\]{},:"]+))',
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_CONTROL = re.compile(r"[\x00-\x1f]")
_WORDS = {"true": True, "false": False, "null": None, "none": None, "nan": None, "inf": None, "infinity": None}
_END, _TEXT, _CUT_TEXT, _MARK, _WORD = range(5)  #: groups of `_TOKEN`


class _Hopeless(Exception):
    """Too deep, or nothing where a message should be."""


def mend(text: str) -> tuple[object, tuple[str, ...], int]:
    """First document in `text`, the deviations it took to read it, and where it ends; (None, (), 0): not readable.

    Only arrays are read: a message is one.
    """
    if len(text) > LONGEST:
        return None, (), 0
    mender = _Mender(text)
    try:
        if mender.take() != (_MARK, "["):
            return None, (), 0
        document = mender.array(0)
    except _Hopeless:
        return None, (), 0
    is_list = len(document) > 2 and isinstance(document[2], dict) and "configurationKey" in document[2]
    notes = [CUT_SETTINGS if note == CUT and is_list else note for note in mender.notes]
    return document, tuple(notes), mender.end


class _Mender:
    """Recursive descent with one token of sight. `notes` keeps the order of first occurrence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: tuple[int, str] | None = None
        self._braces = 0  #: objects that are open
        self._at = 0
        self._tokens = 0
        self.end = 0  #: behind the last token that was taken
        self.notes: dict[str, None] = {}

    def _note(self, what: str) -> None:
        self.notes[what] = None

    def _look(self) -> tuple[int, str]:
        if self._next is None:
            self._tokens += 1
            if self._tokens > MAX_TOKENS:
                self._at = len(self._text)
            found = _TOKEN.match(self._text, self._at)
            if found is None or found.lastindex is None:
                self._next = _END, ""
            else:
                self._at = found.end()
                kind, token = found.lastindex, found[found.lastindex]
                self._next = (kind, token) if kind >= _MARK else (_TEXT, self._string(token, kind == _CUT_TEXT))
        return self._next

    def take(self) -> tuple[int, str]:
        token = self._look()
        self._next = None
        self.end = self._at
        return token

    def _string(self, whole: str, is_cut: bool) -> str:
        if is_cut:
            self._note(CUT)
            whole = whole.rstrip("\\") + '"'
        elif "\\" not in whole and whole.isprintable():
            return whole[1:-1]
        if _CONTROL.search(whole):
            self._note(CHARACTER)
        try:
            text = json.loads(whole, strict=False)
        except ValueError:
            self._note(CHARACTER)
            text = json.loads(_BAD_ESCAPE.sub(r"\\\\", whole), strict=False)
        clean = text.encode("utf-8", "replace").decode()  # a lone surrogate is no character
        if clean != text:
            self._note(CHARACTER)
        return str(clean)

    def _value(self, depth: int) -> object:
        kind, token = self._look()
        if kind == _END or (kind == _MARK and token in ",]}"):
            self._note(CUT if kind == _END else EMPTY_VALUE)
            return None
        self.take()
        if kind == _TEXT:
            return token
        if kind == _WORD:
            return self._scalar(token)
        if token == ":":
            self._note(BRACKET)
            return self._value(depth)
        if depth >= MAX_DEPTH:
            raise _Hopeless
        return self.array(depth + 1) if token == "[" else self._object(depth + 1)

    def array(self, depth: int) -> list[object]:
        """The rest of an array whose bracket was taken."""
        found: list[object] = []
        needs_comma = False
        while True:
            kind, token = self._look()
            if kind == _MARK and token in ",:":
                self.take()
                if not needs_comma or token == ":" or self._look() == (_MARK, "]"):
                    self._note(COMMA)
                needs_comma = False
            elif kind == _MARK and token == "]":
                self.take()
                return found
            elif kind == _MARK and token == "}":
                self._note(BRACKET)
                if self._braces:
                    return found
                self.take()
            elif kind == _END:
                self._note(CUT)
                return found
            else:
                if needs_comma:
                    self._note(COMMA)
                found.append(self._value(depth))
                needs_comma = True

    def _object(self, depth: int) -> dict[str, object]:
        self._braces += 1
        found: dict[str, object] = {}
        while True:
            kind, token = self._look()
            if kind == _MARK and token == ",":
                self.take()
                if not found or self._look() == (_MARK, "}"):
                    self._note(COMMA)
            elif kind == _END or (kind == _MARK and token in "]}"):
                if token != "}":
                    self._note(CUT if kind == _END else BRACKET)
                else:
                    self.take()
                self._braces -= 1
                return found
            elif kind == _MARK:
                self._note(BRACKET)
                self.take()
            else:
                self._member(found, depth)

    def _member(self, found: dict[str, object], depth: int) -> None:
        kind, name = self.take()
        if kind == _WORD:
            self._note(WORD)
        kind, token = self._look()
        if (kind, token) == (_MARK, ":"):
            self.take()
        elif kind == _END:
            self._note(CUT)
            return  # a name that was cut, or whose value was
        else:
            self._note(EMPTY_VALUE)
            return
        found[name] = self._value(depth)

    def _scalar(self, word: str) -> object:
        try:
            number = json.loads(word) if word[0] in "-0123456789" else None
        except ValueError:
            number = None
        if isinstance(number, int | float):
            if _storable(number) is None:
                self._note(WORD)
            return _storable(number)
        folded = word.casefold()
        if folded in _WORDS:
            if word not in ("true", "false", "null"):
                self._note(WORD)
            return _WORDS[folded]
        self._note(WORD)
        try:
            return _storable(float(word))
        except ValueError:
            return word


def _storable(number: int | float) -> int | float | None:
    """Numbers that JSON parsers agree on: 64 bits, finite."""
    if isinstance(number, int) and not isinstance(number, bool):
        return number if -(2**63) <= number < 2**63 else None
    return number if math.isfinite(number) else None
