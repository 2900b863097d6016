"""C38 and C40 for every tile: the letters, the picture and the name tell of what is there, whatever was done."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import TypeAlias

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
_PATIENCE_S = 20.0
_NEARLY = 1e-6

Painted: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Ends: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
"""(2, n): the lowest and the highest grey."""


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
    """What is painted at a spot is the grey of what lies at the patient point there; nothing before an image is there.

    Painted again where slices arrived between the painting and the look at their values: both are true, each at its
    moment.
    """
    tile = viewport.tile
    if tile.volume is None or tile.volume.stored_values.ndim != 3 or tile.view.value.color_map:
        return
    spots = [(chance.randrange(viewport.width()), chance.randrange(viewport.height())) for _ in range(_SPOTS)]
    painted, (lowest, highest) = _judgeable(viewport, spots)
    found = np.array([int(painted[down, across]) for across, down in spots])
    wrong = [spots[at] for at in np.flatnonzero((found < lowest) | (found > highest))]
    assert not wrong, f"{wrong}: {found} is not within {lowest} and {highest}: {tile.view.value}"


def _judgeable(viewport: Viewport, spots: list[tuple[int, int]]) -> tuple[Painted, Ends]:
    """What is painted, and what may be at the spots: known before and after the painting, and the same."""
    end = time.monotonic() + _PATIENCE_S
    before = _ends(viewport, spots)
    while time.monotonic() < end:
        painted, after = _painted(viewport), _ends(viewport, spots)
        if np.array_equal(before, after):
            return painted, after
        before = after
    raise AssertionError(f"slices arrived during every painting for {_PATIENCE_S:g} s")


def _ends(viewport: Viewport, spots: list[tuple[int, int]]) -> Ends:
    """The darkest and the brightest that each of the spots may be."""
    tile = viewport.tile
    volume, window, view = tile.volume, tile.window(), tile.view.value
    assert volume is not None
    if tile.source is None or window is None or (view.cut is None and not volume.has(view.index)):
        return np.full((2, len(spots)), _BACKGROUND)
    pixels = volume.stack.images[0].instance.pixel_format
    assert pixels is not None
    inverted = view.inverted ^ (pixels.photometric_interpretation == "MONOCHROME1")
    points = [viewport.patient_point((across + 0.5, down + 0.5)) for across, down in spots]
    values = _cut_values(viewport, points) if view.cut is not None else _slice_values(viewport, points)
    greys = apply_window(values, window, inverted=inverted).astype(int)
    unknown = np.isnan(values).any(axis=0)
    return np.where(unknown, [[0], [255]], [greys.min(axis=0) - 1, greys.max(axis=0) + 1])


def _cut_values(viewport: Viewport, points: list[Vector]) -> Floats:
    """(2, n) modality values, NaN where there is doubt: where a pixel of the screen is larger than a voxel."""
    tile, cut = viewport.tile, viewport.tile.view.value.cut
    assert tile.source is not None
    assert cut is not None
    is_thick = cut.slab_mm or viewport.camera.scale < 1.5 / min(tile.source.stack.images[0].plane.spacing)
    values = np.full(len(points), np.nan) if is_thick else values_at(tile.source, points)
    return np.stack([values, values])


def _slice_values(viewport: Viewport, points: list[Vector]) -> Floats:
    """(2, n) modality values, the lowest and the highest of the pixels that may take part; NaN at the edges."""
    tile = viewport.tile
    assert tile.volume is not None
    image = tile.volume.image(tile.view.value.index)
    last = np.subtract(image.stored.shape, 1)
    wide = viewport.camera.scale * np.array([viewport.plane.row_spacing, viewport.plane.column_spacing])
    reach = np.where(wide >= 1.0, 0, 2 + (2 / wide).astype(int))
    places = viewport.plane.to_pixels(points)[:, ::-1]
    first, end = np.floor(places - _NEARLY).astype(int) - reach, np.ceil(places + _NEARLY).astype(int) + reach + 1
    found = np.full((2, len(points)), np.nan)
    for number in np.flatnonzero(((first >= 0) & (end <= last)).all(axis=1)):
        near = image.stored[tuple(map(slice, first[number], end[number]))]
        values = replace(image, stored=near).modality_values()
        found[:, number] = values.min(), values.max()
    return found


def _painted(viewport: Viewport) -> Painted:
    """The image alone, without what is written over it."""
    picture = QImage(viewport.size(), QImage.Format.Format_RGB32)
    picture.fill(QColor(_BACKGROUND, _BACKGROUND, _BACKGROUND))
    painter = QPainter(picture)
    viewport.painting.picture.draw(painter, viewport.tile, viewport.camera, 1.0, drawings=False, coarse=False)
    painter.end()
    data = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    return data[:, :, 0].copy()
