"""Whom a secure connection trusts, and in which words it does not."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.sources.fault_server import says, serving
from viewer_app.errors import SourceError
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import TlsError
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=2, silence_s=2, pauses_s=())
SYSTEM = says(b'{"Version": "1.12.7"}')


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for `name` ("IP:127.0.0.1") with its key, in one PEM file."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl program to make certificates with")
    files = ("-keyout", "key.pem", "-out", "certificate.pem")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test")
    command = [openssl, "req", "-x509", *kind, *files, "-addext", f"subjectAltName={name}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this openssl does not make that certificate: {done.stderr[-200:]}")
    pem = folder / "both.pem"
    pem.write_text((folder / "certificate.pem").read_text() + (folder / "key.pem").read_text())
    return pem


def expired(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that ended years ago: only `openssl ca` takes dates."""
    certificate(folder, "IP:127.0.0.1")
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\n"
        "default_md = sha256\npolicy = names\ncopy_extensions = copy\n[names]\ncommonName = supplied\n"
    )
    openssl = shutil.which("openssl") or ""
    request = ("req", "-new", "-key", "key.pem", "-subj", "/CN=old", "-addext", "subjectAltName=IP:127.0.0.1")
    signing = ("ca", "-config", "ca.cnf", "-batch", "-notext", "-cert", "certificate.pem", "-keyfile", "key.pem")
    dates = ("-startdate", "20200101000000Z", "-enddate", "20200102000000Z")
    for command in ((*request, "-out", "old.csr"), (*signing, *dates, "-in", "old.csr", "-out", "old.pem")):
        subprocess.run([openssl, *command], cwd=folder, capture_output=True, check=True)
    pem = folder / "both.pem"
    pem.write_text((folder / "old.pem").read_text() + (folder / "key.pem").read_text())
    return pem


def ask(pem: Path, ca_file: Path | None) -> tuple[int, int, int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(SYSTEM, context) as server, OrthancClient(Server(server.url, "a", "b", ca_file), QUICK) as client:
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
