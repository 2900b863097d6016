"""A stack whose images are of different units is told, and nothing is reckoned across its slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.made import stack, written
from viewer_app.imaging.sampling import values_at
from viewer_app.phantom.blocks import ct_block


def test_one_slice_without_rescale() -> None:
    images = ct_block(4)
    del images[2].RescaleSlope
    found = stack(images)
    assert [image.frame.rescale.unit for image in found.images].count("HU") == 3
    assert not found.report.is_volume
    assert "not of one unit (HU, no unit)" in " ".join(found.report.warnings)


def test_nothing_is_interpolated_between_units(tmp_path: Path) -> None:
    images = ct_block(4)
    del images[2].RescaleSlope
    with written(tmp_path, images) as study:
        volume = study.series[0].volume()
        with pytest.raises(ValueError, match="evenly spaced"):
            values_at(volume, np.zeros((1, 3)))


def test_one_unit_is_not_told() -> None:
    assert stack(ct_block(4)).report.warnings == ()
