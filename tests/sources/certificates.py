"""Certificates for tests, made by the openssl program."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest


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


def serves(pem: Path) -> ssl.SSLContext:
    """The server's side of TLS with a certificate and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
