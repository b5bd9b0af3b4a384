"""A whole session of a charge point with quirks at the real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.config import Config, OcppSettings, StoreSettings, TagSettings
from server.model.transaction import Transaction
from server.site import Site, open_site
from simulator import ChargePoint, Clock, Rating, Status, Traits, Vehicle
from simulator.quirks.quirk import Quirk
from tests.server.api.served import short_path

FAST = Clock(tempo=20.0, speed=60.0)


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Site]:
    with short_path() as socket:
        config = Config(
            ocpp=OcppSettings(host="127.0.0.1", port=0, unknown_chargers="accept"),
            store=StoreSettings(path=folder / "depot.db"),
            tags=TagSettings(unknown="accept"),
            socket=socket,
        )
        async with open_site(config) as site:
            yield site


def point_of(site: Site, *quirks: Quirk, charger_id: str = "", clock: Clock = FAST, **more: object) -> ChargePoint:
    """A charge point named after its first quirk."""
    point = ChargePoint(
        charger_id or quirks[0].name,
        f"{site.health.ocpp_url}/ocpp",
        (Rating(11, 3),),
        clock=clock,
        traits=Traits(reboot_s=2.0, back_off_s=(0.5, 2.0)),
        quirks=quirks,
        **more,  # type: ignore[arg-type]
    )
    point.configuration.set("MeterValueSampleInterval", "4")
    return point


async def session_of(point: ChargePoint, energy_wh: float = 1500) -> None:
    """Plug in, charge so much, stop, plug out; whatever the line does meanwhile."""
    await point.until(lambda: point.registered, 8)
    point.plug_in(1, Vehicle(soc=20))
    point.start(1, "A1B2C3")
    connector = point.connectors[1]
    await point.until(lambda: connector.session is None or connector.session.transaction_id is not None, 8)
    await point.until(lambda: connector.session is None or _taken(point) > energy_wh, 8)
    if connector.session is not None:
        point.stop(1)
    point.plug_out(1)
    await point.until(lambda: not point.outbox.waiting, 8)
    assert connector.status in (Status.AVAILABLE, Status.RESERVED)


def _taken(point: ChargePoint) -> float:
    point.look()
    return point.connectors[1].session_wh


async def told(site: Site, charger_id: str) -> list[Transaction]:
    """What the server knows of its sessions, newest first."""
    await site.flush()
    return await site.find_transactions(charger_id=charger_id)
