"""`tags` and `chargers`: writing from the command line."""

from __future__ import annotations

import pytest

from console.oneshot import chargers, tags
from console.oneshot.client import Server, Trouble
from console.oneshot.moment import utc
from server.model.status import Registration, TagStatus
from server.model.tag import IdTag
from tests.console.oneshot.conftest import Ask
from tests.server.api.fake_depot import FakeDepot


async def test_tag_is_added_listed_blocked_and_removed(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """The whole life of a tag."""
    said = await ask(tags.add, server, "04A2", "2027-03-01T12:00:00+02:00", "FLEET", "van 7")
    assert (said.code, said.lines) == (0, ["04A2: Accepted, until 2027-03-01T10:00:00.000Z"])
    assert depot.find_tag("04A2") == IdTag("04A2", TagStatus.ACCEPTED, 1_803_895_200_000, "FLEET", "van 7")
    said = await ask(tags.list_all, server)
    assert said.lines[1].split() == ["04A2", "Accepted", "2027-03-01", "10:00", "FLEET", "van", "7"]
    said = await ask(tags.block, server, "04a2")
    assert said.lines == ["04A2: Blocked, until 2027-03-01T10:00:00.000Z"]
    assert depot.find_tag("04A2") == IdTag("04A2", TagStatus.BLOCKED, 1_803_895_200_000, "FLEET", "van 7")
    assert (await ask(tags.remove, server, "04A2")).code == 0
    assert depot.find_tag("04A2") is None
    said = await ask(tags.remove, server, "04A2")
    assert said.code == 1 and "04A2" in said.err


async def test_adding_again_unblocks_and_keeps_the_rest(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """What is not given stays; never takes the date away."""
    depot.put_tag(IdTag("X", TagStatus.BLOCKED, 1_803_895_200_000, "P", "n"))
    await ask(tags.add, server, "X", "never", note="new")
    assert depot.find_tag("X") == IdTag("X", TagStatus.ACCEPTED, None, "P", "new")


async def test_unknown_tag_can_be_blocked(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """A lost card that nobody wrote down before."""
    assert (await ask(tags.block, server, "LOST/1")).code == 0
    found = depot.find_tag("LOST/1")
    assert found is not None and found.status is TagStatus.BLOCKED


async def test_bad_tag_is_usage(ask: Ask, server: Server) -> None:
    """Too long, empty, no date."""
    for command, args in ((tags.add, ("X" * 21,)), (tags.add, ("",)), (tags.remove, ("",)), (tags.add, ("X", "soon"))):
        said = await ask(command, server, *args)
        assert said.code == 2 and said.err, args


async def test_charger_is_adopted(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """One line with the registration; an unknown one is exit code 1."""
    said = await ask(chargers.adopt, server, "cp-new")
    assert (said.code, said.lines) == (0, ["CP-NEW: Accepted"])
    assert depot.chargers["CP-NEW"].registration is Registration.ACCEPTED
    assert (await ask(chargers.adopt, server, "NOPE")).code == 1
    assert (await ask(chargers.adopt, server, "")).code == 2


def test_dates_become_utc() -> None:
    """With a zone as it says, without one in the zone of this machine."""
    assert utc("2027-03-01T12:00:00+02:00") == "2027-03-01T10:00:00Z"
    assert utc("2027-03-01").endswith("Z")
    with pytest.raises(Trouble, match="is no date"):
        utc("tomorrow")
