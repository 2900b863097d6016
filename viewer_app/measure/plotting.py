"""What is plotted of a measurement: how often which values occur inside of it, or the values along its line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.area import Enclosing
from viewer_app.measure.calibrate import NO_SCALES, Scales, calibrated
from viewer_app.measure.histogram import Histogram, histogram
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.profile import Profile, profile

_NO_VALUE = "nothing along the line has a value"
_ALONG = frozenset({"distance", "polyline"})


@dataclass(frozen=True, slots=True)
class Summary:
    """The least, the mean and the largest of what is plotted, in its unit."""

    minimum: float
    mean: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Plot:
    """What is plotted, `summary` of it, None where it has no values, and `note`: how they came about, or why not."""

    found: Histogram | Profile
    summary: Summary | None
    note: str


def is_plotted(kind: str) -> bool:
    """Whether measurements of this kind are plotted at all."""
    return kind in _ALONG or isinstance(KINDS.get(kind), Enclosing)


def plot_of(record: Record, images: Images, scales: Scales = NO_SCALES) -> Plot:
    """The profile of a line, the histogram of all else; lengths in the unit the measurement has (C08).

    `scales` are those that people gave to these images.

    Raises:
        ValueError: `is_plotted` says no.
    """
    kind = record.measurement.kind
    if not is_plotted(kind):
        raise ValueError(f"{kind!r} is not plotted")
    scaled = calibrated(record.measurement, KINDS[kind], images, scales)
    measurement, images = scaled.measurement, scaled.images
    figure = measurement.figures[0]
    image = image_of(figure, images)
    if kind in _ALONG:
        along = profile(figure, images)
        summary = _along(along)
        note = _NO_VALUE if along.values and summary is None else along.note
        return Plot(along, summary, _note(note, measurement, image))
    inside = histogram(kind, figure, images)
    return Plot(inside, _inside(record) if inside.counts else None, _note(inside.note, measurement, image))


def point_at(measurement: Measurement, along: Profile, distance: float) -> Vector:
    """The patient point at a distance of the profile of a line, in the unit of the plane it was drawn on."""
    points = np.asarray(measurement.figures[0].points)
    return vector([np.interp(distance, along.corners, points[:, axis]) for axis in range(3)])


def table(plot: Plot) -> str:
    """The numbers of a plot, unrounded, a line each, with tabs between the columns and their titles above."""
    found = plot.found
    if isinstance(found, Profile):
        rows: Iterable[tuple[object, ...]] = zip(found.distances, found.values, strict=True)
        titles: tuple[str, ...] = (titled("Distance", found.distance_unit), titled("Value", found.unit))
    else:
        rows = zip(found.edges[:-1], found.edges[1:], found.counts, strict=True)
        titles = (titled("From", found.unit), titled("Before", found.unit), "Pixels")
    lines = ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join(["\t".join(titles), *lines]) + "\n"


def titled(words: str, unit: str) -> str:
    """The title of an axis or a column."""
    return f"{words} ({unit})" if unit else words


def _along(found: Profile) -> Summary | None:
    """Of the values there are; the mean is that of the line drawn through them, over the stretches that have values."""
    values = np.array([math.nan if value is None else value for value in found.values])
    if not np.isfinite(values).any():
        return None
    middles = (values[1:] + values[:-1]) / 2
    mean = np.nanmean(middles) if np.isfinite(middles).any() else np.nanmean(values)
    return Summary(float(np.nanmin(values)), float(mean), float(np.nanmax(values)))


def _inside(record: Record) -> Summary | None:
    """The numbers of the measurement itself."""
    numbers = {value.key: value.number for value in record.values}
    least, mean, largest = (numbers.get(key) for key in ("minimum", "mean", "maximum"))
    return None if least is None or mean is None or largest is None else Summary(least, mean, largest)


def _note(note: str, measurement: Measurement, image: PlanarImage | None) -> str:
    """With how the pixels of a reconstructed plane came about (C45)."""
    made = measurement.figures[0].reconstruction
    provenance = image.provenance if made is not None and image is not None else ""
    return "; ".join(part for part in (note, provenance) if part)
