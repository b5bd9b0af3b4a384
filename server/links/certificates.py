"""What a client certificate proves (SEC-11). TLS has checked its chain and its dates already."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

from server.links.handshake import Refusal
from server.links.peers import ClientCertificate
from server.model.charger import Charger
from server.model.connection import Cause
from server.model.status import Registration


class Proof(NamedTuple):
    is_own: bool  #: the charger has shown a certificate of its own
    unconfirmed: str = ""  #: the CN, where only the serial number of its boot can confirm that


def proof_of(certificate: ClientCertificate, identity: str, charger: Charger | None, organization: str = "") -> Proof:
    """`Refusal` when the certificate is another charger's, or not of `organization`.

    The CN is the charger's id or its serial number. A charger that is not let charge yet may bring its serial number:
    what it says is no business data before somebody adopts it.
    """
    name = certificate.name
    if not name:
        return Proof(False)
    if organization and certificate.organization.casefold() != organization.casefold():
        raise _refused(f"its organization (O) is {certificate.organization!a}, {organization!a} is asked for")
    if name.casefold() == identity.casefold():
        return Proof(True)
    serial = charger.serial if charger is not None else ""
    is_new = charger is None or (charger.registration is Registration.PENDING and not serial)
    if is_new or (serial and name.casefold() == serial.casefold()):
        return Proof(True, name)
    raise _refused(f"its CN is {name!a}, that must be the charger's id {identity!a} or its serial number {serial!a}")


def _refused(detail: str) -> Refusal:
    return Refusal(HTTPStatus.FORBIDDEN, "The certificate is another charger's.\n", Cause.CERTIFICATE, detail)
