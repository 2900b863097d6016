"""A relay that speaks TLS to the client and passes what it hears to a server behind it, byte for byte."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.sources.listening import Listening

_SLICE_S = 0.05


class TlsRelay(Listening):
    """Counts in `heard` the bytes that came through its handshake."""

    def __init__(self, port: int, tls: ssl.SSLContext) -> None:
        self.heard = 0
        self._behind = port
        self._tls = tls
        super().__init__()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """Pass on what one connection says."""
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
            while not self.ended.is_set():
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
