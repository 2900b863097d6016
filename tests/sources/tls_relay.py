"""A relay that speaks TLS to the client and passes what it hears to a server behind it, byte for byte."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SLICE_S = 0.05


class TlsRelay:
    """Counts in `heard` the bytes that came through its handshake."""

    def __init__(self, port: int, tls: ssl.SSLContext) -> None:
        self.heard = 0
        self._behind = port
        self._tls = tls
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """End every connection."""
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._relay, args=(connection,)))
            self._threads[-1].start()

    def _relay(self, connection: socket.socket) -> None:
        with (
            connection,
            suppress(OSError),
            self._tls.wrap_socket(connection, server_side=True) as secure,
            socket.create_connection(("127.0.0.1", self._behind)) as server,
        ):
            self._pass_on(secure, server)

    def _pass_on(self, secure: ssl.SSLSocket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(secure, selectors.EVENT_READ)
            selector.register(server, selectors.EVENT_READ)
            while not self._ended.is_set():
                for key, _ in selector.select(_SLICE_S):
                    if not self._passed(secure, server, key.fileobj is secure):
                        return

    def _passed(self, secure: ssl.SSLSocket, server: socket.socket, from_client: bool) -> bool:
        source, sink = (secure, server) if from_client else (server, secure)
        data = source.recv(1 << 16)
        while from_client and secure.pending():
            data += secure.recv(1 << 16)
        if from_client:
            self.heard += len(data)
        sink.sendall(data)
        return bool(data)


@contextmanager
def relaying(port: int, tls: ssl.SSLContext) -> Iterator[TlsRelay]:
    """A running relay to a loopback port."""
    relay = TlsRelay(port, tls)
    try:
        yield relay
    finally:
        relay.close()
