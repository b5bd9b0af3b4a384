"""Operations through the whole server: typed command, frame, answer, and what the charger does afterwards."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from console.oneshot import do
from console.oneshot.client import Server
from server.model.command import (
    ChangeConfiguration,
    CommandState,
    GetConfiguration,
    RemoteStart,
    StepState,
)
from server.model.operations import (
    GetLocalListVersion,
    GetLog,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
)
from server.model.profile import ProfilePurpose
from server.model.tag import LocalListEntry
from tests.server.api.served import short_path
from tests.server.links.v16.outbound.cases import FULLEST, TEN, profile
from tests.server.operations.whole import FAR, Whole, done, finished, site_and_charger


async def test_each_operation_goes_through_the_api(whole: Whole) -> None:
    """Contract: POST of the OCPP payload by its OCPP name; each of the 26 reaches the charger as it was written."""
    site, charger = whole
    charger.answers |= {
        "GetConfiguration": {"configurationKey": [{"key": "K", "readonly": False, "value": "V"}]},
        "UnlockConnector": {"status": "Unlocked"},
        "GetLocalListVersion": {"listVersion": 3},
        "GetDiagnostics": {"fileName": "d.zip"},
        "UpdateFirmware": {},
    }
    tx = await charger.starts(2)
    payloads = FULLEST | {"RemoteStopTransaction": {"transactionId": tx}}
    payloads["RemoteStartTransaction"] = FULLEST["RemoteStartTransaction"] | {"connectorId": 1}
    payloads["SetChargingProfile"] = {
        "connectorId": 2,
        "csChargingProfiles": FULLEST["SetChargingProfile"]["csChargingProfiles"] | {"transactionId": tx},
    }
    transport = httpx.AsyncHTTPTransport(uds=str(site.config.socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for action, payload in payloads.items():
            charger.calls.clear()
            url = f"/api/chargers/CP-1/operations/{action}"
            answer = await client.post(url, json=payload)
            assert answer.status_code == 200, (action, answer.text)
            assert answer.json()["state"] == "accepted", (action, answer.text)
            assert charger.calls[0] == (action, payload)
            wrong = await client.post(url, json=payload | {"colour": "red"})
            assert (wrong.status_code, wrong.json()["field"]) == (400, "colour")
            blocked = await client.post(url, json=[])
            assert blocked.status_code == 400


async def test_each_operation_goes_through_do(whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    """Contract: `do OPERATION CHARGER` with fields or a whole payload; exit code 0 only when it was accepted."""
    site, charger = whole
    server = Server(site.config.socket)
    for action in sorted(FULLEST):
        charger.answers[action] = {"status": "Rejected"}
        code = await asyncio.to_thread(do.run, action, "CP-1", [], server, json.dumps(FULLEST[action]))
        worded = action in ("GetDiagnostics", "UpdateFirmware")
        assert code == (0 if worded else 1), (action, capsys.readouterr())
    charger.answers = {"GetLocalListVersion": {"listVersion": 7}, "UnlockConnector": {"status": "Unlocked"}}
    capsys.readouterr()
    for words in (
        "GetLocalListVersion",
        "UnlockConnector connectorId=1",
        "ClearChargingProfile id=7",
        "ChangeAvailability connectorId=1 type=Operative",
        "TriggerMessage requestedMessage=StatusNotification connectorId=1",
        'GetLog logType=SecurityLog requestId=5 log:={"remoteLocation":"https://h/x"}',
        "CancelReservation reservationId=3",
    ):
        action, *arguments = words.split()
        assert await asyncio.to_thread(do.run, action, "CP-1", arguments, server) == 0, capsys.readouterr()
    assert "version 7" in capsys.readouterr().out
    charger.answers["GetLocalListVersion"] = {"listVersion": -1}
    assert await asyncio.to_thread(do.run, "GetLocalListVersion", "CP-1", [], server) == 1
    assert "no local list" in capsys.readouterr().out


async def test_cfg02_keys_are_asked_for_in_parts(whole: Whole) -> None:
    """CFG-02: as many keys in one message as the charger takes; what neither list names is not answered."""
    site, charger = whole

    def answer(payload: dict[str, list[str]]) -> dict[str, object]:
        keys = payload.get("key", ["GetConfigurationMaxKeys"])
        values = {"GetConfigurationMaxKeys": "2"}
        found = [{"key": k, "readonly": False, "value": values.get(k, "v")} for k in keys if k not in ("X", "Y")]
        return {"configurationKey": found, "unknownKey": [k for k in keys if k == "X"]}

    charger.answers["GetConfiguration"] = answer
    await done(site, GetConfiguration())
    command = await done(site, GetConfiguration(("A", "B", "X", "Y", "C")))
    assert charger.sent("GetConfiguration") == [{}, {"key": ["A", "B"]}, {"key": ["X", "Y"]}, {"key": ["C"]}]
    assert [(i.key, i.known) for i in command.items] == [("A", True), ("B", True), ("X", False), ("C", True)]
    assert command.response is not None and len(command.response["configurationKey"]) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "note", "state"),
    [
        ({"value": "60"}, "60", StepState.DONE),
        ({"value": ' "60" '}, ' "60" ', StepState.DONE),
        ({}, "the charger does not tell the value", StepState.DONE),
        ({"value": "300"}, "accepted, but it is '300' and not '60'", StepState.MISSING),
        (None, "accepted, but the charger does not know HeartbeatInterval", StepState.MISSING),
    ],
)
async def test_cfg06_a_change_is_read_back(
    whole: Whole, read: dict[str, str] | None, note: str, state: StepState
) -> None:
    """CFG-06, CFG-04: accepted is not applied; the step tells both values where they differ."""
    site, charger = whole
    key = "HeartbeatInterval"
    charger.answers["GetConfiguration"] = (
        {"unknownKey": [key]}
        if read is None
        else {"configurationKey": [{"key": key.upper(), "readonly": False, **read}]}
    )
    command = await finished(await done(site, ChangeConfiguration(key, "60")))
    assert charger.sent("GetConfiguration") == [{"key": [key]}]
    assert command.state is CommandState.ACCEPTED
    assert (command.steps[2].name, command.steps[2].state, command.steps[2].note) == ("read back", state, note)


@pytest.mark.parametrize("status", ["RebootRequired", "Rejected", "NotSupported"])
async def test_cfg05_only_what_is_in_force_is_read_back(whole: Whole, status: str) -> None:
    """CFG-05: RebootRequired is a success that lights the badge until the next boot."""
    site, charger = whole
    charger.answers["ChangeConfiguration"] = {"status": status}
    command = await finished(await done(site, ChangeConfiguration("K", "V")))
    assert not charger.sent("GetConfiguration")
    assert (command.state is CommandState.ACCEPTED) == (status == "RebootRequired")
    assert site.chargers["CP-1"].reboot_needed == (status == "RebootRequired")
    await charger.boots()
    assert not site.chargers["CP-1"].reboot_needed


async def test_cfg09_passwords_are_not_read_back(whole: Whole) -> None:
    """CFG-09: AuthorizationKey is write-only."""
    site, charger = whole
    await finished(await done(site, ChangeConfiguration("AuthorizationKey", "4f43415f4f4354545f61646d696e5f74657374")))
    assert not charger.sent("GetConfiguration")


def tags(count: int) -> tuple[LocalListEntry, ...]:
    return tuple(LocalListEntry(f"T{n}") for n in range(count))


async def test_ll01_a_long_list_goes_out_in_parts(whole: Whole) -> None:
    """LL-01: the first is full, the others are changes to it, each newer than the one before; the last is the version
    that was asked for, and remembered."""
    site, charger = whole
    keys = [{"key": "SendLocalListMaxLength", "readonly": True, "value": "2"}]
    charger.answers["GetConfiguration"] = {"configurationKey": keys}
    await done(site, GetConfiguration())
    assert site.why_not("CP-1", SendLocalList(2, True, tags(5))) == (
        "the list takes 3 messages (SendLocalListMaxLength): its version must be 3 or higher"
    )
    command = await done(site, SendLocalList(9, True, tags(5)))
    sent = charger.sent("SendLocalList")
    assert [(p["listVersion"], p["updateType"], len(p["localAuthorizationList"])) for p in sent] == [
        (7, "Full", 2),
        (8, "Differential", 2),
        (9, "Differential", 1),
    ]
    assert command.state is CommandState.ACCEPTED
    assert site.chargers["CP-1"].local_list_version == 9
    reason = site.why_not("CP-1", SendLocalList(9, False, tags(1)))
    assert reason == "the charger has version 9: a differential list must be version 10 or higher"


@pytest.mark.parametrize("status", ["Failed", "VersionMismatch"])
async def test_ll01_a_refused_part_ends_it_and_says_what_helps(whole: Whole, status: str) -> None:
    """LL-01: on Failed and VersionMismatch the step says to send the full list."""
    site, charger = whole
    charger.answers["SendLocalList"] = {"status": status}
    command = await done(site, SendLocalList(2, False, tags(1)))
    assert command.error == f"the charger answered {status}: send the full list"
    assert command.steps[1].note == command.error


@pytest.mark.parametrize(
    ("version", "state", "facts"),
    [
        (-1, CommandState.REJECTED, ()),
        (0, CommandState.ACCEPTED, ("the list is empty",)),
        (4, CommandState.ACCEPTED, ("version 4",)),
    ],
)
async def test_ll01_versions_are_told(whole: Whole, version: int, state: CommandState, facts: tuple[str, ...]) -> None:
    """LL-01: -1 = no list, 0 = empty."""
    site, charger = whole
    charger.answers["GetLocalListVersion"] = {"listVersion": version}
    command = await done(site, GetLocalListVersion())
    assert (command.state, command.facts) == (state, facts)
    assert site.chargers["CP-1"].local_list_version == version


async def test_sec14_request_ids_are_given_by_the_desk(whole: Whole) -> None:
    """SEC-14: the number of the command, unless somebody chose one."""
    site, charger = whole
    command = await done(site, GetLog("SecurityLog", location="https://h/x"))
    await done(site, GetLog("SecurityLog", 4711, "https://h/x"))
    assert [p["requestId"] for p in charger.sent("GetLog")] == [command.command_id, 4711]


async def test_tx22_profile_of_a_remote_start(whole: Whole) -> None:
    """TX-21, TX-22, SC-01: connector and TxProfile without a transaction; every other purpose is refused."""
    site, charger = whole
    start = RemoteStart("A1", 1, profile(ProfilePurpose.TX))
    await done(site, start)
    (payload,) = charger.sent("RemoteStartTransaction")
    assert payload["connectorId"] == 1
    assert payload["chargingProfile"]["chargingProfilePurpose"] == "TxProfile"
    assert "transactionId" not in payload["chargingProfile"]
    for wrong in (profile(ProfilePurpose.TX, 5), profile(ProfilePurpose.TX_DEFAULT)):
        command = await done(site, replace(start, profile=wrong))
        assert command.state is CommandState.BLOCKED and "profile of a remote start" in command.error


async def test_sc04_stack_level_is_limited_by_what_the_charger_told(whole: Whole) -> None:
    """SC-04: refused with the name of the key that says so."""
    site, charger = whole
    charger.answers["GetConfiguration"] = {
        "configurationKey": [{"key": "ChargeProfileMaxStackLevel", "readonly": True, "value": "0"}]
    }
    wanted = SetChargingProfile(1, profile(ProfilePurpose.TX_DEFAULT))
    assert site.why_not("CP-1", wanted) is None
    await done(site, GetConfiguration())
    assert "ChargeProfileMaxStackLevel" in str(site.why_not("CP-1", wanted))
    lower = replace(wanted, profile=replace(wanted.profile, stack_level=0))
    assert site.why_not("CP-1", lower) is None


async def test_what_was_learned_survives_a_restart() -> None:
    """Configuration, list version, reservations and typed commands are there after a restart."""
    with short_path() as path:
        folder: Path = path.parent
        profiled = SetChargingProfile(1, profile(ProfilePurpose.TX_DEFAULT, valid_from=TEN))
        listed = SendLocalList(3, True, tags(2))
        async with site_and_charger(folder) as (site, charger):
            keys = [{"key": "GetConfigurationMaxKeys", "readonly": True, "value": "5"}]
            charger.answers["GetConfiguration"] = {"configurationKey": keys}
            for operation in (GetConfiguration(), ReserveNow(1, "A1", FAR, 77), profiled, listed):
                assert (await done(site, operation)).state is CommandState.ACCEPTED
            before = list(site.commands)
        async with site_and_charger(folder) as (site, charger):
            state = site.chargers["CP-1"]
            assert state.limit("getconfigurationmaxkeys") == 5
            assert state.local_list_version == 3
            assert state.reservations[77].expires_at == FAR
            assert [c.operation for c in site.commands] == [c.operation for c in before]
            assert await site.flush()
