"""H46: a file that repeats another is shown once; one that differs is shown as a twin, which no mark can belong to."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import image
from viewer_app import scripting
from viewer_app.imaging.study import TWIN

Change = Callable[[Any], None]


def pixels(dataset: Any) -> None:
    dataset.PixelData = np.full((4, 4), 7, dtype=np.uint16).tobytes()


def position(dataset: Any) -> None:
    dataset.ImagePositionPatient = [0, 0, 99]


def slope(dataset: Any) -> None:
    dataset.RescaleSlope = "2"


def comment(dataset: Any) -> None:
    dataset.ImageComments = "sent twice"


DIFFERENT: dict[str, Change] = {"pixels": pixels, "position": position, "slope": slope, "comment": comment}


def written(folder: Path, change: Change | None) -> Path:
    """Two good slices; the second once more, changed or not."""
    for name, made in (("a.dcm", image(1)), ("b.dcm", image(2, origin=(0.0, 0.0, 2.0)))):
        made.save_as(folder / name, enforce_file_format=True)
    again = image(2, origin=(0.0, 0.0, 2.0))
    if change is not None:
        change(again)
    again.save_as(folder / "c.dcm", enforce_file_format=True)
    return folder


def test_the_same_file_twice_is_one_image(tmp_path: Path) -> None:
    with scripting.open_study(written(tmp_path, None)) as study:
        (series,) = study.series
        (problem,) = study.record.problems
    assert len(series.stack.images) == 2
    assert problem.why.startswith("1 file repeats another")
    assert "alike" in problem.why


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_another_content_under_the_same_uid_is_shown_apart(tmp_path: Path, change: Change) -> None:
    with scripting.open_study(written(tmp_path, change)) as study:
        first, twins = study.series
        (problem,) = study.record.problems
        values = [float(series.volume().stored_values[-1].max()) for series in study.series]
    assert [one.locator for one in first.instances] == ["b.dcm", "a.dcm"]
    assert [one.locator for one in twins.instances] == ["c.dcm"]
    assert values == [0.0, 7.0 if change is pixels else 0.0]
    assert (problem.where, "not its content" in problem.why) == ("c.dcm", True)
    assert twins.stack.images[0].frame.doubts == (TWIN,)
    assert TWIN in twins.geometry.notes and TWIN not in first.geometry.notes
    uid = twins.instances[0].sop_instance_uid
    assert first.stack.index_of(uid) == 0 and twins.stack.index_of(uid) is None


def test_each_of_the_two_opens_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, pixels)
    values = []
    for name in ("b.dcm", "c.dcm"):
        with scripting.open_study(folder / name) as study:
            values.append(float(study.series[0].image(0).stored.max()))
    assert values == [0.0, 7.0]


def test_of_many_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    for number in range(12):
        made = image(1)
        made.PixelData = np.full((4, 4), number, dtype=np.uint16).tobytes()
        made.save_as(tmp_path / f"{number:02d}.dcm", enforce_file_format=True)
    with scripting.open_study(tmp_path) as study:
        told = study.record.problems
        first, twins = study.series
        loaded = twins.volume()
    assert len(told) == 6
    assert told[-1].why.startswith("6 more files")
    assert (len(first.instances), len(twins.instances)) == (1, 11)
    assert loaded.stored_values[:, 0, 0].tolist() == list(range(1, 12))


def test_a_zip_shows_both_as_a_folder_does(tmp_path: Path) -> None:
    written(tmp_path, pixels)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for name in ("a.dcm", "b.dcm", "c.dcm"):
            archive.write(tmp_path / name, name)
    with scripting.open_study(tmp_path / "both.zip") as study:
        assert [float(series.volume().stored_values.max()) for series in study.series] == [0.0, 7.0]


def test_a_uid_in_two_series_is_told(tmp_path: Path) -> None:
    for name in ("2.25.91", "2.25.92"):
        made = image(1)
        made.SeriesInstanceUID = name
        made.save_as(tmp_path / f"{name}.dcm", enforce_file_format=True)
    with scripting.open_study(tmp_path) as study:
        (problem,) = study.record.problems
    assert problem.why == "1 SOP Instance UID stands in two series; a mark stays in the series it was drawn in."
