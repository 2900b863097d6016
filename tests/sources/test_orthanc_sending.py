"""Many files sent to a real Orthanc, over links that break, and to servers that refuse."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.fault_server import says, serving
from tests.sources.relay import relayed
from tests.sources.series import SLICES, ct_slice, write_series
from viewer_app.errors import Cancelled, SourceError
from viewer_app.progress import Step, Watch
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import AuthFailed, Forbidden, Unreachable
from viewer_app.sources.orthanc.sending import Sent, send
from viewer_app.sources.orthanc.transport import Patience

QUICK = Patience(connect_s=1, silence_s=1, window_s=1, pauses_s=(0.01, 0.02, 0.03))
ID = "a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20"


def stored_digests(orthanc: RunningOrthanc) -> set[str]:
    with orthanc.client() as api:
        files = (api.get(f"/instances/{one}/file").content for one in api.get("/instances").json())
        return {hashlib.md5(data).hexdigest() for data in files}


def digests(folder: Path) -> set[str]:
    return {hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.orthanc
def test_a_folder_is_sent_with_progress_and_once(
    client: OrthancClient, orthanc: RunningOrthanc, series_folder: Path
) -> None:
    steps: list[Step] = []
    files = tuple(sorted(series_folder.iterdir()))
    first = send(client, [series_folder], Watch(steps.append))
    assert (sorted(first.stored), first.already, first.refused, first.unverified) == ([*files], (), (), ())
    assert first.ok and stored_digests(orthanc) == digests(series_folder)
    assert steps[-1] == Step(
        sum(path.stat().st_size for path in files), steps[-1].total, f"{SLICES} of {SLICES} files sent"
    )
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    again = send(client, [*files, series_folder], Watch())
    assert (again.stored, again.already, again.ok) == ((), files, True)


@pytest.mark.orthanc
def test_what_is_no_dicom_stays_here(client: OrthancClient, orthanc: RunningOrthanc, tmp_path: Path) -> None:
    folder = write_series(tmp_path / "medium", slices=2)
    (folder / "letter.txt").write_text("Dear colleague")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "DICOMDIR").write_bytes(b"x")
    whole = (folder / "000.dcm").read_bytes()
    (folder / "cut.dcm").write_bytes(whole[:200])
    sent = send(client, [folder, tmp_path / "gone.dcm"], Watch())
    assert len(sent.stored) == 2 and not sent.ok
    assert {path.name for path, why in sent.refused} == {"letter.txt", "cut.dcm", "gone.dcm"}
    assert all("DICOM" in why or "not there" in why for _, why in sent.refused)
    assert "Dear" not in orthanc.log() and len(stored_digests(orthanc)) == 2


@pytest.mark.orthanc
def test_another_file_under_the_same_uids_is_told(client: OrthancClient, tmp_path: Path) -> None:
    send(client, [write_series(tmp_path / "one", slices=1)], Watch())
    other = ct_slice(0)
    other.SeriesDescription = "another"
    other.save_as(tmp_path / "other.dcm", enforce_file_format=True)
    sent = send(client, [tmp_path / "other.dcm"], Watch())
    assert sent == Sent(already=(tmp_path / "other.dcm",), unverified=(tmp_path / "other.dcm",))


@pytest.mark.orthanc
def test_a_file_cut_short_is_refused_and_the_others_go(client: OrthancClient, tmp_path: Path) -> None:
    folder = write_series(tmp_path / "ct", slices=3)
    whole = (folder / "005.dcm").read_bytes()
    (folder / "005.dcm").write_bytes(whole[: len(whole) // 3])
    sent = send(client, [folder], Watch())
    assert [path.name for path, _ in sent.refused] == ["005.dcm"]
    assert len(sent.stored) == 2


@pytest.mark.orthanc
def test_fault_17_a_link_that_drops_after_the_upload_makes_no_duplicate(
    orthanc: RunningOrthanc, series_folder: Path
) -> None:
    def drop_first_answers(number: int, line: str, body: bytes) -> bytes | None:
        return None if number < 2 and line.startswith("POST /instances") else body

    with (
        relayed(orthanc.url, spoil=drop_first_answers) as relay,
        OrthancClient(Server(relay.url, orthanc.user, orthanc.password), QUICK) as client,
    ):
        sent = send(client, [series_folder], Watch())
        assert sum(line.startswith("POST /instances") for line in relay.lines) == SLICES + 2
    assert sent.ok and len(sent.already) == 2 and len(sent.stored) == SLICES - 2
    assert stored_digests(orthanc) == digests(series_folder)


def test_fault_17_a_proxy_with_a_limit_refuses_the_large_ones(series_folder: Path) -> None:
    stored = json.dumps({"ID": ID, "ParentStudy": ID, "Status": "Success"}).encode()

    def limited(connection: socket.socket, number: int) -> None:
        (says(b"<html>413</html>", status="413 Too Large") if number == 0 else says(stored))(connection, number)

    files = sorted(series_folder.iterdir())
    with serving(limited) as server, OrthancClient(Server(server.url), QUICK) as client:
        sent = send(client, files[:2], Watch())
    assert len(sent.refused) == len(sent.stored) == 1
    assert "does not take a file this large" in sent.refused[0][1]


@pytest.mark.parametrize(("status", "kind"), [("401 No", AuthFailed), ("403 No", Forbidden), ("503 Busy", Unreachable)])
def test_what_ends_it_for_one_ends_it_for_all(series_folder: Path, status: str, kind: type[SourceError]) -> None:
    with (
        serving(says(b"", status=status)) as server,
        OrthancClient(Server(server.url), QUICK) as client,
        pytest.raises(kind),
    ):
        send(client, [series_folder], Watch())
    assert len(server.requests) <= 2 * 4


def test_cancel_ends_a_folder(series_folder: Path) -> None:
    watch = Watch()

    def cancel(connection: socket.socket, number: int) -> None:
        watch.cancel()
        connection.recv(1)

    with serving(cancel) as server, OrthancClient(Server(server.url), QUICK) as client, pytest.raises(Cancelled):
        send(client, [series_folder], watch)
    assert len(server.requests) <= 2
