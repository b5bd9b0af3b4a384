"""The decision on a quirk profile: applied or taken back, by one key, on every screen that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.keys import READ_ONLY
from console.present.peculiar import options_in_words
from console.view.quirks import decidable, toggled
from server.model.charger import Charger
from server.model.quirk import MatchedQuirk

if TYPE_CHECKING:
    from console.app import ConsoleApp


def why_no_decision(charger: Charger | None) -> str:
    """Why there is nothing to decide; empty = there is."""
    if charger is None:
        return "no charger is selected"
    return "" if decidable(charger) else "no quirk profile that could be applied fits it"


def decide(owner: ConsoleApp, charger: Charger) -> None:
    """The only profile that can be applied, or a dialog that asks which."""
    choices = decidable(charger)
    if not choices:
        owner.flash(f"{charger.charger_id}: {why_no_decision(charger)}", "muted")
    elif owner.read_only:
        owner.flash(READ_ONLY, "amber")
    elif len(choices) == 1:
        toggle(owner, charger, choices[0])
    else:
        from console.dialogs.quirk import QuirkDialog

        def chosen(quirk: MatchedQuirk | None) -> None:
            if quirk is not None:
                toggle(owner, charger, quirk)

        owner.push_screen(QuirkDialog(owner.look, charger), chosen)


def toggle(owner: ConsoleApp, charger: Charger, quirk: MatchedQuirk) -> None:
    """Apply it, or take it back; the message line says what holds now."""
    if owner.read_only:
        owner.flash(READ_ONLY, "amber")
        return
    words = options_in_words(dict(quirk.profile.options))
    owner.site.change_options(charger.charger_id, toggled(charger, quirk), owner.operator)
    became = "taken back, all as usual" if quirk.applied else f"applied, {words}; Q takes it back"
    owner.flash(f"{charger.charger_id}: {quirk.profile.name} {became}", "sky")
