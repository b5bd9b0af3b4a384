"""Waits until a Textual app has done all that it was asked: by its queues, not by the clock.

Textual's own `Pilot` waits until the process has been quiet for 20 ms, twice for every key. That is slow for a word
that is typed, and on a busy machine it is no promise either.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable
from typing import Any

from textual import events
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key

_QUIET_TURNS = 3  #: of the loop, one behind the other: a callback may make another one ready, or a socket
_LONGEST_S = 10.0  #: an app that is never quiet is not waited for


async def quiet() -> None:
    """Until nothing of the running loop is ready: all that goes on waits for a time, a socket or a thread."""
    loop: Any = asyncio.get_running_loop()
    turns, until = 0, loop.time() + _LONGEST_S
    while turns < _QUIET_TURNS and loop.time() < until:
        await asyncio.sleep(0)
        turns = 0 if loop._ready else turns + 1


async def painted(app: App[Any]) -> None:
    """All messages are handled, and what they changed is laid out and painted."""
    for _ in range(_QUIET_TURNS):  # what is called after a paint may ask for another one
        await quiet()
        if app._screen_stack:
            app.screen._on_timer_update()
    await quiet()


async def typed(app: App[Any], keys: Iterable[str]) -> None:
    """One key after the other, each when all of the one before is done."""
    for key in keys:
        assert app._driver is not None
        app._driver.send_message(_event(app, key))
        await painted(app)


def _event(app: App[Any], key: str) -> events.Key:
    """The event of a key by its name, or by its character."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    except KeyError:
        character = key if len(key) == 1 else None
    event = events.Key(name, character)
    event.set_sender(app)
    return event
