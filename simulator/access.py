"""What a charge point shows at the door of the CSMS: password, certificate, and how much of it is demanded of it."""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import replace

from simulator.certificates import Certificates
from simulator.configuration import Configuration
from simulator.line import Line


class Access:
    """Security profile 0: nothing, 1: password, 2: password over TLS, 3: a certificate of its own over TLS."""

    def __init__(self, configuration: Configuration, certificates: Certificates, line: Line) -> None:
        self._configuration, self._certificates, self._line = configuration, certificates, line
        password = line.address.password
        if "AuthorizationKey" in configuration:
            configuration.set("AuthorizationKey", password if isinstance(password, str) else "")
            profile = 0 if password is None else 2 if self._is_secure else 1
            configuration.set("SecurityProfile", str(profile))

    @property
    def _is_secure(self) -> bool:
        return self._line.address.url.lower().startswith("wss:")

    def may_become(self, value: str) -> bool:
        """SecurityProfile can only be raised, and only to what this charge point has all pieces of."""
        if value not in ("0", "1", "2", "3"):
            return False
        wanted = int(value)
        if wanted < self._configuration.number("SecurityProfile"):
            return False
        has_password = self._line.address.password is not None
        pieces = {0: True, 1: has_password, 2: has_password and self._is_secure}
        return pieces.get(wanted, self._is_secure and bool(self._certificates.own_chain))

    def password_changed(self) -> None:
        """AuthorizationKey was written: from the next connection on, and that is now."""
        password = _secret(self._configuration.text("AuthorizationKey"))
        self._line.address = replace(self._line.address, password=password)
        self._line.redial()

    def profile_changed(self) -> None:
        self._line.redial()

    def trust(self, root: str) -> None:
        """A root of the CSMS was installed: from the next connection on its certificates are good."""
        if self._line.address.tls is not None:
            self._line.address.tls.load_verify_locations(cadata=root)

    def certificate_changed(self) -> None:
        """A signed certificate came: shown from the next connection on, where there is TLS."""
        if not self._is_secure:
            return
        context = _like(self._line.address.tls or ssl.create_default_context())
        descriptor, path = tempfile.mkstemp(suffix=".pem")  # `ssl` reads files only; for its owner alone
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{self._certificates.own_chain}\n{self._certificates.key}")
            context.load_cert_chain(path)
        finally:
            os.unlink(path)
        self._line.address = replace(self._line.address, tls=context)
        self._line.redial()


def _like(shared: ssl.SSLContext) -> ssl.SSLContext:
    """A context that trusts the same: a fleet shares one, and a certificate is for one charge point alone."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    own.check_hostname, own.verify_mode = shared.check_hostname, shared.verify_mode
    if known := b"".join(shared.get_ca_certs(binary_form=True)):
        own.load_verify_locations(cadata=known)
    return own


def _secret(key: str) -> str | bytes:
    """What an AuthorizationKey stands for: hexadecimal digits are bytes, anything else is the password itself."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        return key
