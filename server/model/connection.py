"""Who tried to connect, how that ended, and the sentence that says what to change at the charger."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote


def host_of(peer: str) -> str:
    """The address without its port."""
    return peer.rpartition(":")[0] or peer


class Cause(StrEnum):
    """What became of a connection. The values stand in the API and in the database: never rename."""

    CONNECTED = "connected"
    ODD = "connected_oddly"  #: let in, although something was not as it should be
    TCP_PROBE = "tcp_probe"
    TLS_ON_PLAIN = "tls_on_plain_port"
    PLAIN_ON_TLS = "plain_on_tls_port"
    PLAIN_HTTP = "plain_http"
    NO_UPGRADE = "no_upgrade"
    NOT_WEBSOCKET = "not_websocket"
    HEADERS = "headers_too_large"
    NO_ID = "no_charger_id"
    BAD_ID = "bad_charger_id"
    SUBPROTOCOL = "wrong_subprotocol"
    UNKNOWN = "unknown_charger"
    DISABLED = "charger_disabled"
    NO_PASSWORD = "password_missing"
    WRONG_PASSWORD = "password_wrong"
    WRONG_USER = "user_name_wrong"
    CERTIFICATE = "certificate_refused"
    NO_CERTIFICATE = "certificate_missing"
    TLS_FAILED = "tls_failed"
    PROFILE = "profile_too_low"
    RATE = "too_many_tries"
    TAKEN_OVER = "taken_over"
    IN_USE = "id_in_use"  #: taken over too often: the link that lives was kept
    TOO_SLOW = "too_slow"
    COMPRESSED = "compressed_frames"
    TOO_LARGE = "message_too_large"
    SERVER_ERROR = "server_error"

    @property
    def words(self) -> str:
        """For people: `password wrong`."""
        return self.value.replace("_", " ")

    @property
    def is_connection(self) -> bool:
        """The charger was let in."""
        return self in (Cause.CONNECTED, Cause.ODD)


#: How the detail of a row begins that stands for many.
MANY_TRIES = "many tries, the last: "

#: What alike tries have in common: address, id, cause; of an id that cannot be one, what it was.
Kind = tuple[str, str, Cause, str]


def kind_of(peer: str, charger_id: str, cause: Cause, detail: str) -> Kind:
    """Tries of the same kind are one row."""
    is_told_apart = cause is Cause.BAD_ID and not detail.startswith(MANY_TRIES)
    return host_of(peer), charger_id, cause, detail if is_told_apart else ""


class Doors(NamedTuple):
    """What chargers may be told to dial: `ws://10.0.0.5:9220`; `secure` is empty when no TLS is served."""

    plain: str
    secure: str = ""


@dataclass(slots=True)
class ConnectionAttempt:
    """One try to connect, or many alike ones in a row. Only `server.core.doctor` writes.

    Of a charger that comes again and again this is one row too: `count` grows, times and reason are those of the last.
    """

    attempt_id: int
    at: int  #: the first one, ms
    peer: str  #: address of the last one, "10.0.4.13:50512"
    charger_id: str  #: "" when it never said
    cause: Cause
    detail: str = ""  #: what exactly was seen, for whoever knows protocols
    fix: str = ""  #: one sentence: what to change. Empty: nothing is wrong
    count: int = 1
    seen_at: int = 0  #: the last one, ms
    profile: int = 0  #: OCPP security profile that it reached
    ended_at: int = 0  #: of one that was let in, ms; 0 = it still stands
    ended: str = ""  #: why, as a sentence part

    @property
    def kind(self) -> Kind:
        return kind_of(self.peer, self.charger_id, self.cause, self.detail)

    @property
    def is_open(self) -> bool:
        return self.cause.is_connection and not self.ended_at


def fix_for(cause: Cause, charger_id: str, doors: Doors, detail: str = "") -> str:
    """What to do about `cause`, as sentences for the person at the charger. Empty when nothing is wrong.

    The id comes from the wire: in a URL it is percent-encoded, in a command it is quoted for the shell.
    """
    own = quote(charger_id, safe="") or "CHARGER-ID"
    name = shlex.quote(charger_id or "CHARGER-ID")
    plain, secure = f"{doors.plain}/{own}", f"{doors.secure}/{own}" if doors.secure else ""
    match cause:
        case Cause.CONNECTED:
            return ""
        case Cause.ODD:
            return f"It works. To have it as it should be: {detail}." if detail else ""
        case Cause.TCP_PROBE:
            return f"Nothing, if this is a port scan or a monitor. A charger needs the whole URL: {secure or plain}"
        case Cause.TLS_ON_PLAIN if secure:
            return f"The charger speaks TLS to the port without it. Type {secure} into the charger."
        case Cause.TLS_ON_PLAIN:
            return (
                f"The charger speaks TLS, this server has no certificate. Type {plain} into the charger"
                " (ws, not wss), or make one: ocpp-console certificates init --host NAME"
            )
        case Cause.PLAIN_ON_TLS:
            return f"The charger speaks plain text to the TLS port. Type {secure or plain} into the charger."
        case Cause.PLAIN_HTTP | Cause.NOT_WEBSOCKET:
            return (
                f"This is the OCPP port, no web page. Type {secure or plain} into the charger, protocol OCPP 1.6 JSON."
            )
        case Cause.HEADERS:
            return f"Its request is too long: {detail}. Type {secure or plain} into the charger, or look at the proxy."
        case Cause.NO_UPGRADE:
            seen = detail[:1].upper() + detail[1:] or "It does not ask for WebSocket"
            return (
                f"{seen}. A proxy in between must pass WebSocket on;"
                f" without one set the charger to OCPP 1.6 JSON (not SOAP) and {secure or plain}"
            )
        case Cause.NO_ID:
            return f"The URL ends without a charger id. Type {plain} into the charger, or its id into the field for it."
        case Cause.BAD_ID:
            return "Give the charger another id: 1 to 48 characters, letters, digits and - _ . are safe everywhere."
        case Cause.SUBPROTOCOL:
            return f"Set the charger to OCPP 1.6 JSON (also called 1.6J): {detail or 'it speaks another version'}."
    return _fix_of_access(cause, name, plain, secure, detail)


def _fix_of_access(cause: Cause, name: str, plain: str, secure: str, detail: str) -> str:
    """The part of `fix_for` about who may come in."""
    seen = detail[:1].upper() + detail[1:]  # where it is a sentence
    match cause:
        case Cause.UNKNOWN:
            return f"Nobody knows this charger. Register it: ocpp-console chargers add {name} --generate"
        case Cause.DISABLED:
            return f"This charger was switched off here. Let it in again: ocpp-console chargers enable {name}"
        case Cause.NO_PASSWORD:
            return (
                "The charger sends no password. Type it into the charger (AuthorizationKey, HTTP password);"
                f" for a new one: ocpp-console chargers set-password {name} --generate"
            )
        case Cause.WRONG_PASSWORD:
            return (
                "The password in the charger is another one than here. Type it in again, or make a new one:"
                f" ocpp-console chargers set-password {name} --generate"
            )
        case Cause.WRONG_USER:
            return f"The charger's user name must be its id. Set the user name to {name}, or the id in the URL to it."
        case Cause.NO_CERTIFICATE:
            return f"{seen}. Make one and load it into the charger: ocpp-console certificates charger {name}"
        case Cause.CERTIFICATE:
            return (
                f"The charger's certificate is refused: {detail}. Make one by the CA of security.client_ca and load it"
                f" into the charger: ocpp-console certificates charger {name}"
            )
        case Cause.TLS_FAILED:
            return f"TLS could not be agreed on: {detail}."
        case Cause.PROFILE if secure:
            return f"{seen or 'More security is asked for'}. Type {secure} into the charger, with its password."
        case Cause.PROFILE:
            return f"{seen or 'More security is asked for'}. Give the charger a password, and TLS where it is asked."
        case Cause.RATE if "password" in detail or not detail:
            return "Too many wrong tries: wait a minute, then try once with the right password."
        case Cause.RATE:
            return f"{seen}. Wait a minute; if it goes on, look what dials from this address."
        case Cause.TAKEN_OVER | Cause.IN_USE:
            return f"Two devices call themselves {name}, or one dials twice: give each its own id. {seen}"
        case Cause.TOO_SLOW:
            return "The line is too slow or something else dialled. Check signal and address, then try again."
        case Cause.COMPRESSED:
            return (
                "The charger compresses without asking. Switch WebSocket compression off in it, or update its firmware."
            )
        case Cause.TOO_LARGE:
            return f"{seen}. Raise max_frame_bytes, or have the charger send less at once."
    return f"The server failed on this, its log says why. Try again: {secure or plain}"
