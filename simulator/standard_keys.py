"""The keys of OCPP 1.6 and its security extension, with the values a charge point leaves the factory with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from simulator.configuration import Key
from simulator.words import MEASURANDS, SAMPLED_USUALLY, Profile

MAX_TAGS = 2000  #: in the local list
MAX_TAGS_A_MESSAGE = 500
MAX_STACK_LEVEL = 8
MAX_PERIODS = 24
MAX_PROFILES = 20
MAX_CERTIFICATES = 10
MAX_CHAIN = 10_000  #: characters of a certificate chain

_Check = Callable[[str], bool]


def _whole(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 9


def _boolean(value: str) -> bool:
    return value.lower() in ("true", "false")


def _text(value: str) -> bool:
    return len(value) <= 500


def _percent(value: str) -> bool:
    return _whole(value) and int(value) <= 100


def _measurands(value: str) -> bool:
    return all(part.strip() in MEASURANDS for part in value.split(",")) if value else True


def _password(value: str) -> bool:
    """Security extension, AuthorizationKey: 16 to 40 characters."""
    return 16 <= len(value) <= 40


def _security_profile(value: str) -> bool:
    return value in ("0", "1", "2", "3")


@cache
def standard_keys(connectors: int, lacks: frozenset[Profile] = frozenset()) -> tuple[Key, ...]:
    """The keys of a charge point with so many connectors; those of the profiles in `lacks` are not there."""
    supported = ",".join(p.value for p in Profile if p not in lacks and p is not Profile.SECURITY)
    keys = [*_core(connectors), Key("SupportedFeatureProfiles", supported, _text, readonly=True)]
    for profile, own in _optional().items():
        keys += own if profile not in lacks else []
    return tuple(sorted(keys, key=lambda key: key.name.lower()))


def _fixed(name: str, value: object, check: _Check = _whole) -> Key:
    return Key(name, str(value), check, readonly=True)


def _core(connectors: int) -> list[Key]:
    rotation = ",".join(f"{n}.RST" for n in range(connectors + 1))
    lists = ("MeterValuesAlignedData", "MeterValuesSampledData", "StopTxnAlignedData", "StopTxnSampledData")
    return [
        Key("AllowOfflineTxForUnknownId", "false", _boolean),
        Key("AuthorizationCacheEnabled", "true", _boolean),
        Key("AuthorizeRemoteTxRequests", "false", _boolean),
        Key("BlinkRepeat", "3", _whole),
        Key("ClockAlignedDataInterval", "0", _whole),
        Key("ConnectionTimeOut", "60", _whole),
        Key("ConnectorPhaseRotation", rotation, _text, reboot=True),
        _fixed("ConnectorPhaseRotationMaxLength", connectors + 1),
        _fixed("GetConfigurationMaxKeys", 50),
        Key("HeartbeatInterval", "300", _whole),
        Key("LightIntensity", "80", _percent),
        Key("LocalAuthorizeOffline", "true", _boolean),
        Key("LocalPreAuthorize", "false", _boolean),
        Key("MaxEnergyOnInvalidId", "0", _whole),
        Key("MeterValueSampleInterval", "60", _whole),
        Key("MeterValuesAlignedData", "Energy.Active.Import.Register", _measurands),
        Key("MeterValuesSampledData", ",".join(SAMPLED_USUALLY), _measurands),
        *(_fixed(f"{name}MaxLength", len(MEASURANDS)) for name in lists),
        Key("MinimumStatusDuration", "0", _whole),
        _fixed("NumberOfConnectors", connectors),
        Key("ResetRetries", "1", _whole),
        Key("StopTransactionOnEVSideDisconnect", "true", _boolean),
        Key("StopTransactionOnInvalidId", "true", _boolean),
        Key("StopTxnAlignedData", "", _measurands),
        Key("StopTxnSampledData", SAMPLED_USUALLY[0], _measurands),
        Key("TransactionMessageAttempts", "3", _whole),
        Key("TransactionMessageRetryInterval", "10", _whole),
        Key("UnlockConnectorOnEVSideDisconnect", "true", _boolean),
        Key("WebSocketPingInterval", "0", _whole, reboot=True),
    ]


def _optional() -> dict[Profile, list[Key]]:
    return {
        Profile.LOCAL_LIST: [
            Key("LocalAuthListEnabled", "true", _boolean),
            _fixed("LocalAuthListMaxLength", MAX_TAGS),
            _fixed("SendLocalListMaxLength", MAX_TAGS_A_MESSAGE),
        ],
        Profile.RESERVATION: [_fixed("ReserveConnectorZeroSupported", "true", _boolean)],
        Profile.SMART_CHARGING: [
            _fixed("ChargeProfileMaxStackLevel", MAX_STACK_LEVEL),
            _fixed("ChargingScheduleAllowedChargingRateUnit", "Current,Power", _text),
            _fixed("ChargingScheduleMaxPeriods", MAX_PERIODS),
            _fixed("ConnectorSwitch3to1PhaseSupported", "false", _boolean),
            _fixed("MaxChargingProfilesInstalled", MAX_PROFILES),
        ],
        Profile.FIRMWARE: [_fixed("SupportedFileTransferProtocols", "HTTP,HTTPS", _text)],
        Profile.SECURITY: [
            _fixed("AdditionalRootCertificateCheck", "false", _boolean),
            Key("AuthorizationKey", "", _password, secret=True),
            _fixed("CertificateSignedMaxChainSize", MAX_CHAIN),
            _fixed("CertificateStoreMaxLength", MAX_CERTIFICATES),
            Key("CpoName", "", _text),
            Key("SecurityProfile", "0", _security_profile),
        ],
    }
