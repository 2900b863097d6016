"""Large files in parts, over a link that breaks."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.checking import check_file
from tests.sources.fault_server import Answer, says, serving
from tests.sources.relay import relayed
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.errors import Integrity, Unreachable
from viewer_app.sources.orthanc.features import Feature
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=1, silence_s=1, window_s=1, pauses_s=(0.01, 0.02, 0.03))
ID = "a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20"
SYSTEM = b'{"Name": "n", "Version": "1.12.7"}'
WHOLE = bytes(range(250)) * 10


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large is small here."""
    monkeypatch.setattr("viewer_app.sources.orthanc.parts.LARGE_BYTES", 2000)
    monkeypatch.setattr("viewer_app.sources.orthanc.parts.PART_BYTES", 1000)


@pytest.mark.orthanc
def test_fault_01_a_large_file_resumes_where_it_broke_off(
    client: OrthancClient, orthanc: RunningOrthanc, study_id: str, series_folder: Path
) -> None:
    data: list[int] = []

    def breaking(number: int, line: str, body: bytes) -> bytes:
        if "attachments/dicom/data" in line:
            data.append(len(body))
            return body[:500] if len(data) == 2 else body
        return body

    with relayed(orthanc.url, spoil=breaking) as relay:
        source = OrthancSource(OrthancClient(Server(relay.url, orthanc.user, orthanc.password), QUICK), study_id)
        instance = source.find(Watch()).studies[0].instances[0]
        with source.open(instance, Watch()) as stream:
            content = stream.read()
        source.close()
    assert content in {path.read_bytes() for path in series_folder.iterdir()}
    if client.get_server_info().can(Feature.RANGES):
        rest = len(content) % 1000
        assert data == [1000, 1000, 1000, *[1000] * (len(content) // 1000 - 2), rest]
    else:
        assert data == [len(content)]


def ranges(tag: str = '"0-abc"', *, from_part: int = 0, shift: int = 0, second_tag: str = "") -> Answer:
    """A server that understands Range from request `from_part` on, and may be wrong about it."""

    def answer(connection: socket.socket, number: int) -> None:
        if number == 0:
            return says(SYSTEM)(connection, number)
        if number <= from_part:
            return says(WHOLE)(connection, number)
        start = (number - 1) * 1000 % 3000
        part = WHOLE[start : start + 1000]
        told = f"Content-Range: bytes {start + shift}-{start + shift + len(part) - 1}/{len(WHOLE)}\r\n"
        etag = f"ETag: {second_tag if second_tag and start else tag}\r\n"
        return says(part, status="206 Partial Content", headers=told + etag)(connection, number)

    return answer


def fetch(server_url: str) -> bytes:
    with (
        OrthancClient(Server(server_url), QUICK) as client,
        client.get_file(ID, check=lambda answer: check_file(answer, len(WHOLE)), size_bytes=len(WHOLE)) as stream,
    ):
        return stream.read()


@pytest.mark.parametrize("answer", [ranges(), ranges(from_part=99)])
def test_parts_make_the_whole_and_all_at_once_is_taken(answer: Answer) -> None:
    with serving(answer) as server:
        assert fetch(server.url) == WHOLE


@pytest.mark.parametrize(
    "answer",
    [ranges(shift=1), ranges(second_tag='"1-def"'), ranges(f'"0-{"0" * 32}"')],
    ids=["another part", "another file meanwhile", "another MD5"],
)
def test_h65_parts_that_do_not_belong_together_are_refused(answer: Answer) -> None:
    with serving(answer) as server, pytest.raises(Integrity):
        fetch(server.url)


def test_h61_a_server_that_dies_between_the_parts() -> None:
    def dying(connection: socket.socket, number: int) -> None:
        if number < 3:
            ranges()(connection, number)

    with serving(dying) as server, pytest.raises(Unreachable):
        fetch(server.url)
