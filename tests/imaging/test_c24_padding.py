"""C24, C23: padding is a stored value, left out of numbers and the automatic window; MONOCHROME1 changes no number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import record, written
from viewer_app import scripting
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.voi import auto_window
from viewer_app.phantom.dicom import image_dataset

PLANE = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")


def half_padded(dtype: Any, padding: int, **values: Any) -> Any:
    """16 x 16: the left half padding, the right half 100 and, in the last column, 300."""
    stored = np.full((16, 16), 100, dtype=dtype)
    stored[:, :8], stored[:, 15] = padding, 300
    return image_dataset(stored, PLANE, BitsStored=16, **values)


CASES = [
    (np.int16, -2000, {"PixelPaddingValue": -2000}, "SS"),
    (np.uint16, 0, {"PixelPaddingValue": 0}, "US"),
    (np.uint16, 63536, {"PixelPaddingValue": 63536}, "US"),
    (np.int16, -2000, {"PixelPaddingValue": 63536}, "US"),
    (np.int16, -1999, {"PixelPaddingValue": -2000, "PixelPaddingRangeLimit": -1990}, "SS"),
    (np.int16, -1999, {"PixelPaddingValue": -1990, "PixelPaddingRangeLimit": -2000}, "SS"),
]


@pytest.mark.parametrize(("dtype", "padding", "values", "vr"), CASES)
def test_padding_is_no_pixel(tmp_path: Path, dtype: Any, padding: int, values: dict[str, int], vr: str) -> None:
    made = half_padded(dtype, padding)
    for name, value in values.items():
        made.add_new(name, vr, value)
    with written(tmp_path, [made]) as study:
        (series,) = study.series
        image = series.image(0)
        found = image.modality_values()
        assert np.isnan(found[:, :8]).all()
        np.testing.assert_array_equal(found[:, 8:15], 100 - 1024)
        assert (image.value_at(0, 0), image.value_at(0, 8)) == (None, 100 - 1024)
        window = auto_window(found)
        assert window.center - window.width / 2 == 100 - 1024
        values_there = scripting.measure("probe", series, (8, 8, 0))
        assert (values_there["mean"].number, values_there["minimum"].number) == (-924.0, -924.0)
        assert 0 < (values_there["count"].number or 0) < 21
        outside = scripting.measure("probe", series, (3, 8, 0))
        assert (outside["value"].number, outside["mean"].number, outside["count"].number) == (None, None, 0.0)
        assert "padding" in outside["value"].note


def test_padding_is_meant_before_rescale(tmp_path: Path) -> None:
    made = half_padded(np.int16, -2000, RescaleSlope="2", RescaleIntercept="-2200", PixelPaddingValue=-2000)
    made["PixelPaddingValue"].VR = "SS"
    with written(tmp_path, [made]) as study:
        image = study.series[0].image(0)
    # A stored 100 becomes -2000 HU and stays a pixel.
    assert image.value_at(4, 9) == -2000.0
    assert image.value_at(4, 4) is None


def test_a_range_limit_alone_is_no_padding() -> None:
    made = half_padded(np.uint16, 0)
    made.add_new("PixelPaddingRangeLimit", "US", 5)
    assert record(made).padding is None


def test_c23_monochrome1_mirrors_the_picture_and_no_number(tmp_path: Path) -> None:
    ramp = np.arange(256, dtype=np.uint16).reshape(16, 16) * 16
    numbers, greys = [], []
    for kind in ("MONOCHROME1", "MONOCHROME2"):
        made = image_dataset(ramp, PLANE, name=kind, PhotometricInterpretation=kind)
        with written(tmp_path / kind, [made]) as study:
            (series,) = study.series
            volume = series.volume()
            greys.append(volume.greys(0, auto_window(volume.image(0).modality_values())))
            values = scripting.measure("probe", series, (7, 7, 0))
            numbers.append([value.number for value in values.values()])
    assert numbers[0] == numbers[1]
    assert np.abs(255 - greys[0].astype(int) - greys[1]).max() <= 1
    assert greys[0][0, 0] == 255
    assert greys[1][0, 0] == 0


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_in_every_picture(tmp_path: Path, kind: str, inverted: bool) -> None:
    made = half_padded(np.uint16, 5000, PixelPaddingValue=5000, PixelPaddingRangeLimit=5010)
    made.PhotometricInterpretation = kind
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        for window in (volume.default_window(0), Window(-700.0, 3.0), Window(0.0, 9000.0, "", "SIGMOID")):
            shown = volume.greys(0, window, inverted=inverted)
            assert not shown[:, :8].any()
    assert shown[:, 8:].all()


def test_a_negative_padding_value_of_unsigned_pixels_is_the_same_word(tmp_path: Path) -> None:
    made = half_padded(np.uint16, 63536)
    made.add_new("PixelPaddingValue", "SS", -2000)
    assert record(made).padding == (63536.0, 63536.0)


FLOATS = [
    (np.float32, "FloatPixelData", "FloatPixelPadding", "FL"),
    (np.float64, "DoubleFloatPixelData", "DoubleFloatPixelPadding", "FD"),
]


@pytest.mark.parametrize(("dtype", "element", "padding", "vr"), FLOATS)
def test_h30_padding_nan_and_infinity_of_floating_point_pixels(
    tmp_path: Path, dtype: Any, element: str, padding: str, vr: str
) -> None:
    values = np.full((16, 16), 0.25, dtype=dtype)
    values[:, 8:], values[0, 0], values[0, 1], values[0, 2] = 0.75, np.nan, np.inf, -1.5
    values[1, :3] = -1.0
    made = half_padded(np.uint16, 0, RescaleIntercept="0", RescaleType="US")
    for name in ("PixelData", "PixelRepresentation", "BitsStored", "HighBit"):
        delattr(made, name)
    made.BitsAllocated = 8 * values.itemsize
    made.add_new(element, "OF" if vr == "FL" else "OD", values.tobytes())
    made.add_new(f"{padding}Value", vr, -1.5)
    made.add_new(f"{padding}RangeLimit", vr, -1.0)
    with written(tmp_path, [made]) as study:
        (series,) = study.series
        volume = series.volume()
        found = volume.image(0).modality_values()
        shown = volume.greys(0, volume.default_window(0))
        numbers = scripting.measure("probe", series, (2, 2, 0))
    assert np.flatnonzero(np.isnan(found)).tolist() == [0, 2, 16, 17, 18]
    assert (volume.image(0).value_at(0, 0), volume.image(0).value_at(1, 1)) == (None, None)
    assert (shown[0, 0], shown[0, 1], shown[1, 0], shown[5, 5], shown[5, 12]) == (0, 255, 0, 0, 255)
    assert (numbers["minimum"].number, numbers["maximum"].number) == (0.25, 0.25)
    assert "without a value" in numbers["mean"].note
