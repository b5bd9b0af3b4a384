"""Which of several quirk profiles shall be applied to a charger, or taken back."""

from __future__ import annotations

from console.dialogs.fields import MARGIN, Item, Option, Radio
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.present.look import Look
from console.present.peculiar import options_in_words, quirk_state
from console.view.quirks import decidable
from console.widgets.progress import wrap
from server.model.charger import Charger
from server.model.quirk import MatchedQuirk


class QuirkDialog(Dialog[MatchedQuirk]):
    """Answers with the profile that was chosen, or None for cancel."""

    WIDTH = 76

    def __init__(self, look: Look, charger: Charger) -> None:
        super().__init__(look)
        self._charger_id = charger.charger_id
        options = [Option(q, q.profile.name, quirk_state(q)[0]) for q in decidable(charger)]
        self._which = Radio("which", "", options, tall=True)
        self.focus_name = "which"

    def items(self) -> list[Item]:
        return [self._which]

    def chosen(self, name: str) -> None:
        value = self._which.value
        self.dismiss(value if isinstance(value, MatchedQuirk) else None)

    def handle(self, key: str, character: str | None) -> bool:
        if character in ("j", "k"):
            self._which.key("down" if character == "j" else "up", None)
            return True
        return False

    def rows(self, width: int) -> list[Row]:
        quirk = self._which.value
        assert isinstance(quirk, MatchedQuirk)
        words = wrap(quirk.profile.why, width - 2 * MARGIN)
        words += wrap(options_in_words(dict(quirk.profile.options)), width - 2 * MARGIN)
        verb = "take it back" if quirk.applied else "apply it"
        return [
            gap(60),
            Row(lambda line: line.to(MARGIN).put("Quirks", "strong").put(f"  {self._charger_id}", "strong")),
            gap(55),
            *self.item_rows(self._which),
            gap(54),
            *(_words(text) for text in words),
            gap(53),
            keys_row((("enter", verb), ("j k", "choose"), ("esc", "cancel"))),
            gap(61),
        ]


def _words(text: str) -> Row:
    return Row(lambda line: line.to(MARGIN).put(text, "muted"))
