"""A prior whose series has the UID of a series of the opened study shows its own images, never the study's (C40)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.session.sitting import Sitting
from tests.sources.places import slices
from viewer_app.imaging.study import Study
from viewer_app.phantom.dicom import write_series
from viewer_app.session.arranging import beside_prior
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile

_SERIES = "2.25.4711"
_NOW, _BEFORE = 0, 40
"""The number of the first slice; slice n has 10 n HU."""


def hounsfield(opened: OpenStudy, place: int) -> float:
    """The value of every pixel of the image in a tile."""
    image = Tile(opened, place).current_image()
    assert image is not None
    (value,) = np.unique(image.modality_values())
    return float(value)


@pytest.fixture
def opened(sitting: Sitting, tmp_path: Path) -> OpenStudy:
    """The newer of two studies of a patient, whose only series have one UID."""
    for name, date, first in (("now", "20260101", _NOW), ("before", "20250101", _BEFORE)):
        write_series(tmp_path / name, slices(name, first=first, StudyDate=date, SeriesInstanceUID=_SERIES))
    found = sitting.open(tmp_path)
    assert found.study.info.date == "20260101"
    return found


@pytest.fixture
def prior(sitting: Sitting, opened: OpenStudy) -> Study:
    (found,) = sitting.workspace.priors()
    return found


def test_compared_side_by_side_each_shows_its_own(sitting: Sitting, opened: OpenStudy, prior: Study) -> None:
    stacks = [stack for stack, owner in opened.within_reach if owner is prior]
    layout = beside_prior(opened, prior, stacks)
    assert layout is not None
    opened.show_layout(layout)
    sitting.settle()
    left, right = Tile(opened, 0), Tile(opened, 1)
    assert (left.study, right.study) == (opened.study, prior)
    assert (left.is_prior, right.is_prior) == (False, True)
    assert hounsfield(opened, 0) == 10.0 * (_NOW + left.view.value.index)
    assert hounsfield(opened, 1) == 10.0 * (_BEFORE + right.view.value.index)
    assert right.current_reference() is None


def test_both_are_within_reach_under_keys_of_their_own(opened: OpenStudy, prior: Study) -> None:
    assert [owner.info.study_uid for _, owner in opened.within_reach] == [
        opened.study.info.study_uid,
        prior.info.study_uid,
    ]
    assert len({stack.key for stack, _ in opened.within_reach}) == 2


def test_opened_itself_the_prior_shows_its_own(sitting: Sitting, opened: OpenStudy, prior: Study) -> None:
    (key,) = [stack.key for stack, owner in opened.within_reach if owner is prior]
    sitting.workspace.choose(prior, key)
    sitting.settle()
    assert sitting.study.study is prior
    assert hounsfield(sitting.study, 0) == 10.0 * (_BEFORE + sitting.study.view.value.index)
