"""Who stands in the depot: models, cars, tags, typical troubles, and how the curtain rises."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.connector import Rating, Trouble
from simulator.messages import Nameplate
from simulator.traits import Traits
from simulator.vehicle import Vehicle
from simulator.words import Status

AC_7, AC_11, AC_22, AC_43 = Rating(7.4, 1), Rating(11, 3), Rating(22, 3), Rating(43, 3)
DC_50, DC_75, DC_100, DC_150 = Rating(50, 0), Rating(75, 0), Rating(100, 0), Rating(150, 0)


@dataclass(frozen=True, slots=True)
class Model:
    """One product with the troubles it is known for."""

    vendor: str
    model: str
    firmware: str
    serial: str  #: `#` is a digit
    connectors: tuple[Rating, ...]
    vendor_id: str
    troubles: tuple[Trouble, ...] = ()


def _model(vendor: str, model: str, firmware: str, serial: str, outlets: tuple[Rating, ...], own: str) -> Model:
    """`own`: the vendor's id and its troubles, one a line: OCPP code, vendor code, info."""
    vendor_id, *rows = (line.strip() for line in own.strip().splitlines())
    troubles = []
    for row in rows:
        code, vendor_code, info = (part.strip() for part in row.split("|"))
        troubles.append(Trouble(code, vendor_id, vendor_code, info))
    return Model(vendor, model, firmware, serial, outlets, vendor_id, tuple(troubles))


TERRA_54 = _model(
    "ABB",
    "Terra 54 CT",
    "1.6.22",
    "4471-##",
    (DC_50, AC_43),
    """ABB
    GroundFailure | E-113 | RCD trip
    PowerSwitchFailure | E-207 | contactor K1 no feedback
    OtherError | E-041 | emergency stop pressed""",
)
NG910 = _model(
    "Alfen BV",
    "NG910-60123",
    "6.4.1-4244",
    "ACE0####",
    (AC_22, AC_22),
    """Alfen
    PowerMeterFailure | 210 | Modbus TCP/IP lost
    OverCurrentFailure | 302 | L2 34.1 A
    ConnectorLockFailure | 206 | lock motor stalled""",
)
COPPER = _model(
    "Wallbox Chargers",
    "Copper SB",
    "5.17.66",
    "62####",
    (AC_22,),
    """com.wallbox
    GroundFailure | 0x21 | residual current 6 mA DC
    InternalError | 0x0C | watchdog""",
)
BUSINESS_LINE = _model(
    "EV-BOX",
    "G4-M5320E",
    "G4.2.61",
    "EVB-P22####",
    (AC_11, AC_11),
    """EV-BOX
    OtherError | NoPPDetected | proximity pilot open
    ReaderFailure | RFID-3 | reader not responding
    UnderVoltage | U-02 | L3 198 V""",
)
EVLINK = _model(
    "Schneider Electric",
    "EVlink Pro AC",
    "3.4.0.12",
    "3N2309####",
    (AC_22, AC_7),
    """com.schneider-electric
    GroundFailure | RDC-DD | 6 mA DC detected
    HighTemperature | T2 | inlet 92C""",
)
ULTRA_FAST = _model(
    "Delta",
    "UFC 150",
    "02.01.08",
    "UFC15-21####",
    (DC_150, DC_75),
    """com.deltaww
    HighTemperature | T2 | cable 92C
    OtherError | CX011 | isolation 84 kOhm
    PowerSwitchFailure | M3-F07 | power module 3""",
)
CITY = _model(
    "Delta",
    "DC City 100",
    "01.07.31",
    "DCC10-22####",
    (DC_100, DC_50),
    """com.deltaww
    OverVoltage | M1-F02 | 448 V AC
    HighTemperature | T1 | intake filter 61C""",
)
AMTRON = _model(
    "MENNEKES",
    "AMTRON 4Business",
    "5.33.2",
    "1384202.0####",
    (AC_11,),
    """MENNEKES
    ConnectorLockFailure | 0x15 | actuator
    GroundFailure | 0x04 | RCMB trip""",
)

#: Order in which a depot is filled; the first fourteen match `_OPENINGS`.
MODELS = (
    NG910,
    BUSINESS_LINE,
    TERRA_54,
    EVLINK,
    BUSINESS_LINE,
    COPPER,
    NG910,
    EVLINK,
    NG910,
    CITY,
    ULTRA_FAST,
    AMTRON,
    BUSINESS_LINE,
    ULTRA_FAST,
)

WARNINGS = (
    Trouble("EVCommunicationError", "", "PLC-11", "SLAC retry 3", stops=False),
    Trouble("EVCommunicationError", "", "CP-2", "pilot duty cycle 4.1 %", stops=False),
    Trouble("WeakSignal", "", "", "RSSI -107 dBm", stops=False),
    Trouble("HighTemperature", "", "T-WARN", "derating at 71C", stops=False),
)

#: battery kWh, AC kW, AC phases, DC kW
_GARAGE = (
    (58, 11, 3, 120),
    (40, 6.6, 1, 46),
    (77, 11, 3, 170),
    (52, 22, 3, 46),
    (82, 11, 3, 190),
    (64, 7.2, 1, 75),
    (64, 11, 3, 100),
    (105, 22, 3, 150),
)

_WELL_KNOWN_TAGS = (
    "A1B2C3 F00D01 C0FFEE B7C8D9 9A8B7C AA01BB D4E5F6 5511AA 77C0DE BEEF42 0DDBA1 C3D4E5 1A2B3C ACE0FF E1E2E3 "
    "04A2B7 FACE07 B0BA10 DECAF5 5EED11 C0DE42 7E57ED 0FF1CE BADA55 "
    "6C1F20 3D9A4E 81B0C7 F4E21D 2B7788 E9C055"
)

