"""P2, C33: volumes of solids from their voxels, by formula and by SimpleITK, and which voxels belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from tests.made import written
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.solids import SOLIDS, solid

# How far whole voxels may be off the formula (share of the volume).
LARGEST_ERROR = {"sphere": 1e-3, "small sphere": 0.02, "ellipsoid": 1e-3, "turned box": 0.01}


def read(folder: Path, name: str) -> Volume:
    with written(folder, solid(name)) as study:
        (series,) = study.series
        return series.volume()


@pytest.mark.parametrize("name", SOLIDS)
def test_volume_from_voxels(tmp_path: Path, name: str) -> None:
    volume, truth = read(tmp_path, name), SOLIDS[name]
    assert volume.stack.report.is_volume
    assert volume.stack.report.tilt_deg == pytest.approx(truth.tilt_deg, abs=1e-6)
    count = sum(int((volume.image(k).modality_values() == 1000.0).sum()) for k in range(len(volume.stack.images)))
    found = count * abs(float(np.linalg.det(volume.affine[:3, :3])))
    if truth.is_exact:
        assert found == pytest.approx(truth.volume_mm3, rel=1e-12)
    else:
        assert found == pytest.approx(truth.volume_mm3, rel=LARGEST_ERROR[name])


@pytest.mark.parametrize("name", SOLIDS)
def test_each_voxel_is_inside_or_outside_by_its_centre(tmp_path: Path, name: str) -> None:
    volume = read(tmp_path, name)
    _, rows, columns = volume.stored_values.shape
    pixels = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    for k, image in enumerate(volume.stack.images):
        inside = SOLIDS[name].inside(image.plane.to_patient(pixels)).reshape(rows, columns)
        np.testing.assert_array_equal(volume.image(k).modality_values() == 1000.0, inside)


@pytest.mark.parametrize("name", [name for name in SOLIDS if name != "tilted box"])
def test_simpleitk_finds_the_same_volume_and_middle(tmp_path: Path, name: str) -> None:
    read(tmp_path, name)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(sitk.Cast(reader.Execute() > 500, sitk.sitkUInt8))
    assert shape.GetPhysicalSize(1) == pytest.approx(SOLIDS[name].volume_mm3, rel=LARGEST_ERROR.get(name, 1e-9))
    middle = (0.0, 0.0, 0.0) if SOLIDS[name].is_exact else (0.13, -0.21, 0.37)
    np.testing.assert_allclose(shape.GetCentroid(1), middle, atol=0.1)


def test_closed_forms() -> None:
    assert SOLIDS["sphere"].volume_mm3 == pytest.approx(4188.790204786391, rel=1e-15)
    assert SOLIDS["ellipsoid"].volume_mm3 == pytest.approx(6333.450789637, rel=1e-12)
    assert SOLIDS["box"].volume_mm3 == pytest.approx(14.0 * 12.0 * 15.0, rel=1e-12)
    assert SOLIDS["turned box"].volume_mm3 == pytest.approx(16.0 * 10.0 * 12.0, rel=1e-12)
    # It leans: its height above its base is that of the slices' planes.
    assert SOLIDS["tilted box"].volume_mm3 == pytest.approx(2520.0 * np.cos(np.radians(15.0)), rel=1e-12)
