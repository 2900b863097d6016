"""Servers and networks that misbehave, byte for byte."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.checking import check_file
from tests.sources.fault_server import Answer, FaultServer, in_turn, says, serving
from viewer_app.errors import Cancelled
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import (
    AuthFailed,
    BadResponse,
    Forbidden,
    Integrity,
    OrthancError,
    ServerError,
    Stalled,
    TlsError,
    TooLarge,
    Unreachable,
)
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=1, silence_s=0.5, window_s=1, pauses_s=(0.01, 0.02, 0.03))
PATIENT = Patience(pauses_s=(30, 30, 30))
ID = "a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20"
SYSTEM = json.dumps({"Name": "n", "Version": "1.12.7"}).encode()
FILE = bytes(128) + b"DICM" + bytes(5000)


def ask(server: FaultServer, user: str = "ann") -> Any:
    with OrthancClient(Server(server.url, user, "hush"), QUICK) as client:
        return client.get_server_info()


def fetch(server: FaultServer, watch: Watch | None = None) -> bytes:
    with OrthancClient(Server(server.url, "ann", "hush"), QUICK) as client:
        check = lambda answer: check_file(answer, len(FILE))  # noqa: E731 - a name for the line below
        with client.get_file(ID, check=check, watch=watch) as stream:
            return stream.read()


def without_length(body: bytes) -> Answer:
    return lambda connection, number: connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


def reset(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nbeginning")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def hang_up(connection: socket.socket, number: int) -> None:
    """Close without a word."""


@pytest.mark.parametrize(
    ("answer", "kind", "requests"),
    [
        (says(b"", status="401 Unauthorized"), AuthFailed, 1),
        (says(b"", status="403 Forbidden"), Forbidden, 1),
        (says(b"", status="413 Too Large"), TooLarge, 1),
        (says(b'{"Message": "boom", "Details": "/var/lib"}', status="500 Error"), ServerError, 2),
        (says(b"", status="503 Busy"), Unreachable, 4),
        (hang_up, Unreachable, 5),  # one of them at once
        (says(b"<html>Log in</html>"), BadResponse, 1),
        (says(b"{garbage"), BadResponse, 1),
        (says('{"Name": "é"}'.encode("latin-1")), BadResponse, 1),
        (says(b"[" * 200_000), BadResponse, 1),
        (says(b'{"ApiVersion": ' + b"9" * 10_000 + b"}"), BadResponse, 1),
        (says(b'{"ApiVersion": NaN}'), BadResponse, 1),
        (says(b'{"Name": "a", "Name": "b"}'), BadResponse, 1),
        (says(b"[]"), BadResponse, 1),
        (says(b'{"Version": 12}'), BadResponse, 1),
        (says(gzip.compress(SYSTEM), headers="Content-Encoding: gzip\r\n"), BadResponse, 1),
        (says(SYSTEM, length=10**13), TooLarge, 1),
        (says(b"not HTTP at all", headers="broken header\r\n"), Unreachable, 5),
    ],
)
def test_an_answer_of_that_kind(answer: Answer, kind: type[OrthancError], requests: int) -> None:
    with serving(answer) as server, pytest.raises(kind) as caught:
        ask(server)
    assert len(server.requests) == requests
    assert caught.value.what and caught.value.advice
    assert "hush" not in str(caught.value) and "/var/lib" not in str(caught.value)


def test_after_a_401_nothing_is_sent_any_more() -> None:
    with serving(says(b"", status="401 Unauthorized")) as server, OrthancClient(Server(server.url, "a", "b")) as client:
        for _ in range(3):
            with pytest.raises(AuthFailed):
                client.get_server_info()
        assert len(server.requests) == 1


def test_an_error_that_passes_is_not_seen() -> None:
    with serving(in_turn(says(b"", status="502 Bad Gateway"), hang_up, reset, says(SYSTEM))) as server:
        assert ask(server).version == (1, 12, 7)


@pytest.mark.parametrize(
    ("request_of", "body"),
    [(lambda client: client.get_server_info(), SYSTEM), (lambda client: client.get_file(ID).close(), FILE)],
    ids=["by httpx", "the straight way"],
)
def test_a_connection_that_breaks_costs_no_pause(request_of: Callable[[OrthancClient], object], body: bytes) -> None:
    with serving(in_turn(hang_up, says(body))) as server, OrthancClient(Server(server.url), PATIENT) as client:
        request_of(client)
    assert len(server.requests) == 2


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/elsewhere", "file:///etc/passwd", "/system", ""])
def test_redirects_are_not_followed(target: str) -> None:
    with serving(says(SYSTEM)) as other:
        location = target.format(port=other.url.rpartition(":")[2])
        answer = says(b"", status="302 Found", headers=f"Location: {location}\r\n")
        with serving(answer) as server, pytest.raises(BadResponse, match="not followed"):
            ask(server)
        assert (len(server.requests), other.requests) == (1, [])


def test_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(connection: socket.socket, number: int) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    monkeypatch.setattr("viewer_app.sources.orthanc.client.FILE_CAP", 1 << 20)
    with serving(endless) as server, pytest.raises(TooLarge):
        fetch(server)


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (without_length(FILE[:2000]), 3),  # the first by the straight way, which leaves such answers to httpx
        (says(FILE[:2000], length=len(FILE)), 2),
        (says(FILE[:2000]), 2),
        (says(FILE, headers=f'ETag: "0-{"0" * 32}"\r\n'), 2),
    ],
    ids=["no length, cut short", "cut short", "true length, too short", "wrong MD5"],
)
def test_a_damaged_file_is_tried_again_and_never_handed_out(answer: Answer, requests: int) -> None:
    with serving(answer) as server, pytest.raises(Integrity):
        fetch(server)
    assert len(server.requests) == requests
    with serving(in_turn(answer, says(FILE))) as server:
        assert fetch(server) == FILE


def drip(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5132\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def header_drip(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def wait_for_the_end(connection: socket.socket, number: int) -> None:
    connection.recv(1)


@pytest.mark.parametrize("answer", [drip, header_drip, wait_for_the_end])
def test_a_server_that_drips_or_is_silent_stalls(answer: Answer) -> None:
    start = time.monotonic()
    with serving(answer) as server, pytest.raises(Stalled):
        fetch(server)
    assert time.monotonic() - start < 3


def cancelled_after(seconds: float, work: Callable[[Watch], object]) -> float:
    """Seconds from the cancel to the end of `work`."""
    watch = Watch()
    timer = threading.Timer(seconds, watch.cancel)
    timer.start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        work(watch)
    timer.join()
    return time.monotonic() - start - seconds


@pytest.mark.parametrize("answer", [drip, header_drip, wait_for_the_end, says(b"", status="503 Busy")])
def test_cancel_ends_every_phase_at_once(answer: Answer) -> None:
    with serving(answer) as server, OrthancClient(Server(server.url), PATIENT) as client:
        assert cancelled_after(0.2, lambda watch: client.get_file(ID, watch=watch)) < 0.3


def test_cancel_while_connecting_and_in_the_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        with OrthancClient(Server(f"https://127.0.0.1:{port}"), PATIENT) as client:
            assert cancelled_after(0.2, lambda watch: client.health_check(watch=watch)) < 0.3
        # Nobody took the first connection: the queue is full and lets no other in.
        with OrthancClient(Server(f"http://127.0.0.1:{port}"), PATIENT) as client:
            assert cancelled_after(0.2, lambda watch: client.health_check(watch=watch)) < 0.3


def test_https_to_a_port_that_speaks_http() -> None:
    def plain(connection: socket.socket, number: int) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_one() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                plain(connection, 0)

        thread = threading.Thread(target=answer_one)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with OrthancClient(Server(url), QUICK) as client, pytest.raises(TlsError) as caught:
            client.health_check()
        thread.join()
    assert caught.value.reason == "not_tls"


def test_the_password_goes_into_one_header_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(says(SYSTEM)) as server, OrthancClient(Server(server.url, "ann", "hush"), QUICK) as client:
        client.get_server_info()
        assert "hush" not in repr(client.server) + caplog.text
    (request,) = server.requests
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /system HTTP/1.1"
    assert [line for line in lines if "YW5uOmh1c2g=" in line] == ["Authorization: Basic YW5uOmh1c2g="]
    assert "Accept-Encoding: identity" in lines


def test_a_path_prefix_is_kept() -> None:
    with serving(says(SYSTEM)) as server, OrthancClient(Server(f"{server.url}/imaging/orthanc"), QUICK) as client:
        client.get_server_info()
    assert server.requests[0].startswith(b"GET /imaging/orthanc/system HTTP/1.1\r\n")


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(SYSTEM)) as proxy, serving(says(SYSTEM)) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        ask(server)
        assert proxy.requests == []


def test_hostile_ids_in_an_answer_are_never_asked_for() -> None:
    body = json.dumps([{"ID": "../../system", "ParentStudy": ID, "Instances": []}]).encode()
    with (
        serving(says(body)) as server,
        OrthancClient(Server(server.url), QUICK) as client,
        pytest.raises(BadResponse, match="no ID"),
    ):
        client.get_series(ID)
    assert len(server.requests) == 1
