"""C15, C16: every voxel from the file to its modality value, exact, by its formula and by SimpleITK."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from tests.cases import case
from tests.made import frame, image, written
from viewer_app import scripting
from viewer_app.imaging.geometry import Plane
from viewer_app.phantom import blocks
from viewer_app.phantom.dicom import ds, image_dataset


@pytest.mark.real_data
def test_the_digital_orientation_phantom_voxel_for_voxel() -> None:
    with scripting.open_study(case("digital-orientation-ibsi2")) as study:
        (series,) = study.series
        volume = series.volume()
    assert volume.stored_values.shape == (64, 48, 32) or volume.stored_values.shape == (64, 32, 48)
    heights = [entry.plane.origin[2] for entry in series.stack.images]
    assert heights == [-2.0 * index for index in range(64)]
    _, rows, columns = volume.stored_values.shape
    for index, height in enumerate(heights):
        k = round((height + 126.0) / 2.0)
        truth = np.arange(columns) + np.arange(rows)[:, None] + (63 - k)
        np.testing.assert_array_equal(volume.image(index).modality_values(), truth)
        np.testing.assert_array_equal(series.image(index).modality_values(), truth)


@pytest.mark.real_data
def test_the_digital_orientation_phantom_by_patient_points() -> None:
    with scripting.open_study(case("digital-orientation-ibsi2")) as study:
        (series,) = study.series
        plane = series.stack.images[0].plane
        for column, row, k in [(0, 0, 0), (5, 7, 63), (31, 3, 20), (12, 31, 41)]:
            point = plane.to_patient([(column, row)])[0]
            point[2] = -126.0 + 2.0 * k
            assert scripting.measure("probe", series, point)["value"].number == column + row + 63 - k


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, -1024.0), (0.5, -500.0)])
def test_rods_of_the_block_are_exact(tmp_path: Path, slope: float, intercept: float) -> None:
    with written(tmp_path, blocks.ct_block(slope=slope, intercept=intercept)) as study:
        (series,) = study.series
        for z in (0.0, 2.0, 6.0):
            for hu, (x, y) in zip(blocks.ROD_HU, blocks.rod_centers(), strict=True):
                values = scripting.measure("probe", series, (x, y, z))
                found = [values[key].number for key in ("value", "mean", "minimum", "maximum", "sd")]
                assert found == [hu, hu, hu, hu, 0.0]
                assert {values[key].unit for key in ("value", "mean", "sd")} == {"HU"}
        assert scripting.measure("probe", series, (-101, -50, 0))["value"].number == max(-1000.0, intercept)


RESCALES = [(1.0, -1024.0), (0.5, -500.0), (0.1, 0.0), (-1.0, 4095.0), (1e-6, 3.0), (2.0, -8192.5), (0.00390625, -1.5)]


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_every_stored_value_through_every_slope(tmp_path: Path, dtype: Any) -> None:
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    stored = np.arange(low, high + 1).astype(dtype).reshape(256, 256)
    plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")
    made = [
        image_dataset(stored, plane, number=k, name=str(k), BitsStored=16, RescaleSlope=ds(a), RescaleIntercept=ds(b))
        for k, (a, b) in enumerate(RESCALES)
    ]
    for k, entry in enumerate(made):
        folder = tmp_path / str(k)
        with written(folder, [entry]) as study:
            values = study.series[0].image(0).modality_values()
        slope, intercept = (Fraction(part) for part in RESCALES[k])
        for value in (low, low + 1, -1, 0, 1, 1024, 4095, high - 1, high):
            if low <= value <= high:
                assert values.flat[value - low] == pytest.approx(float(slope * value + intercept), rel=1e-15, abs=1e-9)
        theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(next(folder.iterdir()))))[0]
        np.testing.assert_allclose(values, theirs, rtol=1e-12, atol=1e-9)


def test_each_slice_keeps_its_own_slope(tmp_path: Path) -> None:
    made = blocks.uneven([(0.0, 0.0, float(k)) for k in range(20)])
    for k, entry in enumerate(made):
        entry.PixelData = np.full((32, 32), 100, dtype=np.uint16).tobytes()
        entry.RescaleSlope, entry.RescaleIntercept = ds(0.5 + k), ds(float(-k))
    with written(tmp_path, made) as study:
        for k in range(20):
            found = scripting.measure("probe", study.series[0], (5, 5, k))
            assert found["value"].number == (0.5 + k) * 100 - k


UNUSABLE = [("0", "0"), ("nan", "0"), (None, "-1024"), ("1", None), ("1\\2", "0"), ("", "")]


@pytest.mark.parametrize(("slope", "intercept"), UNUSABLE)
def test_h43_an_unusable_rescale_is_identity_without_unit_and_told(slope: str | None, intercept: str | None) -> None:
    made = image()
    for name, value in (("RescaleSlope", slope), ("RescaleIntercept", intercept)):
        delattr(made, name)
        if value is not None:
            made.add_new(name, "LO", value.split("\\"))
    found = frame(made)
    assert (found.rescale.slope, found.rescale.intercept, found.rescale.unit) == (1.0, 0.0, "")
    assert any("Rescale" in doubt for doubt in found.doubts)


UNITS = [
    ({"Modality": "CT"}, "HU"),
    ({"Modality": "CT", "RescaleType": None}, "HU"),
    ({"Modality": "CT", "RescaleType": "US"}, ""),
    ({"Modality": "MR", "RescaleType": None}, ""),
    ({"Modality": "MR", "RescaleType": "HU"}, "HU"),
    ({"Modality": "PT", "RescaleType": None, "Units": "BQML"}, "Bq/ml"),
    ({"Modality": "PT", "RescaleType": "HU", "Units": "CNTS"}, "counts"),
    ({"Modality": "CT", "RescaleSlope": None, "RescaleIntercept": None}, ""),
]


@pytest.mark.parametrize(("values", "unit"), UNITS)
def test_the_unit_is_proven_or_missing(values: dict[str, Any], unit: str) -> None:
    assert frame(image(**values)).rescale.unit == unit
