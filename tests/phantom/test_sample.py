"""The sample study on disk: the same bits everywhere, valid DICOM, complete or not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.phantom.conftest import Series, plane_of
from viewer_app.errors import AccessDenied, Cancelled, SourceError
from viewer_app.imaging.geometry import orientation_letters
from viewer_app.phantom import (
    SAMPLE_FRAME_OF_REFERENCE_UID,
    SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID,
    SAMPLE_PRIOR_STUDY_UID,
    SAMPLE_STUDY_UID,
    write_sample,
)
from viewer_app.phantom.series import plans
from viewer_app.progress import Step, Watch

_SERIES = ("ct", "mr", "prior")
# SHA-256 of the pixel bytes of one slice; change them only together with SAMPLE_VERSION.
_PINNED = {
    ("ct", 20): "1ac848f8ff763a5b650fd42c468253273145482494f4810c85c367c9bf2a3212",
    ("ct", 60): "2b8e74770e11e9729da0871b160ffbd8239974bba095397a43312334669ed9e8",
    ("mr", 20): "e2f56e0a5f5264538e55b5d08879185ef6a8ad9fdb06d8fcfc46d8ec7ecb1be8",
    ("prior", 30): "d1ccfd2c4d3f128e0b2faaa089cdc3f8d484255cb3c98da1988ef314f112388c",
}


def _digest(image: pydicom.Dataset) -> str:
    return hashlib.sha256(image.PixelData).hexdigest()


@pytest.mark.parametrize(("key", "index"), list(_PINNED))
def test_pixels_are_the_pinned_ones(series: Callable[[str], Series], key: str, index: int) -> None:
    images, _ = series(key)
    assert _digest(images[index]) == _PINNED[key, index]


def test_full_size_slices_are_drawn_the_same_twice_and_as_pinned() -> None:
    plan = plans()[0]
    plan = replace(plan, grid=plan.grid.slab(128, 129))
    first, again = (next(plan.images()) for _ in range(2))
    assert first.PixelData == again.PixelData
    assert _digest(first) == "6293c50ba18952d17a2f6fe12b0b847336cb3d2f70205c7f124ffaf98904394b"


def test_two_runs_write_the_same_bytes(coarse: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "again", coarse=True)
    for path in coarse.rglob("*.dcm"):
        assert (tmp_path / "again" / path.relative_to(coarse)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("key", _SERIES)
def test_slices_are_evenly_stacked_along_their_normal(series: Callable[[str], Series], key: str) -> None:
    images, _ = series(key)
    first = plane_of(images[0])
    origins = np.array([image.ImagePositionPatient for image in images], dtype=float)
    steps = np.diff(first.height(origins))
    assert np.abs(steps - steps[0]).max() < 1e-6
    assert abs(steps[0]) == pytest.approx(float(images[0].SliceThickness), abs=1e-9)
    assert np.abs(first.in_plane(origins)).max() < 1e-6
    assert np.dot(first.row_direction, first.column_direction) == pytest.approx(0.0, abs=1e-12)
    assert [image.InstanceNumber for image in images] == list(range(1, len(images) + 1))


def test_the_mr_is_oblique_and_shares_the_frame_of_reference(series: Callable[[str], Series]) -> None:
    ct, mr, prior = (series(key)[0][0] for key in _SERIES)
    assert ct.FrameOfReferenceUID == mr.FrameOfReferenceUID == SAMPLE_FRAME_OF_REFERENCE_UID
    assert prior.FrameOfReferenceUID == SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID
    assert ct.StudyInstanceUID == mr.StudyInstanceUID == SAMPLE_STUDY_UID
    assert prior.StudyInstanceUID == SAMPLE_PRIOR_STUDY_UID
    assert ct.PatientID == prior.PatientID == "CALIPER-SAMPLE"
    assert orientation_letters(plane_of(mr).column_direction) == "PH"


def test_the_marker_is_on_the_patients_left(series: Callable[[str], Series]) -> None:
    images, hu = series("ct")
    marked = [k for k, image in enumerate(images) if abs(image.ImagePositionPatient[2] + 10) < 7]
    assert len(marked) == 3
    for k in marked:
        middle = np.argwhere(hu[k] > 1200)[:, ::-1].mean(axis=0)
        assert plane_of(images[k]).to_patient([middle])[0, 0] > 90


def test_noise_and_air_are_like_a_ct(series: Callable[[str], Series]) -> None:
    images, hu = series("ct")
    k = next(k for k, image in enumerate(images) if image.ImagePositionPatient[2] == -138.0)
    column, row = np.rint(plane_of(images[k]).to_pixels([(-70.0, -30.0, -138.0)])[0]).astype(int)
    liver = hu[k, row - 4 : row + 5, column - 4 : column + 5]
    assert 9 < liver.std(ddof=1) < 22
    assert abs(np.median(hu[:, :5, :]) + 1000) < 3


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
@pytest.mark.parametrize("key", _SERIES)
def test_dciodvfy_finds_no_error(coarse: Path, key: str) -> None:
    for path in sorted((coarse / key).glob("*.dcm"))[::15]:
        said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
        assert "Error" not in said, said
        assert "Image" in said


def test_a_second_call_touches_nothing(coarse: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in coarse.rglob("*")}
    steps: list[Step] = []
    write_sample(coarse, Watch(steps.append), coarse=True)
    assert {path: path.stat().st_mtime_ns for path in coarse.rglob("*")} == before
    assert steps == []


def test_a_missing_file_is_made_good(coarse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(coarse, folder)
    (folder / "mr" / "IM00003.dcm").unlink()
    write_sample(folder, coarse=True)
    assert (folder / "mr" / "IM00003.dcm").read_bytes() == (coarse / "mr" / "IM00003.dcm").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_a_shortened_file_is_made_good(coarse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(coarse, folder)
    (folder / "ct" / "IM00002.dcm").write_bytes(b"")
    write_sample(folder, coarse=True)
    assert (folder / "ct" / "IM00002.dcm").read_bytes() == (coarse / "ct" / "IM00002.dcm").read_bytes()


def test_progress_counts_slices_and_cancel_leaves_nothing(tmp_path: Path) -> None:
    steps: list[Step] = []

    def report(step: Step) -> None:
        steps.append(step)
        if step.done == 5:
            watch.cancel()

    watch = Watch(report)
    with pytest.raises(Cancelled):
        write_sample(tmp_path / "sample", watch, coarse=True)
    assert list(tmp_path.iterdir()) == []
    assert [step.done for step in steps] == list(range(6))
    assert {step.total for step in steps} == {sum(plan.grid.shape[0] for plan in plans(coarse=True))}


def test_a_cancelled_renewal_keeps_the_older_sample(coarse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(coarse, folder)
    old = json.loads((folder / ".caliper-sample.json").read_text())
    (folder / ".caliper-sample.json").write_text(json.dumps({**old, "caliper_sample": 0}))
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        write_sample(folder, watch, coarse=True)
    assert len(list(folder.rglob("*.dcm"))) == len(list(coarse.rglob("*.dcm")))
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_what_a_killed_run_left_is_swept_and_a_running_one_is_not(tmp_path: Path) -> None:
    killed, running = tmp_path / ".sample.partial-killed", tmp_path / ".sample.partial-running"
    for folder in (killed, running):
        (folder / "new" / "ct").mkdir(parents=True)
    os.utime(killed, (time.time() - 7200,) * 2)
    write_sample(tmp_path / "sample", coarse=True)
    assert {path.name for path in tmp_path.iterdir()} == {"sample", running.name}


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(SourceError) as error:
        write_sample(tmp_path, coarse=True)
    assert error.value.advice
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_a_file_in_the_place_of_the_folder_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("keep")
    with pytest.raises(SourceError) as error:
        write_sample(tmp_path / "sample", coarse=True)
    assert "could not be written" in error.value.what
    assert (tmp_path / "sample").read_text() == "keep"


_ALL_POWERFUL = os.name == "nt" or os.geteuid() == 0


@pytest.mark.skipif(_ALL_POWERFUL, reason="no folder is closed to this user")
def test_a_closed_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(AccessDenied):
        write_sample(tmp_path / "sample", coarse=True)
