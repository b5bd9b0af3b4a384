"""A charger and its connectors, as they are now."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.model.configuration import ConfigItem
from server.model.fault import Fault
from server.model.options import DEFAULT, Options
from server.model.profile import AwaitedProfile, CompositeSchedule, InstalledProfile, Slot
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation
from server.model.status import ChargerStatus, ConnectorStatus, Registration
from server.model.transaction import Transaction


@dataclass(slots=True)
class Connector:
    """One connector. Only `server.core` writes; everybody else reads it live, on the same loop.

    `connector_id` 0 is the charger's main controller and never appears here: see `Charger.main`.
    """

    charger_id: str
    connector_id: int
    status: ConnectorStatus = ConnectorStatus.UNKNOWN
    status_at: int = 0  #: since when it is in `status`, ms
    reported_at: int = 0  #: charger's own time of the newest report, ms; older reports do not overwrite (SN-08)
    left_out: tuple[int, int] | None = None  #: (its time, time of receipt) of a report that came late, the last one
    error_code: str = "NoError"
    vendor_id: str = ""
    vendor_error_code: str = ""
    info: str = ""
    transaction: Transaction | None = None  #: the open one
    previous: Transaction | None = None  #: the last one that ended
    power_w: int = 0
    rated_w: int = 0  #: highest power seen, or declared; 0 = unknown
    current_ma: int = 0
    voltage_mv: int = 0
    soc_percent: int | None = None
    metered_at: int = 0
    register_wh: int | None = None  #: last reading of the energy register
    register_at: int = 0  #: when it was read, by the charger's clock where that can be true, ms
    moved_at: int = 0  #: when a reading told last that energy flows, ms
    warning: Fault | None = None  #: open error that does not stop charging
    fault: Fault | None = None  #: open error that does
    power_history: list[tuple[int, int]] = field(default_factory=list)  #: (minute, W), newest last, <= 60 entries

    @property
    def is_faulted(self) -> bool:
        return self.status is ConnectorStatus.FAULTED


@dataclass(slots=True)
class Charger:
    """One charger. Only `server.core` writes.

    `key` is the small integer that stands for the id in wide tables; stable for ever.
    """

    charger_id: str
    key: int
    registration: Registration = Registration.PENDING
    alias: str = ""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial: str = ""
    ocpp_version: str = ""  #: of the link: "1.6"
    online: bool = False
    online_at: int = 0  #: since when `online` has its value, ms
    seen_at: int = 0  #: last frame of any kind (WS-18), ms
    booted_at: int = 0
    first_seen_at: int = 0
    peer: str = ""  #: address of the link, "10.0.4.13:50512"
    secure: bool = False  #: the link is TLS
    offline_reason: str = ""  #: why it is offline, in words
    heartbeat_s: int = 0  #: interval it was told
    clock_skew_ms: int = 0
    reboot_needed: bool = False  #: a configuration change waits for a reboot (CFG-05)
    reconnects: int = 0
    main: Connector = field(default_factory=lambda: Connector("", 0))  #: connector 0, the main controller
    connectors: dict[int, Connector] = field(default_factory=dict)  #: by connector id, ascending, without 0
    options: Options = DEFAULT  #: as they hold: derived by core.quirks
    own_options: dict[str, object] = field(default_factory=dict)  #: what the operator set
    quirks: tuple[MatchedQuirk, ...] = ()  #: shipped profiles that fit, derived by core.quirks
    configuration: dict[str, ConfigItem] = field(default_factory=dict)  #: as last read, by folded key (CFG-04)
    reservations: dict[int, Reservation] = field(default_factory=dict)  #: those that have not ended, by id
    profiles: dict[Slot, InstalledProfile] = field(default_factory=dict)  #: charging profiles it accepted (SC-02)
    awaited_profiles: list[AwaitedProfile] = field(default_factory=list)  #: of remote starts, oldest first (TX-22)
    schedules: dict[int, CompositeSchedule] = field(default_factory=dict)  #: what it said it will do, by connector
    local_list_version: int | None = None  #: None = not asked; -1 = it has no list, 0 = an empty one (LL-01)
    refused_triggers: dict[str, str] = field(default_factory=dict)  #: message -> its word for no (TRG-02)
    boots: list[int] = field(default_factory=list)  #: times of the last boots, ms
    alarm: Fault | None = None  #: something that we noticed ourselves: a reboot loop (BOOT-11)
    enabled: bool = True  #: False: an operator has switched it off, it is not let in
    security_profile: int = 0  #: highest OCPP security profile it logged in with: never lowered by itself (SEC-08)
    link_profile: int = 0  #: security profile that its last link has proven; 0 = nothing
    removed: bool = False  #: forgotten; only rows of the database are ever found so
    status: ChargerStatus = ChargerStatus.UNAVAILABLE  #: derived by core.station whenever a connector changes

    @property
    def power_w(self) -> int:
        return sum(c.power_w for c in self.connectors.values())

    def connector(self, connector_id: int) -> Connector | None:
        """The connector with this id, the main controller for 0, None when it was never seen."""
        return self.main if connector_id == 0 else self.connectors.get(connector_id)

    def setting(self, key: str) -> str | None:
        """Value of a configuration key as last read, without the quotes and blanks that some put around it (CFG-04)."""
        item = self.configuration.get(key.casefold())
        return None if item is None or item.value is None else item.value.strip("\"' ")

    def limit(self, key: str) -> int | None:
        """`setting` as a whole number; None when it is not known, or no number."""
        text = self.setting(key) or ""
        return int(text) if text.isascii() and text.isdigit() else None

    def open_transactions(self) -> list[Transaction]:
        return [c.transaction for c in self.connectors.values() if c.transaction is not None]

    def open_faults(self) -> list[Fault]:
        """Open faults and warnings, the main controller's first."""
        found = [] if self.alarm is None else [self.alarm]
        for c in (self.main, *self.connectors.values()):
            found += [f for f in (c.fault, c.warning) if f is not None]
        return found
