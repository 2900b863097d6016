"""G10, G11, G12: numbers against truth on random cases; as many as wanted, by the tests and by `dev.py campaign`."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import ArrayLike

from tests.made import random_plane
from tests.measure.closed_forms import SMOOTH, truth_of
from tests.measure.made import POINTWISE, REFERENCE, image, measurement, spread_points
from tests.measure.volumes.made import ball, circle, empty_stack
from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kind import Images, Kind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.region import Mask, polygon_mask
from viewer_app.measure.volumes import StackGrid, VoxelRegion, contour_volume, voxel_volume
from viewer_app.phantom.blocks import axial_plane

WITHIN = 1e-9
SMOOTH_LENGTH = 1e-4
"""What docs/measuring.md promises of the length of a smooth outline."""
BALL = 0.025
"""G12: how far a ball of 10 mm and more in slices of at most 2.5 mm may be off."""

_THIN = 1e-3
_SHAPE = (14, 17)


def prove_points(random: np.random.Generator, count: int) -> None:
    """G10: so many cases of every kind, anywhere in the patient: its numbers, and the coordinates, to 1e-9."""
    kinds = [kind for kind in POINTWISE.values() if kind.name != "circle_three_points"]
    for number in range(count):
        plane = random_plane(random)
        kind = kinds[number % len(kinds)]
        most = min(kind.max_points, int(random.integers(kind.min_points, kind.min_points + 6)))
        is_ring = isinstance(kind, AreaKind) and kind.max_points > 4
        pixels = _ring(random, most) if is_ring else spread_points(kind, plane, random, max(most, _all(kind)))
        _prove_place(plane, pixels[0])
        prove_case(kind.name, plane, pixels)
        corners = random.uniform(12, 52, (3, 2))
        if abs(np.linalg.det(np.diff(corners, axis=0))) > _THIN * 40**2:
            prove_case("circle_three_points", plane, corners)


def _all(kind: Kind) -> int:
    return kind.max_points if kind.max_points <= 4 else 0


def _ring(random: np.random.Generator, count: int) -> Floats:
    """Pixel points of an outline that does not cross itself."""
    turns = (np.arange(count) + random.uniform(0, 0.5, count)) * 2 * math.pi / count
    reach = random.uniform(10, 20, (count, 1))
    found: Floats = 32 + reach * np.column_stack([np.cos(turns), np.sin(turns)])
    return found


def numbers(kind: str, drawn: Measurement, images: Images) -> dict[str, float | None]:
    """What the kind itself tells, by quantity key."""
    return {key: number.number for key, number in KINDS[kind].evaluate(drawn.figures, images).items()}


def prove_case(name: str, plane: Plane, pixels: Floats) -> None:
    """What is told of these pixel points without an image is what closed forms say of their patient points."""
    points = plane.to_patient(pixels)
    truth = truth_of(name, plane, points)
    found = numbers(name, measurement(name, plane, points), {})
    for key, number in truth.items():
        within = SMOOTH_LENGTH if name in SMOOTH and key == "perimeter" else WITHIN
        told = found.get(key)
        assert told is not None, (name, key)
        assert math.isclose(told, number, rel_tol=within, abs_tol=within), (name, key, told, number, plane, points)


def _prove_place(plane: Plane, pixel: Floats) -> None:
    """PS3.3 C.7.6.2.1.1 in fractions, and back."""
    column, row = map(Fraction, pixel.tolist())
    axes = zip(plane.origin, plane.row_direction, plane.column_direction, strict=True)
    across, down = Fraction(plane.column_spacing) * column, Fraction(plane.row_spacing) * row
    truth = [float(Fraction(o) + Fraction(x) * across + Fraction(y) * down) for o, x, y in axes]
    (found,) = plane.to_patient(pixel)
    np.testing.assert_allclose(found, truth, rtol=WITHIN, atol=WITHIN)
    np.testing.assert_allclose(plane.to_pixels(found)[0], pixel, rtol=WITHIN, atol=WITHIN)


Corner = tuple[int, int]


def fan_mask(shape: tuple[int, int], points: ArrayLike) -> Mask:
    """Even-odd by whole numbers and without a ray: a centre is inside if it lies in an odd number of triangles.

    They go from the first corner to every edge. A centre lies a hair to the right, and less than that below. The
    corners have at most 10 binary places.
    """
    corners: list[Corner] = [(round(x * 1024), round(y * 1024)) for x, y in np.asarray(points, float).tolist()]
    fan = [(corners[0], b, c) for b, c in pairwise(corners[1:])]
    found = np.zeros(shape, dtype=bool)
    for row, column in np.ndindex(shape):
        place = column * 1024, row * 1024
        found[row, column] = sum(_is_in(triangle, place) for triangle in fan) % 2 == 1
    return found


def _is_in(triangle: tuple[Corner, Corner, Corner], place: Corner) -> bool:
    a, b, c = triangle
    return _turn(a, b, place) == _turn(b, c, place) == _turn(c, a, place) != 0


def _turn(a: Corner, b: Corner, place: Corner) -> int:
    """On which side of a line the place lies; on the line itself its hair decides."""
    across, down = b[0] - a[0], b[1] - a[1]
    side = across * (place[1] - a[1]) - down * (place[0] - a[0])
    decisive = side or -down or across
    return (decisive > 0) - (decisive < 0)


def prove_polygons(random: np.random.Generator, count: int) -> None:
    """G11: membership on every pixel of so many polygons, and the numbers of those pixels as SimpleITK tells them."""
    pixels = random.integers(-1000, 3000, _SHAPE).astype(np.int16)
    shown = image(Plane((0.0,) * 3, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0), pixels)
    images: Images = {REFERENCE: shown}
    for _ in range(count):
        corners, scale = int(random.integers(3, 10)), 2 ** int(random.choice([0, 0, 1, 3, 10]))
        points = random.integers(-3 * scale, 19 * scale, (corners, 2)) / scale
        mask = fan_mask(_SHAPE, points)
        np.testing.assert_array_equal(polygon_mask(_SHAPE, points), mask, err_msg=str(points.tolist()))
        drawn = measurement("polygon", shown.plane, shown.plane.to_patient(points))
        assert_as_simpleitk(numbers("polygon", drawn, images), pixels, mask)


def assert_as_simpleitk(values: dict[str, float | None], pixels: ArrayLike, mask: Mask) -> None:
    """The numbers of the pixels in a mask, to 1e-9."""
    count = int(mask.sum())
    assert values["count"] == count
    if count < 2:
        assert (values["mean"] is None) == (count == 0)
        assert values["sd"] is None
        return
    theirs = sitk.LabelStatisticsImageFilter()
    theirs.Execute(sitk.GetImageFromArray(np.asarray(pixels, float)), sitk.GetImageFromArray(mask.astype(np.uint8)))
    expected = {
        "mean": theirs.GetMean(1), "sd": theirs.GetSigma(1), "minimum": theirs.GetMinimum(1),
        "maximum": theirs.GetMaximum(1),
    }  # fmt: skip
    for key, number in expected.items():
        assert values[key] == pytest.approx(number, rel=WITHIN, abs=WITHIN), key


def prove_areas(random: np.random.Generator, count: int) -> None:
    """G11: so many areas of every kind on random planes have the numbers SimpleITK tells of the same mask."""
    pixels = random.integers(-1000, 3000, (64, 64)).astype(np.int16)
    kinds = [kind for kind in POINTWISE.values() if isinstance(kind, AreaKind)]
    for number in range(count):
        kind, plane = kinds[number % len(kinds)], random_plane(random)
        shown, points = image(plane, pixels), plane.to_patient(spread_points(kind, plane, random, kind.min_points))
        drawn = measurement(kind.name, plane, points)
        region = kind.footprint(drawn.figures[0], shown)
        assert region is not None
        assert_as_simpleitk(numbers(kind.name, drawn, {REFERENCE: shown}), pixels, region.in_image(pixels.shape))


def prove_volumes(random: np.random.Generator, count: int) -> tuple[float, float]:
    """G12: so many boxes exact and so many balls near enough; the worst shares the balls were off, voxels, contours."""
    worst = np.zeros(2)
    for _ in range(count):
        _prove_box(random)
        worst = np.maximum(worst, _ball_errors(random))
    assert worst.max() <= BALL, worst
    return float(worst[0]), float(worst[1])


def _prove_box(random: np.random.Generator) -> None:
    """A box of whole voxels, in an upright or a tilted stack: voxels and contours, to 1e-9."""
    lean, step = float(random.uniform(-0.5, 0.5)), float(random.uniform(0.5, 5))
    row_mm, column_mm = random.uniform(0.3, 2, 2).tolist()
    down = (0.0, math.cos(lean), math.sin(lean))
    plane = Plane((0.0,) * 3, (1.0, 0.0, 0.0), down, row_mm, column_mm, frame_of_reference_uid="2.25.1")
    stack = empty_stack((8, 9, 10), step, plane)
    (k, k_end), (r, r_end), (c, c_end) = (sorted(random.choice(size + 1, 2, replace=False)) for size in (8, 9, 10))
    mask = np.zeros((8, 9, 10), dtype=np.bool_)
    mask[k:k_end, r:r_end, c:c_end] = True
    truth = mask.sum() * row_mm * column_mm * step * math.cos(lean)
    assert voxel_volume(stack, VoxelRegion.of_mask(StackGrid.of(stack), mask)).mm3 == pytest.approx(truth, rel=WITHIN)
    corners = np.array([(c, r), (c_end, r), (c_end, r_end), (c, r_end)]) - 0.5
    drawn = {z: [stack.images[z].plane.to_patient(corners)] for z in range(k, k_end)}
    assert contour_volume(stack, drawn).mm3 == pytest.approx(truth, rel=WITHIN)


def _ball_errors(random: np.random.Generator) -> tuple[float, float]:
    """Of one ball of at least 10 mm in slices of at most 2.5 mm: how far voxels and contours are off."""
    radius, step = float(random.uniform(10, 20)), float(random.uniform(0.5, 2.5))
    spacing = float(random.uniform(0.4, 1.0))
    side, count = int(2 * radius / spacing) + 6, int(2 * radius / step) + 4
    stack = empty_stack((count, side, side), step, axial_plane((0.0, 0.0, 0.0), spacing, spacing))
    middle = stack.affine[:3] @ (count // 2, side // 2, side // 2, 1.0)
    center = middle + random.uniform(-0.5, 0.5, 3) * (spacing, spacing, step)
    truth = 4 / 3 * math.pi * radius**3
    voxels = voxel_volume(stack, ball(stack, center, radius)).mm3
    contours = contour_volume(stack, cuts_of_ball(stack, center, radius)).mm3
    return abs(voxels / truth - 1), abs(contours / truth - 1)


def cuts_of_ball(stack: Stack, center: Floats, radius: float) -> dict[int, list[ArrayLike]]:
    """Where a ball cuts the slices of an axial stack."""
    heights = [one.plane.origin[2] for one in stack.images]
    squares = {k: radius**2 - (z - center[2]) ** 2 for k, z in enumerate(heights)}
    return {k: [circle(center.tolist(), math.sqrt(one), heights[k])] for k, one in squares.items() if one > 0}
