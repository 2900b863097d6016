"""What is plotted of a measurement: how often which values occur inside of it, or the values along its line."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.area import Enclosing
from viewer_app.measure.calibrate import NO_SCALES, Scales, calibrated
from viewer_app.measure.histogram import Histogram, histogram, volume_histogram
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.pixels import COUNT
from viewer_app.measure.profile import Profile, profile
from viewer_app.progress import Watch

_NO_VALUE = "nothing along the line has a value"
_OTHERWISE = "the images do not give the numbers that are stored of this measurement"
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
    found = KINDS.get(kind)
    return found is not None and (kind in _ALONG or found.counts_voxels or isinstance(found, Enclosing))


def plot_of(
    record: Record,
    images: Images,
    scales: Scales = NO_SCALES,
    volume: Volume | None = None,
    watch: Watch | None = None,
) -> Plot:
    """The profile of a line, the histogram of all else; lengths in the unit the measurement has (C08).

    `scales` are those that people gave to these images; `volume` is the complete one of the stack of a volume, of
    which `watch` is told how much is counted.

    Raises:
        ValueError: `is_plotted` says no.
        Cancelled: nobody wants it any more.
    """
    kind = record.measurement.kind
    if not is_plotted(kind):
        raise ValueError(f"{kind!r} is not plotted")
    if KINDS[kind].counts_voxels:
        return _plot_of_volume(record, volume, watch)
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
    return _checked(record, inside, _note(inside.note or _left_out(inside), measurement, image))


def _plot_of_volume(record: Record, volume: Volume | None, watch: Watch | None) -> Plot:
    """The histogram of its voxels; with what is said of its statistics, which stored ellipsoids may still lack."""
    inside, kind = volume_histogram(record.measurement, volume, watch), KINDS[record.measurement.kind]
    counted = kind.remark(record.measurement, volume.stack) if volume is not None and inside.counts else ""
    if inside.counts and not any(value.key == COUNT.key for value in record.values):
        record = replace(record, values=kind.of_stack(record.measurement, volume, watch) or ())
    return _checked(record, inside, "; ".join(filter(None, (inside.note or _left_out(inside), counted))))


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
        titles = (titled("From", found.unit), titled("Before", found.unit), counted_title(found))
    lines = ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join(["\t".join(titles), *lines]) + "\n"


def counted_title(found: Histogram) -> str:
    """What is in the bins: "Pixels" or "Voxels"."""
    return f"{found.counted.capitalize()}s"


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


def _checked(record: Record, inside: Histogram, note: str) -> Plot:
    """With the numbers of the measurement itself, which must be those of what is in the bins."""
    numbers = {value.key: value.number for value in record.values}
    count, *found = (numbers.get(key) for key in ("count", "minimum", "mean", "maximum"))
    least, mean, largest = found
    if not inside.counts or count is None or least is None or mean is None or largest is None:
        return Plot(inside, None, note)
    edges, ends = inside.edges, (least, largest)
    is_same = sum(inside.counts) == count and tuple(bisect_right(edges, end) for end in ends) == (1, len(edges) - 1)
    return Plot(inside, Summary(least, mean, largest), note) if is_same else Plot(inside, None, _OTHERWISE)


def _left_out(found: Histogram) -> str:
    return f"{found.excluded} without a value left out" if found.excluded else ""


def _note(note: str, measurement: Measurement, image: PlanarImage | None) -> str:
    """With how the pixels of a reconstructed plane came about (C45)."""
    made = measurement.figures[0].reconstruction
    provenance = image.provenance if made is not None and image is not None else ""
    return "; ".join(part for part in (note, provenance) if part)
