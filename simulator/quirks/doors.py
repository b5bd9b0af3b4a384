"""Quirks of how a charge point connects, and of when it does."""

from __future__ import annotations

import ssl

from simulator.quirks.edits import values_of
from simulator.quirks.habit import Frame, Habit, Hands, Piece, Squeezed
from simulator.quirks.quirk import Handshake, Quirk

_NEVER = (1e9, 1e9)


def _trusting_nobody(_usual: ssl.SSLContext | None) -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _old_tls(usual: ssl.SSLContext | None) -> ssl.SSLContext:
    context = usual or ssl.create_default_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


class Restless(Habit):
    """Comes back every few tens of seconds."""

    GAP_S = (20.0, 50.0)

    def linked(self) -> None:
        station = self.hands.station
        station.schedule.after("restless", self.hands.rng.uniform(*self.GAP_S), lambda: self.hands.cut(0))


class SqueezesHeartbeats(Habit):
    def written(self, text: str) -> list[Piece]:
        return [Squeezed(text) if '"Heartbeat"' in text else text]


class OnlyEnergy(Habit):
    """Measurands are accepted and never measured."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._kept = "Energy.Active.Import.Register"

    def leaving(self, frame: Frame) -> list[Frame]:
        for value in values_of(frame.payload):
            value["sampledValue"] = [s for s in value["sampledValue"] if s["measurand"] == self._kept]
        return [frame]


QUIRKS = (
    Quirk(
        name="grizzl-e-no-subprotocol",
        source="Q01",
        does="offers no subprotocol",
        handshake=Handshake(subprotocols=None),
    ),
    Quirk(
        name="grizzl-e-empty-path",
        source="Q03",
        does="asks for `/`: only its password and its boot say who it is",
        handshake=Handshake(target="/"),
    ),
    Quirk(
        name="autel-no-connection-header",
        source="Q08",
        does="leaves `Connection: Upgrade` away",
        handshake=Handshake(connection=None),
    ),
    Quirk(
        name="autel-trusts-nobody",
        source="Q09",
        does="has no CA and gives wss:// up in the middle of the handshake",
        handshake=Handshake(tls=_trusting_nobody),
    ),
    Quirk(
        name="evbox-absolute-uri",
        source="Q10",
        does="puts the whole address into the request line",
        handshake=Handshake(target="ws://{host}{path}"),
    ),
    Quirk(name="evbox-tls-1.0", source="Q11", does="knows TLS 1.0 only", handshake=Handshake(tls=_old_tls)),
    Quirk(
        name="wallbox-reconnects",
        source="Q25",
        does="hangs up every 20 to 50 s and comes back",
        traits={"back_off_s": (1.0, 2.0)},
        habits=(Restless,),
    ),
    Quirk(
        name="foxess-probe-link",
        source="Q50",
        does="offers 2.0.1 too, probes with a link of its own first, and redials after 6 to 19 minutes",
        handshake=Handshake(subprotocols=("ocpp2.0.1", "ocpp1.6"), probes=True),
        traits={"back_off_s": (480.0, 900.0)},
    ),
    Quirk(
        name="teison-never-redials",
        source="Q52",
        does="stays away for good once the line is lost; takes all measurands and measures energy only",
        traits={"back_off_s": _NEVER},
        habits=(OnlyEnergy,),
    ),
    Quirk(
        name="unasked-compression",
        source="Q54",
        does="compresses its heartbeats although nobody agreed on that",
        traits={"back_off_s": (1.0, 2.0)},
        habits=(SqueezesHeartbeats,),
    ),
    Quirk(
        name="wrong-subprotocol",
        does="offers ocpp1.5",
        handshake=Handshake(subprotocols=("ocpp1.5",)),
    ),
    Quirk(
        name="upper-case-subprotocol",
        does="offers OCPP1.6",
        handshake=Handshake(subprotocols=("OCPP1.6",)),
    ),
    Quirk(name="lower-case-headers", does="writes names of headers small", handshake=Handshake(lower_case=True)),
    Quirk(name="trailing-slash", does="ends its path with a slash", handshake=Handshake(target="{path}/")),
    Quirk(name="query-in-path", does="puts a query behind its path", handshake=Handshake(target="{path}?token=1")),
    Quirk(name="bare-path", does="asks for `/ID`, whatever the address says", handshake=Handshake(target="/{id}")),
)
