"""What a charger told in answer to operations: its configuration, its local list, its reservations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from server.api.answer import iso
from server.model.charger import Charger


class SettingToldShape(TypedDict):
    key: str
    value: Annotated[str | None, Field(description="null: write-only, or not told")]
    readonly: bool


class ReservationShape(TypedDict):
    reservationId: int
    connectorId: Annotated[int, Field(description="0: any connector")]
    idTag: str
    expiryDate: str | None


class ToldShape(TypedDict):
    localListVersion: Annotated[int | None, Field(description="null: not asked; -1: no local list; 0: an empty one")]
    reservations: Annotated[list[ReservationShape], Field(description="those that hold")]
    configuration: Annotated[list[SettingToldShape], Field(description="keys as last read")]


def told_shape(c: Charger) -> ToldShape:
    return {
        "localListVersion": c.local_list_version,
        "reservations": [
            {
                "reservationId": r.reservation_id,
                "connectorId": r.connector_id,
                "idTag": r.id_tag,
                "expiryDate": iso(r.expires_at),
            }
            for r in c.reservations.values()
        ],
        "configuration": [
            {"key": item.key, "value": item.value, "readonly": item.readonly}
            for item in c.configuration.values()
            if item.known
        ],
    }
