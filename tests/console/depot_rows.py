"""What stands in the pictures, as a table: `chargers`, `commands` and `write_log` make model objects of it."""

from __future__ import annotations

from typing import NamedTuple

from server.core.logring import LogRing
from server.model.charger import Charger, Connector
from server.model.command import ChangeConfiguration, Command, CommandState, GetConfiguration, Operation, Reset
from server.model.fault import Fault
from server.model.log import Level
from server.model.status import ChargerStatus, ConnectorStatus, Registration, Severity, TagStatus
from server.model.transaction import Transaction

S, M, H, D = 1_000, 60_000, 3_600_000, 86_400_000
STATES = {
    "AVL": ConnectorStatus.AVAILABLE,
    "PRE": ConnectorStatus.PREPARING,
    "CHG": ConnectorStatus.CHARGING,
    "SEV": ConnectorStatus.SUSPENDED_EV,
    "SES": ConnectorStatus.SUSPENDED_EVSE,
    "FIN": ConnectorStatus.FINISHING,
    "RSV": ConnectorStatus.RESERVED,
    "UNA": ConnectorStatus.UNAVAILABLE,
    "FLT": ConnectorStatus.FAULTED,
}


class C(NamedTuple):
    """One connector: state, since (ms), and what the state needs."""

    state: str
    since: int = 0
    power_w: int = 0
    rated_w: int = 22_000
    tx: int = 0
    tag: str = ""
    energy_wh: int = 0
    lasts: int = 0
    info: str = ""
    code: str = ""
    vendor_code: str = ""


DEPOT: list[tuple[int, C, C]] = [
    (3 * S, C("CHG", 0, 7_200, 22_000, 990, "F00D01", 12_400, 103 * M), C("AVL", 8 * S)),
    (8 * S, C("AVL", 8 * S), C("AVL", 2 * H)),
    (
        1 * S,
        C("FLT", 252 * S, info="RCD trip", code="GroundFailure", vendor_code="E-113"),
        C("CHG", 0, 11_000, 22_000, 987, "A1B2C3", 6_200, 34 * M),
    ),
    (12 * S, C("UNA", D, info="by tom"), C("UNA", D, info="by tom")),
    (4 * S, C("SEV", 3 * S, 0, 22_000, 985, "B7C8D9", 3_100, 126 * M), C("PRE", 38 * S)),
    (14 * M, C("AVL", H), C("AVL", H)),
    (
        2 * S,
        C("CHG", 0, 22_000, 22_000, 991, "C0FFEE", 8_310, 1395 * S),
        C("CHG", 0, 21_600, 22_000, 992, "9A8B7C", 23_400, 65 * M),
    ),
    (2 * S, C("FIN", 3 * S, 0, 22_000, 984, "AA01BB", 17_900, 72 * M), C("AVL", 8 * S)),
    (6 * S, C("RSV", 17 * M, info="A1B2 to 11:00"), C("AVL", 3 * H)),
    (1 * S, C("AVL", 41 * M), C("CHG", 0, 36_600, 50_000, 993, "D4E5F6", 22_510, 37 * M)),
    (5 * S, C("AVL", 22 * M), C("FLT", 47 * S, info="inlet 92C", code="HighTemperature", vendor_code="T2")),
    (9 * S, C("AVL", 5 * H), C("AVL", 5 * H)),
    (7 * S, C("AVL", H), C("AVL", 50 * M)),
    (5 * S, C("AVL", 2 * H), C("AVL", 9 * M)),
    (
        2 * S,
        C("CHG", 0, 11_000, 22_000, 997, "5511AA", 2_100, 12 * M),
        C("CHG", 0, 10_800, 22_000, 988, "77C0DE", 14_700, 82 * M),
    ),
    (1 * S, C("CHG", 0, 43_100, 50_000, 989, "BEEF42", 31_800, 44 * M), C("AVL", 12 * M)),
    (
        3 * S,
        C("SES", 3 * S, 0, 22_000, 986, "0DDBA1", 9_600, 190 * M),
        C("CHG", 0, 7_400, 22_000, 995, "C3D4E5", 4_400, 36 * M),
    ),
    (7 * S, C("AVL", 6 * H), C("AVL", 4 * H)),
    (2 * S, C("CHG", 0, 22_000, 22_000, 994, "1A2B3C", 11_000, 30 * M), C("AVL", H)),
    (4 * S, C("AVL", 2 * H), C("PRE", 9 * S)),
    (
        1 * S,
        C("CHG", 0, 74_500, 150_000, 996, "ACE0FF", 28_900, 24 * M),
        C("CHG", 0, 48_200, 150_000, 998, "E1E2E3", 9_300, 12 * M, code="EVCommunicationError"),
    ),
    (8 * S, C("AVL", 3 * H), C("AVL", H)),
    (3 * D, C("AVL", 4 * D), C("AVL", 4 * D)),
    (6 * S, C("AVL", 35 * M), C("AVL", 2 * H)),
]
MODELS = {
    3: ("ABB", "Terra 54", "1.6.22", "4471-03"),
    14: ("ABB", "TAC-W22", "1.8.32", "2208-14"),
    21: ("ABB", "Terra 184", "1.6.20", "4471-21"),
}


