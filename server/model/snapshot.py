"""The depot as it was when the server stopped: what the store hands to the core at start."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.model.charger import Charger
from server.model.command import Command
from server.model.connection import ConnectionAttempt
from server.model.credential import Credential
from server.model.deviation import Deviation
from server.model.drop_file import DropFile
from server.model.job import Job
from server.model.tag import IdTag
from server.model.transaction import Transaction


@dataclass(slots=True)
class Snapshot:
    """Chargers come with connectors, open transactions and open faults attached, all of them offline."""

    chargers: list[Charger] = field(default_factory=list)
    ended: list[Transaction] = field(default_factory=list)  #: the last sessions of each charger, as they ended
    tags: list[IdTag] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)  #: the newest 500, oldest first
    deviations: list[Deviation] = field(default_factory=list)
    connections: list[ConnectionAttempt] = field(default_factory=list)  #: the newest 500, oldest first
    credentials: list[Credential] = field(default_factory=list)
    removed_keys: dict[str, int] = field(default_factory=dict)  #: keys of removed chargers, by id
    last_connection_id: int = 0
    last_charger_key: int = 0
    last_transaction_id: int = 0
    last_fault_id: int = 0
    last_command_id: int = 0
    energy_today_wh: int = 0
    jobs: list[Job] = field(default_factory=list)  #: the newest 500, oldest first
    last_job_id: int = 0
    files: list[DropFile] = field(default_factory=list)
    last_file_id: int = 0
