"""What all kinds of area share: geometry from the shape, statistics from the pixels inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.bounds import Half, area_bound, by_moving, length_bound
from viewer_app.measure.constrain import on_square
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline, image_of
from viewer_app.measure.measurement import Figure
from viewer_app.measure.pixels import COUNTS, MOMENTS, ORDERS, pixel_numbers
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.region import Footprint, footprint
from viewer_app.measure.shapes import Loop, Shape
from viewer_app.measure.statistics import summary, tally

AREA = Quantity("area", "Area", Dimension.AREA, codes.SCT.Area)
PERIMETER = Quantity("perimeter", "Perimeter", Dimension.LENGTH, codes.SCT.Perimeter)
CIRCUMFERENCE = Quantity("perimeter", "Circumference", Dimension.LENGTH, codes.SCT.Circumference)
PIXELS = (*MOMENTS, *ORDERS, *COUNTS)

CROSSED = "the outline crosses itself: what it goes around twice is left out"


@runtime_checkable
class Enclosing(Protocol):
    """A kind that has pixels inside: their histogram can be told. `no_shape` says why there are none at all."""

    no_shape: str

    def footprint(self, figure: Figure, image: PlanarImage) -> Footprint | None:
        """The pixels of `image` inside the figure; None where its points make no shape."""


class AreaKind(FreePoints):
    """A kind that encloses an area. One of them says which shape its points make, and what else it tells of it."""

    name: str
    title: str
    shortcut: str
    icon: str
    gesture: Gesture
    min_points: int
    max_points: int
    quantities: tuple[Quantity, ...] = (AREA, PERIMETER, *PIXELS)
    no_shape = ""

    def shape(self, points: Floats, pixel: float) -> Shape | None:
        """The shape of in-plane points (n, 2), n > 0; `pixel` is the smaller side of a pixel, in the plane's unit.

        None where they make none: `no_shape` says why.
        """
        raise NotImplementedError

    def lengths(self, points: Floats) -> Mapping[str, float]:
        """Further lengths by quantity key: diameters and sides; none unless the kind declares them."""
        return {}

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The closed outline; the points themselves while they make none."""
        shape = self.shape(points, mm_per_pixel)
        return Outline(lines=(points if shape is None else shape.outline(mm_per_pixel),))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """Geometry from patient coordinates, statistics from the image the figure refers to."""
        figure = figures[0]
        shape = _shape(self, figure)
        if shape is None:
            return {quantity.key: Number(None, self.no_shape) for quantity in self.quantities}
        note = CROSSED if shape.is_crossed else ""
        geometry = {AREA.key: Number(shape.area, note), PERIMETER.key: Number(shape.length)}
        further = {key: Number(length) for key, length in self.lengths(figure.plane.in_plane(figure.points)).items()}
        return geometry | further | _pixels(shape, figure, image_of(figure, images), note)

    def bounds(self, figure: Figure, half: Half) -> Mapping[str, float]:
        """Of an outline of vertices in closed form, of what else there is by moving the points."""
        points, pixel = figure.plane.in_plane(figure.points), min(figure.plane.spacing)
        shape = _shape(self, figure)
        if isinstance(shape, Loop):
            area = area_bound(shape.vertices, half)
            length = length_bound(shape.vertices, half, closed=True)
            return {AREA.key: area, PERIMETER.key: length, **by_moving(self.lengths, points, half)}
        return by_moving(lambda moved: self._sizes(moved, pixel), points, half)

    def _sizes(self, points: Floats, pixel: float) -> Mapping[str, float]:
        shape = self.shape(points, pixel)
        if shape is None:
            return {}
        return {AREA.key: shape.area, PERIMETER.key: shape.length, **self.lengths(points)}

    def footprint(self, figure: Figure, image: PlanarImage) -> Footprint | None:
        """The pixels of `image` inside the figure; None where its points make no shape."""
        shape = _shape(self, figure)
        return None if shape is None else footprint_of(shape, figure.plane, image)


class BoxKind(AreaKind):
    """An area between two opposite corners, along rows and columns; it can be held by all four."""

    def handles(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """Both corners, that across from the second by the row, and that by the column."""
        if len(points) < 2:
            return points
        (left, top), (right, bottom) = plane.in_plane((points[0], points[-1]))
        others = np.array([(right, top), (left, bottom)]) / (plane.column_spacing, plane.row_spacing)
        return *points, *map(vector, plane.to_patient(others))

    def move_handle(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> tuple[Vector, ...]:
        """Any corner; the one opposite stays."""
        if index < len(points):
            return self.move_point(points, index, to)
        (left, top), (right, bottom) = plane.to_pixels(points)
        ((across, down),) = plane.to_pixels([to])
        moved = [(left, down), (across, bottom)] if index == len(points) else [(across, top), (right, down)]
        return tuple(map(vector, plane.to_patient(moved)))

    def constrained(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> Vector:
        """As wide as high."""
        handles = self.handles(points, plane)
        return on_square(plane, handles[index ^ 1], to) if len(handles) > 1 else to


@lru_cache(maxsize=2)
def _shape(kind: AreaKind, figure: Figure) -> Shape | None:
    """Worked out once for the numbers of a figure and for their bounds: of a tangled curve it is most of the work."""
    return kind.shape(figure.plane.in_plane(figure.points), min(figure.plane.spacing))


def footprint_of(shape: Shape, plane: Plane, image: PlanarImage) -> Footprint:
    """The pixels of `image` inside a shape that was drawn on `plane`."""

    def to_pixels(points: Floats) -> Floats:
        return image.plane.to_pixels(plane.to_patient(points / (plane.column_spacing, plane.row_spacing)))

    size = (image.stored.shape[0], image.stored.shape[1])
    return footprint(shape.crossings(to_pixels, size), size)


def _pixels(shape: Shape, figure: Figure, image: PlanarImage | None, remark: str) -> dict[str, Number]:
    if image is None or image.is_colour:
        why = "the image is not loaded" if image is None else "a colour image has no values"
        return {quantity.key: Number(None, why) for quantity in PIXELS}
    region = footprint_of(shape, figure.plane, image)
    found = summary(tally(image, region))
    return pixel_numbers(found, region.drawn, "region", remark)
