"""The pixels of reconstructed planes that a measurement needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.mpr import VoxelSource
from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Reconstruction
from viewer_app.measure.quantity import Dimension

_OF_PIXELS = frozenset({Dimension.PIXEL_VALUE, Dimension.COUNT})


def section(volume: VoxelSource, measurement: Measurement, made: Reconstruction, plane: Plane) -> PlanarImage:
    """The pixels of a plane through `volume` under all figures of a measurement on it (C14, C45).

    They are those that all lines of the kind span: what it measures lies inside of them. A kind that asks for no
    pixels gets those at its first point, as a long line through a thick slab takes a while.
    """
    return plane_image(volume, plane, made.slab_mm, made.slab_mode, needed(measurement, made, plane))


def needed(measurement: Measurement, made: Reconstruction, plane: Plane) -> Floats:
    """In-plane points (n, 2), in mm, that span the pixels `section` has for a measurement."""
    kind = KINDS[measurement.kind]
    figures = [figure for figure in measurement.figures if figure.source == (made, plane)]
    parts = [points for figure in figures for points in spans(measurement.kind, figure)]
    needs_pixels = not kind.counts_voxels and any(one.dimension in _OF_PIXELS for one in kind.quantities)
    return np.concatenate(parts) if needs_pixels else parts[0][:1]


def spans(kind: str, figure: Figure) -> Iterator[Floats]:
    """In-plane points (n, 2), in mm, that span what a kind draws and measures."""
    points = figure.plane.in_plane(figure.points)
    outline = KINDS[kind].outline(points, figure.plane.column_spacing)
    yield points
    yield from outline.lines
    yield from outline.helpers
