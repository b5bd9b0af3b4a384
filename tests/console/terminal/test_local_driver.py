"""The process's own terminal may freeze, close or be suspended; the server on the same loop goes on."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.console.terminal.conftest import Depot


def wall_is_whole(text: str) -> bool:
    """Every line of the wall is of one and the same frame, and none is missing."""
    lines = [line for line in text.splitlines() if line[2:4] == ": "]
    return (
        len(lines) == 20
        and len({line[4:] for line in lines}) == 1
        and [int(line[:2]) for line in lines] == [*range(20)]
    )


async def test_a_ui_paints_takes_keys_follows_the_window_and_gives_the_terminal_back(depot: Depot) -> None:
    """The everyday life of one UI on one terminal."""
    async with depot.local(columns=80, lines=24) as screen:
        await screen.until("size=80x24")
        assert screen.is_alternate and screen.is_raw
        screen.send("j\x1b[A\u00e9")
        await screen.until("keys:j up \u00e9")
        screen.send("\x1b")
        await screen.until("escape")
        screen.resize(100, 30)
        await screen.until("size=100x30")
        screen.send("q")
        assert await screen.wait_exit() == 0
        assert not screen.is_alternate and not screen.is_raw
    assert (depot.told("ended"), depot.told("streams")) == ("quit  skipped=0", "True")


async def test_keys_that_would_end_or_stop_other_programs_are_keys(depot: Depot) -> None:
    """ctrl+z, ctrl+s and ctrl+c reach the App and nothing else."""
    async with depot.local() as screen:
        await screen.until("keys:")
        screen.send("\x1a\x13\x03k")
        await screen.until("ctrl+z ctrl+s")
        await screen.until(lambda s: s.line(2).endswith("k"))


async def test_a_sequence_no_keyboard_sends_does_not_end_the_ui(depot: Depot) -> None:
    """Input that Textual's parser cannot digest is dropped, and the next key works."""
    async with depot.local() as screen:
        await screen.until("keys:")
        screen.send("\x1b[99999999999999;1u")
        await asyncio.sleep(0.3)
        screen.send("k")
        await screen.until("keys:k")


@pytest.mark.slow
async def test_a_frozen_terminal_does_not_stop_the_loop_and_is_right_afterwards(depot: Depot) -> None:
    """4 s without reading while the UI writes: no gap over 250 ms, frames skipped, whole picture after the thaw."""
    async with depot.local("wall") as screen:
        await screen.until("19: 00000")
        screen.freeze()
        await asyncio.sleep(3.7)
        screen.send("kP")  # from now on nothing changes: only a repaint can put the picture right
        await asyncio.sleep(0.3)
        screen.thaw()
        await screen.until_all("keys:k P", "stands at ")
        await screen.until(lambda s: wall_is_whole(s.text) and s.line(10)[4:10] == s.line(1)[-6:])
        assert int(screen.line(1)[-6:]) > 20
        screen.send("q")
        assert await screen.wait_exit() == 0
    assert depot.gaps == []
    assert int(depot.told("ended quit  skipped=")) > 20


@pytest.mark.parametrize("options", [("wall",), ("wall", "hup")], ids=["SIGHUP left alone", "SIGHUP handled"])
async def test_a_closed_terminal_ends_the_ui_and_not_the_server(depot: Depot, options: tuple[str, ...]) -> None:
    """Window closed: the UI ends as lost, the loop goes on without a gap and without spinning."""
    async with depot.local(*options) as screen:
        await screen.until("19: 00000")
        screen.close()
        assert await screen.wait_exit() == 0
    assert depot.told("ended").startswith("lost")
    assert depot.told("streams") == "True"
    assert float(depot.told("alive cpu=")) < 0.3
    assert depot.gaps == []


async def test_sigterm_ends_a_frozen_ui_and_the_terminal_is_restored_after_the_thaw(depot: Depot) -> None:
    """SIGTERM while the terminal does not read: the process is gone in time, its last words are not lost."""
    async with depot.local("wall") as screen:
        await screen.until("19: 00000")
        screen.freeze()
        await asyncio.sleep(1)
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
        screen.thaw()
        await screen.wait_exit()  # all that it had written is read
        assert not screen.is_alternate and not screen.is_raw
        assert screen.text.strip() == ""


async def test_job_control_cannot_stop_the_server(depot: Depot) -> None:
    """SIGTSTP, SIGTTIN and SIGTTOU are ignored: keys still work and the loop had no gap."""
    async with depot.local("shell") as screen:
        await screen.until("keys:")
        for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            os.kill(int(depot.told("pid")), number)
        screen.send("k")
        await screen.until("keys:k")
        assert screen.is_running, "the shell saw its job stop"
    assert depot.gaps == []


async def test_after_sigcont_the_terminal_is_taken_over_again(depot: Depot) -> None:
    """SIGSTOP, a shell that prints and resets the terminal, SIGCONT: raw mode and the whole picture are back."""
    async with depot.local() as screen:
        await screen.until("size=80x24")
        await asyncio.sleep(0.3)  # nothing more is under way
        screen.kill(signal.SIGSTOP)
        screen.screen.reset()
        screen.raw.clear()
        screen.kill(signal.SIGCONT)
        await screen.until(lambda s: "size=80x24" in s.text and "keys:" in s.text)
        assert screen.is_alternate and screen.is_raw


async def test_an_error_in_the_ui_ends_only_the_ui(depot: Depot) -> None:
    """An exception in a handler: the UI ends as failed, no traceback on the terminal, the loop goes on."""
    async with depot.local() as screen:
        await screen.until("keys:")
        screen.send("E")
        assert await screen.wait_exit() == 0
        assert screen.text.strip() == ""
    assert depot.told("ended").startswith("failed")
    assert depot.told("alive")
    assert depot.gaps == []


@pytest.mark.slow
async def test_a_ui_that_hangs_is_cancelled_once_its_terminal_is_gone(depot: Depot) -> None:
    """A handler that never returns cannot keep a dead UI."""
    async with depot.local() as screen:
        await screen.until("keys:")
        screen.send("S")
        await asyncio.sleep(0.3)
        screen.close()
        assert await screen.wait_exit(10) == 0
    assert depot.told("ended").startswith("lost")
