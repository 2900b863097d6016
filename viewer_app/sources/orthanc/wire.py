"""Sockets that notice a cancel within a tenth of a second, in every phase of a request.

httpx cannot be woken while it connects, shakes hands or waits for the headers
(only a response has a socket to shut down), and its read timeout never fires on
a drip. So the network backend below httpx waits in short slices and asks the
`Watch` of the request, which belongs to the thread that runs it.
"""

from __future__ import annotations

import errno
import select
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import httpcore

from viewer_app.progress import Watch
from viewer_app.sources.orthanc.errors import Stalled, TlsError, TlsReason, Unreachable, Why
from viewer_app.sources.orthanc.pace import Pace

_SLICE_S = 0.1
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK))
T = TypeVar("T")

# X509_V_ERR_* of OpenSSL; CERT_E_* and TRUST_E_* of Windows; errSec* of macOS. What is none of them, a
# revoked certificate for one, is "other", where nobody is told to pin it.
_CERTIFICATE_REASONS: dict[int, TlsReason] = {
    9: "expired", 10: "expired", 2: "unknown_ca", 18: "unknown_ca", 19: "unknown_ca", 20: "unknown_ca",
    21: "unknown_ca", 62: "hostname", 64: "hostname",
    0x800B0101: "expired", 0x800B0109: "unknown_ca", 0x800B010A: "unknown_ca", 0x800B0112: "unknown_ca",
    0x800B010F: "hostname",
    -67818: "expired", -67819: "expired", -67843: "unknown_ca", -67602: "hostname",
}  # fmt: skip
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")


