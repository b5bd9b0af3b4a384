"""The password of a handshake: whose it is, in which form it comes, and that nobody is told it."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import pytest

from server.core.passwords import matching_form, seal
from server.links.gate import UNAUTHORIZED
from server.model.connection import Cause
from server.model.credential import Form, Scheme
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually
from tests.server.links.knocking import PASSWORD, basic, rows, set_password, status_of

KEY = "000102030405060708090a0b0c0d0e0fff3aFFAA"  #: 20 bytes, with 0x00, a colon and what is no UTF-8
BYTES = bytes.fromhex(KEY)


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_right_password_is_let_in_and_all_else_is_not(depot: Depot, scheme: Scheme) -> None:
    """SEC-01, SEC-02: checked before the upgrade; 401 with the realm, and the same words for whatever was wrong."""
    set_password(depot, scheme=scheme)
    assert await status_of(depot, *basic("CP-1")) == 101
    assert await status_of(depot, *basic("cp-1")) == 101
    refused = {
        Cause.NO_PASSWORD: (),
        Cause.WRONG_PASSWORD: basic("CP-1", PASSWORD + "x"),
        Cause.WRONG_USER: basic("CP-2"),
    }
    for cause, extra in refused.items():
        client = await RawClient.connect(depot.port, "/CP-1", extra=extra)
        assert (client.status, client.body) == (401, UNAUTHORIZED)
        assert client.headers["www-authenticate"] == 'Basic realm="OCPP"'
        await client.close()
        await eventually(partial(rows, depot, cause))
    assert rows(depot, Cause.CONNECTED)[0].profile == 1


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Authorization: Basic %%%", Cause.NO_PASSWORD),
        ("Authorization: Basic Q1AtMQ==", Cause.NO_PASSWORD),  # no colon
        ("Authorization: Bearer Q1AtMTpjb3JyZWN0", Cause.NO_PASSWORD),
        ("Authorization: Basic", Cause.NO_PASSWORD),
        ("Authorization: Basic Q1AtMTo=", Cause.WRONG_PASSWORD),  # empty
        ("Authorization: Basic " + "Q1At" * 400, Cause.NO_PASSWORD),
    ],
)
async def test_broken_header_is_no_login(depot: Depot, header: str, told: Cause) -> None:
    """SEC-03: whatever stands there, the answer is 401 and a row that says what was seen."""
    set_password(depot)
    assert await status_of(depot, header) == 401
    await eventually(lambda: rows(depot, told))


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(
    ("presented", "form"),
    [
        (BYTES, Form.DECODED),
        (KEY.lower().encode(), Form.HEX_LOWER),
        (KEY.upper().encode(), Form.HEX_UPPER),
        (KEY.encode(), Form.PLAIN),
    ],
)
async def test_key_is_accepted_in_four_forms(depot: Depot, scheme: Scheme, presented: bytes, form: Form) -> None:
    """SEC-03, SEC-04: decoded bytes, hex small or capital, or as it was typed; the form is kept."""
    set_password(depot, password=KEY, scheme=scheme)
    for _ in range(2):  # also when it is known already
        assert await status_of(depot, *basic("CP-1", presented)) == 101
        credential = depot.core.credentials.find("CP-1")
        assert credential is not None and credential.form == form
    assert await status_of(depot, *basic("CP-1", presented[:-1])) == 401


async def test_form_can_be_asked_for(depot: Depot) -> None:
    """Option password_form: a charger that is held to one form is refused in another, and the row says so."""
    await status_of(depot)
    set_password(depot, password=KEY)
    depot.set_options(password_form="decoded")
    assert await status_of(depot, *basic("CP-1", KEY)) == 401
    assert await status_of(depot, *basic("CP-1", BYTES)) == 101
    await eventually(lambda: rows(depot, Cause.WRONG_PASSWORD))
    assert "password_form" in rows(depot, Cause.WRONG_PASSWORD)[0].detail


async def test_password_where_none_is_set_is_told_as_odd(depot: Depot) -> None:
    """A charger with a password that nobody set here is let in; the row says what to do about it."""
    assert await status_of(depot, *basic("CP-1")) == 101
    (row,) = rows(depot, Cause.ODD)
    assert "set-password" in row.fix and row.profile == 0


async def test_nobody_is_told_which_ids_exist(open_depot: OpenDepot) -> None:
    """T1: where security is asked for, an unknown id and a wrong password have the same answer."""
    from server.config import SecuritySettings

    depot = await open_depot(security=SecuritySettings(profile=1))
    set_password(depot)
    answers = []
    for target, extra in (("/CP-1", basic("CP-1", "wrong")), ("/CP-9", basic("CP-9", "wrong")), ("/CP-9", ())):
        client = await RawClient.connect(depot.port, target, extra=extra)
        answers.append((client.status, client.body, client.headers.keys()))
        client.abort()
    assert answers[0] == answers[1] == answers[2]
    assert await status_of(depot, *basic("CP-1")) == 101


async def test_slow_check_does_not_hold_the_others_up(depot: Depot) -> None:
    """T3: a password of a person costs 60 ms of a core: in a thread, while the loop goes on."""
    set_password(depot, "CP-1", scheme=Scheme.SCRYPT)
    async with await depot.connect("/CP-2") as other:
        trying = [asyncio.create_task(status_of(depot, *basic("CP-1", f"wrong {i}"))) for i in range(4)]
        answers = 0
        while not all(task.done() for task in trying):
            assert await other.is_alive()
            answers += 1
        assert answers > 20  # of four checks, about half a second
        assert [task.result() for task in trying] == [401] * 4


async def test_passwords_are_nowhere(depot: Depot, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-07, T15: neither right nor wrong ones, in no form, in log, rows of the doctor, frames or reprs."""
    caplog.set_level(logging.DEBUG)
    set_password(depot, password=KEY)
    for extra in (basic("CP-1", BYTES), basic("CP-1", KEY), basic("CP-1", "canary-of-a-guess"), basic("CP-9", KEY)):
        await status_of(depot, *extra)
    await eventually(lambda: len(rows(depot, Cause.WRONG_PASSWORD, Cause.WRONG_USER)) == 2)
    credential = depot.core.credentials.find("CP-1")
    told = [line.text for line in depot.core.log.since(0)] + [repr(a) for a in rows(depot)] + [repr(credential)]
    told += [record.getMessage() for record in caplog.records] + [str(frame) for frame in depot.disk.frames]
    for secret in (KEY, KEY.lower(), "canary-of-a-guess", basic("CP-1", KEY)[0][-20:], repr(BYTES)[2:-1]):
        assert not [text for text in told if secret in text]


def test_seals_are_salted_and_too_long_a_password_is_wrong() -> None:
    """SEC-07: two seals of one password have nothing in common; nothing is computed for what no charger can send."""
    one, two = seal(PASSWORD, Scheme.HMAC), seal(PASSWORD, Scheme.HMAC)
    assert one.digest != two.digest and one.salt != two.salt
    assert matching_form(one, b"") is None and matching_form(one, b"x" * 256) is None
