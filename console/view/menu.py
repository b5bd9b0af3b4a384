"""All operations that can be asked of a charger, for the menu: what they do, their key, and why they cannot be done."""

from __future__ import annotations

from typing import NamedTuple

from console.keys import KEYS
from console.view.actions import Guard, why_not
from console.view.forms import FORMS
from server.model.charger import Charger

_OWN = (
    ("start", "RemoteStartTransaction", "start a session"),
    ("stop", "RemoteStopTransaction", "end a session"),
    ("reset", "Reset", "soft, or hard"),
    ("get_configuration", "GetConfiguration", "read the configuration"),
    ("change_configuration", "ChangeConfiguration", "set one configuration key"),
)
_PROFILES = {form.operation: form.profile for form in FORMS.values()}
#: Not one of the feature profiles that a charger lists.
_UNLISTED = ("Core", "Security")


class MenuItem(NamedTuple):
    """`kind` opens the dialog. `reason`: why it is not possible now; `note`: why it may come to nothing."""

    kind: str
    name: str
    words: str
    key: str = ""
    reason: str = ""
    note: str = ""

    def matches(self, text: str) -> bool:
        """Does every word occur in it?"""
        hay = f"{self.name} {self.words}".casefold()
        return all(word in hay for word in text.casefold().split())


def menu_of(site: Guard, charger: Charger, connector_id: int) -> list[MenuItem]:
    """In the order in which they are needed."""
    own = [(kind, name, words) for kind, name, words in _OWN]
    others = [(form.operation, form.operation, form.words) for form in FORMS.values()]
    return [
        MenuItem(kind, name, words, _key_of(kind), why_not(site, kind, charger, connector_id), _unlisted(charger, kind))
        for kind, name, words in (*own, *others)
    ]


def _key_of(kind: str) -> str:
    return next((key.shown for key in KEYS if key.action == f"operate('{kind}')"), "")


def _unlisted(charger: Charger, kind: str) -> str:
    """A charger that lists what it can do, and does not list this, will hardly do it."""
    listed = charger.setting("SupportedFeatureProfiles")
    profile = _PROFILES.get(kind, "Core")
    if not listed or profile in _UNLISTED or profile.casefold() in listed.casefold():
        return ""
    return f"the charger does not list {profile}"
