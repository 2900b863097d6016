"""What servers of the tests share: a listener on a port of its own, and a thread for each connection."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Listening:
    """Serves from the beginning until `close`; `ended` is set then."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def serve(self, connection: socket.socket) -> None:
        """Do what there is to do with one connection, in a thread of its own."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop, and wait for every connection's end."""
        self.ended.set()
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
            thread = threading.Thread(target=self.serve, args=(connection,))
            self._threads.append(thread)
            thread.start()