class Wire(httpcore.NetworkBackend):
    """Makes connections whose waiting obeys the watch set by `watching` in the same thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    @contextmanager
    def watching(self, watch: Watch, pace: Pace) -> Iterator[None]:
        """Everything this thread does on the wire meanwhile belongs to `watch`."""
        self._local.watch, self._local.pace = watch, pace
        try:
            yield
        finally:
            del self._local.watch, self._local.pace

    def check(self) -> None:
        """Raise Cancelled where the running request is not wanted any more."""
        watch: Watch | None = getattr(self._local, "watch", None)
        if watch is not None:
            watch.check()

    @contextmanager
    def waking(self, sock: socket.socket) -> Iterator[None]:
        """A cancel meanwhile shuts the connection of `sock` down, which wakes any blocked call on it."""
        watch: Watch | None = getattr(self._local, "watch", None)
        with sock.dup() as twin:
            forget = watch.on_cancel(lambda: _shut_down(twin)) if watch else None
            try:
                yield
            finally:
                if forget:
                    forget()

    def received(self, count: int) -> None:
        """Tell the pace of the running request."""
        pace: Pace | None = getattr(self._local, "pace", None)
        if pace is not None:
            pace.add(count)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> SlicedStream:
        """Connect to the first address of `host` that answers."""
        self.check()
        failure: Exception | None = None
        for family, kind, protocol, _, place in _addresses(host, port):
            try:
                return SlicedStream(_connected(family, kind, protocol, place, timeout, self.check), self)
            except OSError as error:
                failure = error
        reason: Why = "refused" if isinstance(failure, ConnectionRefusedError) else "silent"
        raise _unreachable("The server does not answer.", reason) from failure


def _addresses(host: str, port: int) -> list[Any]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            "The server's name is not known.", "Check the address and the network.", reason="name"
        ) from error


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # already gone
        sock.shutdown(socket.SHUT_RDWR)


def _unreachable(what: str, reason: Why) -> Unreachable:
    return Unreachable(what, "Check that it runs, and the network, address and port.", reason=reason)


def _connected(
    family: int, kind: int, protocol: int, place: Any, timeout: float | None, check: Callable[[], None]
) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        if (code := sock.connect_ex(place)) not in _UNDER_WAY:
            raise OSError(code, "connect failed")
        _sliced(lambda wait: _wait_writable(sock, wait), timeout, check)
        if code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(code, "connect failed")
        return sock
    except BaseException:
        sock.close()
        raise


def _wait_writable(sock: socket.socket, wait: float) -> None:
    if not _ready(sock, selectors.EVENT_WRITE, wait):
        raise TimeoutError


def _ready(sock: socket.socket, event: int, wait: float) -> bool:
    if hasattr(select, "poll"):  # asked once for each file: a selector costs ten times as much
        poll = select.poll()
        poll.register(sock, select.POLLIN if event == selectors.EVENT_READ else select.POLLOUT)
        return bool(poll.poll(1000 * wait))
    with selectors.DefaultSelector() as selector:
        selector.register(sock, event)
        return bool(selector.select(wait))


def _sliced(attempt: Callable[[float], T], timeout: float | None, check: Callable[[], None]) -> T:
    """Repeat `attempt(seconds)` in slices until it does not time out; TimeoutError after `timeout`."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        check()
        left = _SLICE_S if deadline is None else min(_SLICE_S, deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError
        try:
            return attempt(left)
        except TimeoutError:
            continue


@contextmanager
def _told_of_silence() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise Stalled("The server went silent.", "Check the network and try again.") from error
    except OSError as error:
        raise _unreachable("The connection to the server broke.", "broken") from error


class SlicedStream(httpcore.NetworkStream):
    """One connection of a `Wire`."""

    def __init__(self, sock: socket.socket, wire: Wire) -> None:
        self._sock = sock
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, b"" at the end; Stalled after `timeout` seconds of silence."""
        with _told_of_silence():
            data = _sliced(lambda wait: self._receive(max_bytes, wait), timeout, self._wire.check)
        self._wire.received(len(data))
        return data

    def read_into(self, memory: memoryview, timeout: float | None = None) -> int:
        """Some bytes into `memory`, and how many; otherwise as `read`."""
        with _told_of_silence():
            count = _sliced(partial(self._receive_into, memory), timeout, self._wire.check)
        self._wire.received(count)
        return count

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of `buffer`; httpcore still reads an early answer after a WriteError."""
        rest = memoryview(buffer)
        try:
            while rest:
                rest = rest[_sliced(partial(self._send, rest), timeout, self._wire.check) :]
        except TimeoutError as error:
            raise Stalled("The server takes no more data.", "Check the network and try again.") from error
        except OSError as error:
            raise httpcore.WriteError("the connection broke") from error

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> SlicedStream:
        """Shake hands; TlsError where the certificate is not trusted."""
        try:
            # Trust is decided inside wrap_socket, so the handshake cannot be sliced: a cancel shuts the twin down.
            with self._wire.waking(self._sock):
                self._sock.settimeout(timeout)
                secure = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except (OSError, ValueError) as error:
            self.close()
            self._wire.check()
            raise _tls_error(error) from error
        except BaseException:  # the certificate was judged and found wanting
            self.close()
            raise
        return SlicedStream(secure, self._wire)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for: the socket, and whether the other end closed or sent something."""
        if info == "socket":
            return self._sock
        if info == "is_readable":
            return _ready(self._sock, selectors.EVENT_READ, 0)
        return None

    def _receive(self, max_bytes: int, wait: float) -> bytes:
        self._sock.settimeout(wait)
        return self._sock.recv(max_bytes)

    def _receive_into(self, memory: memoryview, wait: float) -> int:
        self._sock.settimeout(wait)
        return self._sock.recv_into(memory)

    def _send(self, data: memoryview, wait: float) -> int:
        self._sock.settimeout(wait)
        return self._sock.send(data)


def _tls_error(error: Exception) -> TlsError | Stalled:
    if isinstance(error, TimeoutError):
        return Stalled("The server does not answer the TLS handshake.", "Check port and address.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsError(_CERTIFICATE_REASONS.get(getattr(error, "verify_code", 0), "other"))
    if isinstance(error, ssl.SSLError):
        return TlsError("not_tls" if any(word in str(error) for word in _NOT_TLS) else "other")
    return TlsError("not_tls")
