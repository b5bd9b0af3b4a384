"""Who may charge, as the charge point itself knows it: the local authorisation list and the cache of answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from simulator.clock import wall_ms
from simulator.configuration import Configuration
from simulator.standard_keys import MAX_TAGS, MAX_TAGS_A_MESSAGE
from simulator.words import Payload

_MAX_CACHED = 500


class LocalList:
    """The list that the CSMS keeps here: idTagInfo by id tag, lower case."""

    def __init__(self) -> None:
        self.version = 0
        self.entries: dict[str, Payload] = {}

    def update(self, version: int, kind: str, entries: Iterable[Payload]) -> str:
        """SendLocalList: Accepted, Failed or VersionMismatch. An entry without idTagInfo is removed (Differential)."""
        rows = list(entries)
        tags = [str(row["idTag"]).lower() for row in rows]
        is_full = kind == "Full"
        if not is_full and version <= self.version:
            return "VersionMismatch"
        if version <= 0 or len(rows) > MAX_TAGS_A_MESSAGE or len(set(tags)) < len(tags):
            return "Failed"
        if is_full and any("idTagInfo" not in row for row in rows):
            return "Failed"
        merged = {} if is_full else dict(self.entries)
        for tag, row in zip(tags, rows, strict=True):
            if "idTagInfo" in row:
                merged[tag] = row["idTagInfo"]
            else:
                merged.pop(tag, None)
        if len(merged) > MAX_TAGS:
            return "Failed"
        self.entries, self.version = merged, version
        return "Accepted"


class Authority:
    """The local list goes before the cache. Verdicts are the words of idTagInfo, empty = nothing is known."""

    def __init__(self, configuration: Configuration) -> None:
        self.local_list = LocalList()
        self._configuration = configuration
        self._cache: dict[str, Payload] = {}

    def learn(self, id_tag: str, info: Payload) -> None:
        """What the CSMS has said of a tag."""
        if not self._configuration.flag("AuthorizationCacheEnabled"):
            return
        self._cache.pop(id_tag.lower(), None)
        self._cache[id_tag.lower()] = info
        if len(self._cache) > _MAX_CACHED:
            del self._cache[next(iter(self._cache))]

    def contradicts(self, id_tag: str, status: str) -> bool:
        """The local list says that a tag may charge, and the CSMS that it may not."""
        listed = self.local_list.entries.get(id_tag.lower())
        is_on = self._configuration.flag("LocalAuthListEnabled")
        return is_on and listed is not None and listed.get("status") == "Accepted" and status != "Accepted"

    def clear_cache(self) -> bool:
        """False when there is no cache."""
        self._cache.clear()
        return self._configuration.flag("AuthorizationCacheEnabled")

    def verdict(self, id_tag: str) -> str:
        info = self._info(id_tag)
        if info is None:
            return ""
        status = str(info.get("status", ""))
        return "Expired" if status == "Accepted" and _is_past(info.get("expiryDate")) else status

    def parent(self, id_tag: str) -> str:
        """The group of a tag; empty when none is known."""
        return str((self._info(id_tag) or {}).get("parentIdTag", ""))

    def are_together(self, id_tag: str, other: str) -> bool:
        """The same tag, or one of the same group."""
        group = self.parent(id_tag)
        return id_tag.lower() == other.lower() or (bool(group) and group.lower() == self.parent(other).lower())

    def may_start_unasked(self, id_tag: str) -> bool:
        """LocalPreAuthorize: with a line, yet without asking the CSMS."""
        return self._configuration.flag("LocalPreAuthorize") and self.verdict(id_tag) == "Accepted"

    def may_start_offline(self, id_tag: str) -> bool:
        verdict = self.verdict(id_tag)
        if verdict == "Accepted" and self._configuration.flag("LocalAuthorizeOffline"):
            return True
        return not verdict and self._configuration.flag("AllowOfflineTxForUnknownId")

    def _info(self, id_tag: str) -> Payload | None:
        listed = None
        if self._configuration.flag("LocalAuthListEnabled"):
            listed = self.local_list.entries.get(id_tag.lower())
        return listed if listed is not None else self._cache.get(id_tag.lower())


def _is_past(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return datetime.fromisoformat(text).timestamp() * 1000 <= wall_ms()
    except ValueError:
        return False
