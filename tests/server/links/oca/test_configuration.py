"""Core profile: configuration keys."""

from __future__ import annotations

import pytest

from server.model.command import ChangeConfiguration, CommandState, GetConfiguration
from tests.server.links.oca.bench import Bench, confirmed

KEY = "MeterValueSampleInterval"


def item(key: str, value: str) -> dict[str, object]:
    return {"key": key, "readonly": False, "value": value}


@pytest.mark.oca("TC_019_1_CSMS_RetrieveAllConfigurationKeys")
async def test_all_keys(bench: Bench) -> None:
    """The list of keys is left out of the message; every key that comes is kept."""
    command = await bench.asks(GetConfiguration(), configurationKey=[item(KEY, "60"), item("HeartbeatInterval", "300")])
    assert bench.sent("GetConfiguration") == {}
    assert [(i.key, i.value) for i in command.items] == [(KEY, "60"), ("HeartbeatInterval", "300")]
    assert bench.site.chargers["CP-1"].setting(KEY) == "60"


@pytest.mark.oca("TC_019_2_CSMS_RetrieveSpecificConfigurationKey")
async def test_one_key(bench: Bench) -> None:
    """Only what was named; a key that the charger does not know is told as unknown."""
    command = await bench.asks(GetConfiguration((KEY, "Nope")), configurationKey=[item(KEY, "60")], unknownKey=["Nope"])
    assert bench.sent("GetConfiguration") == {"key": [KEY, "Nope"]}
    assert [(i.key, i.known) for i in command.items] == [(KEY, True), ("Nope", False)]


@pytest.mark.oca("TC_021_CSMS_ChangeSetConfiguration")
async def test_change(bench: Bench) -> None:
    """Accepted, and seen to be so when it is read back."""
    bench.charger.answers["GetConfiguration"] = {"configurationKey": [item(KEY, "30")]}
    command = await bench.asks(ChangeConfiguration(KEY, "30"))
    assert bench.sent("ChangeConfiguration") == {"key": KEY, "value": "30"}
    assert "read back" in await confirmed(command)
    assert bench.site.chargers["CP-1"].setting(KEY) == "30"


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("NotSupported", marks=pytest.mark.oca("TC_040_1_CSMS_ConfigurationKeys_NotSupported")),
        pytest.param("Rejected", marks=pytest.mark.oca("TC_040_2_CSMS_ConfigurationKeys_InvalidValue")),
    ],
)
async def test_change_that_is_refused(bench: Bench, status: str) -> None:
    """The charger's own word; nothing is read back, and nothing is taken for changed."""
    command = await bench.asks(ChangeConfiguration(KEY, "-1"), status=status)
    assert (command.state, command.status) == (CommandState.REJECTED, status) and command.is_finished
    assert bench.charger.sent("GetConfiguration") == []
    assert bench.site.chargers["CP-1"].setting(KEY) is None
