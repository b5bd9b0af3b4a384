"""Fields that several forms have."""

from __future__ import annotations

from console.view.forms.form import Field, Kind
from console.view.forms.scenes import always, connectors, here

WHOLE = "whole charger"
TIME_HINT = "+2h, 14:30, 2026-11-21 14:30"


def connector_field(zero: str = "", none: str = "") -> Field:
    return Field("connectorId", "connector", Kind.CHOICE, here, choices=connectors(zero, none))


def at_field(path: str, label: str, hint: str = TIME_HINT, default: str = "") -> Field:
    return Field(path, label, Kind.TIME, always(default), hint, required=bool(default))
