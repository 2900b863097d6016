"""A relay before a real server whose link can be made slow, and fast again, while it is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.sources.listening import Listening

_PIECE = 8 << 10
_TICK_S = 0.02
_FILE = b"/attachments/dicom/data HTTP/1.1"


class SlowRelay(Listening):
    """Passes on files at `bytes_per_s` for all connections together, other answers at `others_per_s`; None is at once.

    The server behind may die and come back on its port: without it, connections end at once.
    """

    def __init__(self, port: int) -> None:
        self.bytes_per_s: float | None = None
        self.others_per_s: float | None = None
        self._behind = port
        self._cable = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """Pass on what one connection says, both ways."""
        with connection, suppress(OSError), socket.create_connection(("127.0.0.1", self._behind)) as server:
            is_file = threading.Event()
            there = threading.Thread(target=_there, args=(connection, server, is_file))
            there.start()
            with suppress(OSError):
                self._back(server, connection, is_file)
            _end(connection, server)
            there.join()

    def _back(self, server: socket.socket, connection: socket.socket, is_file: threading.Event) -> None:
        server.settimeout(0.05)
        while not self.ended.is_set():
            with suppress(TimeoutError):
                if not (data := server.recv(_PIECE)):
                    return
                with self._cable:
                    self._take_time(len(data), is_file)
                connection.sendall(data)

    def _take_time(self, size: float, is_file: threading.Event) -> None:
        """As long as the link takes for so many bytes, which may become faster meanwhile."""
        while size > 0 and (rate := self.bytes_per_s if is_file.is_set() else self.others_per_s) is not None:
            if self.ended.wait(min(_TICK_S, size / rate)):
                return
            size -= rate * _TICK_S


def _there(connection: socket.socket, server: socket.socket, is_file: threading.Event) -> None:
    """One request at a time: a client that waits for the answer sends nothing."""
    with suppress(OSError):
        while data := connection.recv(_PIECE):
            (is_file.set if _FILE in data else is_file.clear)()
            server.sendall(data)
    _end(connection, server)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def slowed(port: int) -> Iterator[SlowRelay]:
    """A running relay to a loopback port."""
    relay = SlowRelay(port)
    try:
        yield relay
    finally:
        relay.close()
