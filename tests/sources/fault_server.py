"""A raw-socket HTTP server that answers as told, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.sources.listening import Listening

Answer = Callable[[socket.socket, int], None]


class FaultServer(Listening):
    """Runs `answer(connection, number)` for each request; `number` counts from 0. With `tls` it speaks https."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._tls = tls
        super().__init__()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """One request per connection: the client sees a new one each time."""
        with connection, suppress(OSError):
            if self._tls is None:
                self._answer_one(connection)
                return
            with self._tls.wrap_socket(connection, server_side=True) as secure:
                self._answer_one(secure)

    def _answer_one(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (data := connection.recv(65536)):
                return
            request += data
        self.requests.append(request)
        self._answer(connection, len(self.requests) - 1)


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """A running fault server."""
    server = FaultServer(answer, tls)
    try:
        yield server
    finally:
        server.close()


def says(body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None) -> Answer:
    """An answer with a Content-Length, true unless `length` is given."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n{headers}\r\n"
    return lambda connection, number: connection.sendall(head.encode() + body)


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request and so on; the last one for all further requests."""
    return lambda connection, number: answers[min(number, len(answers) - 1)](connection, number)
