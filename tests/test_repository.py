"""The repository keeps its promises: what is shipped, what is imported when, what the documents say."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console.keys import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def modules_after(statement: str) -> set[str]:
    """Names of all modules that a fresh interpreter has loaded after `statement`."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_attach_client_needs_the_standard_library_only() -> None:
    """A technician on a slow line waits for nothing: no textual, no typer, no asyncio in the thin client."""
    loaded = modules_after("import console.cli, console.terminal.attach")

    heavy = {"textual", "rich", "typer", "asyncio", "httpx", "websockets", "ocpp", "aiosqlite", "fastapi", "orjson"}
    assert loaded & heavy == set()


def test_the_server_loads_no_terminal_and_no_web_framework() -> None:
    """A headless server starts quickly and small; FastAPI comes with the first HTTP request."""
    loaded = modules_after(
        "import server.site, server.links.listener, server.store.store, server.operations.desk, server.api.door"
    )

    assert loaded & {"textual", "rich", "fastapi", "uvicorn", "httpx", "simulator", "console"} == set()


def test_readme_and_ci_run_the_same_test_command() -> None:
    """What a newcomer types is what CI proves."""
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if "bin/pytest" in line]

    assert len(commands) == 1
    assert commands[0] in README


def test_every_key_of_the_table_is_in_the_readme() -> None:
    """The key table of the README is generated from console/keys.py and never behind it."""
    missing = [key.id for key in KEYS if key.help and key.help not in README]

    assert missing == []


def test_no_function_is_long_and_no_file_does_two_jobs() -> None:
    """Files up to 400 lines, functions up to 60: a second job wants a second room."""
    long = []
    for folder in ("console", "server", "simulator"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if text.count("\n") > 400:
                long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    size = (node.end_lineno or 0) - node.lineno
                    if size > 60:
                        long.append(f"{path.relative_to(ROOT)}:{node.name}: {size} lines")

    assert long == []


def test_no_registry_host_and_no_lock_file_is_tracked() -> None:
    """The repository installs from wherever its user's tools are set up to look."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert [f for f in tracked if re.search(r"uv\.lock|pylock.*\.toml|package-lock\.json", f)] == []


@pytest.mark.slow
def test_the_wheel_holds_three_packages_with_their_data(tmp_path: Path) -> None:
    """Installed elsewhere it still finds its SQL, its fault texts and its type marks."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()

    top = {n.split("/")[0] for n in names if ".dist-info" not in n}
    assert {"console", "server", "simulator"} == top
    for needed in ("server/model/fault_help.toml", "server/py.typed", "server/store/migrations/0001_initial.sql"):
        assert needed in names
