"""The log of a charge point, and bringing it to where the CSMS wants it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from simulator import messages
from simulator.clock import wall_ms
from simulator.transfers import TransferFailed, upload
from simulator.watch import Kind
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


class Request(NamedTuple):
    """`log_type`: DiagnosticsLog or SecurityLog. GetLog has a request id, GetDiagnostics has none."""

    location: str
    retries: int = 0
    retry_interval_s: float = 10.0
    request_id: int | None = None
    log_type: str = "DiagnosticsLog"


class Diagnostics:
    """One upload at a time; a new one takes the place of one that is under way."""

    def __init__(self, station: Station) -> None:
        self.log_status = "Idle"
        self.status = "Idle"
        self._station = station
        self._log_request_id: int | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def name(self, request: Request) -> str:
        """What the file will be called."""
        stamp = messages.utc(wall_ms())[:19].replace("-", "").replace(":", "")
        return f"{self._station.charger_id}-{request.log_type}-{stamp}.log"

    def replace(self, request: Request, name: str) -> None:
        """Begin; an upload that is under way is given up."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
        self._task = self._station.spawn(self._run(request, name), "diagnostics")

    def tell(self) -> None:
        self._station.notify("DiagnosticsStatusNotification", {"status": self.status})

    def tell_log(self) -> None:
        payload: Payload = {"status": self.log_status}
        if self._log_request_id is not None:
            payload["requestId"] = self._log_request_id
        self._station.notify("LogStatusNotification", payload)

    async def _run(self, request: Request, name: str) -> None:
        self._moved(request, "Uploading")
        content = self._content(request.log_type)
        for attempt in range(request.retries + 1):
            try:
                await upload(request.location, name, content, self._station.tls)
            except TransferFailed as error:
                self._station.log(f"upload: {error}")
            else:
                self._moved(request, "Uploaded")
                return
            if attempt < request.retries:
                await self._station.clock.sleep(request.retry_interval_s)
        self._moved(request, "UploadFailed" if request.request_id is None else "UploadFailure")

    def _moved(self, request: Request, status: str) -> None:
        self._station.emit(Kind.JOB, 0, f"{request.log_type} {status}")
        if request.request_id is None:
            self.status = status
            self.tell()
            self.status = status if status == "Uploading" else "Idle"
        else:
            self.log_status, self._log_request_id = status, request.request_id
            self.tell_log()
            if status != "Uploading":
                self.log_status, self._log_request_id = "Idle", None

    def _content(self, log_type: str) -> bytes:
        """What a service technician would like to read."""
        station, plate = self._station, self._station.nameplate
        lines = [f"{station.charger_id} {plate.vendor} {plate.model} {plate.serial} firmware {plate.firmware}"]
        if log_type == "SecurityLog":
            lines += station.security.log
        else:
            lines += [f"connector {c.connector_id}: {c.status} {c.register_wh:.0f} Wh" for c in station.board]
            answer = station.configuration.read([])
            lines += [f"{entry['key']} = {entry.get('value', '***')}" for entry in answer["configurationKey"]]
            lines += station.recent
        return ("\n".join(lines) + "\n").encode()
