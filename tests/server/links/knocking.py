"""Ways to knock at the door, right and wrong ones, and what the doctor wrote down about them."""

from __future__ import annotations

import base64

from server.core.passwords import seal
from server.model.connection import Cause, ConnectionAttempt
from server.model.credential import Scheme
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot

PASSWORD = "correct horse 1"
ELSEWHERE = "127.0.0.2"  #: another address of this machine


def basic(user: str, password: bytes | str = PASSWORD) -> tuple[str]:
    """The header of a login, as `extra` of a `RawClient`."""
    secret = password.encode() if isinstance(password, str) else password
    return ("Authorization: Basic " + base64.b64encode(user.encode() + b":" + secret).decode(),)


def set_password(
    depot: Depot, charger_id: str = "CP-1", password: str = PASSWORD, scheme: Scheme = Scheme.HMAC
) -> None:
    """Nobody has shown yet that he knows it: so it is after a restart."""
    depot.core.credentials.put(charger_id, seal(password, scheme), 1)


async def status_of(
    depot: Depot, *extra: str, target: str = "/CP-1", offers: tuple[str, ...] = ("ocpp1.6",), local: str = "127.0.0.1"
) -> int:
    """The answer to one handshake; the connection is gone afterwards."""
    client = await RawClient.connect(depot.port, target, offers, extra=extra, local=local)
    await client.close()
    return client.status


def rows(depot: Depot, *causes: Cause) -> list[ConnectionAttempt]:
    """What the doctor has, newest first; of these causes only."""
    return [a for a in depot.core.doctor.attempts if not causes or a.cause in causes]
