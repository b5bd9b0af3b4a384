"""A charger that we did not write: the client side of the `ocpp` package, over the client of `websockets`.

Package and server share no line of what decides here: the server uses its own RPC engine and payloads as plain dicts,
the package validates every message of ours against its schemas and refuses what does not fit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

VENDOR, MODEL = "Independent", "I-1"
HASHES = {"hash_algorithm": "SHA256", "issuer_name_hash": "aa", "issuer_key_hash": "bb", "serial_number": "01"}

Answer = Callable[["LibraryCharger", dict[str, Any]], Any]
Deed = Callable[["LibraryCharger", dict[str, Any]], Any]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class LibraryCharger(ChargePoint):  # type: ignore[misc]
    """Two connectors. `asked` lists what came, with the payload as the package gives it: snake case."""

    def __init__(self, charger_id: str, connection: Any) -> None:
        super().__init__(charger_id, connection, response_timeout=15)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.settings = {"HeartbeatInterval": "300", "NumberOfConnectors": "2"}
        self.list_version = 0
        self.meter = {1: 1_000, 2: 2_000}
        self.running: dict[int, int] = {}  #: connector -> transaction

    async def boots(self) -> Any:
        answer = await self.call(
            call.BootNotification(MODEL, VENDOR, charge_point_serial_number="S-1", firmware_version="1.0")
        )
        for connector_id in (1, 2):
            await self.reports(connector_id, "Available")
        return answer

    async def reports(self, connector_id: int, status: str) -> None:
        await self.call(call.StatusNotification(connector_id, "NoError", status, timestamp=now()))

    async def starts(self, connector_id: int, id_tag: str) -> int:
        await self.reports(connector_id, "Preparing")
        answer = await self.call(call.StartTransaction(connector_id, id_tag, self.meter[connector_id], now()))
        self.running[connector_id] = answer.transaction_id
        await self.reports(connector_id, "Charging")
        return int(answer.transaction_id)

    async def meters(self, connector_id: int, wh: int, watts: int) -> None:
        self.meter[connector_id] += wh
        values = [
            {"value": str(self.meter[connector_id]), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": str(watts / 1000), "measurand": "Power.Active.Import", "unit": "kW"},
            {"value": "231.5", "measurand": "Voltage", "unit": "V", "phase": "L1-N"},
        ]
        sample = {"timestamp": now(), "sampled_value": values}
        await self.call(call.MeterValues(connector_id, [sample], self.running.get(connector_id)))

    async def stops(self, connector_id: int, reason: str) -> None:
        transaction_id = self.running.pop(connector_id)
        await self.call(call.StopTransaction(self.meter[connector_id], now(), transaction_id, reason=reason))
        await self.reports(connector_id, "Finishing")
        await self.reports(connector_id, "Available")

    async def tells(self, *messages: Any) -> None:
        for message in messages:
            await self.call(message)


# what it answers


def configuration(charger: LibraryCharger, asked: dict[str, Any]) -> Any:
    keys = asked.get("key") or list(charger.settings)
    known = [{"key": k, "readonly": False, "value": charger.settings[k]} for k in keys if k in charger.settings]
    return call_result.GetConfiguration(known, [k for k in keys if k not in charger.settings])


def configured(charger: LibraryCharger, asked: dict[str, Any]) -> Any:
    if asked["key"] not in charger.settings:
        return call_result.ChangeConfiguration("NotSupported")
    charger.settings[asked["key"]] = asked["value"]
    return call_result.ChangeConfiguration("Accepted")


def listed(charger: LibraryCharger, asked: dict[str, Any]) -> Any:
    charger.list_version = asked["list_version"]
    return call_result.SendLocalList("Accepted")


def schedule(charger: LibraryCharger, asked: dict[str, Any]) -> Any:
    periods = [{"start_period": 0, "limit": 16.0}, {"start_period": 60, "limit": 8.5, "number_phases": 1}]
    told = {"duration": asked["duration"], "charging_rate_unit": "A", "charging_schedule_period": periods}
    return call_result.GetCompositeSchedule("Accepted", asked["connector_id"], now(), told)


def says(kind: Any, *fields: Any) -> Answer:
    return lambda charger, asked: kind(*fields)


ANSWERS: dict[Action, Answer] = {
    Action.cancel_reservation: says(call_result.CancelReservation, "Accepted"),
    Action.certificate_signed: says(call_result.CertificateSigned, "Accepted"),
    Action.change_availability: says(call_result.ChangeAvailability, "Accepted"),
    Action.change_configuration: configured,
    Action.clear_cache: says(call_result.ClearCache, "Accepted"),
    Action.clear_charging_profile: says(call_result.ClearChargingProfile, "Accepted"),
    Action.data_transfer: says(call_result.DataTransfer, "Accepted", "pong"),
    Action.delete_certificate: says(call_result.DeleteCertificate, "Accepted"),
    Action.extended_trigger_message: says(call_result.ExtendedTriggerMessage, "Accepted"),
    Action.get_composite_schedule: schedule,
    Action.get_configuration: configuration,
    Action.get_diagnostics: says(call_result.GetDiagnostics, "diag.zip"),
    Action.get_installed_certificate_ids: says(call_result.GetInstalledCertificateIds, "Accepted", [HASHES]),
    Action.get_local_list_version: lambda charger, asked: call_result.GetLocalListVersion(charger.list_version),
    Action.get_log: says(call_result.GetLog, "Accepted", "security.log"),
    Action.install_certificate: says(call_result.InstallCertificate, "Accepted"),
    Action.remote_start_transaction: says(call_result.RemoteStartTransaction, "Accepted"),
    Action.remote_stop_transaction: says(call_result.RemoteStopTransaction, "Accepted"),
    Action.reserve_now: says(call_result.ReserveNow, "Accepted"),
    Action.reset: says(call_result.Reset, "Accepted"),
    Action.send_local_list: listed,
    Action.set_charging_profile: says(call_result.SetChargingProfile, "Accepted"),
    Action.signed_update_firmware: says(call_result.SignedUpdateFirmware, "Accepted"),
    Action.trigger_message: says(call_result.TriggerMessage, "Accepted"),
    Action.unlock_connector: says(call_result.UnlockConnector, "Unlocked"),
    Action.update_firmware: says(call_result.UpdateFirmware),
}


# what it does after it has answered


async def _stop(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    connector_id = next(c for c, tx in charger.running.items() if tx == asked["transaction_id"])
    await charger.stops(connector_id, "Remote")


async def _reset(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    for connector_id in list(charger.running):
        await charger.stops(connector_id, f"{asked['type']}Reset")
    await charger.boots()


async def _trigger(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    await charger.meters(asked["connector_id"], 0, 0)


async def _upload(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    await charger.tells(*(call.DiagnosticsStatusNotification(word) for word in ("Uploading", "Uploaded")))


async def _log(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    number = asked["request_id"]
    await charger.tells(*(call.LogStatusNotification(word, number) for word in ("Uploading", "Uploaded")))


async def _install(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    words = ("Downloading", "Downloaded", "Installing", "Installed")
    await charger.tells(*(call.FirmwareStatusNotification(word) for word in words))


async def _install_signed(charger: LibraryCharger, asked: dict[str, Any]) -> None:
    words = ("Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed")
    await charger.tells(*(call.SignedFirmwareStatusNotification(word, asked["request_id"]) for word in words))


def _availability(charger: LibraryCharger, asked: dict[str, Any]) -> Any:
    status = {"Operative": "Available", "Inoperative": "Unavailable"}[asked["type"]]
    return charger.reports(asked["connector_id"], status)


DEEDS: dict[Action, Deed] = {
    Action.remote_start_transaction: lambda c, asked: c.starts(asked["connector_id"], asked["id_tag"]),
    Action.remote_stop_transaction: _stop,
    Action.reset: _reset,
    Action.change_availability: _availability,
    Action.reserve_now: lambda c, asked: c.reports(asked["connector_id"], "Reserved"),
    Action.cancel_reservation: lambda c, asked: c.reports(1, "Available"),
    Action.trigger_message: _trigger,
    Action.extended_trigger_message: lambda c, asked: c.call(call.SignCertificate("-----BEGIN CERTIFICATE REQUEST")),
    Action.get_diagnostics: _upload,
    Action.get_log: _log,
    Action.update_firmware: _install,
    Action.signed_update_firmware: _install_signed,
}


def _answering(action: Action, answer: Answer) -> Any:
    def handle(self: LibraryCharger, **asked: Any) -> Any:
        self.asked.append((action.value, asked))
        return answer(self, asked)

    handle.__name__ = f"on_{action.name}"  # the package finds handlers by their names
    return on(action)(handle)


def _doing(action: Action, deed: Deed) -> Any:
    async def act(self: LibraryCharger, **asked: Any) -> None:
        await asyncio.sleep(0)  # the answer leaves first
        await deed(self, asked)

    act.__name__ = f"after_{action.name}"
    return after(action)(act)


for _action, _answer in ANSWERS.items():
    setattr(LibraryCharger, f"on_{_action.name}", _answering(_action, _answer))
for _action, _deed in DEEDS.items():
    setattr(LibraryCharger, f"after_{_action.name}", _doing(_action, _deed))
