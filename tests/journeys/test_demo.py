"""`ocpp-console demo` beside others."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.product import COMMAND
from tests.pty_screen import PtyScreen

START_S = 40.0  #: for several at once on the busiest of machines


async def test_demos_started_together_all_live_and_say_where(tmp_path: Path, unused_tcp_port: int) -> None:
    """The second takes a free port and a socket of its own; one whose port was named says what to do."""
    env = {"HOME": str(tmp_path), "OCPP_CONSOLE_OCPP_PORT": str(unused_tcp_port)}
    command = [*COMMAND, "demo", "--chargers", "3"]
    async with PtyScreen(command, env=env) as one, PtyScreen(command, env=env) as other:
        told = f"port {unused_tcp_port} is taken: this demo listens on "
        await one.until(lambda s: told in s.text or told in other.text, START_S)
        for screen in (one, other):
            await screen.until("CP-0003", START_S)
        async with PtyScreen([*command, "--port", str(unused_tcp_port)], env=env) as third:
            await third.until(f"port {unused_tcp_port} is taken: stop the program", START_S)
            await third.until("with --port", START_S)
