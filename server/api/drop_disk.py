"""Bytes of the file drop on their way to the disk. Everything here blocks: call it in a thread.

A file has its number for a name: nothing that came from outside is ever part of a path (threat T13).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

PART = ".part"


class TooLarge(Exception):
    """More bytes than one file may have."""


class BadForm(Exception):
    """The body is not the form it says it is, or has no file in it."""


class Incoming:
    """One file that is being received: complete under its number, or not there at all."""

    def __init__(self, whole: Path, most: int) -> None:
        self._whole = whole
        self._part = whole.with_name(whole.name + PART)
        self._most = most
        self._size = 0
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()  # a write may still be under way when the request is given up

    def open(self) -> None:
        self._whole.parent.mkdir(mode=0o700, exist_ok=True)
        self._part.unlink(missing_ok=True)
        self._file = open(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")  # noqa: SIM115

    def write(self, data: bytes) -> None:
        with self._lock:
            self._size += len(data)
            if self._size > self._most:
                raise TooLarge
            if self._file is not None:
                self._file.write(data)

    def finish(self) -> int:
        """Its size, once it is safe on disk."""
        with self._lock:
            assert self._file is not None, "opened before"
            self._file.flush()
            os.fsync(self._file.fileno())
            self._close()
            os.replace(self._part, self._whole)
            _sync_folder(self._whole.parent)
            return self._size

    def discard(self) -> None:
        """Never fails: what a full disk keeps of it goes at the next start."""
        with self._lock:
            with contextlib.suppress(OSError):
                self._close()
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


class FormFile:
    """Gives the first file of a multipart form to `into`; the other fields are passed over."""

    def __init__(self, content_type: str, into: Callable[[bytes], None]) -> None:
        _, options = parse_options_header(content_type)
        if not (boundary := options.get(b"boundary")):
            raise BadForm("the form has no boundary")
        self.name = ""
        self._into = into
        self._field = self._value = b""
        self._found = self._is_file = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": self._on_field,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_part_data": self._on_data,
                    "on_part_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise BadForm(str(error)) from error

    def write(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BadForm(str(error)) from error

    def finish(self) -> None:
        if not self._found or self._is_file:  # none, or one that was not finished
            raise BadForm("the form has no whole file in it")

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        if self._field.lower() == b"content-disposition" and not self._found:
            _, options = parse_options_header(self._value.decode("latin-1"))
            if b"filename" in options:
                self.name = options[b"filename"].decode("utf-8", "replace")
                self._found = self._is_file = True
        self._field = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._into(data[start:end])

    def _on_end(self) -> None:
        self._is_file = False


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
