"""The configuration keys of a charge point: a store that knows what may be written and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simulator.words import Payload

MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "SoC",
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `reboot`: a new value is stored and counts after the next boot."""

    name: str
    value: str
    fits: Callable[[str], bool]
    readonly: bool = False
    reboot: bool = False


def _whole(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 9


def _boolean(value: str) -> bool:
    return value.lower() in ("true", "false")


def _text(value: str) -> bool:
    return len(value) <= 500


def _measurands(value: str) -> bool:
    return all(part.strip() in MEASURANDS for part in value.split(",")) if value else True


def standard_keys(connectors: int) -> list[Key]:
    """Core keys with the values a charge point has when it leaves the factory."""
    sampled = ",".join(MEASURANDS)
    rotation = ",".join(f"{n}.RST" for n in range(connectors + 1))
    return [
        Key("AllowOfflineTxForUnknownId", "false", _boolean),
        Key("AuthorizationCacheEnabled", "true", _boolean),
        Key("AuthorizeRemoteTxRequests", "false", _boolean),
        Key("BlinkRepeat", "3", _whole),
        Key("ClockAlignedDataInterval", "0", _whole),
        Key("ConnectionTimeOut", "60", _whole),
        Key("ConnectorPhaseRotation", rotation, _text, reboot=True),
        Key("GetConfigurationMaxKeys", "50", _whole, readonly=True),
        Key("HeartbeatInterval", "300", _whole),
        Key("LightIntensity", "80", lambda v: _whole(v) and int(v) <= 100),
        Key("LocalAuthorizeOffline", "true", _boolean),
        Key("LocalPreAuthorize", "false", _boolean),
        Key("MaxEnergyOnInvalidId", "0", _whole),
        Key("MeterValueSampleInterval", "60", _whole),
        Key("MeterValuesAlignedData", "", _measurands),
        Key("MeterValuesSampledData", sampled, _measurands),
        Key("MeterValuesSampledDataMaxLength", str(len(MEASURANDS)), _whole, readonly=True),
        Key("MinimumStatusDuration", "0", _whole),
        Key("NumberOfConnectors", str(connectors), _whole, readonly=True),
        Key("ResetRetries", "1", _whole),
        Key("StopTransactionOnEVSideDisconnect", "true", _boolean),
        Key("StopTransactionOnInvalidId", "true", _boolean),
        Key("StopTxnAlignedData", "", _measurands),
        Key("StopTxnSampledData", MEASURANDS[0], _measurands),
        Key("SupportedFeatureProfiles", "Core", _text, readonly=True),
        Key("TransactionMessageAttempts", "3", _whole),
        Key("TransactionMessageRetryInterval", "10", _whole),
        Key("UnlockConnectorOnEVSideDisconnect", "true", _boolean),
        Key("WebSocketPingInterval", "0", _whole, reboot=True),
    ]


class Configuration:
    """Keys by name, compared without case. Values are text, as on the wire; `text`, `number` and `flag` read them."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = {key.name.lower(): key for key in keys}
        self._after_boot: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self._keys[name.lower()].value

    def number(self, name: str) -> int:
        return int(self.text(name))

    def flag(self, name: str) -> bool:
        return self.text(name).lower() == "true"

    def set(self, name: str, value: str) -> None:
        """Write from inside the charge point: also keys that are readonly to others."""
        self._keys[name.lower()] = replace(self._keys[name.lower()], value=value)

    def change(self, name: str, value: str) -> str:
        """ChangeConfiguration: Accepted, Rejected, NotSupported or RebootRequired."""
        key = self._keys.get(name.lower())
        if key is None:
            return "NotSupported"
        if key.readonly or not key.fits(value):
            return "Rejected"
        if key.reboot:
            self._after_boot[key.name] = value
            return "RebootRequired"
        self.set(key.name, value)
        return "Accepted"

    def boot(self) -> None:
        """Values that waited for a boot count from now on."""
        for name, value in self._after_boot.items():
            self.set(name, value)
        self._after_boot.clear()

    def read(self, names: Iterable[str]) -> Payload:
        """GetConfiguration: all keys when none is named."""
        wanted = list(names)
        if not wanted:
            return {"configurationKey": [_entry(key) for key in self._keys.values()]}
        known = [self._keys[name.lower()] for name in wanted if name.lower() in self._keys]
        answer: Payload = {"configurationKey": [_entry(key) for key in known]}
        if unknown := [name for name in wanted if name.lower() not in self._keys]:
            answer["unknownKey"] = unknown
        return answer


def _entry(key: Key) -> Payload:
    return {"key": key.name, "readonly": key.readonly, "value": key.value}
