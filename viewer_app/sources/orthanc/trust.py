"""Whom a secure connection trusts: this computer's authorities, a CA file, or one pinned certificate.

There is no way to trust everybody. What is decided here is decided inside the
handshake, before a byte of a request, and so before any password, is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl

import truststore

from viewer_app.errors import SourceError
from viewer_app.sources.orthanc.address import Server, parse_pin
from viewer_app.sources.orthanc.errors import TlsError


def context_of(server: Server) -> ssl.SSLContext:
    """The trust that the settings of `server` ask for.

    Raises:
        SourceError: the CA file is none, the pin is none, or a certificate is pinned for a connection without one.
    """
    if not server.pin:
        return _authorities(server)
    if not server.is_secure:
        raise SourceError(
            "A certificate is pinned, but the address begins with http://, which has none.",
            "Write https://, or take the pinned certificate out.",
        )
    return Pinned(parse_pin(server.pin))


def _authorities(server: Server) -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.ca_file is not None:
        try:
            context.load_verify_locations(cafile=server.ca_file)
        except (OSError, ValueError) as error:
            raise SourceError(
                f"{server.ca_file.name} is no certificate file.", "Choose the authority's PEM file."
            ) from error
    return context


class _Judging(ssl.SSLContext):
    """Has `judge` look at the certificate at the end of each handshake; no authority is asked."""

    def __new__(cls, *_: object) -> _Judging:
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def judge(self, der: bytes) -> None:
        """Raise what ends the connection."""
        raise NotImplementedError

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLSocket:
        """Shake hands in any case, then have the certificate judged."""
        secure = super().wrap_socket(sock, server_side, True, suppress_ragged_eofs, server_hostname, session)
        try:
            self.judge(secure.getpeercert(binary_form=True) or b"")
        except BaseException:
            secure.close()
            raise
        return secure


class Pinned(_Judging):
    """Trusts one certificate, known by the SHA-256 of its DER bytes, whatever its names and dates."""

    def __init__(self, pin: str) -> None:
        super().__init__()
        self._pin = pin

    def judge(self, der: bytes) -> None:
        """TlsError where it is another one."""
        if not hmac.compare_digest(hashlib.sha256(der).hexdigest(), self._pin):
            raise TlsError("pin_mismatch")


class Looking(_Judging):
    """Trusts nobody: keeps the certificate as `seen` and ends the connection, by `Looked`."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = b""

    def judge(self, der: bytes) -> None:
        """Keep it and go."""
        self.seen = der
        raise Looked


class Looked(Exception):
    """The certificate was seen, and nothing was sent."""
