"""How the depot and the server do, in numbers that are always at hand."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Totals:
    """Sums over the depot; `server.core` keeps them."""

    chargers: int = 0
    online: int = 0
    charging: int = 0  #: connectors that draw power
    power_w: int = 0
    open_transactions: int = 0
    faults: int = 0  #: open, severity fault
    warnings: int = 0  #: open, severity warning
    energy_today_wh: int = 0


@dataclass(slots=True)
class Health:
    """Our own condition; each room writes its own fields."""

    started_at: int = 0
    degraded: list[str] = field(default_factory=list)  #: reasons, in words; empty = healthy
    loop_lag_ms: float = 0  #: longest delay of the loop in the last 5 seconds
    commit_ms: float = 0  #: last commit
    rows_waiting: int = 0  #: written, not yet durable
    frames_in: int = 0
    frames_out: int = 0
    stray_answers: int = 0
    refused_connections: int = 0
    terminals: list[str] = field(default_factory=list)  #: who is attached: "ana", "tom"
    ocpp_url: str = ""  #: what a charger must be told: "ws://10.0.0.5:9220"
    ocpps_url: str = ""  #: the same with TLS: "wss://10.0.0.5:9443"; empty = no certificate
    api_url: str = "-"
