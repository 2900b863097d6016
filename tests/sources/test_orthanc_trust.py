"""Pinned certificates, looking at one without sending anything, and proxies."""

from __future__ import annotations

import hashlib
import random
import socket
import ssl
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.certificates import certificate, expired, serves
from tests.sources.fault_server import Answer, says, serving
from tests.sources.tls_relay import relaying
from viewer_app.errors import SourceError
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.certificate import read_certificate
from viewer_app.sources.orthanc.connection import test_connection as tested
from viewer_app.sources.orthanc.errors import BadResponse, TlsError, Unreachable
from viewer_app.sources.orthanc.look import look_at_certificate
from viewer_app.sources.orthanc.pool import proxy_of
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.sources.orthanc.wire import Wire

QUICK = Patience(connect_s=2, silence_s=2, pauses_s=())
SYSTEM = says(b'{"Version": "1.12.7"}')


def digest(pem: Path) -> str:
    """SHA-256 of the leaf, by Python's own reading of PEM."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read_text().partition("-----BEGIN PR")[0])).hexdigest()


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate nobody vouches for, for another name."""
    return certificate(tmp_path_factory.mktemp("strange"), "DNS:other.example,IP:10.1.2.3")


@pytest.mark.orthanc
def test_a_pin_is_enough_through_a_relay(orthanc: RunningOrthanc, strange: Path) -> None:
    with relaying(urlsplit(orthanc.url).port or 0, serves(strange)) as relay:
        server = Server(relay.url, orthanc.user, orthanc.password, pin=digest(strange))
        with OrthancClient(server, QUICK) as client:
            assert client.get_server_info().name == "caliper-tests"
        heard = relay.heard
        report = tested(server)
        with OrthancClient(replace(server, pin="0" * 64), QUICK) as client, pytest.raises(TlsError) as caught:
            client.get_server_info()
    assert caught.value.reason == "pin_mismatch"
    assert heard > 0
    assert report.ok
    assert report.certificate is not None
    assert report.certificate.sha256 == digest(strange)


def test_a_wrong_pin_is_found_before_anything_is_sent(strange: Path) -> None:
    with serving(SYSTEM, serves(strange)) as server:
        asked = Server(server.url, "ann", "hush", pin="ab" * 32)
        with OrthancClient(asked, QUICK) as client, pytest.raises(TlsError, match="no password was sent"):
            client.get_server_info()
        report = tested(asked, patience=QUICK)
        assert server.requests == []
    assert (report.failed, isinstance(report.error, TlsError)) == ("certificate", True)
    assert report.certificate is not None  # to be compared, and pinned anew


def test_an_expired_pin_holds_and_is_told(tmp_path: Path) -> None:
    pem = expired(tmp_path)
    with serving(SYSTEM, serves(pem)) as server:
        report = tested(Server(server.url, pin=digest(pem)), patience=QUICK)
    assert report.ok
    assert any("expired on 2020-01-02" in note for note in report.notes)


def test_a_pin_for_http_is_refused_before_anything_is_sent() -> None:
    with serving(SYSTEM) as server, pytest.raises(SourceError, match="pinned"):
        OrthancClient(Server(server.url, "ann", "hush", pin="ab" * 32))
    with pytest.raises(SourceError, match="fingerprint"):
        OrthancClient(Server("https://host", pin="é"))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_an_outdated_tls_is_refused_pin_or_not(strange: Path) -> None:
    outdated = serves(strange)
    outdated.set_ciphers("ALL:@SECLEVEL=0")
    outdated.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    outdated.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(SYSTEM, outdated) as server:
        for pin in ("", digest(strange)):
            with (
                OrthancClient(Server(server.url, "a", "b", pin=pin), QUICK) as client,
                pytest.raises(TlsError) as caught,
            ):
                client.get_server_info()
            assert caught.value.reason == "other"
        assert server.requests == []


def test_looking_sends_nothing(strange: Path) -> None:
    with serving(SYSTEM, serves(strange)) as server:
        seen = look_at_certificate(Server(server.url, "ann", "hush"))
        assert server.requests == []
    assert (seen.subject, seen.issuer, seen.is_self_signed) == ("CN=test", "CN=test", True)
    assert seen.names == ("other.example", "10.1.2.3")
    assert seen.sha256 == digest(strange)
    assert seen.fingerprint.replace(":", "").lower() == seen.sha256
    assert seen.holds_at(datetime.now(UTC))


@pytest.mark.orthanc
def test_looking_where_there_is_none(orthanc: RunningOrthanc) -> None:
    with pytest.raises(SourceError, match="https"):
        look_at_certificate(Server(orthanc.url))
    with pytest.raises(TlsError) as caught:
        look_at_certificate(Server(orthanc.url.replace("http", "https")))
    assert caught.value.reason == "not_tls"


