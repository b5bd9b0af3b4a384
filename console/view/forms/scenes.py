"""Defaults, choices and suggestions that depend on where a form is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.view.forms.form import Choice, Scene, Values
from server.model.operations import GetInstalledCertificateIds
from server.model.profile import ProfilePurpose
from server.model.status import ConnectorStatus, TagStatus

Choices = Callable[[Scene], Sequence[Choice]]


def always(value: object) -> Callable[[Scene], object]:
    """A default that is the same everywhere."""
    return lambda scene: value


def among(*choices: Choice | str) -> Choices:
    """The same choices everywhere; a text stands for itself."""
    found = tuple(c if isinstance(c, Choice) else Choice(c, c) for c in choices)
    return lambda scene: found


def connectors(zero: str = "", none: str = "") -> Choices:
    """The connectors of the charger. `zero`: the word for connector 0, `none`: for no connector, where they fit."""

    def choices(scene: Scene) -> Sequence[Choice]:
        ids = list(scene.charger.connectors) or [1]
        if scene.connector_id > 0 and scene.connector_id not in ids:
            ids.append(scene.connector_id)
        found = [Choice(i, f"c{i}") for i in ids]
        found += [Choice(0, zero)] if zero else []
        return [*found, Choice(None, none)] if none else found

    return choices


def here(scene: Scene) -> object:
    """The connector under the cursor."""
    return scene.connector_id


# availability


def other_availability(scene: Scene) -> object:
    """Into service what is out of it, and the other way round."""
    connector = scene.charger.connector(scene.connector_id)
    out = connector is not None and connector.status is ConnectorStatus.UNAVAILABLE
    return "Operative" if out else "Inoperative"


# tags, lists and reservations


def accepted_tags(scene: Scene) -> Sequence[str]:
    return [tag.id_tag for tag in scene.tags if tag.status is TagStatus.ACCEPTED]


def tags_hint(scene: Scene) -> str:
    return f"empty: all {len(scene.tags)} known here; or A1B2 C0FFEE"


def next_list_version(scene: Scene) -> object:
    return str(max(0, scene.charger.local_list_version or 0) + 1)


def next_reservation(scene: Scene) -> object:
    return str(max(scene.charger.reservations, default=0) + 1)


def reservation_here(scene: Scene) -> object:
    """The one on the connector, else the only one."""
    held = [r for r in scene.charger.reservations.values() if r.holds(scene.now)]
    wanted = [r for r in held if r.connector_id == scene.connector_id] or (held if len(held) == 1 else [])
    return str(wanted[0].reservation_id) if wanted else ""


def reservations(scene: Scene) -> Sequence[str]:
    return [str(r.reservation_id) for r in scene.charger.reservations.values() if r.holds(scene.now)]


def reservations_hint(scene: Scene) -> str:
    return "down for those that hold" if reservations(scene) else "none is known here; type its number"


# files


def upload_hint(scene: Scene) -> str:
    return scene.upload_url or "where to: ftp://... or http://..."


def firmware_hint(scene: Scene) -> str:
    return "down for files of the drop, or an address" if scene.firmware else "an address: http://... or ftp://..."


def firmware_names(scene: Scene) -> Sequence[str]:
    return scene.firmware


def only_firmware(scene: Scene) -> object:
    return scene.firmware[0] if len(scene.firmware) == 1 else ""


# charging profiles


def running_transaction(scene: Scene) -> object:
    connector = scene.charger.connectors.get(scene.connector_id)
    return str(connector.transaction.charger_calls_it) if connector is not None and connector.transaction else ""


def usual_purpose(scene: Scene) -> object:
    if scene.connector_id == 0:
        return ProfilePurpose.CHARGE_POINT_MAX.value
    running = bool(running_transaction(scene)) and not scene.is_for_many
    return (ProfilePurpose.TX if running else ProfilePurpose.TX_DEFAULT).value


def usual_unit(scene: Scene) -> object:
    """Ampere, unless the charger says that it takes power alone (SC-03)."""
    taken = (scene.charger.setting("ChargingScheduleAllowedChargingRateUnit") or "").casefold()
    return "W" if "power" in taken and "current" not in taken else "A"


def usual_profile_id(scene: Scene) -> object:
    """One for each connector: a new profile takes the place of the last."""
    return str(100 + scene.connector_id)


def when_is(path: str, *wanted: str) -> Callable[[Values], bool]:
    """The field is there while the choice at `path` is one of `wanted`."""
    return lambda values: values.get(path) in wanted


# certificates


def installed(scene: Scene) -> Sequence[Choice]:
    """The certificates that the charger named when it was asked the last time."""
    found: dict[str, Choice] = {}
    for command in scene.commands:
        if command.charger_id == scene.charger.charger_id and isinstance(command.operation, GetInstalledCertificateIds):
            for fact in command.facts:
                words = fact.split()
                data = dict(zip(words[::2], words[1::2], strict=False))
                if "serialNumber" in data:
                    found[fact] = Choice(data, data["serialNumber"], data.get("hashAlgorithm", ""))
    return list(found.values())
