"""C38 and C40 for every tile: the letters, the picture and the name tell of what is there, whatever was done."""

from __future__ import annotations

import random

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from tests.ui.job.driver import Driver
from viewer_app.imaging.geometry import Floats, Vector, orientation_letters
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.voi import apply_window
from viewer_app.ui.views.corner_text import Density, person_name
from viewer_app.ui.views.foreground import foreground_of
from viewer_app.ui.views.viewport import Viewport

_SPOTS = 12
_BACKGROUND = 7


def assert_tiles_are_truthful(driver: Driver, chance: random.Random) -> None:
    """For each tile that is seen and has its pixels."""
    for viewport in driver.window.viewports:
        if viewport.has_image_place:
            _assert_one_patient(driver, viewport)
            _assert_letters(viewport)
            _assert_picture(viewport, chance)


def _assert_one_patient(driver: Driver, viewport: Viewport) -> None:
    shown = foreground_of(viewport.tile, viewport.camera, Density.FULL, None, hidden=False)
    assert shown is not None
    patient = viewport.tile.study.patient
    assert patient == driver.study.study.patient
    name = person_name(patient.name)
    assert not name or any(name in line for line in shown.corners.top_left)


def _assert_letters(viewport: Viewport) -> None:
    """Going to the right on the screen leads to where the letter at the right says."""
    shown = foreground_of(viewport.tile, viewport.camera, Density.FULL, None, hidden=False)
    assert shown is not None
    if shown.edges is None or not viewport.plane.located or not any(shown.edges):
        return
    middle = (viewport.width() / 2, viewport.height() / 2)
    here = viewport.patient_point(middle)
    for letters, step in zip(shown.edges, ((-9.0, 0.0), (9.0, 0.0), (0.0, -9.0), (0.0, 9.0)), strict=True):
        there = viewport.patient_point((middle[0] + step[0], middle[1] + step[1]))
        assert letters[0] == orientation_letters(np.subtract(there, here))[0]


def _assert_picture(viewport: Viewport, chance: random.Random) -> None:
    """What is painted at a spot is the grey of what lies at the patient point there.

    Not while slices arrive between the painting and the look at their values: both are true, each at its moment.
    """
    tile, view = viewport.tile, viewport.tile.view.value
    window, volume = tile.window(), tile.volume
    if window is None or volume is None or volume.stored_values.ndim != 3 or view.color_map:
        return
    pixels = volume.stack.images[0].instance.pixel_format
    assert pixels is not None
    inverted = view.inverted ^ (pixels.photometric_interpretation == "MONOCHROME1")
    if view.cut is None and not volume.has(view.index):
        return
    arrived = volume.changes
    painted = _painted(viewport)
    spots = [(chance.randrange(viewport.width()), chance.randrange(viewport.height())) for _ in range(_SPOTS)]
    points = [viewport.patient_point((across + 0.5, down + 0.5)) for across, down in spots]
    values = _values(viewport, points)
    if volume.changes != arrived:
        return
    for (across, down), value in zip(spots, values, strict=True):
        if not np.isnan(value):
            expected = int(apply_window(np.array([value]), window, inverted=inverted)[0])
            assert abs(int(painted[down, across]) - expected) <= 1, f"{across}, {down}: {view}"


def _values(viewport: Viewport, points: list[Vector]) -> Floats:
    """The values there where they are beyond doubt, NaN elsewhere.

    Between the voxels of a volume they are so while a pixel of the screen is smaller than a voxel; on a slice where
    the pixels about the point are alike.
    """
    tile, view = viewport.tile, viewport.tile.view.value
    volume = tile.volume
    assert volume is not None
    if view.cut is not None:
        is_thick = view.cut.slab_mm or viewport.camera.scale < 1.5 / min(volume.stack.images[0].plane.spacing)
        return np.full(len(points), np.nan) if is_thick else values_at(volume, points)
    values = volume.image(view.index).modality_values()
    rows, columns = values.shape
    reach = 2 + int(2 / (viewport.camera.scale * min(viewport.plane.spacing)))
    found = np.full(len(points), np.nan)
    for number, (column, row) in enumerate(np.rint(viewport.plane.to_pixels(points)).astype(int)):
        if reach <= row < rows - reach and reach <= column < columns - reach:
            near = values[row - reach : row + reach + 1, column - reach : column + reach + 1]
            found[number] = near[0, 0] if np.ptp(near) == 0 else np.nan
    return found


def _painted(viewport: Viewport) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The image alone, without what is written over it."""
    picture = QImage(viewport.size(), QImage.Format.Format_RGB32)
    picture.fill(QColor(_BACKGROUND, _BACKGROUND, _BACKGROUND))
    painter = QPainter(picture)
    viewport.painting.picture.draw(painter, viewport.tile, viewport.camera, 1.0, drawings=False, coarse=False)
    painter.end()
    data = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    return data[:, :, 0].copy()