def test_a_certificate_cut_at_every_byte_is_refused(strange: Path) -> None:
    der = ssl.PEM_cert_to_DER_cert(strange.read_text().partition("-----BEGIN PR")[0])
    whole = read_certificate(der)
    assert (whole.ends - whole.starts).days == 30
    for end in range(len(der)):
        with pytest.raises(BadResponse):
            read_certificate(der[:end])


def test_a_damaged_certificate_is_read_or_refused(strange: Path) -> None:
    der = ssl.PEM_cert_to_DER_cert(strange.read_text().partition("-----BEGIN PR")[0])
    chance, refused = random.Random(1), 0
    for _ in range(3000):
        damaged = bytearray(der)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(der))] = chance.choice((0, 1, 0x80, 0x81, 0x30, 0xA3, 0xFF))
        try:
            read = read_certificate(bytes(damaged))
        except BadResponse:
            refused += 1
        else:
            assert (read.subject + read.issuer + "".join(read.names)).isprintable()
    assert refused > 100


def tunnel(port: int) -> Answer:
    """A proxy that opens a tunnel to a loopback port, for one request and its answer."""

    def answer(connection: socket.socket, number: int) -> None:
        with closing(socket.create_connection(("127.0.0.1", port))) as server:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            server.settimeout(0.02)
            connection.settimeout(0.02)
            ends = {connection: server, server: connection}
            while ends:
                for source, sink in ends.items():
                    try:
                        data = source.recv(1 << 16)
                    except TimeoutError:
                        continue
                    if not data:
                        return
                    sink.sendall(data)

    return answer


def test_a_proxy_that_is_wanted_tunnels_and_hears_no_password(strange: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(SYSTEM, serves(strange)) as server:
        port = urlsplit(server.url).port or 0
        with serving(tunnel(port)) as proxy:
            monkeypatch.setenv("https_proxy", proxy.url)
            asked = Server("https://pacs.invalid", "ann", "hush", pin=digest(strange), use_proxy=True)
            with OrthancClient(asked, QUICK) as client:
                assert client.get_server_info().version == (1, 12, 7)
            with OrthancClient(replace(asked, pin="00" * 32), QUICK) as client, pytest.raises(TlsError):
                client.get_server_info()
            assert look_at_certificate(asked).sha256 == digest(strange)
            heard = b"".join(proxy.requests)
    assert heard.startswith(b"CONNECT pacs.invalid:443 HTTP/1.1\r\n")
    assert b"uthorization" not in heard
    assert len(server.requests) == 1


def test_a_proxy_is_passed_by_unless_wanted_and_for_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(SYSTEM) as proxy, serving(SYSTEM) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        for asked in (Server(server.url), Server(server.url, use_proxy=True)):
            with OrthancClient(asked, QUICK) as client:
                client.get_server_info()
        with OrthancClient(Server("http://pacs.invalid"), QUICK) as client, pytest.raises(Unreachable):
            client.get_server_info()
        assert proxy.requests == []


def test_a_proxy_is_passed_by_where_the_system_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "pacs.example:8042")
    assert proxy_of(Server("http://pacs.example:8042/orthanc", use_proxy=True)) is None
    found = proxy_of(Server("http://pacs.example:8043", use_proxy=True))
    assert found is not None
    assert (found.hostname, found.port) == ("proxy.example", 3128)


@pytest.mark.parametrize(
    ("code", "reason"),
    [(0x800B0101, "expired"), (-67602, "hostname"), (-67843, "unknown_ca"), (23, "other"), (None, "other")],
)
def test_verdicts_of_other_systems(code: int | None, reason: str) -> None:
    """Windows and macOS judge by codes of their own; a revoked certificate is none to be pinned."""
    verdict = ssl.SSLCertVerificationError("no")
    if code is not None:
        verdict.verify_code = code
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire()
        stream = wire.connect_tcp("127.0.0.1", listener.getsockname()[1], 2)
        with pytest.raises(TlsError) as caught:
            stream.start_tls(Deciding(verdict), "127.0.0.1", 2)
    assert caught.value.reason == reason


class Deciding(ssl.SSLContext):
    """Ends every handshake with the verdict of a system that this is not."""

    def __new__(cls, verdict: Exception) -> Deciding:
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.verdict = verdict
        return context

    verdict: Exception

    def wrap_socket(self, *_: Any, **__: Any) -> ssl.SSLSocket:
        raise self.verdict


@pytest.mark.parametrize(("status", "words"), [("403 No", "let us through"), ("407 Who", "let us through")])
def test_a_proxy_that_refuses(status: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(b"", status=status)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        report = tested(Server("https://pacs.invalid", "ann", "hush", use_proxy=True), patience=QUICK)
    assert words in report.what
    assert "proxy" in report.advice


def test_a_proxy_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    assert "of a kind" in tested(Server("https://pacs.invalid", use_proxy=True)).what
