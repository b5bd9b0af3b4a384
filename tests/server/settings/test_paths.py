"""Where files live: found by server and clients alike, and in nobody else's hands."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from server.settings.paths import default_db_path, default_socket_path, private_folder


def test_socket_lives_in_the_runtime_folder_unless_logind_owns_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """logind removes its runtime folder with the last SSH session; the server outlives that."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    home = {"HOME": "/home/ana"}
    state = Path("/home/ana/.local/state/ocpp-console/console.sock")
    assert default_socket_path({"XDG_RUNTIME_DIR": "/tmp/run", **home}) == Path("/tmp/run/ocpp-console/console.sock")
    assert default_socket_path({"XDG_RUNTIME_DIR": "/run/user/1000", **home}) == state
    assert default_socket_path({"XDG_RUNTIME_DIR": "relative", **home}) == state
    assert default_socket_path({"XDG_STATE_HOME": "/s", **home}) == Path("/s/ocpp-console/console.sock")
    assert default_socket_path(home) == state


def test_root_uses_the_system_folders_where_they_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service and the shells of its administrator find each other without any setting."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("server.settings.paths._RUN", tmp_path)
    monkeypatch.setattr("server.settings.paths._LIB", tmp_path)
    assert default_socket_path({"XDG_RUNTIME_DIR": "/tmp/run"}) == tmp_path / "console.sock"
    assert default_db_path() == tmp_path / "depot.db"


def test_too_long_a_socket_path_falls_back_and_can_be_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unix socket address is short; the fallback is one that works."""
    monkeypatch.setattr("tempfile.tempdir", tempfile.mkdtemp(prefix="s"))
    monkeypatch.setattr("server.settings.paths._RUN", tmp_path / "none")
    path = default_socket_path({"XDG_RUNTIME_DIR": "/" + "x" * 100})
    assert path.parent.name == f"ocpp-console-{os.geteuid()}"
    private_folder(path.parent)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


def test_private_folder_is_made_for_one_user(tmp_path: Path) -> None:
    """0700 when we make it; one that exists stays as its owner wants it."""
    assert private_folder(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o770)
    shared.chmod(0o770)
    assert private_folder(shared).stat().st_mode & 0o777 == 0o770


def test_folder_in_the_temp_folder_is_not_trusted_blindly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have made it, open to all or as a link to elsewhere."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"ocpp-console-{os.geteuid()}"
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="not a folder of this user alone"):
        private_folder(folder)
    folder.unlink()
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(PermissionError):
        private_folder(folder)


def test_default_places_cost_the_thin_client_nothing() -> None:
    """Asking for the socket imports neither platformdirs nor a TOML parser."""
    code = (
        "import sys; from server.settings.paths import default_socket_path; default_socket_path();"
        "print(sorted({'platformdirs', 'tomllib', 'dataclasses', 'asyncio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "[]"
