"""Firmware updates: fetch, check, install, reboot with the new version. Each step is told."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from simulator import certificates
from simulator.clock import wall_ms
from simulator.transfers import TransferFailed, download, load
from simulator.watch import Kind
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station

_INSTALL_S = 5.0
_LOOK_S = 2.0  #: how often it looks whether the last session is over


class Update(NamedTuple):
    """What was asked for. `retrieve_at`, `install_at`: ms since the epoch. A signed one has a request id."""

    location: str
    retrieve_at: int
    retries: int = 0
    retry_interval_s: float = 10.0
    install_at: int = 0
    request_id: int | None = None
    certificate: str = ""
    signature: str = ""

    @property
    def is_signed(self) -> bool:
        return self.request_id is not None


class Firmware:
    """The update of one charge point; a new one takes the place of one that is under way."""

    def __init__(self, station: Station) -> None:
        self.status = "Idle"
        self._station = station
        self._update: Update | None = None
        self._task: asyncio.Task[None] | None = None
        self._installed = ""  #: the version that the next boot comes with

    @property
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def replace(self, update: Update) -> None:
        """Begin; an update that is under way is given up."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._hold(False)
        self._update = update
        self._task = self._station.spawn(self._run(update), "firmware")

    def tell(self, status: str = "") -> None:
        """Report `status`, or again the one that is, with the request it belongs to."""
        if status:
            self.status = status
            self._station.emit(Kind.JOB, 0, f"firmware {status}")
        update = self._update
        if update is not None and update.is_signed:
            payload: Payload = {"status": self.status, "requestId": update.request_id}
            self._station.notify("SignedFirmwareStatusNotification", payload)
        else:
            self._station.notify("FirmwareStatusNotification", {"status": self.status})

    def booted(self) -> None:
        """The charge point is back after an install."""
        if self._installed:
            self._installed = ""
            self.tell("Installed")
            self._station.security.note("FirmwareUpdated", self._station.nameplate.firmware)
            self.status, self._update = "Idle", None

    async def _run(self, update: Update) -> None:
        if update.is_signed:
            await load(certificates.NEEDED)
        await self._wait_until(update.retrieve_at, "DownloadScheduled" if update.is_signed else "")
        content = await self._fetch(update)
        if content is None:
            self.tell("DownloadFailed")
            return
        self.tell("Downloaded")
        if update.is_signed and not certificates.is_signed_by(content, update.signature, update.certificate):
            self.tell("InvalidSignature")
            self._station.security.note("InvalidFirmwareSignature", update.location)
            return
        if update.is_signed:
            self.tell("SignatureVerified")
        await self._wait_until(update.install_at, "InstallScheduled" if update.is_signed else "")
        await self._install(update, content)

    async def _fetch(self, update: Update) -> bytes | None:
        """The file; None when it does not come, however often it is tried."""
        self.tell("Downloading")
        for attempt in range(update.retries + 1):
            try:
                return await download(update.location, self._station.tls)
            except TransferFailed as error:
                self._station.log(f"firmware: {error}")
            if attempt < update.retries:
                await self._station.clock.sleep(update.retry_interval_s)
        return None

    async def _install(self, update: Update, content: bytes) -> None:
        self._hold(True)
        while any(connector.session is not None for connector in self._station.connectors.values()):
            await self._station.clock.sleep(_LOOK_S)
        self._hold(True)
        self.tell("Installing")
        await self._station.clock.sleep(_INSTALL_S)
        if not content or self._station.traits.fails_install:
            self.tell("InstallationFailed")
            self._hold(False)
            return
        if update.is_signed:
            self.tell("InstallRebooting")
        plate = self._station.nameplate
        self._installed = _version(update.location, plate.firmware)
        self._station.nameplate = replace(plate, firmware=self._installed)
        self._station.reset()

    def _hold(self, installing: bool) -> None:
        """Nobody begins to charge while it is about to install, or installs."""
        for connector in self._station.board:
            connector.installing = installing
            self._station.board.settle(connector)

    async def _wait_until(self, at: int, status: str) -> None:
        left_s = (at - wall_ms()) / 1000
        if left_s > 0:
            if status:
                self.tell(status)
            await asyncio.sleep(left_s)  # true time: it was told as a date


def _version(location: str, old: str) -> str:
    """`acme-1.4.2.bin` holds 1.4.2; without a number in its name the last one of the old version grows."""
    name = unquote(urlsplit(location).path).rpartition("/")[2]
    if found := re.search(r"\d+(?:\.\d+)+", name):
        return found[0]
    head, digits = re.fullmatch(r"(.*?)(\d*)", old).groups()  # type: ignore[union-attr]  # fits any text
    return f"{head}{int(digits or 0) + 1}"
