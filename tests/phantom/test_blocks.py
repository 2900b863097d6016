"""The small phantoms, by their closed form."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.phantom.conftest import plane_of
from viewer_app.phantom import blocks
from viewer_app.phantom.curves import turn
from viewer_app.phantom.dicom import write_series


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, -1024.0), (0.5, -500.0)])
def test_rods_of_the_block_are_exact(tmp_path: Path, slope: float, intercept: float) -> None:
    paths = write_series(tmp_path, blocks.ct_block(2, slope=slope, intercept=intercept))
    for image in map(pydicom.dcmread, paths):
        hu = image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept)
        for value, (x, y) in zip(blocks.ROD_HU, blocks.rod_centers(), strict=True):
            column, row = np.rint(plane_of(image).to_pixels([(x, y, 0.0)])[0]).astype(int)
            assert (hu[row - 4 : row + 5, column - 4 : column + 5] == value).all()
        assert hu[0, 0] == max(-1000.0, intercept)


def test_wires_lie_every_ten_millimetres() -> None:
    image = blocks.grid(1)[0]
    hu = image.pixel_array.astype(float) - 1024.0
    for number in range(1, 10):
        middle = number * 10.0 / 0.5
        row = hu[int(middle) - 2 : int(middle) + 3, 5]
        assert np.average(np.arange(-2, 3), weights=row) == 0.0
        middle = number * 10.0 / 0.7
        first = math.floor(middle) - 1
        wire = hu[5, first : first + 4]
        assert np.average(np.arange(first, first + 4), weights=wire) == pytest.approx(middle, abs=1e-3)
    assert list(image.PixelSpacing) == [0.5, 0.7]


def test_an_oblique_grid_keeps_its_millimetres() -> None:
    c, s = turn(3 / 17)
    image = blocks.grid(2, column_direction=(0.0, c, s))[1]
    plane = plane_of(image)
    a, b = plane.to_patient([(0, 0), (100, 100)])
    assert np.linalg.norm(b - a) == pytest.approx(math.hypot(70.0, 50.0), abs=1e-9)


def test_overlapping_slices_say_one_thing_and_lie_another_way() -> None:
    images = blocks.thick_and_overlapping()
    z = [float(image.ImagePositionPatient[2]) for image in images]
    assert z == [10.0, 8.0, 6.0, 4.0, 2.0, 0.0]
    assert {(float(i.SliceThickness), float(i.SpacingBetweenSlices)) for i in images} == {(5.0, -5.0)}


def test_uneven_slices_lie_where_they_are_told_to() -> None:
    steps = [(0.0, 0.5 * k, 2.0 * k) for k in range(4)]
    images = blocks.uneven(steps)
    assert [tuple(map(float, image.ImagePositionPatient)) for image in images] == steps


def test_the_marker_is_on_the_left_and_in_front() -> None:
    image = blocks.left_marker(1)[0]
    x, y, _ = plane_of(image).to_patient(np.argwhere(image.pixel_array > 0)[:, ::-1]).mean(axis=0)
    assert x > 10
    assert y < -10


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_dciodvfy_finds_no_error(tmp_path: Path) -> None:
    made = [blocks.ct_block(1), blocks.grid(1), blocks.left_marker(1), blocks.uneven([(0.0, 0.0, 0.0)])]
    for path in write_series(tmp_path, [image for images in made for image in images]):
        said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
        assert "Error" not in said, said
        assert "CTImage" in said
