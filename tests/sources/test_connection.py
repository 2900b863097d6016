"""What a test of a connection says about the mistakes that people make."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.orthanc_server import RunningOrthanc, free_port, start_orthanc
from tests.sources.certificates import certificate, serves
from tests.sources.fault_server import Answer, says, serving
from tests.sources.tls_relay import relaying
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.connection import ConnectionReport
from viewer_app.sources.orthanc.connection import test_connection as tested
from viewer_app.sources.orthanc.errors import AuthFailed, TlsError
from viewer_app.sources.orthanc.explained import explained, stage_of
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=0.5, silence_s=0.5, pauses_s=())


@pytest.fixture(scope="module")
def dicom_too(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningOrthanc, int]]:
    """A real Orthanc with its DICOM port."""
    port = free_port()
    server = start_orthanc(tmp_path_factory.mktemp("dicom"), DicomServerEnabled=True, DicomPort=port)
    yield server, port
    server.stop()


def one_sentence_each(report: ConnectionReport) -> bool:
    texts = (report.what, report.advice)
    return all(text.endswith(".") and ". " not in text for text in texts)


@pytest.mark.orthanc
def test_a_server_that_is_well(orthanc: RunningOrthanc) -> None:
    report = tested(Server(orthanc.url, orthanc.user, orthanc.password))
    assert report.ok
    assert (report.what, report.advice, report.notes) == ("", "", ())
    assert report.info is not None
    assert report.info.is_supported
    assert report.passed == ("address", "name", "connection", "answer", "sign-in", "Orthanc", "version")
    assert 0 < report.seconds < 5


@pytest.mark.orthanc
@pytest.mark.parametrize("keeps_sums", [True, False])
def test_a_server_without_checksums_is_told(tmp_path: Path, series_folder: Path, keeps_sums: bool) -> None:
    (tmp_path / "server").mkdir()
    server = start_orthanc(tmp_path / "server", StoreMD5ForAttachments=keeps_sums)
    try:
        as_user = Server(server.url, server.user, server.password)
        with OrthancClient(as_user) as client:
            client.upload(next(series_folder.iterdir()))
        report = tested(as_user)
    finally:
        server.stop()
    assert report.ok
    assert [("no checksums" in note) for note in report.notes] == ([] if keeps_sums else [True])


@pytest.mark.orthanc
@pytest.mark.parametrize("page", ["/app/explorer.html", "/ui/app/", "/ui/app/index.html", "/dicom-web", "/"])
def test_the_address_of_a_web_page_is_understood(orthanc: RunningOrthanc, page: str) -> None:
    report = tested(Server(orthanc.url + page, orthanc.user, orthanc.password))
    assert (report.ok, report.server.url) == (True, orthanc.url)
    assert report.notes == (f"The address was shortened to {orthanc.url}.",)


@pytest.mark.orthanc
@pytest.mark.parametrize(
    ("change", "failed", "what", "advice"),
    [
        ({"password": "wrong-hush"}, "sign-in", "refuses this user and password", "capital letters"),
        ({"password": ""}, "sign-in", "asks for the password of caliper", "Enter"),
        ({"user": "", "password": ""}, "sign-in", "asks for a user and a password", "Enter"),
        ({"url": "{http}/pacs"}, "answer", "no Orthanc at this path", "Check /pacs"),
        ({"url": "{https}"}, "certificate", "speaks http, but the address says https", "write {http}"),
        ({"url": "http://127.0.0.1:{dicom}"}, "answer", "DICOM port", "8042"),
        ({"url": "https://127.0.0.1:{dicom}"}, "certificate", "DICOM port", "8042"),
        ({"url": "http://127.0.0.1:{closed}"}, "connection", "Nothing listens at port", "8042"),
        ({"url": "http://caliper.invalid"}, "name", "caliper.invalid is not known", "VPN"),
        ({"url": "htp://host"}, "address", "not the address", "Write it like"),
    ],
)
def test_common_mistakes(
    dicom_too: tuple[RunningOrthanc, int], change: dict[str, str], failed: str, what: str, advice: str
) -> None:
    orthanc, dicom = dicom_too
    places = {
        "http": orthanc.url,
        "https": orthanc.url.replace("http", "https"),
        "dicom": str(dicom),
        "closed": str(free_port()),
    }
    right = Server(orthanc.url, orthanc.user, orthanc.password)
    given = {"url": right.url, "user": right.user, "password": right.password} | change
    report = tested(Server(given["url"].format(**places), given["user"], given["password"]))
    assert (report.ok, report.failed) == (False, failed)
    assert what in report.what
    assert advice.format(**places) in report.advice
    assert failed == "address" or one_sentence_each(report)
    assert "hush" not in repr(report)


@pytest.mark.orthanc
def test_https_written_as_http(orthanc: RunningOrthanc, tmp_path: Path) -> None:
    pem = certificate(tmp_path, "IP:127.0.0.1")
    with relaying(urlsplit(orthanc.url).port or 0, serves(pem)) as relay:
        report = tested(Server(relay.url.replace("https", "http"), orthanc.user, orthanc.password), patience=QUICK)
        stranger = tested(Server(relay.url, orthanc.user, orthanc.password))
        heard, right = relay.heard, relay.url
        trusted = tested(Server(relay.url, orthanc.user, orthanc.password, tmp_path / "certificate.pem"))
    assert "speaks https, but the address says http" in report.what
    assert report.advice == f"Write {right}."
    assert (stranger.failed, heard) == ("certificate", 0)
    assert isinstance(stranger.error, TlsError)
    assert stranger.error.reason == "unknown_ca"
    assert stranger.certificate is not None
    assert trusted.ok
    assert "certificate" in trusted.passed


PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    ("answer", "failed", "what"),
    [
        (says(PAGE, headers="Content-Type: text/html\r\n"), "Orthanc", "A web page came instead of data"),
        (says(b"", status="302 Found", headers="Location: https://login.example/x\r\n"), "answer", "login.example"),
        (says(b"", status="301 Moved", headers="Location: https://127.0.0.1/a\r\n"), "answer", "asked by https"),
        (says(b"", status="302 Found", headers="Location: //[x\r\n"), "answer", "another page"),
        (says(b'{"Version": "1.9.3"}'), "version", "Orthanc 1.9.3, which is older"),
        (says(b'{"name": "another program"}'), "Orthanc", "not Orthanc"),
        (says(b"[]"), "Orthanc", "lacks an object"),
        (says(b"", status="403 Forbidden"), "sign-in", "does not allow this"),
        (says(b"", status="502 Bad Gateway"), "answer", "A proxy answers"),
        (says(b"", status="500 Oh"), "answer", "error 500"),
    ],
)
def test_what_stands_in_front(answer: Answer, failed: str, what: str) -> None:
    with serving(answer) as server:
        report = tested(Server(server.url, "ann", "hush"), patience=QUICK)
    assert (report.failed, one_sentence_each(report)) == (failed, True)
    assert what in report.what
    assert sum(b"uthorization" in request for request in server.requests) <= 2


def test_a_prefix_that_was_left_out_is_found_without_the_password() -> None:
    def nginx(connection: socket.socket, number: int) -> None:
        asked = server.requests[number]
        right = asked.startswith(b"GET /orthanc/")
        says(b"", status="401 Who" if right else "404 Not Found")(connection, number)

    with serving(nginx) as server:
        report = tested(Server(server.url, "ann", "hush"), patience=QUICK)
        assert report.advice == f"Write {server.url}/orthanc, where one answers."
    assert [b"uthorization" in request for request in server.requests] == [True, False]


def test_what_is_told_beside_success() -> None:
    body = json.dumps({"Version": "1.12.7", "ReadOnly": True}).encode()
    with serving(says(body)) as server:
        report = tested(Server(server.url), patience=QUICK)
    assert report.ok  # plugins that cannot be listed are no reason to refuse
    assert report.notes == (
        "The server is read-only: nothing can be sent to it.",
        "The server does not tell its plugins.",
    )


def test_silence_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        report = tested(Server(f"http://127.0.0.1:{listener.getsockname()[1]}"), patience=QUICK)
    assert (report.failed, report.what) == ("answer", "The server went silent.")


def test_a_cancel_is_a_report_too() -> None:
    watch = Watch()
    watch.cancel()
    assert tested(Server("http://127.0.0.1:1"), watch).what == "Cancelled."


def test_a_refusal_from_another_computer_names_both_reasons() -> None:
    refused = AuthFailed("", "")
    _, advice = explained(refused, Server("http://pacs.example:8042", "ann", "hush"), Watch())
    assert "RemoteAccessAllowed" in advice
    assert stage_of(refused) == "sign-in"
