"""Whom a secure connection trusts, and in which words it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.certificates import certificate, expired, serves
from tests.sources.fault_server import says, serving
from viewer_app.errors import SourceError
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import TlsError
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=2, silence_s=2, pauses_s=())
SYSTEM = says(b'{"Version": "1.12.7"}')


def ask(pem: Path, ca_file: Path | None) -> tuple[int, int, int]:
    with serving(SYSTEM, serves(pem)) as server, OrthancClient(Server(server.url, "a", "b", ca_file), QUICK) as client:
        try:
            return client.get_server_info().version
        except TlsError:
            assert server.requests == []  # the password has not left
            raise


def test_an_authority_from_a_file_is_trusted(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "IP:127.0.0.1")
    assert ask(pem, tmp_path / "certificate.pem") == (1, 12, 7)


def test_a_stranger_is_not(tmp_path: Path) -> None:
    with pytest.raises(TlsError) as caught:
        ask(certificate(tmp_path, "IP:127.0.0.1"), None)
    assert caught.value.reason == "unknown_ca"


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "DNS:other.example")
    with pytest.raises(TlsError) as caught:
        ask(pem, tmp_path / "certificate.pem")
    assert caught.value.reason == "hostname"


def test_an_expired_certificate(tmp_path: Path) -> None:
    pem = expired(tmp_path)
    with pytest.raises(TlsError) as caught:
        ask(pem, tmp_path / "certificate.pem")
    assert caught.value.reason == "expired"


def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(SourceError, match=r"ca\.pem is no certificate file"):
        OrthancClient(Server("https://host", ca_file=tmp_path / "ca.pem"))
