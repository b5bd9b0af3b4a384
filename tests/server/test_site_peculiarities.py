"""The whole server: what is peculiar about a charger is there again after a restart."""

from __future__ import annotations

from pathlib import Path

from server.config import Config, OcppSettings, StoreSettings
from server.model.log import FrameQuery
from server.model.options import read_change
from server.site import open_site
from tests.raw_client import RawClient
from tests.server.api.served import short_path


async def test_ledger_quirks_and_options_survive_a_restart(tmp_path: Path) -> None:
    """MV-12, WS-05: noted over a real socket; profile and options hold before the charger is back."""
    with short_path() as socket:
        ocpp = OcppSettings(host="127.0.0.1", port=0, unknown_chargers="accept")
        config = Config(ocpp=ocpp, store=StoreSettings(path=tmp_path / "depot.db"), socket=socket)
        async with open_site(config) as site:
            client = await RawClient.connect(int(site.health.ocpp_url.rsplit(":", 1)[1]), offers=None)
            boot = {"chargePointVendor": "Wallbox", "chargePointModel": "Pulsar"}
            assert (await client.call("BootNotification", boot))[2]["status"] == "Accepted"
            client.send('[2,"1","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]')
            assert await client.receive() == [3, "1", {}]
            site.change_options("CP-1", [read_change("start_delay_ms", 500)], "ana")
            await client.close()
        async with open_site(config) as site:
            assert {"MV-12", "WS-05"} <= {line.rule for line in site.deviations("CP-1")}
            charger = site.chargers["CP-1"]
            assert (charger.options.start_delay_ms, charger.options.settle_ms) == (500, 3000)
            assert "wallbox-settle" in [quirk.profile.name for quirk in charger.quirks if quirk.applied]
            frames = await site.find_frames(FrameQuery(charger_id="CP-1", action="MeterValues"))
            assert frames[-1][1].deviations.startswith("MV-12:empty value")
