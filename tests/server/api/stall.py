"""Measures what the first request costs the loop: `python -m tests.server.api.stall SOCKET`.

Prints by how much a timer of the loop was late at worst and the time until the first answer, both in ms.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from server.api.door import Door
from server.outlets.metrics import exposition
from tests.server.api.fake_depot import living_depot

BEAT_S = 0.001
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def main(path: Path) -> None:
    longest = 0.0
    is_over = False

    async def beat() -> None:
        nonlocal longest
        while not is_over:
            before = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            longest = max(longest, time.perf_counter() - before - BEAT_S)

    async with Door(living_depot(), path, None, "", None, exposition):
        reader, writer = await asyncio.open_unix_connection(str(path))
        beating = asyncio.create_task(beat())
        await asyncio.sleep(0.05)
        longest = 0.0
        started = time.perf_counter()
        writer.write(REQUEST)
        answer = await reader.read()
        took = time.perf_counter() - started
        is_over = True
        await beating
        assert answer.startswith(b"HTTP/1.1 200"), answer
        writer.close()
    print(f"{longest * 1e3:.1f} {took * 1e3:.0f}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
