"""Where files live when nobody says. Light to import: the thin terminal client asks here too."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

_NAME = "ocpp-console"
_RUN = Path("/run") / _NAME
_LIB = Path("/var/lib") / _NAME

#: A unix socket address holds 104 bytes on BSD and macOS, 108 on Linux, with the closing zero.
_LONGEST_SOCKET = 100


def default_db_path() -> Path:
    """The database: /var/lib/ocpp-console for root where it exists, else the user's data folder."""
    if os.geteuid() == 0 and _LIB.is_dir():
        return _LIB / "depot.db"
    import platformdirs  # only the server needs it

    return platformdirs.user_data_path(_NAME, appauthor=False) / "depot.db"


def default_socket_path(environment: Mapping[str, str] | None = None) -> Path:
    """The unix socket; server and clients of one user must come to the same answer.

    /run/ocpp-console for root where it exists, else the runtime folder, else the user's state folder, else (when that
    is too long for a socket) a folder of the user's own in the temp folder.
    """
    environment = os.environ if environment is None else environment
    if os.geteuid() == 0 and _RUN.is_dir():
        return _RUN / "console.sock"
    path = _runtime_folder(environment) / "console.sock"
    return path if len(os.fsencode(path)) <= _LONGEST_SOCKET else temp_folder() / "console.sock"


def _runtime_folder(environment: Mapping[str, str]) -> Path:
    """$XDG_RUNTIME_DIR, but not the one of logind: it goes away with the last SSH session, the server does not."""
    runtime = Path(environment.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and runtime != Path(f"/run/user/{os.geteuid()}"):
        return runtime / _NAME
    state = Path(environment.get("XDG_STATE_HOME", ""))
    if state.is_absolute():
        return state / _NAME
    return Path(environment.get("HOME") or Path.home()) / ".local" / "state" / _NAME


def temp_folder() -> Path:
    """The user's own folder in the temp folder. Others may have made it first: go through `private_folder`."""
    return Path(tempfile.gettempdir()) / f"{_NAME}-{os.geteuid()}"


def private_folder(folder: Path) -> Path:
    """Make `folder` for this user alone (0700) unless it exists. `OSError` when it cannot be had or trusted."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder == temp_folder():
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(f"{folder} is not a folder of this user alone: remove it, or name another place")
    return folder
