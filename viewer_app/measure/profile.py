"""Values along a line of straight pieces, for a plot."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.imaging.geometry import Floats, Unit
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.measurement import Figure

# Samples this far apart, or a little less: half the smaller side of a pixel.
_STEP = 0.5
_MOST = 20_000
# So near to the centre of a pixel a sample is that centre, whatever its neighbours are.
_SAME_PLACE = 1e-9


@dataclass(frozen=True, slots=True)
class Profile:
    """Values at equal steps along a line, both ends included.

    `distances` from its beginning are in `distance_unit`; `values`, in `unit`, are
    interpolated between the four pixels around (bilinear), and None where one
    of these that takes part is padding or lies outside the image. `corners` are the
    distances of the line's points. `note` says how the values came about, or why there are none.
    """

    distances: tuple[float, ...] = ()
    values: tuple[float | None, ...] = ()
    corners: tuple[float, ...] = ()
    distance_unit: Unit = "px"
    unit: str = ""
    note: str = ""


def profile(figure: Figure, images: Images) -> Profile:
    """The profile along the points of a figure, in their order, of the image it was drawn on."""
    image = image_of(figure, images)
    if image is None or image.is_colour:
        why = "the image is not loaded" if image is None else "a colour image has no values"
        return Profile(distance_unit=figure.plane.unit, note=why)
    points = np.asarray(figure.points)
    corners = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    distances = _distances(float(corners[-1]), _STEP * min(figure.plane.spacing))
    places = np.stack([np.interp(distances, corners, points[:, axis]) for axis in range(3)], axis=1)
    values = bilinear(image, image.plane.to_pixels(places))
    return Profile(
        distances=tuple(distances.tolist()),
        values=tuple(value if math.isfinite(value) else None for value in values.tolist()),
        corners=tuple(corners.tolist()),
        distance_unit=figure.plane.unit,
        unit=image.unit,
        note="interpolated between the pixels of the image",
    )


def bilinear(image: PlanarImage, pixels: Floats) -> Floats:
    """Modality values (n,) of a grey image at (column, row) (n, 2), between the centres of pixels; NaN outside these.

    A pixel without a value makes NaN of every place in whose value it takes part.
    """
    size = np.array([image.stored.shape[1], image.stored.shape[0]])
    near = np.rint(pixels)
    places = np.where(np.abs(pixels - near) <= _SAME_PLACE, near, pixels)
    inside = np.all((places >= 0) & (places <= size - 1), axis=1)
    below = np.clip(np.floor(places), 0, np.maximum(size - 2, 0)).astype(np.int64)
    share = np.where(inside[:, None], places - below, 0.0)
    values = np.zeros(len(places))
    for right in (0, 1):
        for down in (0, 1):
            weight = (share[:, 0] if right else 1 - share[:, 0]) * (share[:, 1] if down else 1 - share[:, 1])
            used = weight != 0
            column, row = np.add(below, (right, down))[used].T
            stored = image.stored[row, column]
            values[used] += weight[used] * replace(image, stored=stored).modality_values()
    return np.where(inside, values, np.nan)


def _distances(length: float, step: float) -> Floats:
    """Equal steps from 0 to the length, no wider than `step`."""
    steps = min(max(1, math.ceil(length / step * (1 - 1e-12))), _MOST)
    distances: Floats = np.linspace(0.0, length, steps + 1)
    return distances
