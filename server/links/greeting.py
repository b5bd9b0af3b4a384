"""What `asyncio` keeps to itself of a TLS handshake: that a hello was understood, and the alert that ends a bad one.

`asyncio` closes the line of a failed handshake with the alert unsent: the charger's own log would never say why.
"""

from __future__ import annotations

import ssl
from contextvars import ContextVar
from typing import Protocol, Self, cast


class Greeted(Protocol):
    """Who waits for a handshake."""

    def hello_seen(self) -> None:
        """The charger speaks TLS and a version of ours."""

    def send_alert(self, alert: bytes) -> None:
        """To the charger, before the line is closed."""


#: Whose handshake begins: set by the task that secures a connection.
at_the_door: ContextVar[Greeted | None] = ContextVar("at_the_door", default=None)


class _Greeting(ssl.SSLObject):
    outgoing: ssl.MemoryBIO
    door: Greeted | None

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLWantReadError:
            if self.door is not None and self.outgoing.pending:
                self.door.hello_seen()
            raise
        except ssl.SSLError:
            if self.door is not None and (alert := self.outgoing.read()):
                self.door.send_alert(alert)
            raise
        finally:
            if self.version() is not None:
                self.door = None  # it is done


class GreetingContext(ssl.SSLContext):
    """The context of a server whose handshakes report to who is `at_the_door`."""

    def __new__(cls) -> Self:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made.sslobject_class = _Greeting
        return made

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        greeting = cast(_Greeting, super().wrap_bio(incoming, outgoing, server_side, server_hostname, session))
        greeting.outgoing, greeting.door = outgoing, at_the_door.get()
        return greeting
