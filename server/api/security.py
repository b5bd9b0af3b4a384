"""What chargers tell about their security: events, and requests for certificates."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso, time_or_none
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.certificate import CertificateRequest
from server.model.security_event import SecurityEvent


class SecurityEventShape(TypedDict):
    eventId: int
    chargerId: str
    type: str
    isCritical: Annotated[bool, Field(description="one of those that OCPP calls critical")]
    techInfo: str | None
    timestamp: Annotated[str | None, Field(description="by the charger's clock, UTC")]
    receivedAt: str | None


class SecurityEventsShape(TypedDict):
    count: int
    securityEvents: list[SecurityEventShape]


class CertificateShape(TypedDict):
    chargerId: str
    receivedAt: str | None
    status: Annotated[str, Field(description="what the charger was answered: Accepted or Rejected")]
    csr: Annotated[str, Field(description="PEM; sign it, and send the chain with CertificateSigned")]


class CertificatesShape(TypedDict):
    count: int
    certificates: list[CertificateShape]


def event_shape(event_id: int, event: SecurityEvent) -> SecurityEventShape:
    return {
        "eventId": event_id,
        "chargerId": event.charger_id,
        "type": event.type,
        "isCritical": event.is_critical,
        "techInfo": event.tech_info or None,
        "timestamp": iso(event.station_at),
        "receivedAt": iso(event.at),
    }


def certificate_shape(request: CertificateRequest) -> CertificateShape:
    return {
        "chargerId": request.charger_id,
        "receivedAt": iso(request.at),
        "status": "Accepted" if request.is_accepted else "Rejected",
        "csr": request.csr,
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/security-events", response_model=SecurityEventsShape, summary="Security events, newest first")
    async def list_security_events(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="an eventId: older ones only")] = None,
    ) -> Response:
        found = await depot.find_security_events(as_stored(depot, charger), limit, before)
        return answer({"count": len(found), "securityEvents": [event_shape(*row) for row in found]})

    @app.get("/api/certificates", response_model=CertificatesShape, summary="Certificates that chargers ask for")
    async def list_certificates(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        until: Annotated[str, Query(description="asked then or earlier, with zone")] = "",
    ) -> Response:
        found = await depot.find_certificate_requests(as_stored(depot, charger), limit, time_or_none("until", until))
        return answer({"count": len(found), "certificates": [certificate_shape(request) for request in found]})
