"""The same small series in every kind of place."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.series import write_series
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.cache import Cache


@pytest.fixture(scope="session")
def series_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_series(tmp_path_factory.mktemp("series") / "ct")


@pytest.fixture
def client(orthanc: RunningOrthanc) -> Iterator[OrthancClient]:
    with OrthancClient(Server(orthanc.url, orthanc.user, orthanc.password)) as client:
        yield client


@pytest.fixture
def study_id(client: OrthancClient, series_folder: Path) -> str:
    """The series, uploaded; the Orthanc ID of its study."""
    (study,) = {client.upload(path).study_id for path in series_folder.iterdir()}
    return study


@pytest.fixture
def unused_port() -> int:
    """A loopback port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def own(tmp_path: Path, series_folder: Path) -> Iterator[RunningOrthanc]:
    """A server of its own, which may be killed, with the series."""
    (tmp_path / "server").mkdir()
    server = start_orthanc(tmp_path / "server")
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        for path in series_folder.iterdir():
            client.upload(path)
    yield server
    server.stop()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")
