"""The floor: a bare `websockets` server that sends back what it gets. `python -m tests.bench.raw_echo` prints its port.

BootNotification gets a fixed answer, so that the same load can drive it.
"""

from __future__ import annotations

import asyncio

import websockets

BOOTED = '[3,"boot",{"status":"Accepted","interval":300,"currentTime":"2026-11-21T10:42:07Z"}]'


async def echo(connection: websockets.ServerConnection) -> None:
    try:
        async for message in connection:
            text = message if isinstance(message, str) else message.decode()
            # type 3 instead of 2, so that the load takes it for an answer
            await connection.send(BOOTED if '"BootNotification"' in text else "[3" + text[2:])
    except websockets.ConnectionClosed:
        return


async def main() -> None:
    subprotocols = [websockets.Subprotocol("ocpp1.6")]
    async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=subprotocols, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
