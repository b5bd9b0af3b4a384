"""The battery at the other end of the cable."""

from __future__ import annotations

from dataclasses import dataclass

_EFFICIENCY = 0.93  #: of what the meter counts, this share reaches the battery


@dataclass(slots=True)
class Vehicle:
    """A car that draws what it wants, never more than it is offered.

    `soc` and `target_soc` are percent; the driver set the target and the car stops there.
    `phases` counts for AC alone: a single-phase car draws a third of a three-phase outlet.
    """

    battery_kwh: float = 60.0
    soc: float = 40.0
    target_soc: float = 100.0
    max_ac_kw: float = 11.0
    max_dc_kw: float = 100.0
    phases: int = 3
    paused: bool = False  #: preconditioning, timer, driver's app: plugged in and not drawing

    @property
    def is_full(self) -> bool:
        return self.soc >= self.target_soc - 1e-6

    @property
    def wants(self) -> bool:
        return not (self.paused or self.is_full)

    @property
    def headroom_wh(self) -> float:
        """What the meter will count until the target is reached."""
        return max(0.0, self.target_soc - self.soc) / 100 * self.battery_kwh * 1000 / _EFFICIENCY

    def power_w(self, offered_w: float, outlet_phases: int) -> float:
        """What it draws from an outlet; `outlet_phases` 0 is DC, which tapers from half full on."""
        if not self.wants:
            return 0.0
        if outlet_phases == 0:
            return min(offered_w, self.max_dc_kw * 1000 * _dc_share(self.soc))
        usable = offered_w * min(self.phases, outlet_phases) / outlet_phases
        return min(usable, self.max_ac_kw * 1000) * _ac_share(self.soc)

    def charge(self, metered_wh: float) -> None:
        """Take energy in."""
        self.soc = min(self.target_soc, self.soc + metered_wh * _EFFICIENCY / (self.battery_kwh * 1000) * 100)


def _dc_share(soc: float) -> float:
    """Share of the best power: all of it up to 50 %, a straight line down to 12 % when full."""
    return 1.0 if soc <= 50 else 1.0 - (soc - 50) / 50 * 0.88


def _ac_share(soc: float) -> float:
    """AC is flat until the cells are balanced in the last three percent."""
    return 1.0 if soc <= 97 else 1.0 - (soc - 97) / 3 * 0.75
