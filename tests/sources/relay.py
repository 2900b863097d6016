"""A relay before a real server: under a path prefix, and able to lose or cut an answer the server has given."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Spoil = Callable[[int, str, bytes], bytes | None]
Instead = Callable[[int, str], bytes | None]


def unspoilt(number: int, line: str, body: bytes) -> bytes:
    """The answer as it is."""
    return body


def asked(number: int, line: str) -> bytes | None:
    """Every request reaches the server."""
    return None


class Relay(ThreadingHTTPServer):
    """Passes each request on; `lines` are the first lines it was sent.

    `spoil(number, first line, body)` says what of an answer goes out, under the length of the whole one; None
    closes the connection without a word. Where `instead(number, first line)` gives bytes, they are the whole answer,
    and the server is not asked.
    """

    daemon_threads = False

    def __init__(self, url: str, prefix: str, spoil: Spoil, instead: Instead) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(url)
        self.prefix = prefix
        self.spoil = spoil
        self.instead = instead
        self.lock = threading.Lock()
        self.lines: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens, with the prefix."""
        return f"http://127.0.0.1:{self.server_port}{self.prefix}"


class _Handler(BaseHTTPRequestHandler):
    """One request per connection."""

    protocol_version = "HTTP/1.1"
    server: Relay

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with self.server.lock:
            number = len(self.server.lines)
            self.server.lines.append(self.requestline)
        if not self.path.startswith(self.server.prefix + "/"):
            self.send_error(404)
            return
        if (made := self.server.instead(number, self.requestline)) is not None:
            self.wfile.write(made)
            return
        answer, data = self._ask(body)
        sent = self.server.spoil(number, self.requestline, data)
        if sent is None:
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "keep-alive", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(sent)

    do_POST = do_PUT = do_DELETE = do_GET

    def _ask(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        target = http.client.HTTPConnection(self.server.target.hostname or "", self.server.target.port)
        try:
            target.request(self.command, self.path[len(self.server.prefix) :], body or None, dict(self.headers))
            answer = target.getresponse()
            return answer, answer.read()
        finally:
            target.close()


@contextmanager
def relayed(url: str, *, prefix: str = "", spoil: Spoil = unspoilt, instead: Instead = asked) -> Iterator[Relay]:
    """A running relay before the server at `url`."""
    relay = Relay(url, prefix, spoil, instead)
    thread = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
        thread.join()
