"""Real truth by mouse: the ACR phantom has its published size, the digital phantom its values at its places.

Edges and places come from the files by pydicom and PS3.3 C.7.6.2.1.1; nothing of Caliper finds them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, Spot, settle
from tests.ui.job.hand import take
from tests.ui.job.planes import turn_the_planes
from viewer_app.measure.kinds import KINDS

pytestmark = pytest.mark.real_data
Key = Qt.Key
Pixels = NDArray[np.float64]
Pixel = tuple[float, float]

DIAMETERS = {"GE": (5, 190.7, 190.6), "SiemensSolaFit": (7, 190.6, 190.5), "PhilipsAchieva": (7, 190.3, 189.1)}
"""Of the catalogue of real cases: the Instance Number of slice 7, its diameters across and down at half maximum, mm."""
LENGTHS = {"SiemensSolaFitLocalizer": 100, "PhilipsAchievaLocalizer": 92}
"""A column of the sagittal localizer that passes by what is built into the phantom."""
INNER_DIAMETER_MM, INNER_LENGTH_MM = 190.0, 148.0
TOLERANCE_MM = 3.0
"""Of the inner diameter, published by the ACR."""


def header(folder: Path, number: int) -> pydicom.Dataset:
    (found,) = [one for one in map(pydicom.dcmread, folder.glob("*.dcm")) if one.InstanceNumber == number]
    return found


def edges(line: Pixels) -> tuple[float, float]:
    """Where a line of pixels first and last has half of what the phantom has on it."""
    half = float(np.median(line[line > line.max() / 4])) / 2
    return _rise(line, half), len(line) - 1 - _rise(line[::-1], half)


def ends(line: Pixels) -> tuple[float, float]:
    """The same where the phantom is not evenly bright: half of what it has a little way in from that end."""
    first, last = (int(np.nonzero(one > line.max() / 4)[0][0]) for one in (line, line[::-1]))
    start, stop = (np.median(one[at - 2 : at + 8]) / 2 for one, at in ((line, first), (line[::-1], last)))
    return _rise(line, float(start)), len(line) - 1 - _rise(line[::-1], float(stop))


def _rise(line: Pixels, level: float) -> float:
    at = int(np.nonzero(line >= level)[0][0])
    return float(at - (line[at] - level) / (line[at] - line[at - 1]))


def place(dataset: pydicom.Dataset, pixel: Pixel) -> Pixels:
    """The patient point of a pixel (column, row)."""
    along, down = np.reshape(np.array(dataset.ImageOrientationPatient, float), (2, 3))
    between_rows, between_columns = map(float, dataset.PixelSpacing)
    origin = np.array(dataset.ImagePositionPatient, float)
    found: Pixels = origin + along * between_columns * pixel[0] + down * between_rows * pixel[1]
    return found


def opened(start: Start, folder: Path, dataset: pydicom.Dataset) -> Driver:
    """Caliper with the image of that header."""
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    (shown,) = driver.study.stacks
    uids = [image.sop_instance_uid for image in shown.images]
    driver.study.show(shown, uids.index(str(dataset.SOPInstanceUID)))
    settle()
    return driver


def spots(driver: Driver, dataset: pydicom.Dataset, *pixels: Pixel) -> list[Spot]:
    return [driver.spot_of(place(dataset, pixel)) for pixel in pixels]


@pytest.mark.parametrize("name", DIAMETERS)
def test_the_acr_phantom_has_its_diameters(start: Start, name: str) -> None:
    folder = case("mr-acr-phantom-a") / name
    number, across_mm, down_mm = DIAMETERS[name]
    dataset = header(folder, number)
    pixels, middle = dataset.pixel_array.astype(np.float64), dataset.Rows // 2
    left, right = edges(pixels[middle])
    top, bottom = edges(pixels[:, middle])
    driver = opened(start, folder, dataset)
    lines = ((left, middle), (right, middle)), ((middle, top), (middle, bottom))
    one_pixel = float(dataset.PixelSpacing[0])
    for truth, line in zip((across_mm, down_mm), lines, strict=True):
        take(driver, KINDS["distance"])
        start_spot, end_spot = spots(driver, dataset, *line)
        driver.drag(start_spot, end_spot)
        found = driver.records[-1].values[0]
        assert found.number == pytest.approx(truth, abs=one_pixel)
        assert found.number == pytest.approx(INNER_DIAMETER_MM, abs=TOLERANCE_MM)
        assert (found.unit, found.provenance) == ("mm", "image plane")
        driver.key(Key.Key_Delete)  # a press on its handle would take that up
    take(driver, KINDS["two_diameters"])
    for spot in spots(driver, dataset, *lines[0], *lines[1]):
        driver.click(spot)
    long, short = driver.records[-1].values
    assert (long.number, short.number) == pytest.approx((across_mm, down_mm), abs=one_pixel)
    driver.key(Key.Key_Delete)
    take(driver, KINDS["circle_three_points"])
    for spot in spots(driver, dataset, *lines[0], lines[1][0]):
        driver.click(spot)
    (diameter,) = [value for value in driver.records[-1].values if value.key == "diameter"]
    assert diameter.number == pytest.approx(INNER_DIAMETER_MM, abs=TOLERANCE_MM)


@pytest.mark.parametrize("name", LENGTHS)
def test_the_acr_phantom_has_its_length(start: Start, name: str) -> None:
    folder = case("mr-acr-phantom-a") / name
    dataset, column = header(folder, 1), LENGTHS[name]
    top, bottom = ends(dataset.pixel_array[:, column].astype(np.float64))
    driver = opened(start, folder, dataset)
    take(driver, KINDS["distance"])
    start_spot, end_spot = spots(driver, dataset, (column, top), (column, bottom))
    driver.drag(start_spot, end_spot)
    assert driver.records[-1].values[0].number == pytest.approx(INNER_LENGTH_MM, abs=float(dataset.PixelSpacing[0]))


@pytest.mark.parametrize("is_oblique", [False, True])
def test_the_digital_phantom_has_its_value_at_every_place(start: Start, is_oblique: bool) -> None:
    """Value = column + row + (63 - k), k from the lowest z; pixels of 2 mm, z from -126 to 0."""
    folder = case("digital-orientation-ibsi2")
    lowest = min(map(pydicom.dcmread, folder.rglob("*.dcm")), key=lambda one: float(one.ImagePositionPatient[2]))
    assert float(lowest.ImagePositionPatient[2]) == -126.0
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    if is_oblique:
        turn_the_planes(driver, 0.4)
    random = np.random.default_rng(2)
    for across, down in random.uniform(0.4, 0.6, (12, 2)):
        driver.wheel(int(random.integers(-3, 4)))
        take(driver, KINDS["probe"])
        driver.click(driver.part(across, down))
        record = driver.records[-1]
        (figure,) = record.measurement.figures
        pixel = figure.plane.to_patient(np.floor(figure.plane.to_pixels(figure.points) + 0.5))[0]
        column, row, k = (pixel - np.array(lowest.ImagePositionPatient, float)) / 2.0
        assert record.values[0].number == pytest.approx(column + row + 63 - k, abs=1e-6)
        assert record.values[0].provenance.startswith("interpolated") == is_oblique
    assert len(driver.records) == 12
