"""What stands between the settings and the rooms that `server.site` joins."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from server.config import Config
from server.core.core import Core, Policy
from server.model.command import Command, Operation
from server.model.snapshot import Snapshot

if TYPE_CHECKING:
    from server.api.drop import Drop


def policy_of(config: Config) -> Policy:
    return Policy(
        unknown_chargers=config.ocpp.unknown_chargers,
        accept_unknown_tags=config.tags.unknown == "accept",
        concurrent_tags=config.tags.concurrent == "accept",
        heartbeat_s=config.ocpp.heartbeat_interval,
        offline_after_s=config.ocpp.offline_after,
        can_sign=config.security.client_ca_key != Path(),
    )


def with_first_ids(snapshot: Snapshot) -> Snapshot:
    """A new database starts its transaction ids at a random place: a charger that still holds an id of the database
    before must not hit one of ours (reliability T5)."""
    if snapshot.last_transaction_id == 0:
        snapshot.last_transaction_id = 100 + secrets.randbelow(9_000)
    return snapshot


def drop_of(config: Config, core: Core, now: Callable[[], int], flush: Callable[[], Awaitable[bool]]) -> Drop:
    """The file drop, beside the database; a port that somebody has asked for must be had."""
    from server.api.drop import Drop

    host = config.drop.host or config.ocpp.host
    folder = config.store.path.with_suffix(".files")
    is_wanted = "drop.port" in config.sources
    return Drop(config.drop, host, reachable(host), folder, core.files, core.log, now, flush, is_wanted)


@contextlib.asynccontextmanager
async def signing(config: Config, core: Core, submit: Callable[[str, Operation, str], Command]) -> AsyncIterator[None]:
    """While it is open, chargers get the certificates that they ask for, if there is a CA here."""
    if not core.policy.can_sign:
        yield
        return
    from server.signing import Signing, read  # with its library, where it is needed

    signs = Signing(await read(config.security), config.security.client_organization, core, submit)
    try:
        yield
    finally:
        await signs.close()


def reachable(host: str) -> str:
    """The address to type into a charger: where we listen on all, the one that leads to the outside."""
    if host not in ("", "0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks the routing table
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def api_token(config: Config) -> str:
    """The token for TCP: the configured one, else one made once and kept beside the database, readable by us alone."""
    if config.api.token or config.api.port is None:
        return config.api.token
    path = config.store.path.with_suffix(".token")
    with contextlib.suppress(FileNotFoundError):
        if kept := path.read_text(encoding="ascii").strip():
            return kept
    token = secrets.token_urlsafe(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")
    logging.getLogger("ocpp_console.api").warning("no API token is configured: made one in %s", path)
    return token


def start_of_day(at: int) -> int:
    """First millisecond of the local day of `at`."""
    day = time.localtime(at / 1000)
    return round(time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1)) * 1000)
