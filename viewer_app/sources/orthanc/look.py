"""Looking at a server before anything is sent to it: its certificate, and what its port speaks."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

import httpcore

from viewer_app.errors import SourceError
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.certificate import Certificate, read_certificate
from viewer_app.sources.orthanc.errors import OrthancError, Unreachable
from viewer_app.sources.orthanc.pace import Pace
from viewer_app.sources.orthanc.pool import pool_of
from viewer_app.sources.orthanc.trust import Looked, Looking
from viewer_app.sources.orthanc.wire import Wire

Speech = Literal["https", "http", "dicom", ""]

_PORTS = {"http": 80, "https": 443}
# A-ASSOCIATE-AC, -RJ and A-ABORT (PS3.8 9.3): only DICOM begins an answer so.
_DICOM_ANSWERS = (b"\x02\x00", b"\x03\x00", b"\x07\x00")


def look_at_certificate(server: Server, *, timeout_s: float = 10, watch: Watch | None = None) -> Certificate:
    """The certificate that `server` shows, trusted or not; no request and no password is sent.

    Raises:
        SourceError: the address begins with http://.
        OrthancError: nobody answers, or not by TLS.
    """
    if not server.is_secure:
        raise SourceError("A server has a certificate only where its address begins with https://.", "Write https://.")
    looking, wire = Looking(), Wire()
    limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    try:
        with wire.watching(watch or Watch(), _unhurried()), pool_of(server, wire, looking) as pool:
            pool.request("GET", server.url, extensions={"timeout": limits})
    except Looked:
        return read_certificate(looking.seen)
    except (httpcore.ProxyError, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unreachable("The system's proxy does not let us through.", "Ask IT, or do without it.") from error
    raise AssertionError("a look ends by itself")


def port_of(server: Server) -> int:
    """The port of its address, or the one that its scheme means."""
    parts = urlsplit(server.url)
    return parts.port or _PORTS[parts.scheme]


def spoken_at(server: Server, *, timeout_s: float = 1.5, watch: Watch | None = None) -> Speech:
    """What the port of `server` speaks, asked without user and password, past any proxy; "" for none of them.

    DICOM is asked for by a request for an association that is never used, so the server's log names it.
    """
    attempts: tuple[tuple[Speech, Callable[[Server, Wire, float], bool]], ...] = (
        ("https", _speaks_tls),
        ("http", _speaks_http),
        ("dicom", _speaks_dicom),
    )
    wire = Wire()
    with wire.watching(watch or Watch(), _unhurried()):
        for speech, attempt in attempts:
            with suppress(OrthancError, httpcore.NetworkError):
                if attempt(server, wire, timeout_s):
                    return speech
    return ""


def _unhurried() -> Pace:
    return Pace(0, 1)


def _connected(server: Server, wire: Wire, timeout_s: float) -> httpcore.NetworkStream:
    return wire.connect_tcp(urlsplit(server.url).hostname or "", port_of(server), timeout_s)


def _speaks_tls(server: Server, wire: Wire, timeout_s: float) -> bool:
    stream = _connected(server, wire, timeout_s)
    try:
        stream.start_tls(Looking(), urlsplit(server.url).hostname, timeout_s)
    except Looked:
        return True
    return False


def _speaks_http(server: Server, wire: Wire, timeout_s: float) -> bool:
    host = (urlsplit(server.url).hostname or "").encode("idna")
    return _first_bytes(server, wire, timeout_s, b"GET / HTTP/1.0\r\nHost: " + host + b"\r\n\r\n") == b"HT"


def _speaks_dicom(server: Server, wire: Wire, timeout_s: float) -> bool:
    return _first_bytes(server, wire, timeout_s, _association()) in _DICOM_ANSWERS


def _first_bytes(server: Server, wire: Wire, timeout_s: float, said: bytes) -> bytes:
    stream = _connected(server, wire, timeout_s)
    try:
        stream.write(said, timeout_s)
        return stream.read(2, timeout_s)
    finally:
        stream.close()


def _association() -> bytes:
    """A-ASSOCIATE-RQ for Verification (PS3.8 9.3.2)."""
    context = b"\x01\0\0\0" + _item(0x30, b"1.2.840.10008.1.1") + _item(0x40, b"1.2.840.10008.1.2")
    user = _item(0x51, struct.pack(">I", 16384)) + _item(0x52, b"1.2.826.0.1.3680043.8.498.1")
    titles = b"ANY-SCP".ljust(16) + b"CALIPER".ljust(16) + bytes(32)
    items = _item(0x10, b"1.2.840.10008.3.1.1.1") + _item(0x20, context) + _item(0x50, user)
    body = b"\0\x01\0\0" + titles + items
    return b"\x01\0" + struct.pack(">I", len(body)) + body


def _item(kind: int, value: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(value)) + value
