"""MeterValues (OCPP 1.6 edition 2, section 4.7): always answered `{}` (MV-01)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.clock import is_plain, station_time
from server.links.v16.meter import read_samples
from server.links.v16.values import connector_id, transaction_id
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import MeterReported

ACTION = "MeterValues"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Values without a connector belong to the charger's main meter (MV-10)."""
    connector = connector_id(payload.get("connectorId")) or 0
    transaction = transaction_id(payload.get("transactionId"))
    elements = payload.get("meterValue", [])
    samples = read_samples(elements, at)
    if elements and (not samples or samples[0].at == at or not is_plain(elements[0].get("timestamp"))):
        station_time(core, charger, at, elements[0].get("timestamp"))  # it was not believed, or looks odd
    core.meter_reported(MeterReported(charger.charger_id, at, connector, transaction, samples))
    _log(core, charger, at, connector, transaction)
    return "{}"


def _log(core: Core, charger: Charger, at: int, connector_id: int, transaction_id: int | None) -> None:
    """`c1 74.5 kW  28.90 kWh  tx 996`, from the state after the values were applied."""
    connector = charger.connector(connector_id)
    power_w = connector.power_w if connector is not None else 0
    running = connector.transaction if connector is not None else None
    if running is not None:
        args: tuple[object, ...] = (connector_id, power_w / 1000, running.energy_wh / 1000, running.transaction_id)
        template = "c%d %.1f kW  %.2f kWh  tx %d"
    elif transaction_id is not None:
        args = (connector_id, power_w / 1000, transaction_id)
        template = "c%d %.1f kW  tx %d"
    else:
        args = (connector_id, power_w / 1000)
        template = "c%d %.1f kW"
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, template, args)