def chargers(now: int) -> list[Charger]:
    """The 24 chargers of `depot-nord` as they are at `now`."""
    return [_charger(n, seen, (first, second), now) for n, (seen, first, second) in enumerate(DEPOT, 1)]


def _charger(number: int, seen: int, sides: tuple[C, C], now: int) -> Charger:
    charger_id = f"CP-{number:04}"
    vendor, model, firmware, serial = MODELS.get(number, ("Alfen", "NG910", "5.8.1", f"9100-{number:02}"))
    charger = Charger(
        charger_id,
        number,
        Registration.ACCEPTED,
        vendor=vendor,
        model=model,
        firmware=firmware,
        serial=serial,
        ocpp_version="1.6",
        online=seen < 10 * M,
        online_at=now - (3 * D + 4 * H + 11 * M) if seen < 10 * M else now - seen,
        seen_at=now - seen,
        booted_at=now - (3 * D + 4 * H + 11 * M),
        first_seen_at=now - 90 * D,
        peer=f"10.0.4.{number + 10}:50512",
        secure=True,
        heartbeat_s=300,
    )
    if not charger.online:
        charger.offline_reason = "no heartbeat" if seen < D else "offline 3 d"
    charger.main = Connector(charger_id, 0, ConnectorStatus.AVAILABLE)
    for connector_id, side in enumerate(sides, 1):
        charger.connectors[connector_id] = _connector(charger, connector_id, side, now)
    if any(c.is_faulted for c in charger.connectors.values()):
        charger.status = ChargerStatus.FAULTED
    elif charger.open_transactions():
        charger.status = ChargerStatus.OCCUPIED
    else:
        charger.status = ChargerStatus.AVAILABLE
    return charger


