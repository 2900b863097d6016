"""The volume of contours drawn on slices (C32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.slices import TOLERANCE_MM, heights
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.region import polygon_mask
from viewer_app.measure.volumes.between import area_between
from viewer_app.measure.volumes.layer import Layer
from viewer_app.measure.volumes.measured import MeasuredVolume, Method
from viewer_app.measure.volumes.outline import even_odd_area, perimeter
from viewer_app.measure.volumes.slabs import slabs_of
from viewer_app.measure.volumes.voxel_region import StackGrid, VoxelRegion

Contours = Mapping[int, Sequence[ArrayLike]]
"""For slices, from 0, their outlines: patient points (n, 3), mm, on the plane of the slice."""

_RULE = (
    "area inside the contours of each slice x slab of the slice, half way to the slices beside it; "
    "the first and the last contour count with their whole slab"
)
_BOUND = "half a pixel along every outline x its slab, and half the slab of the first and the last contour"


@dataclass(frozen=True, slots=True)
class _Section:
    """The outlines of one slice, along the rows and columns of the first image of the stack, in mm."""

    index: int
    outlines: tuple[Floats, ...]


def contour_volume(stack: Stack, contours: Contours, *, interpolated: bool = False) -> MeasuredVolume:
    """The sum of area x slab, with slabs from the positions of the slices projected on their normal.

    Slices between contours that have none count as empty, and a note says how many; `interpolated` gives them the
    shape between those beside them (`between`) instead; a note says so, and how far they may be off is not known.

    Raises:
        VolumeError: no contour, one that is not on its slice or has no three points, or a stack without slabs.
    """
    slabs = slabs_of(stack)
    sections = _sections(stack, contours)
    areas = {section.index: even_odd_area(section.outlines) for section in sections}
    bound: float | None = _bound_mm3(stack, sections, areas, slabs.thicknesses_mm)
    missing = sections[-1].index - sections[0].index + 1 - len(sections)
    notes = (*slabs.notes, *_missing_notes(missing, interpolated))
    if interpolated and missing:
        filled = _interpolated(stack, sections)
        empty = sum(area == 0.0 for area in filled.values())
        notes += (f"{empty} of them are empty: the shapes beside them do not overlap.",) if empty else ()
        areas, bound = areas | filled, None
    volume = sum(area * slabs.thicknesses_mm[index] for index, area in areas.items())
    return MeasuredVolume(Method.CONTOURS, volume, _RULE, bound, _BOUND if bound is not None else "", notes)


def contour_region(stack: Stack, contours: Contours) -> VoxelRegion:
    """The voxels whose centres lie inside the contours of their slice, by even-odd, as `region.polygon_mask`.

    Raises:
        VolumeError: as `contour_volume`.
    """
    grid, layers = StackGrid.of(stack), []
    _sections(stack, contours)
    for index in sorted(contours):
        mask = np.zeros(grid.shape[1:], dtype=np.bool_)
        for outline in contours[index]:
            mask ^= polygon_mask(grid.shape[1:], stack.images[index].plane.to_pixels(outline))
        layers.append(Layer.of(index, mask))
    return VoxelRegion.of(grid, layers)


def _sections(stack: Stack, contours: Contours) -> list[_Section]:
    found = [_section(stack, index, contours[index]) for index in sorted(contours) if len(contours[index])]
    if not found:
        raise VolumeError("There is no contour yet.", "Draw one on each slice that shows the finding.")
    return found


def _section(stack: Stack, index: int, outlines: Sequence[ArrayLike]) -> _Section:
    if not 0 <= index < len(stack.images):
        raise VolumeError(f"There is no slice {index + 1} in this stack.", "Draw the contour anew.")
    points = [np.asarray(outline, dtype=np.float64) for outline in outlines]
    for outline in points:
        if not _has_extent(outline):
            raise VolumeError(f"A contour on slice {index + 1} has no area.", "It needs three points; draw it anew.")
        if np.abs(stack.images[index].plane.height(outline)).max() > TOLERANCE_MM:
            raise VolumeError(f"A contour does not lie on slice {index + 1}.", "Draw contours on acquired slices.")
    # One frame for all slices: those of a tilted gantry begin at other places.
    return _Section(index, tuple(stack.images[0].plane.in_plane(outline) for outline in points))


def _has_extent(outline: Floats) -> bool:
    is_listed = outline.ndim == 2 and outline.shape[1] == 3 and len(outline) >= 3
    return is_listed and bool(np.isfinite(outline).all()) and bool(np.ptp(outline, axis=0).max() > 0.0)


def _bound_mm3(
    stack: Stack, sections: Sequence[_Section], areas: Mapping[int, float], thicknesses_mm: tuple[float, ...]
) -> float:
    pixel_mm = max(stack.images[0].plane.spacing)
    along = sum(perimeter(one.outlines) * thicknesses_mm[one.index] for one in sections) * pixel_mm / 2
    ends = sum(areas[one.index] * thicknesses_mm[one.index] for one in (sections[0], sections[-1])) / 2
    return along + ends


def _missing_notes(missing: int, interpolated: bool) -> tuple[str, ...]:
    if not missing:
        return ()
    slices = "1 slice between the contours has none" if missing == 1 else f"{missing} slices between contours have none"
    how = "interpolated from the shapes beside" if interpolated else "counted as empty"
    return (f"{slices}: {how}.",)


def _interpolated(stack: Stack, sections: Sequence[_Section]) -> dict[int, float]:
    """Areas by slice, of the slices between contours that have none."""
    places, areas = heights(stack), dict[int, float]()
    for lower, upper in pairwise(sections):
        step = places[upper.index] - places[lower.index]
        between = range(lower.index + 1, upper.index)
        shares = [float((places[index] - places[lower.index]) / step) for index in between]
        areas |= zip(between, area_between(lower.outlines, upper.outlines, shares), strict=True)
    return areas
