"""The pixels of reconstructed planes that a measurement needs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.mpr import VoxelSource
from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Reconstruction


def section(volume: VoxelSource, measurement: Measurement, made: Reconstruction, plane: Plane) -> PlanarImage:
    """The pixels of a plane through `volume` under all figures of a measurement on it (C14, C45).

    They are those all lines of the kind span: what it measures lies inside of them.
    """
    figures = [figure for figure in measurement.figures if figure.source == (made, plane)]
    about = np.concatenate(list(_lines(measurement.kind, figures)))
    return plane_image(volume, plane, made.slab_mm, made.slab_mode, about)


def _lines(kind: str, figures: Iterable[Figure]) -> Iterable[Floats]:
    for figure in figures:
        points = figure.plane.in_plane(figure.points)
        outline = KINDS[kind].outline(points, figure.plane.column_spacing)
        yield points
        yield from outline.lines
        yield from outline.helpers
