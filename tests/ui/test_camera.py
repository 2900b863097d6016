"""The camera in all eight flips and turns: against numpy's own, there and back, and with marks on it (C02)."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Calibration, Floats, Plane, image_extent, vector
from viewer_app.measure.evaluate import record
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.session.view import View
from viewer_app.ui.views.camera import Camera, Grid, camera_for, in_sight
from viewer_app.ui.views.marks import Hit, hit_test, mark_of

TURNS = list(itertools.product((False, True), range(4)))
EXACT = 1e-9
all_turns = pytest.mark.parametrize(("flipped", "quarter_turns"), TURNS)


def camera(flipped: bool, quarter_turns: int) -> Camera:
    return Camera(1.7, (12.5, -4.0), (640.0, 480.0), flipped, quarter_turns)


def drawn(pixels: NDArray[np.int64], grid: Grid, shape: tuple[int, int], plane: Plane) -> NDArray[np.int64]:
    """A picture of `shape`, each pixel that of the image nearest to its centre; -1 where there is none."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    points = (
        np.asarray(grid.first) + columns[..., None] * np.asarray(grid.across) + rows[..., None] * np.asarray(grid.down)
    )
    column, row = np.moveaxis(np.rint(points / (plane.column_spacing, plane.row_spacing)).astype(int), 2, 0)
    inside = (row >= 0) & (row < pixels.shape[0]) & (column >= 0) & (column < pixels.shape[1])
    found: NDArray[np.int64] = np.where(inside, pixels[np.where(inside, row, 0), np.where(inside, column, 0)], -1)
    return found


@all_turns
def test_the_grid_draws_what_numpy_turns(flipped: bool, quarter_turns: int) -> None:
    pixels = np.arange(7 * 4).reshape(7, 4)
    wanted = np.rot90(np.fliplr(pixels) if flipped else pixels, -quarter_turns)
    view = View(scale=3.0, flipped=flipped, quarter_turns=quarter_turns)
    for ratio in (1, 2):
        size = (3.0 * wanted.shape[1], 3.0 * wanted.shape[0])
        seen = camera_for(view, image_extent(Plane.in_pixels(), (7, 4)), size).grid(ratio)
        shape = (3 * ratio * wanted.shape[0], 3 * ratio * wanted.shape[1])
        enlarged = np.kron(wanted, np.ones((3 * ratio, 3 * ratio), dtype=int))
        np.testing.assert_array_equal(drawn(pixels, seen, shape, Plane.in_pixels()), enlarged)


@all_turns
def test_pixels_that_are_not_square_keep_their_shape(flipped: bool, quarter_turns: int) -> None:
    plane = Plane.unlocated(2.0, 1.0, "mm", Calibration.IMAGE_PLANE)
    pixels = np.arange(5 * 6).reshape(5, 6)
    squares = np.repeat(pixels, 2, axis=0)
    wanted = np.rot90(np.fliplr(squares) if flipped else squares, -quarter_turns)
    view = View(scale=1.0, flipped=flipped, quarter_turns=quarter_turns)
    seen = camera_for(view, image_extent(plane, (5, 6)), (wanted.shape[1], wanted.shape[0])).grid(1)
    np.testing.assert_array_equal(drawn(pixels, seen, (wanted.shape[0], wanted.shape[1]), plane), wanted)


@all_turns
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_the_grid_is_the_camera_in_device_pixels(flipped: bool, quarter_turns: int, ratio: float) -> None:
    seen = camera(flipped, quarter_turns)
    grid = seen.grid(ratio)
    columns, rows = np.array([0, 799, 0, 311]), np.array([0, 0, 599, 17])
    centers = np.stack([columns + 0.5, rows + 0.5], axis=1) / ratio
    points = np.asarray(grid.first) + np.outer(columns, grid.across) + np.outer(rows, grid.down)
    np.testing.assert_allclose(points, seen.to_plane(centers), rtol=0, atol=EXACT)


@all_turns
def test_there_and_back_and_no_length_or_angle_changes(flipped: bool, quarter_turns: int) -> None:
    seen = camera(flipped, quarter_turns)
    points = np.random.default_rng(2).uniform(-300, 300, (50, 2))
    screen = seen.to_screen(points)
    np.testing.assert_allclose(seen.to_plane(screen), points, rtol=0, atol=EXACT)
    np.testing.assert_allclose(seen.to_screen([seen.center]), [(320.0, 240.0)], rtol=0, atol=EXACT)
    ways, shown = np.diff(points, axis=0), np.diff(screen, axis=0)
    # All scalar products at once: lengths, and angles between any two.
    np.testing.assert_allclose(shown @ shown.T, ways @ ways.T * seen.scale**2, rtol=1e-9, atol=1e-6)
    handed = np.linalg.det(shown[:2]) / np.linalg.det(ways[:2])
    assert math.copysign(1.0, handed) == (-1.0 if flipped else 1.0)


def test_clockwise_is_clockwise_and_the_flip_comes_first() -> None:
    ways = {turn: (camera(*turn).to_screen([(13.5, -4.0)])[0] - (320.0, 240.0)).round(9).tolist() for turn in TURNS}
    right, down, left, up = [1.7, 0.0], [0.0, 1.7], [-1.7, 0.0], [0.0, -1.7]
    assert [ways[False, turn] for turn in range(4)] == [right, down, left, up]
    assert [ways[True, turn] for turn in range(4)] == [left, up, right, down]


