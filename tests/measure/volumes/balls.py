"""How far the volumes of true balls are off, at worst over 40 places between the voxels (C32, C33)."""

from __future__ import annotations

import math

import numpy as np

from tests.measure.proofs import cuts_of_ball
from tests.measure.volumes.made import ball, empty_stack
from viewer_app.measure.volumes import contour_volume, voxel_volume
from viewer_app.phantom.blocks import axial_plane

PIXEL_MM = 0.7
RADII_MM, STEPS_MM = (3.0, 5.0, 10.0), (2.5, 5.0)
_PLACES = 40


def worst(radius: float, step: float) -> tuple[float, float]:
    """By voxels and by contours, in per cent; every one is held to lie within the bound that stands beside it."""
    random, side, count = np.random.default_rng(0), int(2 * radius / PIXEL_MM) + 6, int(2 * radius / step) + 4
    stack = empty_stack((count, side, side), step, axial_plane((0.0, 0.0, 0.0), PIXEL_MM, PIXEL_MM))
    middle, truth = stack.affine[:3] @ (count // 2, side // 2, side // 2, 1.0), 4 / 3 * math.pi * radius**3
    errors = []
    for _ in range(_PLACES):
        center = middle + random.uniform(-0.5, 0.5, 3) * (PIXEL_MM, PIXEL_MM, step)
        both = (
            voxel_volume(stack, ball(stack, center, radius)),
            contour_volume(stack, cuts_of_ball(stack, center, radius)),
        )
        for one in both:
            assert one.bound_mm3 is not None and abs(one.mm3 - truth) <= one.bound_mm3
        errors.append([abs(one.mm3 / truth - 1) for one in both])
    by_voxels, by_contours = 100 * np.max(errors, axis=0)
    return float(by_voxels), float(by_contours)


def rows() -> list[tuple[str, ...]]:
    """Of the table in the manual."""
    found = [(radius, step, *worst(radius, step)) for radius in RADII_MM for step in STEPS_MM]
    return [(f"{radius:g} mm", f"{step:g} mm", f"{one:.1f} %", f"{other:.1f} %") for radius, step, one, other in found]
