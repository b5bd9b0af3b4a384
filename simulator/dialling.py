"""Why no line comes about, in words that tell a technician where to look."""

from __future__ import annotations

import errno
import socket
import ssl
from http import HTTPStatus

from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI, NegotiationError

#: Told with `LINE_UP` when the CSMS has picked none of the subprotocols it was offered.
NO_SUBPROTOCOL = "the CSMS chose no subprotocol; ocpp1.6 is spoken all the same"

_STATUSES = {
    400: "it did not like the handshake (subprotocol ocpp1.6 or the id?)",
    401: "the password is wrong or missing",
    403: "this charge point is not let in",
    404: "nothing is served at this path, or the id is not known",
    426: "it speaks no WebSocket here",
    429: "too many tries: it wants a pause",
    502: "a proxy stands before it and does not reach it",
    503: "it is busy or starting",
}
_ERRNOS = {
    errno.ECONNREFUSED: "nothing listens there (connection refused)",
    errno.EHOSTUNREACH: "there is no way to this host",
    errno.ENETUNREACH: "there is no way to this network",
    errno.ETIMEDOUT: "the host does not answer",
}


def why(error: BaseException) -> str:
    """One line without a full stop for what dialling raised."""
    match error:
        case InvalidStatus():
            code = error.response.status_code
            return f"the CSMS answered {code}: {_STATUSES.get(code) or _phrase(code)}"
        case NegotiationError():
            return "the CSMS chose a subprotocol that was not offered: it does not speak ocpp1.6"
        case InvalidMessage() if isinstance(error.__cause__, EOFError | OSError):
            return "the other end hung up during the handshake: is it TLS (wss://)?"
        case InvalidMessage():
            return "what answers there is no web server: is it TLS (wss://)?"
        case InvalidHandshake():
            return f"no WebSocket comes about: {error}"
        case InvalidURI():
            return f"the address cannot be dialled: {error}"
        case ssl.SSLCertVerificationError():
            return f"TLS: the certificate of the CSMS is not trusted ({error.verify_message.rstrip('.')})"
        case ssl.SSLError():
            return f"TLS: {_tls_reason(error)}"
        case TimeoutError():
            return "the CSMS does not answer"
        case ConnectionResetError():
            return "the other end hung up: is it ws:// or wss://?"
        case socket.gaierror():
            return f"the name of the host is not known ({error.strerror})"
        case OSError():
            return _system(error)
    return str(error) or type(error).__name__


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "which is no HTTP status"


def _tls_reason(error: ssl.SSLError) -> str:
    reason = (getattr(error, "reason", None) or str(error)).replace("_", " ").lower()
    if "wrong version" in reason or "record layer" in reason:
        return "the other end does not speak it: try ws://"
    return reason


def _system(error: OSError) -> str:
    if error.errno in _ERRNOS:
        return _ERRNOS[error.errno]
    if "Connect call failed" in str(error):  # several addresses of one name, each refused
        return _ERRNOS[errno.ECONNREFUSED]
    return error.strerror or str(error) or type(error).__name__
