"""`ocpp-console chargers`: the chargers that the server knows."""

from __future__ import annotations

from console.oneshot import get
from console.oneshot.client import DONE, USAGE, Client, Server, Trouble, say, told
from console.present.safe import safe


def list_all(server: Server, output: str = "table") -> int:
    return get.run("chargers", server, output)


def set_options(server: Server, charger: str, wishes: list[str]) -> int:
    """Set options, each as `name=value`; the value `default` takes one back."""

    def work() -> int:
        options: dict[str, str] = {}
        for wish in wishes:
            name, equals, value = wish.partition("=")
            if not equals or not name:
                raise Trouble(f"{wish!r} is no option: write name=value", USAGE)
            options[name.strip()] = value.strip()
        with Client(server) as client:
            client.get("chargers", charger)  # an unknown one is a mistake here, nobody to be registered
            changed = client.put("chargers", charger, body={"options": options})
        own = " ".join(f"{name}={value}" for name, value in changed["ownOptions"].items())
        say(f"{safe(changed['chargerId'])}: {safe(own, 500) or 'all as usual'}\n")
        return DONE

    return told(work)


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