STRANGER = "DEAD01"  #: a tag nobody has registered


class Opening(NamedTuple):
    """How a connector looks when the curtain rises. `minutes`: since when; of Finishing: since the session began."""

    status: Status
    minutes: float = 0
    trouble: Trouble | None = None


_IDLE = Opening(Status.AVAILABLE)


def _charging(minutes: float, trouble: Trouble | None = None) -> Opening:
    return Opening(Status.CHARGING, minutes, trouble)


_OPENINGS: tuple[tuple[Opening, Opening], ...] = (
    (_charging(103), Opening(Status.AVAILABLE, 50)),
    (Opening(Status.AVAILABLE, 130), _charging(22)),
    (Opening(Status.FAULTED, 4.2, TERRA_54.troubles[0]), _charging(34)),
    (Opening(Status.UNAVAILABLE, 1440), Opening(Status.UNAVAILABLE, 1440)),
    (Opening(Status.SUSPENDED_EV, 126), Opening(Status.PREPARING, 0.2)),
    (_charging(41), _IDLE),
    (_charging(23), _charging(65)),
    (Opening(Status.FINISHING, 72), _charging(12)),
    (Opening(Status.RESERVED, 17), Opening(Status.AVAILABLE, 180)),
    (Opening(Status.AVAILABLE, 41), _charging(37)),
    (Opening(Status.AVAILABLE, 22), _charging(18)),
    (Opening(Status.SUSPENDED_EVSE, 190), _IDLE),
    (_charging(82), Opening(Status.AVAILABLE, 50)),
    (_charging(24, WARNINGS[0]), _charging(12)),
)

#: What a connector beyond the first fourteen chargers does, by weight.
_USUAL = (
    (Status.CHARGING, 48),
    (Status.AVAILABLE, 36),
    (Status.SUSPENDED_EV, 5),
    (Status.PREPARING, 4),
    (Status.FINISHING, 3),
    (Status.SUSPENDED_EVSE, 2),
    (Status.RESERVED, 1),
    (Status.UNAVAILABLE, 1),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One charger of the depot."""

    charger_id: str
    model: Model
    nameplate: Nameplate
    openings: tuple[Opening, ...]
    traits: Traits = field(default_factory=Traits)
    drops_line: bool = False


def members(count: int, seed: int, prefix: str = "CP") -> Iterator[Member]:
    """The first `count` chargers of the depot with this seed: CP-0001, CP-0002, ..."""
    for index in range(count):
        charger_id = f"{prefix}-{index + 1:04d}"
        rng = random.Random(f"{seed}/cast/{charger_id}")
        model = MODELS[index % len(MODELS)]
        serial = "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in model.serial)
        plate = Nameplate(model.vendor, model.model, serial, model.firmware, "MID", f"M{rng.randrange(10**7):07d}")
        openings = _OPENINGS[index] if index < len(_OPENINGS) else tuple(_usual(rng) for _ in model.connectors)
        traits = Traits(
            refuses=frozenset({"Reset", "RemoteStartTransaction"}) if index % 14 == 12 else frozenset(),
            answer_delay_s=(0.04, 0.22),
            boots_again=index % 5 == 3,
            reboot_s=rng.uniform(4, 8),
            back_off_s=(1.0, 20.0),
        )
        drops = index % 14 == 5 or count < 6
        yield Member(charger_id, model, plate, openings[: len(model.connectors)], traits, drops)


def posts(count: int, seed: int, prefix: str = "CP") -> Iterator[Member]:
    """`count` posts at the kerb: one free AC connector each, and nothing wrong with any of them."""
    traits = Traits(back_off_s=(1.0, 20.0))
    for index in range(count):
        charger_id = f"{prefix}-{index + 1:04d}"
        rng = random.Random(f"{seed}/posts/{charger_id}")
        model = (COPPER, AMTRON)[index % 2]
        plate = Nameplate(model.vendor, model.model, f"P{rng.randrange(10**8):08d}", model.firmware)
        yield Member(charger_id, model, plate, (_IDLE,), traits)


def _usual(rng: random.Random) -> Opening:
    [status] = rng.choices([s for s, _ in _USUAL], [weight for _, weight in _USUAL])
    return Opening(status, rng.uniform(1, 120))


def tags(count: int, seed: int) -> tuple[str, ...]:
    """`count` different id tags, the well-known ones first."""
    rng = random.Random(f"{seed}/tags")
    found = dict.fromkeys(_WELL_KNOWN_TAGS.split()[:count])
    while len(found) < count:
        found[f"{rng.randrange(16**6):06X}"] = None
    return tuple(found)


def car(rng: random.Random, rating: Rating, minutes: float, speed: float) -> Vehicle:
    """A car that will charge about `minutes` of clock time at this outlet when energy flows `speed` times as fast."""
    battery, ac_kw, phases, dc_kw = rng.choice(_GARAGE)
    low, high = (12, 45) if rating.phases == 0 else (20, 70)
    vehicle = Vehicle(float(battery), rng.uniform(low, high), 100.0, ac_kw, dc_kw, phases)
    mean_w = vehicle.power_w(rating.kw * 1000, rating.phases) * (0.8 if rating.phases == 0 else 1.0)
    wanted = mean_w * minutes / 60 * speed / (battery * 1000) * 93
    ceiling = 90.0 if rating.phases == 0 else 100.0
    vehicle.target_soc = min(ceiling, vehicle.soc + wanted)
    return vehicle
