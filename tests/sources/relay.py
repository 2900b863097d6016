"""A relay before a real server that can lose an answer after the server has done what it was asked."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Drops = Callable[[int, bytes], bool]


class Relay(ThreadingHTTPServer):
    """Passes each request on; closes without an answer where `drop_answer(number, first line)` says so."""

    daemon_threads = False

    def __init__(self, url: str, drop_answer: Drops) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(url)
        self.drop_answer = drop_answer
        self.lock = threading.Lock()
        self.lines: list[str] = []
        self.dropped = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Relay

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with self.server.lock:
            number = len(self.server.lines)
            self.server.lines.append(self.requestline)
        target = http.client.HTTPConnection(self.server.target.hostname or "", self.server.target.port)
        try:
            target.request(self.command, self.path, body or None, dict(self.headers))
            answer = target.getresponse()
            data = answer.read()
        finally:
            target.close()
        if self.server.drop_answer(number, self.requestline.encode()):
            with self.server.lock:
                self.server.dropped += 1
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "keep-alive", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PUT = do_DELETE = do_GET


@contextmanager
def relayed(url: str, drop_answer: Drops = lambda number, line: False) -> Iterator[Relay]:
    """A running relay before the server at `url`."""
    relay = Relay(url, drop_answer)
    thread = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
        thread.join()
