"""`ocpp-console chargers add, set-password, rotate-key, ...`: who may connect, and with which password.

A password is typed or comes from stdin, never on the command line: everybody on the machine can read that.
"""

from __future__ import annotations

import getpass
import sys
from typing import Any

from console.oneshot.client import DONE, FAILED, USAGE, Client, Refused, Server, Trouble, say, told
from console.present.safe import safe

MOST = 1_000  #: characters read of a password; what is too long the server refuses


def add(server: Server, charger: str, alias: str = "", generate: bool = False, profile: int | None = None) -> int:
    """Register a charger before it comes, or change its alias or least security profile."""

    def work() -> int:
        body: dict[str, Any] = {"alias": alias} if alias else {}
        if profile is not None:
            body["securityProfile"] = profile
        with Client(server) as client:
            known = client.put("chargers", _named(charger), body=body)
            say(f"{safe(known['chargerId'])}: {safe(known['registration'])}\n")
            if generate:
                _generate(client, charger)
        return DONE

    return told(work)


def remove(server: Server, charger: str) -> int:
    """Forget a charger and its password; its history stays."""

    def work() -> int:
        with Client(server) as client:
            client.delete("chargers", _named(charger))
        say(f"{safe(charger)}: removed\n")
        return DONE

    return told(work)


def enable(server: Server, charger: str, enabled: bool) -> int:
    """Let a charger in again, or switch it off: its link is closed and it is turned away."""

    def work() -> int:
        with Client(server) as client:
            client.get("chargers", _named(charger))  # an unknown one is a mistake here, nobody to be registered
            changed = client.put("chargers", charger, body={"enabled": enabled})
        say(f"{safe(changed['chargerId'])}: {'enabled' if changed['access']['enabled'] else 'disabled'}\n")
        return DONE

    return told(work)


def set_password(server: Server, charger: str, generate: bool = False, none: bool = False) -> int:
    """Set the password of a charger to what is typed, to a new key, or to none."""

    def work() -> int:
        if generate and none:
            raise Trouble("give either --generate or --none, not both", USAGE)
        with Client(server) as client:
            name = client.get("chargers", _named(charger))["chargerId"]
            if generate:
                _generate(client, charger)
                return DONE
            client.put("chargers", charger, body={"password": None if none else _typed(charger)})
        told_now = "no password is asked for any more" if none else "password set; it is asked for from now on"
        say(f"{safe(name)}: {told_now}\n")
        return DONE

    return told(work)


def rotate_key(server: Server, charger: str, wait: float = 30.0) -> int:
    """Give a charger a new AuthorizationKey over OCPP. Exit code 0 only when it took it."""

    def work() -> int:
        with Client(server) as client:
            try:
                outcome = client.post("chargers", _named(charger), "rotate-key", body={}, wait=wait)
            except Refused as refused:
                if refused.status != 409:
                    raise
                raise Trouble(f"{charger}: not sent: {refused}") from None
        say(f"{safe(charger)}: {safe(_in_words(outcome, charger), 500)}\n")
        return DONE if outcome["state"] == "accepted" else FAILED

    return told(work)


def _in_words(outcome: dict[str, Any], charger: str) -> str:
    match outcome["state"], outcome.get("status"):
        case "accepted", "RebootRequired":
            return (
                "it uses the new key after its next reboot, until then both are accepted:"
                f" ocpp-console do Reset {charger} type=Soft"
            )
        case "accepted", _:
            return "it has the new key; the one before is refused from now on"
        case (("rejected" | "error"), status):
            return f"it did not take the new key ({status or outcome.get('error')}); the one before stays"
        case "queued", _:
            return "the new key is not sent yet; see `ocpp-console get commands`"
    why = outcome.get("error") or outcome["state"]
    return f"{why}: whether it took the new key is known at its next login, until then both are accepted"


def _generate(client: Client, charger: str) -> None:
    made = client.post("chargers", charger, "password", body={})
    say(f"password: {safe(made['password'])}\n")
    if sys.stdout.isatty():
        say("Type it into the charger (AuthorizationKey, HTTP password; user name is its id). It is not shown again.\n")


def _typed(charger: str) -> str:
    """Twice on a terminal, else one line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(MOST).rstrip("\r\n") or _nothing()
    password = getpass.getpass(f"Password of {safe(charger)}: ") or _nothing()
    if getpass.getpass("Again: ") != password:
        raise Trouble("the two are not the same: nothing is changed")
    return password


def _nothing() -> str:
    raise Trouble("no password was given: type one, or use --generate or --none", USAGE)


def _named(charger: str) -> str:
    if not charger:
        raise Trouble("a charger id has at least one character", USAGE)
    return charger
