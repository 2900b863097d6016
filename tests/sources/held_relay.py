"""A relay of bytes before a real server, which stops in the middle of a file and keeps every connection open."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_REQUEST = re.compile(rb"^(?:GET|POST|PUT|DELETE) (\S+) HTTP/1\.1\r$", re.MULTILINE)
_FILE = b"/attachments/dicom/data"
_PIECE = 1 << 16


class HeldRelay:
    """From the file after the first `passed` on, half a piece of each answer goes out, and no more."""

    def __init__(self, url: str, passed: int) -> None:
        self._target = urlsplit(url)
        self._passed = passed
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.paths: list[bytes] = []
        self.connections = 0
        self.held = 0
        self.ended: list[float] = []
        """When the client ended each connection, in seconds of `time.monotonic`."""
        self._run(self._accept)

    @property
    def files(self) -> int:
        """How many files were asked for."""
        return sum(path.endswith(_FILE) for path in self.paths)

    def close(self) -> None:
        """End everything."""
        self._over.set()
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: object, *values: socket.socket) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=values)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((self._target.hostname, self._target.port))
                with self._lock:
                    self._sockets += [near, far]
                    self.connections += 1
                self._run(self._forth, near, far)
                self._run(self._back, near, far)

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(_PIECE):
                with self._lock:
                    self.paths += _REQUEST.findall(data)
                far.sendall(data)
        with self._lock:
            self.ended.append(time.monotonic())

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(_PIECE):
                if self.files > self._passed:
                    near.sendall(data[: len(data) // 2])
                    with self._lock:
                        self.held += 1
                    self._over.wait()
                    return
                near.sendall(data)


@contextmanager
def held(url: str, passed: int) -> Iterator[HeldRelay]:
    """A running relay before the server at `url`."""
    relay = HeldRelay(url, passed)
    try:
        yield relay
    finally:
        relay.close()
