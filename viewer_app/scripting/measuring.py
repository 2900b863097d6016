"""Measuring without a window: every kind of the table, on slices, on planes and on whole stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import ImageError
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.mpr import mpr_grid, plane_of
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.histogram import Histogram, volume_histogram
from viewer_app.measure.histogram import histogram as histogram_inside
from viewer_app.measure.kind import OPEN_ENDED, Gesture, Images
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import OF_A_VOXEL, onto
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement, Reconstruction, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.sections import section
from viewer_app.measure.stack_kind import StackKind
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.progress import Watch
from viewer_app.scripting.opened import Series
from viewer_app.scripting.volumes import diameters, of_stack


def measure(
    kind: str,
    series: Series,
    points_mm: ArrayLike | Sequence[ArrayLike] | VoxelRegion,
    *,
    index: int | None = None,
    cut: Cut | None = None,
    watch: Watch | None = None,
) -> Mapping[str, Value]:
    """Measure as the window does; the values by quantity key, in the kind's order.

    Args:
        kind: stored name of a kind ("distance", "probe", "volume"): the keys of `viewer_app.measure.kinds.KINDS`.
        series: where to measure.
        points_mm: patient points (n, 3), LPS mm, as many as the kind takes; for the ellipsoid both ends of each of its
            three diameters. "volume" takes voxels: those of `grow`, `paint` or `voxels`, or a mask (slices, rows,
            columns). Volumes of contours take a list of contours, each (n, 3) on its slice.
        index: the slice to measure on, from 0; where it is left out, the one nearest to the first point, and
            for a kind that joins places on several slices the one nearest to each point.
        cut: a plane through the volume to measure on instead (`plane_through`), with a slab if it has one. All
            points lie on it, within half of the smallest edge of a voxel.
        watch: progress and cancel.

    Raises:
        ValueError: no such kind, not the number of points it takes, points beside the plane, no plane allowed, or
            a slice or a plane named for a volume, which is measured on the whole stack.
        VolumeError: a region or a mask of other images.
    """
    placed = _placed(kind, series, points_mm, index, cut, watch or Watch())
    values = evaluate(placed.drawn, placed.images, volume=placed.volume, watch=watch)
    return MappingProxyType({value.key: value for value in values})


def histogram(
    kind: str,
    series: Series,
    points_mm: ArrayLike | Sequence[ArrayLike] | VoxelRegion,
    *,
    index: int | None = None,
    cut: Cut | None = None,
    watch: Watch | None = None,
) -> Histogram:
    """How often which values occur among the pixels or voxels whose statistics `measure` gives; arguments as there.

    Without `counts`, its `note` says why: colour, several units. Raises what `measure` does, and ValueError for a kind
    that encloses nothing.
    """
    placed = _placed(kind, series, points_mm, index, cut, watch or Watch())
    if KINDS[kind].counts_voxels:
        return volume_histogram(placed.drawn, placed.volume, watch)
    return histogram_inside(kind, placed.drawn.figures[0], placed.images)


@dataclass(frozen=True)
class _Placed:
    """A measurement of what a script gave, the pixels of its figures, and the volume of its stack if it is of one."""

    drawn: Measurement
    images: Images
    volume: Volume | None = None


def _placed(kind: str, series: Series, points_mm: Any, index: int | None, cut: Cut | None, watch: Watch) -> _Placed:
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
    if cut is not None and index is not None:
        raise ValueError("a slice and a plane through the volume are two places: name one of them")
    if KINDS[kind].gesture is Gesture.STACK and (cut is not None or index is not None):
        raise ValueError("a volume is measured on the whole stack: name neither a slice nor a plane")
    now = datetime.now(UTC)
    drawn = Measurement("", kind, (), "", "", "", now, now)
    whole = KINDS[kind]
    if isinstance(whole, StackKind):
        return _Placed(of_stack(whole, drawn, series, points_mm), {}, series.volume(watch))
    points = _points(kind, points_mm)
    parts = _parts(kind, series, points)
    placed = _on_images(drawn, series, parts, index) if cut is None else _on_cut(drawn, series, parts, cut, watch)
    return _Placed(*placed, _volume(series, watch) if whole.counts_voxels else None)


def _volume(series: Series, watch: Watch) -> Volume | None:
    """All images of a series; None where one of them cannot be shown."""
    try:
        return series.volume(watch)
    except ImageError:
        return None


def _points(kind: str, points_mm: object) -> tuple[Vector, ...]:
    """As many points as the kind takes; ValueError for another number of them."""
    points = tuple(vector(point) for point in np.asarray(points_mm, dtype=np.float64).reshape(-1, 3))
    is_stack = KINDS[kind].gesture is Gesture.STACK  # tools of its own place all of them; fewer have no number
    fewest, most = KINDS[kind].max_points if is_stack else KINDS[kind].min_points, KINDS[kind].max_points
    if not fewest <= len(points) <= most:
        range_ = f"{fewest} or more" if most == OPEN_ENDED else f"{fewest} to {most}"
        raise ValueError(f"{kind} takes {range_} points, not {len(points)}")
    return points


def _parts(kind: str, series: Series, points: tuple[Vector, ...]) -> Sequence[tuple[Vector, ...]]:
    """The points of each figure."""
    gesture = KINDS[kind].gesture
    if gesture is Gesture.STACK:
        return diameters(series, points)
    return [(point,) for point in points] if gesture is Gesture.PLACES else [points]


def _on_images(
    drawn: Measurement, series: Series, parts: Sequence[tuple[Vector, ...]], index: int | None
) -> tuple[Measurement, Images]:
    """With figures through the points on their slices, and the pixels there."""
    figures = list[Figure]()
    images = dict[DrawnOn, PlanarImage]()
    for part in parts:
        place = series.nearest_index(part[0]) if index is None else index
        image = series.stack.images[place]
        reference = Reference(series.info.series_uid, image.sop_instance_uid, image.frame.number)
        figures.append(Figure(image.plane, part, reference))
        images[reference] = series.image(place)
    return replace(drawn, figures=tuple(figures)), images


def _on_cut(
    drawn: Measurement, series: Series, parts: Sequence[tuple[Vector, ...]], cut: Cut, watch: Watch
) -> tuple[Measurement, Images]:
    """With figures on the plane, and its pixels about them."""
    voxels, grid = series.voxels(watch), mpr_grid(series.stack)
    plane = plane_of(cut, grid)
    if any(np.abs(plane.height(part)).max() > OF_A_VOXEL * grid.smallest_edge_mm for part in parts):
        raise ValueError("not all points lie on that plane")
    made = Reconstruction(series.info.series_uid, series.stack.number, cut.slab_mm, cut.slab_mode)
    figures = tuple(Figure(plane, tuple(onto(plane, point) for point in part), None, made) for part in parts)
    drawn = replace(drawn, figures=figures)
    return drawn, {(made, plane): section(voxels, drawn, made, plane)}
