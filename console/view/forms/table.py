"""The forms of all operations but the five that have dialogs of their own: one row for each field."""

from __future__ import annotations

from console.view.forms import scenes
from console.view.forms.fields import TIME_HINT, WHOLE, at_field, connector_field
from console.view.forms.form import Choice, Field, Form, Kind
from console.view.forms.scenes import always, among
from console.view.forms.smart_charging import SMART_CHARGING
from server.model.operations import EXTENDED_TRIGGERS, TRIGGERS

_RETRIES = (
    Field("retries", "retries", Kind.NUMBER, hint="as the charger likes"),
    Field("retryInterval", "every", Kind.DURATION, hint="as the charger likes; 60s, 5m"),
)
_ROOTS = among(
    Choice("CentralSystemRootCertificate", "central system", "TLS"),
    Choice("ManufacturerRootCertificate", "manufacturer", "firmware"),
)
_PASTE = "paste it here: -----BEGIN CERTIFICATE-----"
_PAST_HINT = "from the beginning; -2d, 08:00"


def _trigger(messages: tuple[str, ...]) -> tuple[Field, ...]:
    first = always("StatusNotification")
    return (
        Field("requestedMessage", "message", Kind.CHOICE, first, choices=among(*messages)),
        connector_field(none=WHOLE),
    )


def _upload(path: str) -> Field:
    return Field(path, "upload", hint=scenes.upload_hint)


def _firmware(path: str) -> Field:
    names = scenes.firmware_names
    return Field(path, "firmware", Kind.TEXT, scenes.only_firmware, scenes.firmware_hint, None, names, required=True)


_FORMS = (
    Form(
        "ChangeAvailability",
        "Availability",
        "out of service, or into it again",
        (
            connector_field(zero=WHOLE),
            Field(
                "type",
                "put it",
                Kind.CHOICE,
                scenes.other_availability,
                choices=among(Choice("Inoperative", "out of service"), Choice("Operative", "in service")),
            ),
        ),
    ),
    Form("UnlockConnector", "Unlock", "open the lock of a plug", (connector_field(),), for_many=False),
    Form("TriggerMessage", "Trigger", "ask for a message now", _trigger(TRIGGERS), "RemoteTrigger"),
    Form(
        "GetDiagnostics",
        "Diagnostics",
        "have it upload its diagnostics",
        (
            _upload("location"),
            at_field("startTime", "since", _PAST_HINT),
            at_field("stopTime", "until", "now"),
            *_RETRIES,
        ),
        "FirmwareManagement",
    ),
    Form("ClearCache", "Clear cache", "forget the tags that it has learned"),
    *SMART_CHARGING,
    Form(
        "ReserveNow",
        "Reserve",
        "keep a connector free for one tag",
        (
            Field(
                "idTag", "id tag", hint="type, or down for known tags", suggestions=scenes.accepted_tags, required=True
            ),
            connector_field(zero="any"),
            at_field("expiryDate", "until", default="+2h"),
            Field("reservationId", "number", Kind.NUMBER, scenes.next_reservation, required=True),
            Field("parentIdTag", "parent", hint="none"),
        ),
        "Reservation",
        for_many=False,
    ),
    Form(
        "CancelReservation",
        "Cancel reservation",
        "give a connector free again",
        (
            Field(
                "reservationId",
                "number",
                Kind.NUMBER,
                scenes.reservation_here,
                scenes.reservations_hint,
                suggestions=scenes.reservations,
                required=True,
            ),
        ),
        "Reservation",
        for_many=False,
    ),
    Form("GetLocalListVersion", "List version", "which list of tags it has", profile="LocalAuthListManagement"),
    Form(
        "SendLocalList",
        "Send list",
        "tags that it lets charge by itself",
        (
            Field(
                "updateType",
                "list",
                Kind.CHOICE,
                always("Full"),
                choices=among(Choice("Full", "in full"), Choice("Differential", "changes only")),
            ),
            Field("localAuthorizationList", "tags", Kind.TAGS, hint=scenes.tags_hint, limit=20_000),
            Field("listVersion", "version", Kind.NUMBER, scenes.next_list_version, "1 or higher", required=True),
        ),
        "LocalAuthListManagement",
    ),
    Form(
        "UpdateFirmware",
        "Update firmware",
        "have it fetch and install firmware",
        (_firmware("location"), at_field("retrieveDate", "fetch at", default="now"), *_RETRIES),
        "FirmwareManagement",
    ),
    Form(
        "SignedUpdateFirmware",
        "Signed update",
        "the same, with a signature",
        (
            _firmware("firmware.location"),
            at_field("firmware.retrieveDateTime", "fetch at", default="now"),
            at_field("firmware.installDateTime", "install", "at once; " + TIME_HINT),
            Field("firmware.signingCertificate", "signer", Kind.PEM, hint=_PASTE, required=True, limit=5_500),
            Field("firmware.signature", "file sig", hint="signature of the file, in base64", required=True, limit=800),
            *_RETRIES,
        ),
        "Security",
    ),
    Form(
        "GetLog",
        "Log",
        "have it upload a log",
        (
            Field(
                "logType",
                "log",
                Kind.CHOICE,
                always("DiagnosticsLog"),
                choices=among(Choice("DiagnosticsLog", "diagnostics"), Choice("SecurityLog", "security")),
            ),
            _upload("log.remoteLocation"),
            at_field("log.oldestTimestamp", "since", _PAST_HINT),
            at_field("log.latestTimestamp", "until", "now"),
            *_RETRIES,
        ),
        "Security",
    ),
    Form(
        "ExtendedTriggerMessage",
        "Extended trigger",
        "the same, for secure chargers",
        _trigger(EXTENDED_TRIGGERS),
        "Security",
    ),
    Form(
        "DataTransfer",
        "Data transfer",
        "a message of the vendor's own",
        (
            Field("vendorId", "vendor", hint="whose message it is", required=True, limit=255),
            Field("messageId", "message", hint="none", limit=50),
            Field("data", "data", hint="none; text, often JSON", limit=20_000),
        ),
    ),
    Form(
        "GetInstalledCertificateIds",
        "Certificates",
        "which root certificates it has",
        (Field("certificateType", "root of", Kind.CHOICE, always("CentralSystemRootCertificate"), choices=_ROOTS),),
        "Security",
    ),
    Form(
        "InstallCertificate",
        "Install certificate",
        "give it a root certificate",
        (
            Field("certificateType", "root of", Kind.CHOICE, always("CentralSystemRootCertificate"), choices=_ROOTS),
            Field("certificate", "root PEM", Kind.PEM, hint=_PASTE, required=True, limit=5_500),
        ),
        "Security",
    ),
    Form(
        "DeleteCertificate",
        "Delete certificate",
        "take a root certificate away",
        (
            Field(
                "certificateHashData",
                "which",
                Kind.JSON,
                hint="GetInstalledCertificateIds first, or its hashes in JSON",
                choices=scenes.installed,
                required=True,
                limit=2_000,
            ),
        ),
        "Security",
        for_many=False,
    ),
    Form(
        "CertificateSigned",
        "Signed certificate",
        "answer to its certificate request",
        (Field("certificateChain", "new cert", Kind.PEM, hint=_PASTE, required=True, limit=10_000),),
        "Security",
        for_many=False,
    ),
)

FORMS = {form.operation: form for form in _FORMS}
