"""H46: a SOP Instance UID that comes twice is shown once; a file that differs is named, never lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import image
from viewer_app import scripting

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
def test_another_content_under_the_same_uid_is_named(tmp_path: Path, change: Change) -> None:
    with scripting.open_study(written(tmp_path, change)) as study:
        (series,) = study.series
        (problem,) = study.record.problems
    assert len(series.stack.images) == 2
    assert {instance.locator for instance in series.instances} | {problem.where} == {"a.dcm", "b.dcm", "c.dcm"}
    assert "not its content" in problem.why
    assert "Open a file alone" in problem.why


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
        made.ImageComments = f"version {number}"
        made.save_as(tmp_path / f"{number:02d}.dcm", enforce_file_format=True)
    with scripting.open_study(tmp_path) as study:
        told = study.record.problems
    assert len(told) == 6
    assert told[-1].why.startswith("6 more files")
