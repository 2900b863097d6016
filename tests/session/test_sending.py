"""The open study and its report sent to a real Orthanc, over links that break, from folders and archives."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.session.sitting import Sitting
from tests.sources.relay import relayed
from tests.sources.series import SLICES, write_series
from viewer_app.errors import CaliperError
from viewer_app.progress import Step, Watch
from viewer_app.session.outgoing import Outcome
from viewer_app.session.sending import Sending
from viewer_app.sources import ZipSource
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.sending import Sent, send

pytestmark = pytest.mark.orthanc


class Told:
    """A `Sending` and all it told."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.sending = Sending(sitting.workspace)
        self.outcomes: list[Outcome] = []
        self.errors: list[CaliperError] = []
        self.steps: list[Step | None] = []
        self.sending.ended.connect(self.outcomes.append)
        self.sending.failed.connect(self.errors.append)
        self.sending.progressed.connect(self.steps.append)

    def study(self, server: Server) -> Outcome:
        """Send the study; what became of it."""
        self.sending.send_study(server)
        self.sitting.settle()
        return self.outcomes[-1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_series(tmp_path / "ct")


@pytest.fixture
def told(sitting: Sitting) -> Iterator[Told]:
    yield Told(sitting)


def server_of(orthanc: RunningOrthanc, url: str = "") -> Server:
    return Server(url or orthanc.url, orthanc.user, orthanc.password, name="PACS")


def on_server(orthanc: RunningOrthanc) -> set[bytes]:
    with orthanc.client() as api:
        return {api.get(f"/instances/{one}/file").content for one in api.get("/instances").json()}


def bytes_of(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.iterdir() if path.suffix == ".dcm"}


def test_a_study_is_sent_whole_and_once(told: Told, orthanc: RunningOrthanc, folder: Path) -> None:
    (folder / "letter.txt").write_text("Dear colleague")
    told.sitting.open(folder)
    first = told.study(server_of(orthanc))
    assert first.words == f"{SLICES} files stored on PACS. All verified by MD5."
    assert on_server(orthanc) == bytes_of(folder)
    assert told.steps[-1] is None and not told.sending.busy
    total = sum(len(data) for data in bytes_of(folder))
    assert Step(total, total, "Sending") in told.steps
    again = told.study(server_of(orthanc))
    assert again.words == f"{SLICES} files on PACS already. All verified by MD5."
    assert "Dear" not in orthanc.log()


def test_a_study_larger_than_the_temporary_folder_may_be_goes_in_batches(
    told: Told, orthanc: RunningOrthanc, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two files at a time: each batch has left the disk before the next is copied, and the numbers are of all."""
    size = max(path.stat().st_size for path in folder.iterdir())
    monkeypatch.setattr("viewer_app.session.outgoing._BATCH_BYTES", size + 1)
    folders: list[Path] = []

    def counted(client: OrthancClient, paths: Iterable[Path], watch: Watch) -> Sent:
        paths = list(paths)
        assert len(paths) == 2 and not any(place.exists() for place in folders)
        folders.append(paths[0].parents[1])
        return send(client, paths, watch)

    monkeypatch.setattr("viewer_app.session.outgoing.send", counted)
    told.sitting.open(folder)
    assert told.study(server_of(orthanc)).words == f"{SLICES} files stored on PACS. All verified by MD5."
    assert len(folders) == SLICES // 2 and not any(place.exists() for place in folders)
    assert on_server(orthanc) == bytes_of(folder)
    steps = [step for step in told.steps if step is not None and step.total]
    total = sum(len(data) for data in bytes_of(folder))
    assert {step.total for step in steps} == {total} and steps[-1].done == total
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert told.study(server_of(orthanc)).words == f"{SLICES} files on PACS already. All verified by MD5."


def test_what_stops_a_later_batch_is_taken_up_there(
    told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer_app.session.outgoing._BATCH_BYTES", 1)
    (tmp_path / "server").mkdir()
    orthanc = start_orthanc(tmp_path / "server")
    sent, go_on, batches = threading.Event(), threading.Event(), itertools.count(1)

    def held(client: OrthancClient, paths: Iterable[Path], watch: Watch) -> Sent:
        found = send(client, paths, watch)
        if next(batches) == 3:
            sent.set()
            assert go_on.wait(30)
        return found

    monkeypatch.setattr("viewer_app.session.outgoing.send", held)
    try:
        told.sitting.open(folder)
        told.sending.send_study(server_of(orthanc))
        assert sent.wait(30)
        told.sending.cancel()
        go_on.set()
        told.sitting.settle()
        assert told.outcomes == [] and len(on_server(orthanc)) == 3
        there = len(on_server(orthanc))
        outcome = told.study(server_of(orthanc))
        assert (outcome.stored, outcome.already) == (SLICES - there, there)
        assert on_server(orthanc) == bytes_of(folder)
    finally:
        orthanc.stop()


def test_an_archive_is_sent_while_another_place_is_opened(
    told: Told, orthanc: RunningOrthanc, folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "ct.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path in folder.iterdir():
            made.write(path, path.name)
    told.sitting.open(ZipSource(archive))
    told.sending.send_study(server_of(orthanc))
    told.sitting.open(write_series(tmp_path / "other", slices=1, patient_id="P-2"))
    told.sitting.settle()
    assert [one.stored for one in told.outcomes] == [SLICES]
    assert on_server(orthanc) == bytes_of(folder)


def test_a_file_that_changed_since_is_named_and_stays(told: Told, orthanc: RunningOrthanc, folder: Path) -> None:
    told.sitting.open(folder)
    (folder / "000.dcm").write_bytes(b"no DICOM any more")
    (folder / "005.dcm").unlink()
    outcome = told.study(server_of(orthanc))
    assert outcome.stored == SLICES - 2
    assert {name for name, _ in outcome.refused} == {"000.dcm", "005.dcm"} == {name for name, _ in outcome.rows}
    assert outcome.words == f"{SLICES - 2} files stored on PACS, 2 files not sent. The others verified by MD5."
    assert on_server(orthanc) == bytes_of(folder) - {b"no DICOM any more"}


def test_a_server_that_keeps_no_checksum_is_told(told: Told, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    orthanc = start_orthanc(tmp_path / "server", StoreMD5ForAttachments=False)
    try:
        told.sitting.open(folder)
        outcome = told.study(server_of(orthanc))
    finally:
        orthanc.stop()
    assert outcome.words == f"{SLICES} files stored on PACS. 0 files verified by MD5, {SLICES} not."
    assert all("keeps none" in why for _, why in outcome.rows)


def test_a_server_that_dies_in_the_middle_gets_the_rest_later(told: Told, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    orthanc = start_orthanc(tmp_path / "server")
    told.sitting.open(folder)

    def dies(number: int, line: str, body: bytes) -> bytes | None:
        if number >= 4:
            orthanc.stop()
        return None if number >= 4 else body

    with relayed(orthanc.url, spoil=dies) as relay:
        told.sending.send_study(server_of(orthanc, relay.url))
        told.sitting.settle(60)
    (error,) = told.errors
    assert error.advice and told.steps[-1] is None and told.outcomes == []
    orthanc = start_orthanc(tmp_path / "server")
    try:
        outcome = told.study(server_of(orthanc))
        assert outcome.stored + outcome.already == SLICES and 0 < outcome.already < SLICES
        assert on_server(orthanc) == bytes_of(folder)
    finally:
        orthanc.stop()


def test_a_stopped_transfer_is_taken_up_again(told: Told, orthanc: RunningOrthanc, folder: Path) -> None:
    told.sitting.open(folder)
    told.sending.progressed.connect(lambda step: told.sending.cancel() if step and step.done else None)
    told.sending.send_study(server_of(orthanc))
    told.sitting.settle()
    assert told.outcomes == [] and told.errors == [] and told.steps[-1] is None
    told.sending.progressed.disconnect()
    assert told.study(server_of(orthanc)).stored + told.outcomes[-1].already == SLICES
    assert on_server(orthanc) == bytes_of(folder)


def test_a_study_from_a_server_goes_to_another_but_not_back(
    told: Told, orthanc: RunningOrthanc, folder: Path, tmp_path: Path
) -> None:
    told.sitting.open(folder)
    told.study(server_of(orthanc))
    with orthanc.client() as api:
        (study_id,) = api.get("/studies").json()
    told.sitting.open(OrthancSource(OrthancClient(server_of(orthanc)), study_id))
    assert told.sending.why_not_study(server_of(orthanc)) == "The study came from this server."
    told.sending.send_study(server_of(orthanc))
    assert [error.what for error in told.errors] == ["The study came from this server."]
    (tmp_path / "other").mkdir()
    other = start_orthanc(tmp_path / "other")
    try:
        assert told.study(server_of(other)).stored == SLICES
        assert on_server(other) == bytes_of(folder)
    finally:
        other.stop()


def test_the_report_lies_in_the_same_study_and_never_replaces_one(
    told: Told, orthanc: RunningOrthanc, folder: Path
) -> None:
    told.sitting.open(folder)
    told.study(server_of(orthanc))
    told.sitting.draw("distance")
    for _ in range(2):
        told.sending.send_report(server_of(orthanc))
        told.sitting.settle()
    assert [one.words for one in told.outcomes[1:]] == ["1 file stored on PACS. All verified by MD5."] * 2
    with orthanc.client() as api:
        (study,) = api.get("/studies?expand").json()
        kinds = [api.get(f"/series/{one}").json()["MainDicomTags"]["Modality"] for one in study["Series"]]
        assert len(api.get("/patients").json()) == 1
    assert sorted(kinds) == ["CT", "SR", "SR"]
    reports = [dcmread(io.BytesIO(data)) for data in on_server(orthanc) if b"126000" in data]
    (record,) = told.sitting.study.measurements.records
    numbers = [numbers_of(report.ContentSequence) for report in reports]
    assert numbers == [[record.values[0].number]] * 2


def numbers_of(items: object) -> list[float]:
    found: list[float] = []
    for item in items:  # type: ignore[attr-defined]  # a pydicom Sequence
        found += [each.FloatingPointValue for each in item.get("MeasuredValueSequence", [])]
        found += numbers_of(item.get("ContentSequence", []))
    return found


def test_the_report_of_a_hidden_patient_stays_here(told: Told, orthanc: RunningOrthanc, folder: Path) -> None:
    told.sitting.open(folder)
    told.sitting.draw("distance")
    told.sending.send_report(server_of(orthanc), hidden=True)
    told.sitting.settle()
    assert [error.what for error in told.errors] == ["A DICOM report names the patient, who is hidden."]
    assert on_server(orthanc) == set()


def test_one_transfer_at_a_time(told: Told, orthanc: RunningOrthanc, folder: Path) -> None:
    told.sitting.open(folder)
    told.sending.send_study(server_of(orthanc))
    assert told.sending.busy
    told.sending.send_study(server_of(orthanc))
    told.sitting.settle()
    assert len(told.outcomes) == 1
