"""Shift: level, upright, 45 degrees and squares in patient mm, whatever the plane and the shape of its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.measure.made import UPRIGHT
from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.measure.constrain import on_eighth, on_square
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import KINDS

OBLIQUE = Plane((12.0, -40.0, 7.5), (0.6, 0.8, 0.0), (0.0, 0.0, -1.0), 2.5, 0.7, frame_of_reference_uid="2.25.1")


def at(plane: Plane, across: float, down: float) -> Vector:
    """The patient point at in-plane mm."""
    return vector(plane.to_patient([(across / plane.column_spacing, down / plane.row_spacing)])[0])


@pytest.mark.parametrize("plane", [UPRIGHT, replace(UPRIGHT, row_spacing=1.7), OBLIQUE])
@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ((20, 3), (20, 0)),
        ((-2, 9), (0, 9)),
        ((8, 10), (9, 9)),
        ((-8, 10), (-9, 9)),
        ((-7, -1), (-7, 0)),
        ((0, 0), (0, 0)),
    ],
)
def test_the_nearest_of_eight_directions(plane: Plane, to: tuple[int, int], expected: tuple[int, int]) -> None:
    found = plane.in_plane([on_eighth(plane, at(plane, 5, 6), at(plane, 5 + to[0], 6 + to[1]))])[0] - (5, 6)
    assert found == pytest.approx(np.array(expected), abs=1e-9)


def test_a_level_line_is_level_to_the_last_bit() -> None:
    assert on_eighth(UPRIGHT, (10.1, 20.3, 0.0), (30.7, 21.9, 0.0))[1] == 20.3


@pytest.mark.parametrize("plane", [UPRIGHT, replace(UPRIGHT, row_spacing=1.7), OBLIQUE])
@pytest.mark.parametrize("name", ["rectangle", "ellipse"])
def test_a_box_is_as_wide_as_high_from_every_corner(plane: Plane, name: str) -> None:
    kind, points = KINDS[name], (at(plane, 5, 6), at(plane, 30, 20))
    for index in range(4):
        corner = plane.in_plane([kind.handles(points, plane)[index ^ 1]])[0]
        to = kind.constrained(points, index, at(plane, 50, -12), plane)
        moved = kind.move_handle(points, index, to, plane)
        across, down = np.abs(np.subtract(*plane.in_plane(moved))).tolist()
        assert across == pytest.approx(down, abs=1e-9)
        assert plane.in_plane([kind.handles(moved, plane)[index ^ 1]])[0] == pytest.approx(corner, abs=1e-9)


def test_a_square_keeps_its_side_of_the_corner() -> None:
    assert on_square(UPRIGHT, (10.0, 10.0, 0.0), (4.0, 12.0, 0.0)) == pytest.approx((4.0, 16.0, 0.0))


@pytest.mark.parametrize("name", ["rectangle", "ellipse"])
def test_any_corner_of_a_box_can_be_moved_and_the_opposite_one_stays(name: str) -> None:
    kind, points = KINDS[name], (at(OBLIQUE, 5, 6), at(OBLIQUE, 30, 20))
    for index, opposite in ((0, 1), (1, 0), (2, 3), (3, 2)):
        moved = kind.move_handle(points, index, at(OBLIQUE, 17, 9), OBLIQUE)
        before, after = kind.handles(points, OBLIQUE), kind.handles(moved, OBLIQUE)
        assert after[index] == pytest.approx(at(OBLIQUE, 17, 9), abs=1e-9)
        assert after[opposite] == pytest.approx(before[opposite], abs=1e-9)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_handles_begin_with_the_points_and_a_constrained_move_is_a_move(kind: Kind) -> None:
    points = tuple(
        at(OBLIQUE, across, down) for across, down in ((5, 6), (30, 22), (12, 40), (33, 9))[: kind.max_points]
    )
    handles = kind.handles(points, OBLIQUE)
    assert handles[: len(points)] == points
    for index in range(len(handles)):
        to = kind.constrained(points, index, at(OBLIQUE, 21, 13), OBLIQUE)
        moved = kind.move_handle(points, index, to, OBLIQUE)
        assert len(moved) == len(points)
        assert np.abs(OBLIQUE.height([to, *moved])).max() < 1e-9
