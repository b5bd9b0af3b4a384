"""Folders with short paths: a unix socket has room for about a hundred characters."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="oc-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)
