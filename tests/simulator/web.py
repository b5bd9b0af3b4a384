"""A small web server in a thread: gives firmware, takes diagnostics."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Web(ThreadingHTTPServer):
    """`files`: by path, what there is and what was put. `methods`: what may upload. `fails`: 503 so many times."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.files: dict[str, bytes] = {}
        self.methods: tuple[str, ...] = ("PUT", "POST")
        self.fails = 0


class _Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        content = self.server.files.get(self.path)
        self._answer(404 if content is None else 200, content or b"")

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.command not in self.server.methods:
            self._answer(405, b"")
            return
        self.server.files[self.path] = content
        self._answer(201, b"")

    do_POST = do_PUT

    def _answer(self, status: int, content: bytes) -> None:
        if self.server.fails:
            self.server.fails -= 1
            status, content = 503, b""
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def web() -> Iterator[Web]:
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="web")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
