"""The one place where foreign text becomes paintable.

Textual and Rich pass escape sequences from data to the terminal byte for byte, and markup in data can end the program.
All that a charger, the database or a user wrote goes through `safe()` and is painted as plain text, never markup.
"""

from __future__ import annotations

import unicodedata

#: Unicode categories that move, hide or reorder text: controls, formats, surrogates, private, unassigned, separators.
_HOSTILE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})


def safe(text: object, limit: int = 400, ascii_only: bool = False) -> str:
    """`text` as one line that a terminal can only show: controls as visible glyphs, at most `limit` characters.

    `ascii_only` writes everything above 126 as `?`.
    """
    whole = text if isinstance(text, str) else str(text)
    if len(whole) > limit:
        whole = whole[: limit - 1] + "…"
    if whole.isascii():
        if whole.isprintable():
            return whole
        return "".join(c if " " <= c <= "~" else _visible(c, ascii_only) for c in whole)
    out: list[str] = []
    marks = 0
    for c in whole:
        category = unicodedata.category(c)
        if category in _HOSTILE:
            out.append(_visible(c, ascii_only))
        elif category in _MARKS:
            marks += 1
            if marks <= 2 and not ascii_only:
                out.append(c)
            continue
        elif ascii_only and c > "~":
            out.append("~" if c == "…" else "?")
        else:
            out.append(c)
        marks = 0
    return "".join(out)


def _visible(c: str, ascii_only: bool) -> str:
    code = ord(c)
    if ascii_only:
        return "?"
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"
