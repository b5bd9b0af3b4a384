"""How many files this process may open: every charger and every terminal is one."""

from __future__ import annotations

import resource
from contextlib import suppress

MANY = 65_536
FEW = 2_048  #: below it a depot may outgrow what the process may open
OWN = 64  #: database, sockets, terminals


def allow_many() -> str:
    """Raise the soft limit as far as the hard one lets; what to tell when that is not far, else ""."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < MANY:
        wanted = MANY if hard == resource.RLIM_INFINITY else min(hard, MANY)
        with suppress(OSError, ValueError):  # some systems have a lower limit than they tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not 0 <= allowed < FEW:
        return ""
    return (
        f"only {allowed} files may be open here: about {max(0, allowed - OWN)} chargers at the same time. "
        f"Raise it with `ulimit -Hn {MANY}`, or LimitNOFILE={MANY} in the unit of systemd"
    )
