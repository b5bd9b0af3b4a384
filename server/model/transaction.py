"""A charging transaction and the meter samples that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from server.model.status import TagStatus, TransactionState


@dataclass(slots=True)
class Transaction:
    """One transaction. Only `server.core` writes.

    `transaction_id` is given by us: positive int32, unique over all chargers and restarts (TX-03).
    """

    transaction_id: int
    charger_id: str
    connector_id: int
    id_tag: str
    tag_status: TagStatus
    started_at: int  #: the charger's own time, or ours where that is nonsense, ms
    start_received_at: int
    meter_start_wh: int
    state: TransactionState = TransactionState.ONGOING
    stopped_at: int = 0  #: 0 while open
    stop_received_at: int = 0
    meter_stop_wh: int = 0
    energy_wh: int = 0  #: so far, or in the end
    estimated: str = ""  #: why `energy_wh` is an estimate; empty when it is measured
    stop_reason: str = ""
    stop_id_tag: str = ""
    reservation_id: int | None = None
    claimed_start_at: int | None = None  #: start by the charger's clock, believable or not: a retry repeats it
    claimed_id: int | None = None  #: the id the charger itself uses, where it is not ours (TX-18)
    heard_id: int | None = None  #: an id that nobody gave, heard once in its samples; not kept over a restart
    missing_wh: int = 0  #: energy that flowed at this connector since the session before (MV-15)
    closed_by: str = ""  #: "charger" or "csms", empty while open
    interrupted: bool = False  #: the charger booted meanwhile and has not said what became of it (BOOT-09)

    @property
    def is_open(self) -> bool:
        return self.state is TransactionState.ONGOING

    @property
    def charger_calls_it(self) -> int:
        """The id to use towards the charger (TX-19)."""
        return self.transaction_id if self.claimed_id is None else self.claimed_id


class MeterSample(NamedTuple):
    """All values of one moment at one connector, in SI integers. None = not in the message.

    `extra` holds what has no column: {"Frequency": "50.02 Hz", ...} as the charger wrote it.
    """

    at: int
    context: str = ""
    energy_wh: int | None = None  #: Energy.Active.Import.Register
    power_w: int | None = None  #: Power.Active.Import, total
    offered_w: int | None = None  #: Power.Offered
    current_ma: int | None = None  #: Current.Import: the highest phase
    current_l1_ma: int | None = None
    current_l2_ma: int | None = None
    current_l3_ma: int | None = None
    voltage_mv: int | None = None  #: mean of the phases against neutral
    voltage_l1_mv: int | None = None
    voltage_l2_mv: int | None = None
    voltage_l3_mv: int | None = None
    soc_percent: int | None = None
    temperature_c10: int | None = None  #: tenths of a degree Celsius
    extra: dict[str, str] | None = None


class MeterRow(NamedTuple):
    """One sample with where it belongs: what the store writes."""

    charger_key: int
    connector_id: int
    transaction_id: int | None
    received_at: int
    sample: MeterSample
