"""Which status may follow which (OCPP 1.6 edition 2, section 4.9). Others are applied too, and noted (SN-11)."""

from __future__ import annotations

from server.model.status import ConnectorStatus as S

_CABLE = {S.CHARGING, S.SUSPENDED_EV, S.SUSPENDED_EVSE}
#: `Unknown` is what nobody knows: before the first report, and a word that is no status of 1.6.
_ALWAYS = {S.AVAILABLE, S.FAULTED, S.UNKNOWN}

_MOVES: dict[S, set[S]] = {
    S.AVAILABLE: {S.PREPARING, *_CABLE, S.RESERVED, S.UNAVAILABLE},
    S.PREPARING: {*_CABLE, S.FINISHING},
    S.CHARGING: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.SUSPENDED_EV: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.SUSPENDED_EVSE: {*_CABLE, S.FINISHING, S.UNAVAILABLE},
    S.FINISHING: {S.PREPARING, S.UNAVAILABLE},
    S.RESERVED: {S.PREPARING, S.UNAVAILABLE},
    S.UNAVAILABLE: {S.PREPARING, *_CABLE},
    S.FAULTED: {S.PREPARING, *_CABLE, S.FINISHING, S.RESERVED, S.UNAVAILABLE},
    S.UNKNOWN: set(S),
}
_FOLLOWS = {before: {before, *_ALWAYS, *moves} for before, moves in _MOVES.items()}
#: The main controller has these alone (SN-02, SN-10).
OF_MAIN = frozenset({S.AVAILABLE, S.UNAVAILABLE, S.FAULTED})


def may_follow(before: S, after: S) -> bool:
    """True also from and to what nobody knows."""
    return after in _FOLLOWS[before]
