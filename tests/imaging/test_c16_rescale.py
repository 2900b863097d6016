"""C16: slope * stored value + intercept for every pair a scanner may write, exact, in float64; SimpleITK agrees."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.made import record, written
from viewer_app import scripting
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.phantom.blocks import ROD_HU, axial_plane, ct_block, rod_centers
from viewer_app.phantom.dicom import ds, image_dataset

SLOPES = ("1", "0.5", "2", "-1", "0.1", "1e-6", "3.05185094759972", "0.000244140625", "1.0000001", "12345.678")
INTERCEPTS = ("0", "-1024", "-1000", "-8192", "0.5", "-0.1", "1e-6", "32768", "1024.0000001")
PLANE = axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, "c16")


def ramp(is_signed: bool) -> NDArray[np.int16] | NDArray[np.uint16]:
    """All values of 12 bits."""
    first = -2048 if is_signed else 0
    values = np.arange(first, first + 4096).reshape(64, 64)
    return values.astype(np.int16) if is_signed else values.astype(np.uint16)


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("slope", SLOPES)
def test_every_pair_is_exact_and_what_simpleitk_reads(tmp_path: Path, slope: str, is_signed: bool) -> None:
    stored = ramp(is_signed)
    for number, intercept in enumerate(INTERCEPTS):
        name = f"{slope} {intercept}"
        made = image_dataset(stored, PLANE, name=name, RescaleSlope=slope, RescaleIntercept=intercept)
        folder = tmp_path / str(number)
        with written(folder, [made]) as study:
            values = study.series[0].image(0).modality_values()
        assert values.dtype == np.float64
        a, b = Fraction(slope), Fraction(intercept)
        for at in (0, 1, 2047, 2048, 2049, 4094, 4095):
            exact = a * int(stored.flat[at]) + b
            # Two roundings of a double, of the product and of the sum, and those of slope and intercept.
            size = max(abs(float(a * int(stored.flat[at]))), abs(float(b)))
            assert abs(float(values.flat[at]) - float(exact)) <= 4 * np.finfo(float).eps * size
        if (intercept, is_signed) == ("32768", True):
            continue  # SimpleITK refuses it: "pixel type larger than output type"
        theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(next(folder.iterdir()))))[0]
        np.testing.assert_allclose(values, theirs, rtol=1e-12, atol=1e-9 * max(1.0, abs(float(b))))


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-(2**15), 2**16 - 1),
    st.fractions(-16, 16, max_denominator=64).filter(lambda slope: slope.denominator & (slope.denominator - 1) == 0),
    st.integers(-(2**16), 2**16),
)
def test_binary_fractions_are_exact_to_the_bit(stored: int, slope: Fraction, intercept: int) -> None:
    if slope == 0:
        return
    image = PlanarImage(PLANE, np.array([[stored]], dtype=np.int32), Rescale(float(slope), float(intercept), "HU"))
    assert image.value_at(0, 0) == float(slope * stored + intercept)
    assert image.modality_values()[0, 0] == float(slope * stored + intercept)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, -1024.0), (0.5, -500.0)])
def test_probe_and_picture_read_the_rods_of_the_block(tmp_path: Path, slope: float, intercept: float) -> None:
    with written(tmp_path, ct_block(slope=slope, intercept=intercept)) as study:
        (series,) = study.series
        for hu, (x, y) in zip(ROD_HU, rod_centers(), strict=True):
            assert scripting.measure("probe", series, (x, y, 4.0))["mean"].number == hu


@pytest.mark.parametrize("count", [2, 20])
def test_every_slice_has_a_pair_of_its_own(tmp_path: Path, count: int) -> None:
    made = []
    for k in range(count):
        plane = axial_plane((0.0, 0.0, 2.0 * k), 1.0, 1.0, "c16")
        pair = {"RescaleSlope": ds(0.25 * (k + 1)), "RescaleIntercept": ds(-100.0 * k)}
        made.append(image_dataset(ramp(False), plane, name="own", number=k + 1, **pair))
    assert len({record(image).frames[0].rescale for image in made}) == count
    with written(tmp_path, made) as study:
        volume = study.series[0].volume()
        for index, image in enumerate(volume.stack.images):
            k = round(image.plane.origin[2] / 2.0)
            truth = ramp(False) * (0.25 * (k + 1)) - 100.0 * k
            np.testing.assert_array_equal(volume.image(index).modality_values(), truth)
