"""The straight way for files: one GET after the other on a kept connection, without an HTTP library between.

For a file of half a megabyte httpx and httpcore cost four times as much as the transfer itself, most of it while no
other thread can run. Only an answer of HTTP/1.1 with a Content-Length is understood here; whatever else comes is
`NotPlain`, and asked for again by way of httpx. Wire, trust, headers and credentials are the same for both.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import httpcore
import httpx

from viewer_app.sources.orthanc.errors import Integrity, Unreachable
from viewer_app.sources.orthanc.wire import SlicedStream, Wire

_IDLE_S = 0.8
_LONGEST_HEAD = 32 << 10
_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: .*)?")
_FIELD = re.compile(rb"([A-Za-z0-9-]{1,64}):[ \t]*([^\0\r\n]*?)[ \t]*")
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
# What says how long the body is: exactly one of them, and only the first is understood.
_LENGTHS = ("content-length", "transfer-encoding")


class NotPlain(Exception):
    """The answer is of a form that is left to httpx."""


class Fields(Mapping[str, str]):
    """The header fields of an answer by name, in any case; of a name that comes twice the last one."""

    __slots__ = ("_values",)

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self._values = dict(lines)

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(slots=True)
class Reply:
    """An answer whose head has come, and with it `beginning` of its body of `length` bytes; `taken` are read so far."""

    status_code: int
    headers: Fields
    length: int
    beginning: bytes
    stream: SlicedStream
    silence_s: float
    taken: int

    is_redirect: ClassVar = False

    @property
    def leaves_a_clean_connection(self) -> bool:
        """True where the next bytes on it are those of the next answer, and it stays open."""
        stays = self.headers.get("Connection", "keep-alive").lower() == "keep-alive"
        return stays and self.taken == self.length

    def iter_raw(self) -> Iterator[bytes]:
        """The body in pieces; Integrity where it ends early."""
        if self.beginning:
            yield self.beginning
        while self.taken < self.length:
            piece = self.stream.read(min(1 << 20, self.length - self.taken), self.silence_s)
            if not piece:
                raise cut_short()
            self.taken += len(piece)
            yield piece

    def fill(self, memory: memoryview) -> None:
        """The body into `memory` of its length; Integrity where it ends early."""
        memory[: self.taken] = self.beginning
        while self.taken < self.length:
            with memory[self.taken :] as rest:
                came = self.stream.read_into(rest, self.silence_s)
            if not came:
                raise cut_short()
            self.taken += came


class Straight:
    """Asks for files from any thread, each on a connection of its own; `model` is any request to the server."""

    def __init__(self, model: httpx.Request, wire: Wire, context: ssl.SSLContext, connect_s: float, silence_s: float):
        url = model.url
        self._host, self._is_secure = url.raw_host.decode("ascii"), url.scheme == "https"
        self._port = url.port or (443 if self._is_secure else 80)
        self._prefix = url.raw_path.rstrip(b"/")
        self._head = b"".join(b"%s: %s\r\n" % field for field in model.headers.raw)
        self._wire, self._context = wire, context
        self._connect_s, self._silence_s = connect_s, silence_s
        self._lock = threading.Lock()
        self._idle: list[tuple[float, SlicedStream]] = []
        self._is_closed = False

    @contextmanager
    def asked(self, path: str) -> Iterator[Reply]:
        """The answer to GET `path`, to be read in the block.

        Raises:
            NotPlain: httpx has to ask.
            OrthancError: the server does not answer.
        """
        stream = self._connection()
        try:
            stream.write(b"GET %s HTTP/1.1\r\n%s\r\n" % (self._prefix + path.encode("ascii"), self._head), 30)
            reply = _reply(stream, self._silence_s)
            yield reply
        except BaseException as error:
            stream.close()
            if isinstance(error, httpcore.WriteError):
                raise _no_answer() from error
            raise
        if reply.leaves_a_clean_connection:
            self._keep(stream)
        else:
            stream.close()

    def close(self) -> None:
        """Close the connections that wait for the next file; those in use are closed after their answer."""
        with self._lock:
            self._is_closed = True
            idle = self._idle[:]
            self._idle.clear()
        for _, stream in idle:
            stream.close()

    def _connection(self) -> SlicedStream:
        while (kept := self._kept()) is not None:
            since, stream = kept
            if time.monotonic() - since < _IDLE_S and not stream.get_extra_info("is_readable"):
                return stream
            stream.close()
        stream = self._wire.connect_tcp(self._host, self._port, self._connect_s)
        return stream.start_tls(self._context, self._host, self._connect_s) if self._is_secure else stream

    def _keep(self, stream: SlicedStream) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append((time.monotonic(), stream))
                return
        stream.close()

    def _kept(self) -> tuple[float, SlicedStream] | None:
        with self._lock:
            return self._idle.pop() if self._idle else None


def cut_short() -> Integrity:
    """A body that ended before its announced length."""
    return Integrity("The server's answer was cut short.", "Try again.")


def _no_answer() -> Unreachable:
    return Unreachable(
        "The server ended the connection without an answer.",
        "Check that an Orthanc is at this address.",
        reason="not_http",
    )


def _reply(stream: SlicedStream, silence_s: float) -> Reply:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        piece = stream.read(4096, silence_s)
        data += piece
        if not piece:
            raise _no_answer() if not data else NotPlain
        if len(data) > _LONGEST_HEAD:
            raise NotPlain
    status, fields = _parsed(data[:end])
    beginning = data[end + 4 :]
    length = _length(fields)
    if len(beginning) > length:
        raise NotPlain
    return Reply(status, fields, length, beginning, stream, silence_s, len(beginning))


def _parsed(head: bytes) -> tuple[int, Fields]:
    first, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise NotPlain
    fields = [_field(line) for line in lines]
    if sum(name in _LENGTHS for name, _ in fields) != 1:
        raise NotPlain
    return int(status.group(1)), Fields(fields)


# Most lines are the same in every answer.
@lru_cache(maxsize=256)
def _field(line: bytes) -> tuple[str, str]:
    field = _FIELD.fullmatch(line)
    if field is None:
        raise NotPlain
    return field.group(1).decode("ascii").lower(), field.group(2).decode("latin-1")


def _length(fields: Fields) -> int:
    length = fields.get("Content-Length", "")
    if not _DIGITS.fullmatch(length):
        raise NotPlain
    return int(length)
