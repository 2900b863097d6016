"""C32: sum of area x slab, with slabs from projected positions; slices between are interpolated only when asked."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.made import random_plane
from tests.made import stack as made_stack
from tests.measure.volumes.made import circle, empty_stack
from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.volumes import Method, contour_region, contour_volume, voxel_volume
from viewer_app.measure.volumes.between import area_between
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.blocks import stack as slices

SQUARE = np.array([(2.0, 2.0), (8.0, 2.0), (8.0, 6.0), (2.0, 6.0)])  # (column, row): 6 x 4 pixels


def height(stack: Stack, index: int) -> float:
    return stack.images[index].plane.origin[2]


def sphere(stack: Stack, center: Floats, radius: float) -> dict[int, list[ArrayLike]]:
    """Where a sphere cuts the slices of an axial stack."""
    places = {k: height(stack, k) for k in range(len(stack.images))}
    cuts = {k: radius**2 - (z - center[2]) ** 2 for k, z in places.items()}
    return {k: [circle(center.tolist(), math.sqrt(square), places[k])] for k, square in cuts.items() if square > 0}


def drawn(stack: Stack, index: int, *outlines: ArrayLike) -> dict[int, list[ArrayLike]]:
    return {index: [stack.images[index].plane.to_patient(outline) for outline in outlines]}


def test_a_sphere_is_within_the_worst_case_at_40_places() -> None:
    stack, truth, errors = empty_stack((12, 40, 40), 2.5), 4 / 3 * math.pi * 1000, list[float]()
    middle = stack.affine[:3] @ (6, 20, 20, 1.0)
    for number in range(40):
        found = contour_volume(stack, sphere(stack, np.add(middle, (0.3, -0.2, number / 40 * 2.5)), 10.0))
        errors.append(abs(found.mm3 - truth))
        assert found.bound_mm3 is not None
        assert errors[-1] <= found.bound_mm3
        assert (found.method, found.notes) == (Method.CONTOURS, ())
    assert 0.014 < max(errors) / truth <= 0.016


@pytest.mark.parametrize("tilt", [0.0, 15.0, -30.0])
def test_a_prism_is_exact_in_a_tilted_gantry(tilt: float) -> None:
    lean = math.radians(tilt)
    plane = replace(axial_plane((0.0, 0.0, 0.0), 0.5, 0.7), column_direction=(0.0, math.cos(lean), math.sin(lean)))
    stack = empty_stack((7, 10, 12), 2.0, plane)
    contours = {k: drawn(stack, k, SQUARE)[k] for k in range(2, 5)}
    found = contour_volume(stack, contours)
    assert found.mm3 == pytest.approx(6 * 0.7 * 4 * 0.5 * 3 * 2.0 * math.cos(lean), rel=1e-9)
    assert voxel_volume(stack, contour_region(stack, contours)).mm3 == pytest.approx(found.mm3, rel=1e-9)


def test_a_prism_is_exact_in_any_orientation() -> None:
    random = np.random.default_rng(7)
    for _ in range(10):
        plane = random_plane(random)
        step = float(random.uniform(0.5, 6))
        steps = [vector(np.multiply(plane.normal, step * k)) for k in range(5)]
        stack = made_stack(slices([np.zeros((10, 12), np.uint16)] * 5, plane, steps))
        found = contour_volume(stack, {k: drawn(stack, k, SQUARE)[k] for k in (1, 2)})
        assert found.mm3 == pytest.approx(24 * plane.row_spacing * plane.column_spacing * 2 * step, rel=1e-6)


def test_uneven_slices_have_slabs_of_their_own() -> None:
    stack = empty_stack((5, 10, 12), (0.0, -1.0, -3.0, -6.0, -10.0), axial_plane((0.0, 0.0, 0.0), 1.0, 1.0))
    for k, slab in enumerate((1.0, 1.5, 2.5, 3.5, 4.0)):
        found = contour_volume(stack, drawn(stack, k, SQUARE))
        assert found.mm3 == pytest.approx(24 * slab, rel=1e-12)
        assert found.notes == ("Uneven slices: each counts with its own slab, 1.00 to 4.00 mm.",)


def test_a_contour_within_another_is_a_hole() -> None:
    stack = empty_stack((3, 10, 12), 2.0, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0))
    contours = drawn(stack, 1, SQUARE, SQUARE / 2 + (2.5, 2.0))
    assert contour_volume(stack, contours).mm3 == pytest.approx((24 - 6) * 2.0, rel=1e-12)
    assert contour_region(stack, contours).count == 18


def test_the_bound_is_half_a_pixel_and_half_an_end() -> None:
    stack = empty_stack((5, 10, 12), 2.0, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0))
    found = contour_volume(stack, {k: drawn(stack, k, SQUARE)[k] for k in (1, 2, 3)})
    assert found.bound_mm3 == pytest.approx(0.5 * 20 * 6 + 24 * 2.0, rel=1e-12)


def frustum(stack: Stack, indices: range | tuple[int, ...]) -> dict[int, list[ArrayLike]]:
    """Circles whose radius grows evenly from slice to slice, about an axis across the slices."""
    return {k: [circle((9.0, 9.0), 3.0 + 0.5 * k, height(stack, k))] for k in indices}


def test_missing_contours_are_told_and_counted_as_empty() -> None:
    stack = empty_stack((11, 30, 30), 2.0)
    found = contour_volume(stack, frustum(stack, (1, 5, 6)))
    assert found.notes == ("3 slices between contours have none: counted as empty.",)
    assert found.mm3 == pytest.approx(math.pi * (3.5**2 + 5.5**2 + 6.0**2) * 2.0, rel=1e-9)


def test_shape_interpolation_restores_a_frustum() -> None:
    stack = empty_stack((11, 30, 30), 2.0)
    found = contour_volume(stack, frustum(stack, (1, 5, 9)), interpolated=True)
    assert found.notes == ("6 slices between contours have none: interpolated from the shapes beside.",)
    assert found.mm3 == pytest.approx(contour_volume(stack, frustum(stack, range(1, 10))).mm3, rel=1e-3)
    assert (found.bound_mm3, found.bound_rule) == (None, "")


def test_shape_interpolation_goes_by_places_not_by_numbers() -> None:
    stack = empty_stack((4, 30, 30), (0.0, -1.0, -4.0, -5.0))
    ends = {0: [circle((9.0, 9.0), 3.0, 0.0)], 3: [circle((9.0, 9.0), 8.0, -5.0)]}
    found = contour_volume(stack, ends, interpolated=True)
    wanted = math.pi * (9.0 * 1.0 + 16.0 * 2.0 + 49.0 * 2.0 + 64.0 * 1.0)
    assert found.mm3 == pytest.approx(wanted, rel=1e-3)


def test_shape_interpolation_follows_the_patient_in_a_tilted_gantry() -> None:
    """A rod across the slices stays where it is, though the images begin farther back from slice to slice."""
    lean = math.radians(20)
    plane = replace(axial_plane((0.0, 0.0, 0.0), 0.5, 0.5), column_direction=(0.0, math.cos(lean), math.sin(lean)))
    stack = empty_stack((9, 80, 40), 3.0, plane)
    turn, normal = np.arange(90) * 2 * math.pi / 90, np.asarray(plane.normal)
    ring = plane.to_patient(np.column_stack([20 + 8 * np.cos(turn), 40 + 8 * np.sin(turn)]))
    rod = {k: [ring - normal * one.plane.height(ring)[:, None]] for k, one in enumerate(stack.images)}
    whole = contour_volume(stack, rod).mm3
    assert contour_volume(stack, {k: rod[k] for k in (0, 8)}, interpolated=True).mm3 == pytest.approx(whole, rel=1e-3)


def test_shapes_that_do_not_overlap_have_nothing_between() -> None:
    stack = empty_stack((5, 60, 60), 2.0)
    ends = {k: [circle((x, 9.0), 4.0, height(stack, k))] for k, x in ((0, 6.0), (4, 30.0))}
    found = contour_volume(stack, ends, interpolated=True)
    assert found.notes[1] == "3 of them are empty: the shapes beside them do not overlap."


def test_the_area_between_is_that_of_the_ends_at_the_ends() -> None:
    random = np.random.default_rng(8)
    one, other = (random.uniform(0, 5) + circle((9.0, 9.0), radius, 0.0)[:, :2] for radius in (5.0, 8.0))
    below, middle, above = area_between([one], [other], [0.0, 0.5, 1.0])
    assert (below, above) == pytest.approx((math.pi * 25, math.pi * 64), rel=1e-3)
    assert below < middle < above


REFUSED: dict[str, tuple[dict[int, list[ArrayLike]], str]] = {
    "none": ({}, "no contour"),
    "none on its slice": ({1: []}, "no contour"),
    "two points": ({1: [[(0, 0, -2), (1, 0, -2)]]}, "no area"),
    "one place": ({1: [[(0, 0, -2)] * 4]}, "no area"),
    "no number": ({1: [[(0, 0, -2), (1, 0, -2), (math.nan, 1, -2)]]}, "no area"),
    "two coordinates": ({1: [[(0, 0), (1, 0), (1, 1)]]}, "no area"),
    "beside its slice": ({1: [[(0, 0, -2.2), (1, 0, -2.2), (1, 1, -2.2)]]}, "does not lie on slice 2"),
    "no such slice": ({3: [[(0, 0, -6), (1, 0, -6), (1, 1, -6)]]}, "no slice 4"),
}


@pytest.mark.parametrize(("contours", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_contour_is_refused(contours: dict[int, list[ArrayLike]], why: str) -> None:
    stack = empty_stack((3, 4, 4), 2.0)
    for measure in (contour_volume, contour_region):
        with pytest.raises(VolumeError, match=why):
            measure(stack, contours)


def test_a_single_image_has_no_contour_volume() -> None:
    stack = empty_stack((1, 4, 4), 2.0)
    with pytest.raises(VolumeError, match="A single image"):
        contour_volume(stack, drawn(stack, 0, SQUARE))
