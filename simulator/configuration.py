"""The configuration keys of a charge point: a store that knows what may be written and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simulator.words import Payload


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `reboot`: a new value is stored and counts after the next boot; `secret`: it is never read out."""

    name: str
    value: str
    fits: Callable[[str], bool]
    readonly: bool = False
    reboot: bool = False
    secret: bool = False


class Configuration:
    """Keys by name, compared without case. Values are text, as on the wire; `text`, `number` and `flag` read them.

    A key of a profile that the charge point lacks is not there: `text` of it is empty, `number` 0, `flag` False.
    """

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = {key.name.lower(): key for key in keys}
        self._after_boot: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._keys

    def text(self, name: str) -> str:
        key = self._keys.get(name.lower())
        return key.value if key is not None else ""

    def number(self, name: str) -> int:
        return int(self.text(name) or 0)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() == "true"

    def listed(self, name: str) -> list[str]:
        """The parts of a comma separated value."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def set(self, name: str, value: str) -> None:
        """Write from inside the charge point: also keys that are readonly to others."""
        self._keys[name.lower()] = replace(self._keys[name.lower()], value=value)

    def change(self, name: str, value: str) -> str:
        """ChangeConfiguration: Accepted, Rejected, NotSupported or RebootRequired."""
        key = self._keys.get(name.lower())
        if key is None:
            return "NotSupported"
        if key.readonly or not key.fits(value):
            return "Rejected"
        if key.reboot:
            self._after_boot[key.name] = value
            return "RebootRequired"
        self.set(key.name, value)
        return "Accepted"

    def boot(self) -> None:
        """Values that waited for a boot count from now on."""
        for name, value in self._after_boot.items():
            self.set(name, value)
        self._after_boot.clear()

    def read(self, names: Iterable[str]) -> Payload:
        """GetConfiguration: all keys when none is named."""
        wanted = list(names)
        if not wanted:
            return {"configurationKey": [_entry(key) for key in self._keys.values()]}
        known = [self._keys[name.lower()] for name in wanted if name.lower() in self._keys]
        answer: Payload = {"configurationKey": [_entry(key) for key in known]}
        if unknown := [name for name in wanted if name.lower() not in self._keys]:
            answer["unknownKey"] = unknown
        return answer


def _entry(key: Key) -> Payload:
    entry: Payload = {"key": key.name, "readonly": key.readonly}
    return entry if key.secret else entry | {"value": key.value}
