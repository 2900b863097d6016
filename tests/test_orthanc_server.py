"""The Orthanc of the tests is private, empty, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pydicom.data import get_testdata_file

from tests.orthanc_server import RunningOrthanc, start_orthanc

pytestmark = pytest.mark.orthanc


def test_a_stranger_is_refused(orthanc: RunningOrthanc) -> None:
    answer = httpx.get(f"{orthanc.url}/system", auth=(orthanc.user, "guess"), trust_env=False)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_finds_it_empty(orthanc: RunningOrthanc, turn: str) -> None:
    sample = Path(str(get_testdata_file("CT_small.dcm")))
    with orthanc.client() as client:
        assert client.get("/instances").json() == []
        assert client.post("/instances", content=sample.read_bytes()).json()["Status"] == "Success"
        assert len(client.get("/instances").json()) == 1


def test_another_configuration(tmp_path: Path, orthanc: RunningOrthanc) -> None:
    server = start_orthanc(tmp_path, Name="another")
    try:
        assert (server.url, server.password) != (orthanc.url, orthanc.password)
        with server.client() as client:
            assert client.get("/system").json()["Name"] == "another"
    finally:
        server.stop()
    assert server.process.returncode is not None
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/system", trust_env=False)
