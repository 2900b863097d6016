"""A real Orthanc for the tests: its own process, folder, loopback port and password.

    def test_upload(orthanc):
        with orthanc.client() as client:
            client.post("/instances", content=data)

`orthanc` is one server for the whole run, emptied before each test. A test that needs another
configuration starts its own: `start_orthanc(tmp_path, StorageCompression=True)`.
TEST_ORTHANC names an Orthanc program other than the installed one, for example one from an
unpacked newer Debian release.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

START_SECONDS = 20.0
ATTEMPTS = 3  # the free port may be taken by another program before Orthanc opens it


@dataclass(frozen=True)
class RunningOrthanc:
    """An Orthanc that answers at `url` to `user` and `password`."""

    url: str
    user: str
    password: str
    process: subprocess.Popen[bytes]
    folder: Path

    def client(self) -> httpx.Client:
        """A client of this server that ignores the machine's proxy settings."""
        return httpx.Client(base_url=self.url, auth=(self.user, self.password), trust_env=False)

    def empty(self) -> None:
        """Delete every patient and the list of changes."""
        with self.client() as client:
            for patient in client.get("/patients").raise_for_status().json():
                client.delete(f"/patients/{patient}").raise_for_status()
            client.delete("/changes").raise_for_status()

    def log(self) -> str:
        """What the server has said so far."""
        return (self.folder / "orthanc.log").read_text(errors="replace")

    def stop(self) -> None:
        """End the server; killed, since a clean end takes it seconds and the folder is thrown away."""
        self.process.kill()
        self.process.wait()


def start_orthanc(folder: Path, **overrides: Any) -> RunningOrthanc:
    """Start an Orthanc that keeps everything in `folder`; `overrides` are keys of its configuration."""
    program = find_orthanc()
    for _ in range(ATTEMPTS):
        server = launch(program, folder, overrides)
        if answers(server):
            return server
        server.stop()
    pytest.fail(f"Orthanc did not start:\n{server.log()[-2000:]}")


def find_orthanc() -> Path:
    """The program; the test is skipped without one, but in CI that is a failure."""
    found = os.environ.get("TEST_ORTHANC") or shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    return Path(found).resolve() if found else without_orthanc()


def without_orthanc() -> NoReturn:
    """Skip, or fail where CI is set."""
    reason = "Orthanc is not installed (Debian: apt-get install orthanc orthanc-dicomweb)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def launch(program: Path, folder: Path, overrides: dict[str, Any]) -> RunningOrthanc:
    """Write the configuration and start the process; it does not answer yet."""
    port, user, password = free_port(), "caliper", secrets.token_urlsafe(16)
    (folder / "db").mkdir(exist_ok=True)
    configuration = folder / "orthanc.json"
    configuration.write_text(
        json.dumps(settings(program, folder, port) | {"RegisteredUsers": {user: password}} | overrides)
    )
    command, environment = start_command(program)
    with (folder / "orthanc.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, str(configuration)], stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=environment
        )
    return RunningOrthanc(f"http://127.0.0.1:{port}", user, password, process, folder)


def settings(program: Path, folder: Path, port: int) -> dict[str, Any]:
    """A server for this machine alone, with DICOMweb when its plugin is there.

    No GDCM plugin: Debian 13's ends the server when it is asked to transcode.
    """
    dicomweb = program.parents[1] / "share/orthanc/plugins/libOrthancDicomWeb.so"
    return {
        "Name": "caliper-tests",
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "HttpCompressionEnabled": False,
        "StableAge": 1,
        "Plugins": [str(dicomweb)] if dicomweb.exists() else [],
    }


def start_command(program: Path) -> tuple[list[str], dict[str, str]]:
    """Command and environment of the server; on Linux it dies with the test run."""
    usr, environment = program.parents[1], dict(os.environ)
    command = [str(program)]
    if usr.name == "usr" and usr.parent != Path(usr.anchor):  # an unpacked release runs on its own loader
        libraries = f"{usr}/lib/x86_64-linux-gnu:{usr}/lib"
        command = [f"{usr}/lib64/ld-linux-x86-64.so.2", "--library-path", libraries, *command]
        environment["DCMDICTPATH"] = f"{usr}/share/dcmtk/dicom.dic"
    if shutil.which("setpriv"):
        command = ["setpriv", "--pdeathsig", "KILL", *command]
    return command, environment


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(server: RunningOrthanc) -> bool:
    """The server answers before its time is up and its process has not ended."""
    deadline = time.monotonic() + START_SECONDS
    with server.client() as client:
        while time.monotonic() < deadline and server.process.poll() is None:
            try:
                if client.get("/system", timeout=1).status_code == httpx.codes.OK:
                    return True
            except httpx.TransportError:
                time.sleep(0.03)
    return False


@pytest.fixture(scope="session")
def orthanc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOrthanc]:
    """One server for the whole run."""
    server = start_orthanc(tmp_path_factory.mktemp("orthanc"))
    yield server
    server.stop()


@pytest.fixture
def orthanc(orthanc_server: RunningOrthanc) -> RunningOrthanc:
    """The server of the run, emptied."""
    orthanc_server.empty()
    return orthanc_server
