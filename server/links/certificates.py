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
    serial: str = ""  #: the CN, where it is a serial number: that of its boot must be the same
    is_sure: bool = False  #: nothing has to confirm it: the certificate names the charger by its id


def proof_of(certificate: ClientCertificate, identity: str, charger: Charger | None, organization: str = "") -> Proof:
    """`Refusal` when the certificate is another charger's, or not of `organization`.

    The CN is the charger's id or its serial number. A charger that is not let charge yet may bring its serial number:
    what it says is no business data before somebody adopts it. One that this server signed holds the id too, and is
    good for that charger alone.
    """
    name = certificate.name
    if not name:
        return Proof(False)
    if organization and certificate.organization.casefold() != organization.casefold():
        raise refused(f"its organization (O) is {certificate.organization!a}, {organization!a} is asked for")
    if certificate.issued_to and certificate.issued_to.casefold() != identity.casefold():
        raise refused(f"this server issued it to {certificate.issued_to!a}, the charger's id is {identity!a}")
    if name.casefold() == identity.casefold():
        return Proof(True, is_sure=True)
    serial = charger.serial if charger is not None else ""
    is_new = charger is None or (charger.registration is Registration.PENDING and not serial)
    if is_new or (serial and name.casefold() == serial.casefold()):
        return Proof(True, name, bool(certificate.issued_to))
    raise refused(f"its CN is {name!a}, that must be the charger's id {identity!a} or its serial number {serial!a}")


def refused(detail: str) -> Refusal:
    return Refusal(HTTPStatus.FORBIDDEN, "The certificate is another charger's.\n", Cause.CERTIFICATE, detail)
