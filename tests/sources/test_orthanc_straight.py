"""Files by the straight way: what it understands, what it leaves to httpx, and that connections are kept."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.sources.certificates import certificate, serves
from tests.sources.fault_server import Answer, says, serving
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import AuthFailed, Integrity, Redirected, TlsError, TooLarge
from viewer_app.sources.orthanc.straight import Straight
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.sources.orthanc.wire import Wire

ID = "a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20"
FILE = bytes(range(256)) * 40


def raw(answer: bytes) -> Answer:
    """Says exactly that, then hangs up."""
    return lambda connection, number: connection.sendall(answer)


def fetched(answer: Answer, times: int = 1) -> tuple[list[bytes], int]:
    """The file, `times` times over one client, and how many requests that took."""
    patience = Patience(connect_s=1, silence_s=1, pauses_s=(0.01,) * 3)
    with serving(answer) as server, OrthancClient(Server(server.url, "ann", "hush"), patience) as client:
        files = []
        for _ in range(times):
            with client.get_file(ID, watch=Watch()) as stream:
                files.append(stream.read())
        return files, len(server.requests)


def chunked(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
    connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(FILE), FILE))


def test_a_plain_answer_takes_one_request() -> None:
    assert fetched(says(FILE), times=3) == ([FILE] * 3, 3)


@pytest.mark.parametrize(
    "answer",
    [
        chunked,
        raw(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FILE), FILE)),
        raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + FILE),
    ],
    ids=["in chunks", "HTTP/1.0", "no length"],
)
def test_what_is_not_plain_comes_by_httpx_from_then_on(answer: Answer) -> None:
    assert fetched(answer, times=3) == ([FILE] * 3, 4)


def test_a_connection_in_use_when_its_client_is_closed_is_not_kept() -> None:
    half_way, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def answer(connection: socket.socket, number: int) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FILE), FILE[:100]))
        half_way.set()
        assert go_on.wait(5)
        connection.sendall(FILE[100:])
        connection.settimeout(5)
        if connection.recv(1) == b"":
            over.set()

    with serving(answer) as server:
        client = OrthancClient(Server(server.url))
        files: list[bytes] = []
        thread = threading.Thread(target=lambda: files.append(client.get_file(ID, watch=Watch()).read()))
        thread.start()
        assert half_way.wait(5)
        client.close()
        go_on.set()
        thread.join(5)
        assert files == [FILE]
        assert over.wait(1)


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_connection_is_kept_once_the_whole_body_is_taken_and_not_before(is_taken: bool) -> None:
    def drips(connection: socket.socket, number: int) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
        connection.sendall(head + b"first")
        time.sleep(0.1)  # nothing more can be read meanwhile: what is left of the body does not show
        connection.sendall(b"and the rest...")
        if connection.recv(65536):
            connection.sendall(head + b"of the second answer")

    with serving(drips) as server:
        straight = Straight(httpx.Request("GET", server.url), Wire(), ssl.create_default_context(), 1, 1)
        with straight.asked("/first") as reply:
            assert not is_taken or b"".join(reply.iter_raw()) == b"firstand the rest..."
        with straight.asked("/second") as reply:
            second = b"".join(reply.iter_raw())
        straight.close()
        assert second == (b"of the second answer" if is_taken else b"firstand the rest...")
        assert len(server.requests) == (1 if is_taken else 2)  # only the first one of a connection is noted


def test_an_empty_file() -> None:
    assert fetched(says(b"")) == ([b""], 1)


def test_a_file_too_large_for_memory_goes_through_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer_app.sources.orthanc.transport.LARGEST_HELD", 1000)
    assert fetched(says(FILE)) == ([FILE], 1)
    with pytest.raises(Integrity):
        fetched(says(FILE[:5000], length=len(FILE)))


@pytest.mark.parametrize("length", [10**13, 10**15 - 1], ids=["10 TB", "the longest number"])
def test_no_memory_is_taken_for_what_is_only_announced(length: int) -> None:
    with pytest.raises(TooLarge):
        fetched(says(b"", length=length))


@pytest.mark.parametrize(
    ("names", "trusted", "reason"),
    [("IP:127.0.0.1", True, ""), ("IP:127.0.0.1", False, "unknown_ca"), ("DNS:other.example", True, "hostname")],
)
def test_whom_a_file_is_asked_of(tmp_path: Path, names: str, trusted: bool, reason: str) -> None:
    pem = certificate(tmp_path, names)
    ca_file = tmp_path / "certificate.pem" if trusted else None
    with serving(says(FILE), serves(pem)) as server:
        with OrthancClient(Server(server.url, "ann", "hush", ca_file), Patience(pauses_s=())) as client:
            if not reason:
                with client.get_file(ID) as stream:
                    assert stream.read() == FILE
                return
            with pytest.raises(TlsError) as caught:
                client.get_file(ID)
        assert caught.value.reason == reason
        assert server.requests == []  # the password has not left


def test_after_a_401_no_file_is_asked_for() -> None:
    with serving(says(b"{}", status="401 Unauthorized")) as server:
        with OrthancClient(Server(server.url, "ann", "hush"), Patience(pauses_s=())) as client:
            for _ in range(2):
                with pytest.raises(AuthFailed):
                    client.get_file(ID)
        assert len(server.requests) == 1


def test_a_redirect_of_a_file_is_not_followed() -> None:
    with (
        serving(says(FILE)) as other,
        serving(says(b"", status="302 Found", headers=f"Location: {other.url}/x\r\n")) as server,
        OrthancClient(Server(server.url, "ann", "hush"), Patience(pauses_s=())) as client,
    ):
        with pytest.raises(Redirected):
            client.get_file(ID)
        assert other.requests == []


def test_lengths_that_contradict_each_other() -> None:
    answer = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: %d\r\n\r\n%s" % (len(FILE), FILE))
    with pytest.raises(Exception, match="server"):
        fetched(answer)
