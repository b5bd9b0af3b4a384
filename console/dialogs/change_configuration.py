"""ChangeConfiguration: one key, its old and its new value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import Entry, Item
from console.present.commands import HIDDEN, is_secret
from console.present.look import Look
from server.model.command import ChangeConfiguration, Command, GetConfiguration, Operation
from server.model.configuration import ConfigItem

if TYPE_CHECKING:
    from server.site import Site

KEY_LENGTH = 50  #: characters of a key and of a value in OCPP 1.6
VALUE_LENGTH = 500
_BOOLEANS = ("true", "false")
#: What can be set where nothing was read yet.
USUAL_KEYS = (
    "AuthorizationKey",
    "ConnectionTimeOut",
    "HeartbeatInterval",
    "LocalPreAuthorize",
    "MeterValueSampleInterval",
    "StopTransactionOnEVSideDisconnect",
    "WebSocketPingInterval",
)


def known_items(commands: list[Command], charger_id: str) -> dict[str, ConfigItem]:
    """The keys of this charger as they were read last; newer answers replace older ones, key by key."""
    known: dict[str, ConfigItem] = {}
    for command in commands:
        if command.charger_id == charger_id and isinstance(command.operation, GetConfiguration):
            known.update((item.key, item) for item in command.items if item.known)
    return known


class ChangeConfigurationDialog(OperationDialog):
    TITLE = "Change"
    EDIT = "type key and value"

    def __init__(
        self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str, key: str = ""
    ) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        self._known = known_items(list(site.commands), charger_id)
        self._key = Entry(
            "key", "key", key, suggestions=self._keys_to_set, limit=KEY_LENGTH, hint="type, or down for known keys"
        )
        item = self._known.get(key)
        value = (item.value or "") if item is not None and not is_secret(key) else ""
        self._value = Entry("value", "value", value, limit=VALUE_LENGTH)
        if key:  # it was chosen already
            self.focus_name = "value"

    def _keys_to_set(self) -> list[str]:
        return [key for key, item in self._known.items() if not item.readonly] or list(USUAL_KEYS)

    def _item(self) -> ConfigItem | None:
        typed = self._key.value.strip().casefold()
        return next((item for key, item in self._known.items() if key.casefold() == typed), None)

    def fields(self) -> list[Item]:
        self._value.secret = is_secret(self._key.value)
        return [self._key, self._value]

    def operation(self) -> Operation | None:
        key = self._key.value.strip()
        if not key or ((item := self._item()) is not None and item.readonly):
            return None
        return ChangeConfiguration(key, self._value.value)

    def missing(self) -> str:
        if not self._key.value.strip():
            return self.site.why_not(self.charger.charger_id, ChangeConfiguration("?", "")) or "type the key"
        return f"{self._key.value.strip()} is read-only on this charger"

    @property
    def gap_field(self) -> str:
        if self._key.value.strip() or self.site.why_not(self.charger.charger_id, ChangeConfiguration("?", "")):
            return ""
        return self._key.name

    def remarks(self) -> list[tuple[str, str]]:
        item = self._item()
        if item is None:
            unread = "not among the keys that were read" if self._known else "not read yet: c reads the configuration"
            return [(f"{'':10}{unread}", "dim")] if self._key.value else []
        if is_secret(item.key):
            return [(f"{'':10}{HIDDEN} > {HIDDEN}   never shown", "dim")]
        if item.value is None:
            return [(f"{'':10}write-only: the old value is not known", "dim")]
        if item.value == self._value.value:
            return [(f"{'':10}{item.value or 'empty'}   unchanged", "dim")]
        told = [(f"{'':10}{item.value or 'empty'} > {self._value.value or 'empty'}", "amber")]
        if doubt := unlike(item.value, self._value.value):
            told.append((f"{'':10}{doubt}", "amber_strong"))
        return told


def unlike(before: str, after: str) -> str:
    """Why `after` is no value of the kind that `before` is, in words; the charger has the last one."""
    if re.fullmatch(r"-?\d+", before.strip()) and not re.fullmatch(r"-?\d+", after.strip()):
        return "it was a whole number; this is none"
    if before.strip().casefold() in _BOOLEANS and after.strip().casefold() not in _BOOLEANS:
        return "it was true or false; this is neither"
    return ""
