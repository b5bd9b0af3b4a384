"""One command of the journal: all its steps, and the answer as the charger sent it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.dialogs.fields import MARGIN
from console.dialogs.following import draw_command_title
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.dialogs.results import result_draws
from console.dialogs.scroll import Scroll
from console.present.commands import HIDDEN, is_secret
from console.present.look import Look
from console.present.safe import safe
from console.widgets.progress import chop, labelled, sentence_draws, step_draws
from server.model.command import Command

if TYPE_CHECKING:
    from server.site import Site

LONGEST = 16_000  #: characters of an answer that are shown


class CommandDialog(Dialog[None]):
    """Live while the command is under way; j and k scroll a long answer."""

    WIDTH = 76

    def __init__(self, site: Site, look: Look, command: Command) -> None:
        super().__init__(look)
        self.site = site
        self.command = command
        self._scroll = Scroll()

    def rows(self, width: int) -> list[Row]:
        command = self.command
        charger = self.site.chargers.get(command.charger_id)
        limit = self.site.config.ocpp.call_timeout
        parts = [
            step_draws(command, self.site.now(), limit, self.site.commands),
            sentence_draws(command, charger, width),
            result_draws(command, self.site, width - 2 * MARGIN),
            labelled("answer", self._answer(width), "text"),
        ]
        body: list[Row] = []
        for part in filter(None, parts):
            body += [*([gap(54)] if body else []), *(Row(draw) for draw in part)]
        shown = self._scroll.window(body, max(3, self.app.size.height - 9))
        title = Row(lambda line: draw_command_title(line, command.operation.name, command))
        keys = [("esc", "close" if command.is_finished else "leave, it goes on")]
        return [gap(60), title, gap(55), *shown, gap(52), keys_row([*keys, *self._scroll.keys]), gap(61)]

    def _answer(self, width: int) -> list[str]:
        response = self.command.response
        if response is None:
            return []
        text = json.dumps(_masked(response), ensure_ascii=False, separators=(",", ":"))
        return chop(safe(text, LONGEST, self.look.ascii), width - 13 - MARGIN)

    def handle(self, key: str, character: str | None) -> bool:
        if key == "enter":
            self.cancel()
        return self._scroll.take(key)


def _masked(response: dict[str, object]) -> dict[str, object]:
    """The answer without values of secret keys, should a charger tell them."""
    keys = response.get("configurationKey")
    if not isinstance(keys, list):
        return response
    hidden = [
        {**item, "value": HIDDEN}
        if isinstance(item, dict) and is_secret(str(item.get("key"))) and "value" in item
        else item
        for item in keys
    ]
    return {**response, "configurationKey": hidden}
