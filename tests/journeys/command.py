"""One `ocpp-console` command as a process of its own, from start to exit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tests.journeys.product import COMMAND, environment

LONGEST_S = 30.0
NONE: Mapping[str, str] = MappingProxyType({})


class Said(NamedTuple):
    """What it left behind."""

    code: int
    out: str
    err: str

    @property
    def is_sentence(self) -> bool:
        """One line on stderr that begins with our name, and nothing on stdout."""
        return self.out == "" and self.err.startswith("ocpp-console: ") and self.err.count("\n") == 1


async def run(
    *arguments: str, folder: Path | None = None, settings: Mapping[str, str] = NONE, prefix: Sequence[str] = ()
) -> Said:
    """Run to the end, with `settings` as OCPP_CONSOLE_<NAME>. It asks the server that lives in `folder`.

    No command may show a traceback, whatever it is given; that is checked here.
    """
    own = {"SOCKET": str(folder / "s")} if folder is not None else {}
    process = await asyncio.create_subprocess_exec(
        *prefix,
        *COMMAND,
        *arguments,
        env=environment(**own | dict(settings)),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    said = Said(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in said.err, said.err
    return said


async def run_all(lines: Iterable[str], folder: Path | None = None) -> list[Said]:
    """Run many command lines, a few at the same time; what each left behind, in their order."""
    few = asyncio.Semaphore(3)

    async def run_one(line: str) -> Said:
        async with few:
            return await run(*line.split(), folder=folder)

    return await asyncio.gather(*(run_one(line) for line in lines))
