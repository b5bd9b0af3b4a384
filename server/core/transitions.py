"""Which status may follow which (OCPP 1.6 edition 2, section 4.9). Others are applied too, and noted (SN-11)."""

from __future__ import annotations

from server.model.status import ConnectorStatus as S

_CABLE = {S.CHARGING, S.SUSPENDED_EV, S.SUSPENDED_EVSE}
_ALWAYS = {S.AVAILABLE, S.FAULTED}

_FOLLOWS: dict[S, set[S]] = {
    S.AVAILABLE: {S.PREPARING, *_CABLE, S.RESERVED, S.UNAVAILABLE},
    S.PREPARING: {*_CABLE, S.FINISHING},
    S.CHARGING: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.SUSPENDED_EV: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.SUSPENDED_EVSE: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.FINISHING: {S.PREPARING, S.UNAVAILABLE},
    S.RESERVED: {S.PREPARING, S.UNAVAILABLE},
    S.UNAVAILABLE: {S.PREPARING, *_CABLE},
    S.FAULTED: {S.PREPARING, *_CABLE, S.FINISHING, S.RESERVED, S.UNAVAILABLE},
}
#: The main controller has these alone (SN-02, SN-10).
OF_MAIN = frozenset({S.AVAILABLE, S.UNAVAILABLE, S.FAULTED})


def may_follow(before: S, after: S) -> bool:
    """True also for what nobody knows: before the first report, and for words that are no status of 1.6."""
    if before is after or S.UNKNOWN in (before, after):
        return True
    return after in _ALWAYS or after in _FOLLOWS[before]
