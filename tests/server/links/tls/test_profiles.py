"""Security profiles 0 to 3: what a charger must show, and that the least it must show never goes down by itself."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from server.core import roster
from server.core.core import Policy
from server.model.command import ChangeConfiguration
from server.model.connection import Cause
from server.model.guards import why_not
from server.model.status import Registration
from tests.raw_client import RawClient
from tests.server.links.conftest import eventually
from tests.server.links.tls.conftest import PASSWORD, OpenTls, Papers, TlsDepot, basic

WRONG = "ff" * 20


class Shown(NamedTuple):
    """What a charger brings, and the profile that it thereby reaches; None: it must never be let in."""

    name: str
    is_secure: bool
    header: str = ""
    certificate: str = ""
    reaches: int | None = None


OF_CP_1 = basic("CP-1", PASSWORD)
STATES = [
    Shown("ws, nothing", False),
    Shown("ws, wrong password", False, basic("CP-1", WRONG)),
    Shown("ws, another user", False, basic("CP-2", PASSWORD)),
    Shown("ws, password", False, OF_CP_1, reaches=1),
    Shown("wss, nothing", True),
    Shown("wss, wrong password", True, basic("CP-1", WRONG)),
    Shown("wss, another user", True, basic("CP-2", PASSWORD)),
    Shown("wss, password", True, OF_CP_1, reaches=2),
    Shown("wss, certificate", True, certificate="CP-1", reaches=3),
    Shown("wss, certificate and password", True, OF_CP_1, certificate="CP-1", reaches=3),
    Shown("wss, certificate and wrong password", True, basic("CP-1", WRONG), certificate="CP-1"),
    Shown("wss, certificate of another", True, OF_CP_1, certificate="CP-2"),
]


async def knock(depot: TlsDepot, papers: Papers, shown: Shown, target: str = "/CP-1") -> int:
    """The HTTP status of the handshake."""
    extra = (shown.header,) if shown.header else ()
    if not shown.is_secure:
        client = await RawClient.connect(depot.port, target, extra=extra)
    else:
        trusts = papers.trusting
        if shown.certificate:
            trusts = papers.showing(papers.ca.charger(shown.certificate))
        client = await depot.dial(trusts, target, extra)
    await client.close()
    return client.status


@pytest.mark.parametrize("where", ["of the server", "of the charger"])
@pytest.mark.parametrize("needed", [0, 1, 2, 3])
@pytest.mark.parametrize("shown", [pytest.param(shown, id=shown.name) for shown in STATES])
async def test_charger_is_let_in_exactly_when_it_reaches_the_profile(
    open_tls: OpenTls, papers: Papers, shown: Shown, needed: int, where: str
) -> None:
    """T1, SEC-01, SEC-02, SEC-08, SEC-11: four profiles and twelve things to show: no wrong accept, no wrong refusal.

    The least profile may be that of the server or that of the charger.
    """
    depot = await open_tls(profile=needed if where == "of the server" else 0)
    depot.know(profile=needed if where == "of the charger" else 0)
    is_expected = shown.reaches is not None and shown.reaches >= needed

    status = await knock(depot, papers, shown)

    assert status == 101 if is_expected else status in (401, 403)
    assert depot.charger().online_at > 0 if is_expected else depot.charger().online_at == 0
    row = await depot.row()
    assert row.cause.is_connection is is_expected
    if is_expected:
        assert row.profile == shown.reaches
    else:
        assert row.fix, "whoever is refused is told what to do"


@pytest.mark.parametrize("needed", [0, 1, 2, 3])
@pytest.mark.parametrize("shown", [pytest.param(shown, id=shown.name) for shown in STATES])
async def test_without_a_password_set_here_none_counts(
    open_tls: OpenTls, papers: Papers, shown: Shown, needed: int
) -> None:
    """T1, SEC-11: a password that nobody can check proves nothing; only profile 0, or a certificate, lets it in."""
    depot = await open_tls(profile=needed)
    depot.know(password="")
    has_own = shown.certificate == "CP-1"
    reaches = 3 if has_own else 0
    is_expected = reaches >= needed and shown.certificate != "CP-2"

    assert (await knock(depot, papers, shown) == 101) is is_expected
    assert depot.charger().security_profile == (3 if has_own else 0)


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        pytest.param("wss, password", "ws, password", Cause.PROFILE, id="2 to 1"),
        pytest.param("wss, certificate", "wss, password", Cause.NO_CERTIFICATE, id="3 to 2"),
        pytest.param("ws, password", "wss, password", None, id="1 to 2"),
    ],
)
async def test_profile_once_reached_is_asked_for_from_then_on(
    tls_depot: TlsDepot, papers: Papers, before: str, after: str, cause: Cause | None
) -> None:
    """SEC-08: a charger may come with more than before, never with less; the row says what to type."""
    tls_depot.know()
    named = {shown.name: shown for shown in STATES}
    assert await knock(tls_depot, papers, named[before]) == 101
    await eventually(lambda: not tls_depot.charger().online)
    assert await knock(tls_depot, papers, named[after]) == (101 if cause is None else 401)
    if cause is not None:
        row = await tls_depot.row(2)
        assert row.cause is cause
        assert "wss://" in row.fix or "ocpp-console certificates charger CP-1" in row.fix


async def test_a_password_over_plain_ws_is_not_even_looked_at(tls_depot: TlsDepot, papers: Papers) -> None:
    """SEC-08: where TLS is asked for, the answer over ws tells nothing about the password."""
    tls_depot.know(profile=2)
    answers = set()
    for header in (OF_CP_1, basic("CP-1", WRONG)):
        client = await RawClient.connect(tls_depot.port, extra=(header,))
        answers.add((client.status, client.body))
        await client.close()
    assert len(answers) == 1
    assert (await tls_depot.row()).cause is Cause.PROFILE
    assert tls_depot.core.credentials.find("CP-1").used_at == 0  # type: ignore[union-attr]


async def test_the_profile_is_not_lowered_over_ocpp_or_by_other_changes(tls_depot: TlsDepot, papers: Papers) -> None:
    """SEC-08: ChangeConfiguration of SecurityProfile to less is refused here; other changes leave it alone."""
    tls_depot.know(profile=2)
    async with await tls_depot.dial(papers.trusting, extra=(OF_CP_1,)) as client:
        await client.boot()
        charger = tls_depot.charger()
        lower, same = (ChangeConfiguration("SecurityProfile", value) for value in ("1", "2"))
        assert "never lowered" in (why_not(charger, lower) or "")
        assert why_not(charger, same) is None
        roster.change(tls_depot.core, charger, 2, alias="gate", enabled=True)
        assert charger.security_profile == 2


# client certificates


@pytest.mark.parametrize(
    ("days", "is_client", "who", "told"),
    [
        pytest.param(-1, True, "ca", "it has expired", id="expired"),
        pytest.param(100, True, "stranger", "its CA is not one of security.client_ca", id="another CA"),
        pytest.param(100, False, "ca", "not meant for a client", id="for servers"),
    ],
)
async def test_client_certificate_that_is_not_valid_is_told(
    tls_depot: TlsDepot, papers: Papers, days: int, is_client: bool, who: str, told: str
) -> None:
    """SEC-11: the handshake fails with an alert, and the row says what is wrong with the certificate."""
    authority = papers.ca if who == "ca" else papers.stranger
    pair = authority.charger("CP-1" if is_client else "server-like", days, is_client=is_client)
    with pytest.raises((OSError, EOFError)):  # TLS 1.3: the client learns it with its first read
        client = await tls_depot.dial(papers.showing(pair))
        await client.boot()
    row = await tls_depot.row()
    assert row.cause is Cause.CERTIFICATE
    assert told in row.fix and "ocpp-console certificates charger" in row.fix
    assert tls_depot.core.fleet.chargers == {}


async def test_certificate_of_another_charger_is_told_with_both_names(tls_depot: TlsDepot, papers: Papers) -> None:
    """SEC-11: the CN must be the charger's id or its serial number; 403, and the row has both names."""
    tls_depot.know(password="")
    other = Shown("", True, certificate="CP-2")
    assert await knock(tls_depot, papers, other) == 403
    row = await tls_depot.row()
    assert row.cause is Cause.CERTIFICATE
    assert "'CP-2'" in row.fix and "'CP-1'" in row.fix


