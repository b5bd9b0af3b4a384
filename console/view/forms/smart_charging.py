"""The forms of charging profiles."""

from __future__ import annotations

from console.view.forms import scenes
from console.view.forms.fields import TIME_HINT, WHOLE, at_field, connector_field
from console.view.forms.form import Choice, Field, Form, Kind
from console.view.forms.scenes import always, among, when_is

_PROFILE = "csChargingProfiles"
_SCHEDULE = f"{_PROFILE}.chargingSchedule"
_PURPOSE = f"{_PROFILE}.chargingProfilePurpose"
_KIND = f"{_PROFILE}.chargingProfileKind"
_PURPOSES = (
    Choice("TxProfile", "TxProfile", "this session"),
    Choice("TxDefaultProfile", "TxDefaultProfile", "every session"),
    Choice("ChargePointMaxProfile", "ChargePointMaxProfile", "all together"),
)

SMART_CHARGING = (
    Form(
        "SetChargingProfile",
        "Charging profile",
        "limit power or current",
        (
            connector_field(zero=WHOLE),
            Field(_PURPOSE, "purpose", Kind.CHOICE, scenes.usual_purpose, choices=among(*_PURPOSES)),
            Field(
                f"{_PROFILE}.transactionId",
                "session",
                Kind.NUMBER,
                scenes.running_transaction,
                "the number of its transaction",
                shown=when_is(_PURPOSE, "TxProfile"),
            ),
            Field(
                f"{_SCHEDULE}.chargingSchedulePeriod",
                "limit",
                Kind.LIMITS,
                hint="16   or   16, 1h 8, 6h 16: from when, how much",
                required=True,
            ),
            Field(
                f"{_SCHEDULE}.chargingRateUnit",
                "unit",
                Kind.CHOICE,
                scenes.usual_unit,
                choices=among(Choice("A", "A", "per phase"), Choice("W", "W")),
            ),
            Field(
                _KIND,
                "begins",
                Kind.CHOICE,
                always("Absolute"),
                choices=among(
                    Choice("Absolute", "at a time"),
                    Choice("Relative", "with session"),
                    Choice("Recurring", "again and again"),
                ),
            ),
            Field(
                f"{_PROFILE}.recurrencyKind",
                "again",
                Kind.CHOICE,
                always("Daily"),
                choices=among("Daily", "Weekly"),
                shown=when_is(_KIND, "Recurring"),
            ),
            Field(
                f"{_SCHEDULE}.startSchedule",
                "start",
                Kind.TIME,
                always("now"),
                TIME_HINT,
                shown=when_is(_KIND, "Absolute", "Recurring"),
            ),
            Field(f"{_SCHEDULE}.duration", "lasts", Kind.DURATION, hint="without end; 8h, 90m"),
            Field(f"{_PROFILE}.stackLevel", "stack", Kind.NUMBER, always("0"), "0 is the lowest", required=True),
            Field(f"{_PROFILE}.chargingProfileId", "id", Kind.NUMBER, scenes.usual_profile_id, required=True),
            at_field(f"{_PROFILE}.validFrom", "from", "valid at once; " + TIME_HINT),
            at_field(f"{_PROFILE}.validTo", "until", "valid for ever; " + TIME_HINT),
        ),
        "SmartCharging",
    ),
    Form(
        "ClearChargingProfile",
        "Clear profile",
        "take limits away",
        (
            connector_field(zero=WHOLE, none="any"),
            Field(
                "chargingProfilePurpose",
                "purpose",
                Kind.CHOICE,
                always(None),
                choices=among(Choice(None, "any"), *_PURPOSES),
            ),
            Field("stackLevel", "stack", Kind.NUMBER, hint="any"),
            Field("id", "id", Kind.NUMBER, hint="any; with an id the rest is ignored"),
        ),
        "SmartCharging",
    ),
    Form(
        "GetCompositeSchedule",
        "Schedule",
        "what it will do, all limits together",
        (
            connector_field(zero=WHOLE),
            Field("duration", "next", Kind.DURATION, always("24h"), "24h, 90m", required=True),
            Field(
                "chargingRateUnit",
                "unit",
                Kind.CHOICE,
                always(None),
                choices=among(Choice(None, "as it likes"), Choice("A", "A"), Choice("W", "W")),
            ),
        ),
        "SmartCharging",
        for_many=False,
    ),
)
