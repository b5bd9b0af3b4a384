"""What a person types after `/`: words, `!words`, or a `/regex/`."""

from __future__ import annotations

import re
from typing import Self

MAX_LENGTH = 200  #: a longer filter is a paste by mistake
_SUBJECT = 400  #: characters of a text that are searched
#: A repeated group can take longer over one line than the sun will shine, and the server shares our loop.
_REPEATED_GROUP = re.compile(r"\)[*+{]")


class TextFilter:
    """A predicate over text, case-insensitive.

    `tcp ana` = has both words; `tcp !ana` = has `tcp` and not `ana`; `/c[12] fau/` = regular expression, `!/.../` its
    inverse. A pattern that cannot be used is told in `error`, and everything matches.
    """

    __slots__ = ("_inverse", "_pattern", "_with", "_without", "error", "text")

    def __init__(self) -> None:
        self.text = ""
        self.error = ""
        self._pattern: re.Pattern[str] | None = None
        self._inverse = False
        self._with: list[str] = []
        self._without: list[str] = []

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never fails: see `error`."""
        found = cls()
        found.text = text = text.strip()[:MAX_LENGTH]
        body = text.removeprefix("!")
        if len(body) > 1 and body.startswith("/"):
            found._inverse = body != text
            found._compile(body[1:].removesuffix("/"))
            return found
        for word in text.casefold().split():
            if word.startswith("!"):
                if len(word) > 1:
                    found._without.append(word[1:])
            else:
                found._with.append(word)
        return found

    def _compile(self, source: str) -> None:
        if _REPEATED_GROUP.search(source):
            self.error = "a repeated group is not allowed here"
            return
        try:
            self._pattern = re.compile(source, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            self.error = f"not a regular expression: {error}"

    @property
    def is_empty(self) -> bool:
        """Everything matches."""
        return self._pattern is None and not self._with and not self._without

    def matches(self, text: str) -> bool:
        if self._pattern is not None:
            return (self._pattern.search(text[:_SUBJECT]) is not None) != self._inverse
        if self.is_empty:
            return True
        folded = text.casefold()
        return all(w in folded for w in self._with) and not any(w in folded for w in self._without)