async def test_certificate_must_be_of_the_organization_that_is_set(open_tls: OpenTls, papers: Papers) -> None:
    """SEC-11: O is the operator's own; without the setting it does not matter."""
    depot = await open_tls(client_organization="CPO")
    depot.know(password="")
    foreign = papers.ca.charger("CP-1", 50, organization="Another")
    client = await depot.dial(papers.showing(foreign))
    assert client.status == 403
    await client.close()
    assert "'Another'" in (await depot.row()).fix
    assert await knock(depot, papers, Shown("", True, certificate="CP-1")) == 101


async def test_missing_certificate_is_told_apart_from_a_setting_that_is_missing_here(
    open_tls: OpenTls, papers: Papers
) -> None:
    """SEC-11: a charger of profile 3 cannot show a certificate to a server that never asks for one."""
    depot = await open_tls(client_ca=Path())
    depot.know(profile=3)
    assert await knock(depot, papers, Shown("", True, certificate="CP-1")) == 401
    row = await depot.row()
    assert row.cause is Cause.NO_CERTIFICATE
    assert "security.client_ca is not set" in row.fix


async def boot(client: RawClient, serial: str) -> str:
    payload = {"chargePointVendor": "ACME", "chargePointModel": "M1", "chargePointSerialNumber": serial}
    status: str = (await client.call("BootNotification", payload))[2]["status"]
    return status


async def test_serial_number_of_the_boot_confirms_the_certificate(open_tls: OpenTls, papers: Papers) -> None:
    """SEC-11: a new charger whose CN is its serial number; from its boot on it must come with it."""
    depot = await open_tls(Policy("ask"), profile=3)
    showing = papers.showing(papers.ca.charger("SN-77"))
    async with await depot.dial(showing, "/CP-7") as client:
        assert client.status == 101
        assert depot.charger("CP-7").security_profile == 0, "nothing is proven yet"
        assert await boot(client, "SN-77") == "Pending"
        assert await client.is_alive() is False or depot.charger("CP-7").security_profile == 3
    depot.core.adopt(depot.charger("CP-7"), 2)
    async with await depot.dial(showing, "/CP-7") as client:
        assert await boot(client, "SN-77") == "Accepted"
        assert depot.charger("CP-7").security_profile == 3


async def test_boot_with_another_serial_number_ends_the_link(open_tls: OpenTls, papers: Papers) -> None:
    """SEC-11: closed with 1008, told with both numbers, and no profile is remembered."""
    depot = await open_tls(Policy("ask"))
    client = await depot.dial(papers.showing(papers.ca.charger("SN-77")), "/CP-7")
    client.send([2, "b", "BootNotification", {
        "chargePointVendor": "A", "chargePointModel": "M", "chargePointSerialNumber": "SN-78",
    }])  # fmt: skip
    assert (await client.closing()).code == 1008
    row = next(row for row in depot.core.doctor.attempts if row.cause is Cause.CERTIFICATE)
    assert "'SN-78'" in row.fix and "'SN-77'" in row.fix
    assert depot.charger("CP-7").security_profile == 0
    assert depot.charger("CP-7").registration is Registration.PENDING
