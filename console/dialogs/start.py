"""RemoteStartTransaction: an id tag and a connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import Entry, Item, Option, Radio
from console.present.look import Look
from server.model.command import Operation, RemoteStart
from server.model.status import TagStatus

if TYPE_CHECKING:
    from server.site import Site

TAG_LENGTH = 20  #: characters of an OCPP 1.6 id tag
MOST_CONNECTORS = 8


class StartDialog(OperationDialog):
    TITLE = "Start"
    EDIT = "type the id tag"

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        ids = list(self.charger.connectors)[:MOST_CONNECTORS] or [1]
        if connector_id > 0 and connector_id not in ids:
            ids.append(connector_id)
        options = [Option(i, f"c{i}") for i in ids]
        self._connector = Radio("connector", "connector", options, self._first(ids))
        self._tag = Entry(
            "tag", "id tag", suggestions=self._tags, limit=TAG_LENGTH, hint="type, or down for known tags"
        )

    def _first(self, ids: list[int]) -> int:
        """The connector under the cursor, else the first that can start."""
        if self.connector_id in ids:
            return ids.index(self.connector_id)
        possible = [i for i in ids if not self.site.why_not(self.charger.charger_id, RemoteStart("?", i))]
        return ids.index(possible[0]) if possible else 0

    def _tags(self) -> list[str]:
        return [tag.id_tag for tag in self.site.tags() if tag.status is TagStatus.ACCEPTED]

    def fields(self) -> list[Item]:
        return [self._tag, self._connector]

    def operation(self) -> Operation | None:
        """Without a tag the guard is asked with a stand-in, so that it says what else is in the way first."""
        connector_id = self._connector.value
        return RemoteStart(self._tag.value.strip(), connector_id if isinstance(connector_id, int) else None)

    @property
    def blocked(self) -> str:
        operation = self.operation()
        if isinstance(operation, RemoteStart) and not operation.id_tag:
            stand_in = RemoteStart("?", operation.connector_id)
            return self.site.why_not(self.charger.charger_id, stand_in) or "type the id tag of the driver"
        return super().blocked

    @property
    def gap_field(self) -> str:
        connector_id = self._connector.value
        stand_in = RemoteStart("?", connector_id if isinstance(connector_id, int) else None)
        if self._tag.value.strip() or self.site.why_not(self.charger.charger_id, stand_in):
            return ""
        return self._tag.name

    def remarks(self) -> list[tuple[str, str]]:
        typed = self._tag.value.strip()
        tag = self.site.find_tag(typed) if typed else None
        if tag is not None and tag.status is not TagStatus.ACCEPTED:
            return [(f"tag {tag.id_tag} is {tag.status}: the charger may start, we shall say no", "amber")]
        if typed and tag is None and self.site.config.tags.unknown == "reject":
            return [("this tag is not known here: it will be refused", "amber")]
        return []