def _connector(charger: Charger, connector_id: int, side: C, now: int) -> Connector:
    connector = Connector(
        charger.charger_id,
        connector_id,
        STATES[side.state],
        now - side.since,
        power_w=side.power_w,
        rated_w=side.rated_w,
        info=side.info,
    )
    if side.tx:
        connector.transaction = Transaction(
            side.tx,
            charger.charger_id,
            connector_id,
            side.tag,
            TagStatus.ACCEPTED,
            now - side.lasts,
            now - side.lasts,
            10_000,
            energy_wh=side.energy_wh,
        )
    if side.power_w:
        connector.power_history = _history(now // M, side.lasts // M, side.power_w)
    if side.code:
        _open_fault(charger, connector, side, now)
    return connector


def _history(minute: int, lasts: int, power_w: int) -> list[tuple[int, int]]:
    """A session as it usually runs: up to power in three minutes, a dip now and then."""
    points = []
    for m in range(min(59, lasts), -1, -1):
        ramp = min(1.0, (lasts - m + 1) / 4)
        dip = 0.8 if m % 17 == 9 else 1.0
        points.append((minute - m, round(power_w * ramp * dip)))
    return points


def _open_fault(charger: Charger, connector: Connector, side: C, now: int) -> None:
    is_fault = side.state == "FLT"
    opened = now - (side.since or 20 * M)
    fault = Fault(
        1842 if charger.key == 3 else 1840 + charger.key,
        charger.charger_id,
        connector.connector_id,
        side.code,
        Severity.FAULT if is_fault else Severity.WARNING,
        opened,
        now - S,
        vendor_id=charger.vendor,
        vendor_error_code=side.vendor_code,
        info=side.info,
        count=3 if charger.key == 3 else 1,
    )
    connector.error_code, connector.vendor_error_code = side.code, side.vendor_code
    if is_fault:
        connector.fault = fault
    else:
        connector.warning = fault


def commands(now: int) -> list[Command]:
    """The last operations on CP-0003."""

    def done(number: int, ago: int, operation: Operation, status: str, latency: int) -> Command:
        at = now - ago
        return Command(
            number,
            "CP-0003",
            operation,
            "ana",
            at,
            CommandState.ACCEPTED,
            at,
            at + latency,
            latency_ms=latency,
            status=status,
        )

    return [
        done(488, 89 * M + 23 * S, ChangeConfiguration("HeartbeatInterval", "300"), "RebootRequired", 350),
        done(509, 3 * M + 57 * S, GetConfiguration(), "Accepted", 104),
        done(511, S, Reset("Soft"), "Accepted", 210),
    ]


#: Seconds ago, level, number of the charger, direction, action, text.
LOG: list[tuple[int, Level, int, str, str, str]] = [
    (287, Level.INFO, 3, "in", "Heartbeat", ""),
    (266, Level.INFO, 3, "in", "MeterValues", "c1 10.9 kW  14.02 kWh  tx 983"),
    (258, Level.INFO, 3, "in", "MeterValues", "c2 11.0 kW  5.41 kWh  tx 987"),
    (253, Level.INFO, 3, "in", "MeterValues", "c1  0.0 kW  14.05 kWh  tx 983"),
    (252, Level.ERROR, 3, "in", "StatusNotification", "c1 Faulted  GroundFailure  vendor E-113  'RCD trip'"),
    (252, Level.INFO, 3, "in", "StopTransaction", "tx 983  meterStop 88214  Other"),
    (252, Level.INFO, 3, "out", "StopTransaction", "idTagInfo Accepted"),
    (237, Level.INFO, 3, "out", "GetConfiguration", "#509 ana"),
    (237, Level.INFO, 3, "in", "GetConfiguration", "4 keys  104 ms  #509"),
    (227, Level.INFO, 3, "in", "Heartbeat", ""),
    (198, Level.INFO, 3, "in", "MeterValues", "c2 11.0 kW  5.60 kWh  tx 987"),
    (10, Level.INFO, 21, "in", "MeterValues", "c1 74.5 kW  28.90 kWh  tx 996"),
    (9, Level.INFO, 10, "in", "MeterValues", "c2 36.6 kW  22.51 kWh  tx 993"),
    (8, Level.INFO, 2, "in", "Heartbeat", ""),
    (7, Level.INFO, 5, "in", "StatusNotification", "c1 SuspendedEV  NoError"),
    (6, Level.WARNING, 11, "in", "StatusNotification", "c2 Faulted  HighTemperature  vendor T2  'inlet 92C'"),
    (5, Level.INFO, 8, "in", "StopTransaction", "tx 984  meterStop 117900  Local"),
    (5, Level.INFO, 8, "out", "StopTransaction", "idTagInfo Accepted  3 ms"),
    (3, Level.INFO, 1, "in", "MeterValues", "c1  7.2 kW  12.40 kWh  tx 990"),
    (2, Level.INFO, 7, "in", "MeterValues", "c1 22.0 kW   8.31 kWh  tx 991"),
    (1, Level.WARNING, 6, "", "offline", "3 heartbeats missed, interval 300 s"),
    (1, Level.ERROR, 3, "in", "StatusNotification", "c1 Faulted  GroundFailure  vendor E-113  'RCD trip'"),
    (1, Level.INFO, 3, "out", "Reset", "Soft  #511 ana"),
    (0, Level.INFO, 3, "in", "Reset", "Accepted  210 ms  #511"),
]


def write_log(log: LogRing, now: int) -> None:
    for ago, level, number, direction, action, text in LOG:
        log.add(now - ago * S, level, f"CP-{number:04}", direction, action, "%s", (text,))
