"""This server with a disk that takes nothing: what the same messages cost without their rows.

Beside the others, which keep all in memory, it tells what being durable costs, and what no store could ever save.
"""

from __future__ import annotations

from collections.abc import Callable

from console.cli import main
from server.store.batch import Batch, Row
from server.store.disk import BatchConnection


def _forget(connection: BatchConnection, batch: Batch, put: Callable[[str, list[Row]], object]) -> None:
    """In place of one transaction: the hop to the database thread and back stays."""


if __name__ == "__main__":
    BatchConnection._write = _forget  # type: ignore[method-assign,assignment]  # what it is for
    main()
