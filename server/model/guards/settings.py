"""Values of configuration keys that are lists: how many entries a charger takes (CFG-07)."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration

#: Keys of OCPP 1.6 whose value is a list, in small letters. Every other key is one when its MaxLength says so.
_LISTS = frozenset(
    {
        "connectorphaserotation",
        "metervaluesaligneddata",
        "metervaluessampleddata",
        "stoptxnaligneddata",
        "stoptxnsampleddata",
        "supportedfeatureprofiles",
        "supportedfiletransferprotocols",
    }
)


def why_not_value(charger: Charger, operation: ChangeConfiguration) -> str | None:
    """What a charger said of its lists holds. Where it said nothing one entry is safe: a charger that is held to the
    letter gets no more, all others may be tried, because most take more than they say."""
    count, key = _entries(operation.value), f"{operation.key}MaxLength"
    most = charger.limit(key)
    if most is not None:
        return f"{count} entries are too many: the charger takes {most} ({key})" if count > most > 0 else None
    if charger.options.strict and _is_unsaid(charger, operation):
        return f"{count} entries are too many: the charger does not tell {key}, which means 1"
    return None


def of_value(charger: Charger, operation: ChangeConfiguration) -> list[str]:
    """The warning before a list goes to a charger that does not say how long it may be."""
    if not _is_unsaid(charger, operation):
        return []
    count = _entries(operation.value)
    return [f"The charger does not tell {operation.key}MaxLength: of {count} entries it may keep the first alone."]


def _is_unsaid(charger: Charger, operation: ChangeConfiguration) -> bool:
    is_list = operation.key.strip().casefold() in _LISTS and _entries(operation.value) > 1
    return is_list and charger.limit(f"{operation.key}MaxLength") is None


def _entries(value: str) -> int:
    return sum(bool(entry.strip()) for entry in value.split(","))
