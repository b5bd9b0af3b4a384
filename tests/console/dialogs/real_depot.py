"""A console on a whole server, and a charger made of bytes on its other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from textual import events

from console.app import ConsoleApp
from console.dialogs import frame
from console.terminal.profile import TerminalProfile
from server.model.command import Command
from server.site import Site
from tests.console.reader import TRUE, Reader
from tests.quiet import painted
from tests.server.api.served import short_path
from tests.server.operations.whole import AnsweringCharger, finished, site_and_charger

Payload = dict[str, Any]
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END CERTIFICATE-----\n"


class Desk:
    """One person at a console, with CP-1 under the cursor."""

    def __init__(self, reader: Reader, site: Site, charger: AnsweringCharger) -> None:
        self.reader = reader
        self.site = site
        self.charger = charger

    async def press(self, *keys: str) -> None:
        await self.reader.press(*keys)

    async def open(self, operation: str) -> None:
        """By the menu, as somebody who knows its name."""
        await self.press("colon", *operation, "enter")

    async def fill(self, *texts: str) -> None:
        """Each text into one field, from the first on: "" leaves it, "<" and ">" choose, "^text" replaces."""
        if texts:
            screen: Any = self.reader.app.screen
            await self.go_to(screen.fields()[0].name)
        for i, text in enumerate(texts):
            if set(text) <= {"<", ">"}:
                await self.press(*("right" if c == ">" else "left" for c in text))
            elif text.startswith("-----BEGIN"):
                self.reader.app.post_message(events.Paste(text))
            else:
                await self.press(*(["ctrl+u"] if text.startswith("^") else []), *text.removeprefix("^"))
            if i < len(texts) - 1:
                await self.press("tab")
        await self.reader.settle()

    async def confirm(self) -> None:
        """At the level that is asked for: the id is typed, or Send is pressed."""
        if "level 3" in self.text():
            await self.go_to("typed")
            await self.press(*"CP-1", "enter")
        else:
            await self.go_to("send")
            await self.press("enter")

    async def go_to(self, name: str) -> None:
        screen: Any = self.reader.app.screen
        for _ in range(40):
            if screen.focus_name == name:
                return
            await self.press("tab")
        raise AssertionError(f"no {name} here:\n{self.text()}")

    async def outcome(self) -> Command:
        """The newest command, when nothing more of it is waited for; and the screen shows it."""
        command = await finished(self.site.commands[-1])
        await self.reader.settle()
        return command

    async def answered(self) -> Command:
        """The newest command, when it is answered; what follows may take long."""
        command = self.site.commands[-1]
        async with asyncio.timeout(15):
            while not command.is_answered:  # noqa: ASYNC110 - a command has no event of its own
                await asyncio.sleep(0.005)
        await self.reader.settle()
        return command

    def text(self) -> str:
        return self.reader.text()


@asynccontextmanager
async def at_desk(size: tuple[int, int] = (80, 24), profile: TerminalProfile = TRUE) -> AsyncIterator[Desk]:
    with short_path() as path:
        async with site_and_charger(path.parent) as (site, charger):
            if not site.drop.port:
                await site.drop.listen(0)  # another test has the usual one
            app = ConsoleApp(site, profile, attached=True)
            with patch.object(frame, "SEEN_S", 0.0):  # it types faster than anybody reads
                async with app.run_test(size=size) as pilot:
                    reader = Reader(app, pilot, site)  # type: ignore[arg-type]
                    async with asyncio.timeout(15):
                        while app.console_screen is None or not app.console_screen.is_mounted:
                            await painted(app)
                    await reader.settle()
                    yield Desk(reader, site, charger)
