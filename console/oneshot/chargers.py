"""`ocpp-console chargers`: the chargers that the server knows."""

from __future__ import annotations

from console.oneshot import get
from console.oneshot.client import DONE, USAGE, Client, Server, Trouble, say, told
from console.present.safe import safe


def list_all(server: Server, output: str = "table") -> int:
    return get.run("chargers", server, output)


def adopt(server: Server, charger: str) -> int:
    """Let a charger in that nobody knew; it is accepted at its next boot."""

    def work() -> int:
        if not charger:
            raise Trouble("a charger id has at least one character", USAGE)
        with Client(server) as client:
            adopted = client.post("chargers", charger, "adopt", body={})
        say(f"{safe(adopted['chargerId'])}: {safe(adopted['registration'])}\n")
        return DONE

    return told(work)