@all_turns
def test_what_is_visible_is_what_the_corners_show(flipped: bool, quarter_turns: int) -> None:
    seen = camera(flipped, quarter_turns)
    corners = seen.to_plane([(0, 0), (640, 0), (0, 480), (640, 480)])
    left, top, width, height = seen.visible
    np.testing.assert_allclose(corners.min(axis=0), (left, top), rtol=0, atol=EXACT)
    np.testing.assert_allclose(corners.max(axis=0), (left + width, top + height), rtol=0, atol=EXACT)


@all_turns
@pytest.mark.parametrize("size", [(900.0, 300.0), (300.0, 900.0), (0.0, 0.0)])
def test_the_whole_image_fits_as_large_as_it_goes(flipped: bool, quarter_turns: int, size: tuple[float, float]) -> None:
    plane = Plane.unlocated(0.5, 0.25, "mm", Calibration.IMAGE_PLANE)
    view = View(flipped=flipped, quarter_turns=quarter_turns)
    seen = camera_for(view, image_extent(plane, (100, 400)), size)
    left, top, width, height = image_extent(plane, (100, 400))
    corners = seen.to_screen([(left, top), (left + width, top + height)])
    share = np.abs(corners[1] - corners[0]) / seen.size
    assert share.max() == pytest.approx(0.98, rel=EXACT)
    np.testing.assert_allclose(corners.mean(axis=0), np.asarray(seen.size) / 2, rtol=0, atol=EXACT)


@all_turns
def test_a_point_is_held_where_it_is_put(flipped: bool, quarter_turns: int) -> None:
    seen = camera(flipped, quarter_turns)
    point, at = (40.0, 33.0), (17.0, 301.0)
    held = seen.holding(point, at)
    np.testing.assert_allclose(held.to_screen([point]), [at], rtol=0, atol=EXACT)
    assert replace(held, center=seen.center) == seen


def test_turns_beyond_four_are_those_within() -> None:
    for turns in (-5, -1, 4, 7):
        seen = camera_for(View(quarter_turns=turns), image_extent(Plane.in_pixels(), (4, 4)), (9.0, 9.0))
        assert seen.quarter_turns == turns % 4


PLANE = Plane((3.0, -7.0, 11.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), 0.5, 0.7)


def measured(kind: str, *pixels: tuple[float, float]) -> Record:
    """A record of points at (column, row) pixels."""
    points = tuple(vector(PLANE.to_patient([pixel])[0]) for pixel in pixels)
    now = datetime.now(UTC)
    drawing = Measurement("1", kind, (Figure(PLANE, points, Reference("2.25.1", "2.25.2")),), "", "", "", now, now)
    return record(drawing, {}, Place(0, 0))


@all_turns
def test_a_mark_is_hit_where_it_is_seen_and_nowhere_else(flipped: bool, quarter_turns: int) -> None:
    seen = replace(camera(flipped, quarter_turns), center=(14.0, 10.0), scale=9.0)
    found = measured("distance", (10.0, 10.0), (35.0, 18.0))
    mark = mark_of(found, seen, found.measurement.figures[0].plane)
    ends: Floats = seen.to_screen([(7.0, 5.0), (24.5, 9.0)])
    np.testing.assert_allclose(mark.handles, ends, rtol=0, atol=EXACT)
    for index, (across, down) in enumerate(ends):
        assert hit_test([mark], (across + 2.0, down - 3.0)) == Hit("1", index)
    across, down = ends.mean(axis=0)
    assert hit_test([mark], (across, down)) == Hit("1", None)
    for turn in TURNS:  # where it would be seen if it were turned otherwise
        elsewhere = replace(seen, flipped=turn[0], quarter_turns=turn[1]).to_screen([(24.5, 9.0)])[0]
        assert (hit_test([mark], (elsewhere[0], elsewhere[1])) is None) == (turn != (flipped, quarter_turns))


@all_turns
def test_the_length_on_the_screen_is_that_of_the_measurement(flipped: bool, quarter_turns: int) -> None:
    seen = camera(flipped, quarter_turns)
    found = measured("distance", (10.0, 10.0), (35.0, 18.0))
    (start, end) = mark_of(found, seen, found.measurement.figures[0].plane).handles
    assert found.values[0].number == pytest.approx(math.hypot(17.5, 4.0), rel=EXACT)
    assert np.linalg.norm(end - start) / seen.scale == pytest.approx(math.hypot(17.5, 4.0), rel=EXACT)


EXTENT, SIZE = (-0.5, -0.5, 100.0, 80.0), (500.0, 400.0)


@all_turns
def test_points_out_of_sight_come_into_it_and_the_zoom_stays_where_it_can(flipped: bool, quarter_turns: int) -> None:
    zoomed = View(scale=20.0, center=(50.0, 40.0), flipped=flipped, quarter_turns=quarter_turns)
    for points, scale in (
        ([(90.0, 70.0), (95.0, 72.0)], 20.0),
        ([(2.0, 3.0)], 20.0),
        ([(0.0, 0.0), (99.0, 79.0)], None),
    ):
        found = in_sight(zoomed, EXTENT, SIZE, points)
        screen = camera_for(found, EXTENT, SIZE).to_screen(points)
        assert (screen >= 0).all()
        assert (screen <= SIZE).all()
        assert scale is None or found.scale == scale
        assert replace(found, scale=20.0, center=zoomed.center) == zoomed


def test_what_is_in_sight_stays_as_it_is() -> None:
    zoomed = View(scale=20.0, center=(50.0, 40.0))
    assert in_sight(zoomed, EXTENT, SIZE, [(48.0, 38.0), (52.0, 44.0)]) is zoomed
    assert in_sight(View(), EXTENT, SIZE, [(99.0, 79.0)]) == View()
    assert in_sight(zoomed, EXTENT, SIZE, []) is zoomed
