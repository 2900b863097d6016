"""Figures and images for the tests of measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import Gesture, Kind, with_point
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.measure.quantity import Value

REFERENCE = Reference("2.25.5", "2.25.6", 3)
NOW = datetime(2026, 1, 12, 9, 15, tzinfo=UTC)
POINTWISE = {name: kind for name, kind in KINDS.items() if kind.gesture.value in ("clicks", "stroke", "places")}
"""The kinds that are drawn point by point; others have tools and tests of their own."""
UPRIGHT = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")


def image(plane: Plane, stored: ArrayLike, **changes: Any) -> PlanarImage:
    """Stored values on a plane, in HU."""
    return replace(PlanarImage(plane, np.asarray(stored), Rescale(unit="HU")), **changes)


def measurement(kind: str, plane: Plane, points: ArrayLike) -> Measurement:
    """A measurement of patient points (n, 3) on one image."""
    given = tuple(vector(point) for point in np.asarray(points))
    parts = [(point,) for point in given] if KINDS[kind].gesture is Gesture.PLACES else [given]
    return Measurement("uid", kind, tuple(Figure(plane, part, REFERENCE) for part in parts), "", "", "", NOW, NOW)


def measured(kind: str, shown: PlanarImage, pixels: ArrayLike, plane: Plane | None = None) -> Mapping[str, Value]:
    """Values by key of pixel points (column, row) on an image."""
    plane = plane or shown.plane
    values = evaluate(measurement(kind, plane, plane.to_patient(pixels)), {REFERENCE: shown})
    return {value.key: value for value in values}


def spread_points(kind: Kind, plane: Plane, random: np.random.Generator, count: int) -> Floats:
    """`count` pixel points (column, row) in a 64 x 64 image, in general position, placed one by one as a hand does.

    Those that the kind puts elsewhere to keep its constraints may lie outside.
    """
    placed: tuple[Vector, ...] = ()
    for pixel in random.uniform(12, 52, (count, 2)):
        placed = with_point(kind, placed, vector(plane.to_patient(pixel)[0]))
    return plane.to_pixels(placed)


def point_counts(kind: Kind) -> Sequence[int]:
    """The numbers of points a kind may have, at most a few above its least."""
    return range(kind.min_points, min(kind.max_points, kind.min_points + 4) + 1)
