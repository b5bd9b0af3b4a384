"""What may be told of how a charger logs in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from server.api.answer import iso
from server.core.ports import Depot
from server.model.charger import Charger


class AccessShape(TypedDict):
    enabled: bool
    securityProfile: Annotated[int, Field(description="least OCPP security profile it must come with")]
    hasPassword: bool
    passwordForm: Annotated[str | None, Field(description="how it sent its password last")]
    passwordChanged: str | None
    lastLogin: str | None
    keyIsChanging: Annotated[bool, Field(description="a new key is on its way to it: both are accepted")]


def access_shape(depot: Depot, c: Charger) -> AccessShape:
    password = depot.access.password_of(c.charger_id)
    return {
        "enabled": c.enabled,
        "securityProfile": c.security_profile,
        "hasPassword": password.is_set,
        "passwordForm": password.form or None,
        "passwordChanged": iso(password.changed_at),
        "lastLogin": iso(password.used_at),
        "keyIsChanging": password.is_changing,
    }
