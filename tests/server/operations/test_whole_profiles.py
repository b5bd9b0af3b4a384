"""Charging profiles, schedules and reservations through the whole server: tracked, listed, there after a restart."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from console.oneshot import do, get
from console.oneshot.client import Server
from server.core.profiles import PATIENCE_MS
from server.model.command import ChangeConfiguration, CommandState, GetConfiguration, RemoteStart
from server.model.operations import (
    CancelReservation,
    ClearChargingProfile,
    GetCompositeSchedule,
    ReserveNow,
    SetChargingProfile,
)
from server.model.profile import ProfilePurpose
from server.site import Site
from tests.server.api.served import short_path
from tests.server.links.v16.outbound.cases import profile
from tests.server.operations.whole import FAR, AnsweringCharger, Whole, done, site_and_charger
from tests.server.store.conftest import rows

List = Callable[[Site, str], Awaitable[list[dict[str, Any]]]]

DEFAULT = profile(ProfilePurpose.TX_DEFAULT)
NOW = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}
STOP = {"meterStop": 10, "timestamp": "2026-11-21T11:00:00Z"}


@pytest.fixture
def listed(capsys: pytest.CaptureFixture[str]) -> List:
    """`ocpp-console get WHAT -o json` of a running site."""

    async def told(site: Site, what: str) -> list[dict[str, Any]]:
        assert await site.flush()
        capsys.readouterr()
        assert await asyncio.to_thread(get.run, what, Server(site.config.socket), "json", False, "cp-1") == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)[what]
        return found

    return told


def kept(rows: list[dict[str, Any]]) -> list[tuple[int, int, str, int]]:
    return [(row["profileId"], row["connectorId"], row["purpose"], row["stackLevel"]) for row in rows]


async def tells(site: Site, charger: AnsweringCharger, **keys: str) -> None:
    """The charger tells values of its configuration."""
    found = [{"key": key, "readonly": True, "value": value} for key, value in keys.items()]
    charger.answers["GetConfiguration"] = {"configurationKey": found}
    await done(site, GetConfiguration())


async def test_sc02_one_profile_for_each_purpose_and_level(whole: Whole, listed: List) -> None:
    """SC-02: what was accepted is listed; the same place and the same id replace, what was refused is not there."""
    site, charger = whole
    for number, connector_id, level in ((1, 1, 0), (2, 1, 1), (3, 1, 0), (4, 0, 0), (2, 2, 0)):
        wanted = replace(DEFAULT, profile_id=number, stack_level=level)
        await done(site, SetChargingProfile(connector_id, wanted))
    charger.answers["SetChargingProfile"] = {"status": "Rejected"}
    await done(site, SetChargingProfile(1, replace(DEFAULT, profile_id=9, stack_level=5)))
    assert kept(await listed(site, "profiles")) == [
        (4, 0, "TxDefaultProfile", 0),
        (3, 1, "TxDefaultProfile", 0),
        (2, 2, "TxDefaultProfile", 0),
    ]
    first = (await listed(site, "profiles"))[0]
    assert first["periods"][0] == {"startPeriod": 0, "limit": 16.0, "numberPhases": None}


async def test_sc02_no_more_than_the_charger_has_room_for(whole: Whole) -> None:
    """SC-02: MaxChargingProfilesInstalled; one that replaces another needs no room, and it is told before."""
    site, charger = whole
    await tells(site, charger, MaxChargingProfilesInstalled="1")
    await done(site, SetChargingProfile(1, DEFAULT))
    reason = "1 profiles are installed: the charger takes 1 (MaxChargingProfilesInstalled)"
    assert site.why_not("CP-1", SetChargingProfile(2, DEFAULT)) == reason
    assert site.why_not("CP-1", SetChargingProfile(1, replace(DEFAULT, profile_id=8))) is None


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (ClearChargingProfile(), []),
        (ClearChargingProfile(2, 1, ProfilePurpose.TX_DEFAULT, 0), [1, 3]),
        (ClearChargingProfile(99), [1, 2, 3]),
        (ClearChargingProfile(None, 1), [3]),
        (ClearChargingProfile(None, None, ProfilePurpose.TX_DEFAULT), []),
        (ClearChargingProfile(None, 1, None, 1), [1, 3]),
        (ClearChargingProfile(None, 2, None, 1), [1, 2, 3]),
        (ClearChargingProfile(None, None, ProfilePurpose.TX), [1, 2, 3]),
    ],
)
async def test_sc06_what_is_cleared_is_no_longer_listed(
    whole: Whole, listed: List, asked: ClearChargingProfile, left: list[int]
) -> None:
    """SC-06: an id alone counts, else all that fits everything that was named; `Unknown` is no failure."""
    site, charger = whole
    for number, connector_id, level in ((1, 1, 0), (2, 1, 1), (3, 2, 0)):
        await done(site, SetChargingProfile(connector_id, replace(DEFAULT, profile_id=number, stack_level=level)))
    charger.answers["ClearChargingProfile"] = {"status": "Unknown"}
    assert (await done(site, asked)).state is CommandState.ACCEPTED
    assert [row["profileId"] for row in await listed(site, "profiles")] == left


async def test_sc02_profiles_of_a_session_end_with_it(whole: Whole, listed: List) -> None:
    """SC-02: set for a session, or sent with its remote start: there until it stops; the default stays."""
    site, charger = whole
    await done(site, SetChargingProfile(1, DEFAULT))
    tx = await charger.starts(1)
    await done(site, SetChargingProfile(1, replace(profile(ProfilePurpose.TX, tx), profile_id=11)))
    await done(site, RemoteStart("A1", 2, replace(profile(ProfilePurpose.TX), profile_id=12)))
    assert [row["transactionId"] for row in await listed(site, "profiles")] == [None, tx, None]
    other = await charger.starts(2)
    assert [row["transactionId"] for row in await listed(site, "profiles")] == [None, tx, other]
    for running in (tx, other):
        await charger.tell("StopTransaction", transactionId=running, **STOP)
    assert kept(await listed(site, "profiles")) == [(DEFAULT.profile_id, 1, "TxDefaultProfile", DEFAULT.stack_level)]


async def test_sc02_a_remote_start_without_a_connector_has_its_profile_where_it_begins(
    whole: Whole, listed: List
) -> None:
    """SC-02, TX-22: nowhere until its own tag starts; there until it stops; another driver does not get it."""
    site, charger = whole
    await done(site, RemoteStart("a1", None, replace(profile(ProfilePurpose.TX), profile_id=12)))
    other = await charger.starts(1, idTag="B2")
    assert await listed(site, "profiles") == []
    mine = await charger.starts(2)
    rows = await listed(site, "profiles")
    assert [(r["profileId"], r["connectorId"], r["transactionId"]) for r in rows] == [(12, 2, mine)]
    await charger.tell("StopTransaction", transactionId=other, **STOP)
    assert len(await listed(site, "profiles")) == 1
    await charger.tell("StopTransaction", transactionId=mine, **STOP)
    assert await listed(site, "profiles") == []
    again = await charger.starts(2, meterStart=10)
    assert again != mine and await listed(site, "profiles") == []


@pytest.mark.parametrize(("asked", "told"), [("AABBCCDD", "aa:bb:cc:dd"), ("X" * 20, "X" * 21)])
async def test_auth02_a_profile_is_for_its_tag_however_it_is_spelled(
    whole: Whole, listed: List, asked: str, told: str
) -> None:
    """AUTH-02, Q42: with the separators of hex digits, or with what some add to a tag of full length."""
    site, charger = whole
    await done(site, RemoteStart(asked, None, profile(ProfilePurpose.TX)))
    mine = await charger.starts(2, idTag=told)
    assert [(r["connectorId"], r["transactionId"]) for r in await listed(site, "profiles")] == [(2, mine)]


@pytest.mark.parametrize(("tags", "kept_by"), [(("A1", "B2"), (13, 12)), (("A1", "A1"), (12, 13))])
async def test_sc02_two_remote_starts_without_a_connector_keep_their_profiles_apart(
    whole: Whole, listed: List, tags: tuple[str, str], kept_by: tuple[int, int]
) -> None:
    """SC-02: each tag has its own, in whatever order they begin; the repeat of an earlier start takes none."""
    site, charger = whole
    earlier = {"idTag": "A1", "timestamp": "2026-11-21T09:00:00Z"}
    running = await charger.starts(1, **earlier)
    for number, tag in zip((12, 13), tags, strict=True):
        await done(site, RemoteStart(tag, None, replace(profile(ProfilePurpose.TX), profile_id=number)))
    assert await charger.starts(1, **earlier) == running
    assert await listed(site, "profiles") == []
    for connector_id, tag in zip((2, 3), reversed(tags), strict=True):
        await charger.starts(connector_id, idTag=tag)
    assert [r["profileId"] for r in await listed(site, "profiles")] == list(kept_by)


@pytest.mark.parametrize("connector_id", [2, None])
async def test_a_start_that_comes_with_the_answer_counts(whole: Whole, listed: List, connector_id: int | None) -> None:
    """RES-02, SC-02: answer and StartTransaction in one piece: the reservation is used, the profile has its session."""
    site, charger = whole
    loop = asyncio.get_running_loop()
    started = {"s1": loop.create_future(), "s2": loop.create_future()}
    charger.expect(started)

    def answer(message_id: str, connector_id: int, **more: object) -> dict[str, str]:
        start = {"connectorId": connector_id, "idTag": "A1", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        loop.call_soon(charger.client.send, [2, message_id, "StartTransaction", start | more])
        return {"status": "Accepted"}

    charger.answers["ReserveNow"] = lambda asked: answer("s1", 1, reservationId=77)
    charger.answers["RemoteStartTransaction"] = lambda asked: answer("s2", 2)
    await done(site, ReserveNow(1, "A1", FAR, 77))
    await done(site, RemoteStart("A1", connector_id, profile(ProfilePurpose.TX)))
    first, second = [answer["transactionId"] for answer in await asyncio.gather(*started.values())]
    assert [row["endedBecause"] for row in await listed(site, "reservations")] == [f"used by transaction {first}"]
    assert [row["transactionId"] for row in await listed(site, "profiles")] == [second]


async def test_sc03_limits_are_sent_in_the_unit_of_the_charger(whole: Whole, listed: List) -> None:
    """SC-03: preview, frame and list show watts to a charger that takes nothing else; the journal what was asked."""
    site, charger = whole
    await tells(site, charger, ChargingScheduleAllowedChargingRateUnit="Power")
    asked = SetChargingProfile(1, DEFAULT)
    assert '"chargingRateUnit":"W"' in site.preview("CP-1", asked)
    command = await done(site, asked)
    (sent,) = charger.sent("SetChargingProfile")
    schedule = sent["csChargingProfiles"]["chargingSchedule"]
    limits = [p.limit_x10 * (p.phases or 3) * 23 for p in DEFAULT.schedule.periods]
    assert schedule["chargingRateUnit"] == "W"
    assert [p["limit"] for p in schedule["chargingSchedulePeriod"]] == limits
    (row,) = await listed(site, "profiles")
    assert row["unit"] == "W" and [p["limit"] for p in row["periods"]] == limits
    assert command.operation == asked


async def test_sc04_levels_are_kept_as_they_were_sent(whole: Whole, listed: List) -> None:
    """SC-04: to a charger that knows level 0 alone the second profile replaces the first."""
    from server.model.options import read_change

    site, _charger = whole
    site.change_options("CP-1", [read_change("stack_level_zero", True)], "ana")
    for number, level in ((1, 1), (2, 2)):
        await done(site, SetChargingProfile(1, replace(DEFAULT, profile_id=number, stack_level=level)))
    assert kept(await listed(site, "profiles")) == [(2, 1, "TxDefaultProfile", 0)]


@pytest.mark.parametrize(("strict", "sent"), [(False, True), (True, False)])
async def test_cfg07_a_list_of_unsaid_length(
    whole: Whole, capsys: pytest.CaptureFixture[str], strict: bool, sent: bool
) -> None:
    """CFG-07: without a MaxLength key one entry is safe: more is tried and read back, but not of one that is strict."""
    from server.model.options import read_change

    site, charger = whole
    site.change_options("CP-1", [read_change("strict", strict)], "ana")
    await tells(site, charger, MeterValuesSampledData="Voltage")
    words = ["key=MeterValuesSampledData", "value=Voltage,Current.Import"]
    server = Server(site.config.socket)
    code = await asyncio.to_thread(do.run, "ChangeConfiguration", "CP-1", words, server)
    assert (code == 0) == sent == bool(charger.sent("ChangeConfiguration"))
    assert ("does not tell MeterValuesSampledDataMaxLength" in capsys.readouterr().out) == (not sent)
    await tells(site, charger, MeterValuesSampledDataMaxLength="1")
    blocked = await done(site, ChangeConfiguration("metervaluessampleddata", "Voltage,Current.Import"))
    assert blocked.state is CommandState.BLOCKED and "the charger takes 1" in blocked.error


async def test_composite_schedules_and_profiles_survive_a_restart(listed: List) -> None:
    """SC-02: the answer to GetCompositeSchedule and the profiles are listed before and after; a cleared one is not."""
    told = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": "2026-11-21T10:00:00Z",
        "chargingSchedule": {
            "duration": 600,
            "chargingRateUnit": "A",
            "minChargingRate": 6.04,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1e308}, {"startPeriod": 60, "limit": 8.55}],
        },
    }
    with short_path() as path:
        async with site_and_charger(path.parent) as (site, charger):
            charger.answers["GetCompositeSchedule"] = told
            assert (await done(site, GetCompositeSchedule(1, 600))).state is CommandState.ACCEPTED
            for number in (1, 2):
                await done(site, SetChargingProfile(number, replace(DEFAULT, profile_id=number)))
            await done(site, ClearChargingProfile(2))
            before = await listed(site, "profiles"), await listed(site, "schedules")
            charger.answers["GetCompositeSchedule"] = {"status": "Rejected"}
            await done(site, GetCompositeSchedule(1, 600))
        async with site_and_charger(path.parent) as (site, charger):
            assert (await listed(site, "profiles"), await listed(site, "schedules")) == before
    assert [row["profileId"] for row in before[0]] == [1]
    (schedule,) = before[1]
    assert (schedule["startSchedule"], schedule["duration"], schedule["unit"]) == ("2026-11-21T10:00:00.000Z", 600, "A")
    assert [p["limit"] for p in schedule["periods"]][1] in (8.5, 8.6) and schedule["minChargingRate"] == 6.0


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
async def test_tx22_a_profile_that_waits_for_its_session_survives_a_restart(listed: List, is_killed: bool) -> None:
    """TX-22, SC-02: the server ends between the answer and the session: there as before, and given once alone."""
    with short_path() as path:
        first, second = path.parent / "first", path.parent / "second"
        first.mkdir()
        async with site_and_charger(first) as (site, _):
            for number in (12, 13):
                await done(site, RemoteStart("A1", None, replace(profile(ProfilePurpose.TX), profile_id=number)))
            awaited = list(site.chargers["CP-1"].awaited_profiles)
            assert await site.flush()
            if is_killed:
                shutil.copytree(first, second, ignore=lambda _, names: {"s"} & set(names))
        for began in (1, 2):
            async with site_and_charger(second if is_killed else first) as (site, charger):
                assert site.chargers["CP-1"].awaited_profiles == awaited[began - 1 :]
                mine = await charger.starts(began)
                rows = await listed(site, "profiles")
                assert (rows[-1]["profileId"], rows[-1]["connectorId"], rows[-1]["transactionId"]) == (
                    11 + began,
                    began,
                    mine,
                )
        async with site_and_charger(second if is_killed else first) as (site, _):
            assert site.chargers["CP-1"].awaited_profiles == []


async def test_tx22_a_profile_whose_session_never_begins_is_not_kept(whole: Whole) -> None:
    """TX-22: ten minutes after it was asked for, nothing waits any more, here and in the database."""
    site, _charger = whole
    await done(site, RemoteStart("A1", None, profile(ProfilePurpose.TX)))
    (awaited,) = site.chargers["CP-1"].awaited_profiles
    for later, left in ((PATIENCE_MS, 1), (PATIENCE_MS + 1, 0)):
        site._core.review(awaited.asked_at + later)
        assert await site.flush()
        assert len(site.chargers["CP-1"].awaited_profiles) == left
        assert rows(site.config.store.path, "SELECT count(*) FROM awaited_profiles") == [(left,)]


async def test_a_charger_that_was_removed_comes_back_as_a_new_one(listed: List) -> None:
    """SC-02, RES-02: another charger may have its id then: nothing holds that the one before had told."""
    with short_path() as path:
        async with site_and_charger(path.parent) as (site, charger):
            charger.answers["GetCompositeSchedule"] = {"status": "Accepted", "connectorId": 1, "chargingSchedule": NOW}
            await done(site, SetChargingProfile(1, DEFAULT))
            await done(site, GetCompositeSchedule(1, 600))
            assert len(await listed(site, "profiles")) == len(await listed(site, "schedules")) == 1
            await done(site, ReserveNow(1, "A1", FAR, 77))
            await tells(site, charger, NumberOfConnectors="2")
            await done(site, RemoteStart("A1", None, profile(ProfilePurpose.TX)))
            site.access.remove("CP-1")
        for _ in range(2):
            async with site_and_charger(path.parent) as (site, charger):
                assert await listed(site, "profiles") == await listed(site, "schedules") == []
                again = site.chargers["CP-1"]
                assert again.configuration == {} and again.reservations == {} and again.awaited_profiles == []
                (ended,) = await listed(site, "reservations")
                assert ended["endedBecause"] == "the charger was removed"


async def test_res01_reservations_are_listed_with_their_end(listed: List) -> None:
    """RES-01, RES-02: those that hold and those that ended, with why; also after a restart."""
    with short_path() as path:
        async with site_and_charger(path.parent) as (site, charger):
            for number in (1, 2, 3, 4):
                await done(site, ReserveNow(1 if number < 3 else 2, "A1", FAR, number, "G1"))
            await done(site, CancelReservation(1))
            tx = await charger.starts(1, reservationId=2)
            await charger.reports(2, "Faulted")
            await done(site, ReserveNow(2, "A1", FAR, 5))
            await asyncio.sleep(0.002)  # one of each id within a millisecond
            await done(site, ReserveNow(2, "B2", FAR, 5))
            before = await listed(site, "reservations")
        async with site_and_charger(path.parent) as (site, charger):
            assert await listed(site, "reservations") == before
    ended = {row["reservationId"]: row["endedBecause"] for row in before if row["state"] == "ended"}
    assert ended == {
        1: "cancelled",
        2: f"used by transaction {tx}",
        3: "the connector is Faulted",
        4: "the connector is Faulted",
        5: "replaced",
    }
    assert [(r["idTag"], r["endedAt"]) for r in before if r["state"] == "holds"] == [("B2", None)]
