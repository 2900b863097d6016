"""How often which values occur in a region of an image, and among the voxels of a volume."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.area import Enclosing
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.measure.region import Footprint
from viewer_app.measure.statistics import tally
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.measure.volumes.values import layer_values, refuse_mixed_units, refuse_other_images
from viewer_app.progress import Watch

MOST_BINS = 64

# Widths a reader can follow: these, times a power of ten.
_STEPS = (1, 2, 5, 10)

_VOXEL = "voxel"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Pixels by value. Bin k holds the values from `edges[k]` on and before `edges[k + 1]`, in `unit`.

    There is one edge more than there are `counts`; all edges are equally far
    apart. `excluded` pixels of the region have no value (padding). `note` says why there are no bins,
    `counted` whether pixels or voxels are in them.
    """

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    unit: str = ""
    excluded: int = 0
    note: str = ""
    counted: str = "pixel"


def histogram(kind: str, figure: Figure, images: Images, most_bins: int = MOST_BINS) -> Histogram:
    """The histogram of the pixels inside a figure of a kind that encloses some, of at most so many bins, or two.

    Raises:
        ValueError: the kind encloses no pixels.
    """
    drawn, image = KINDS[kind], image_of(figure, images)
    if not isinstance(drawn, Enclosing):
        raise ValueError(f"{kind!r} encloses no pixels")
    if image is None or image.is_colour:
        return Histogram(note="the image is not loaded" if image is None else "a colour image has no values")
    region = drawn.footprint(figure, image)
    return Histogram(note=drawn.no_shape) if region is None else region_histogram(image, region, most_bins)


def region_histogram(image: PlanarImage, region: Footprint, most_bins: int = MOST_BINS) -> Histogram:
    """The histogram of the pixels of a grey image in a region, of at most so many bins, or two."""
    found = tally(image, region)
    if not found.values.size:
        return Histogram((), (), image.unit, found.excluded, "no pixel inside")
    edges = _edges(_span(found.values), most_bins)
    counts = np.bincount(_bins(edges, found.values), found.counts, minlength=len(edges) - 1).astype(np.int64)
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), image.unit, found.excluded)


def volume_histogram(
    measurement: Measurement, volume: Volume | None, watch: Watch | None = None, most_bins: int = MOST_BINS
) -> Histogram:
    """The histogram of the voxels of a measurement that has some, of the complete volume of its stack.

    They are those its statistics are of, and it is refused where these are. The voxels are read slice by slice, twice:
    `watch` is told how far that is.

    Raises:
        ValueError: the kind has no voxels.
        Cancelled: nobody wants it any more.
    """
    kind = KINDS[measurement.kind]
    if not kind.counts_voxels:
        raise ValueError(f"{measurement.kind!r} has no voxels")
    if volume is None:
        return Histogram(note="not all images of the series are here", counted=_VOXEL)
    try:
        region = kind.voxels(measurement, volume.stack)
        assert region is not None
        refuse_other_images(region.grid, volume)
        refuse_mixed_units(volume.stack, range(len(volume.stack.images)))
        return _of_voxels(volume, region, watch or Watch(), most_bins)
    except VolumeError as error:
        return Histogram(note=error.what.rstrip("."), counted=_VOXEL)


def _of_voxels(volume: Volume, region: VoxelRegion, watch: Watch, most_bins: int) -> Histogram:
    spans = [_span(values) for values in _values(volume, region, watch, 0)]
    count, unit = sum(span.count for span in spans), volume.stack.images[0].frame.rescale.unit
    excluded = region.count - count
    if not count:
        why = "no voxel with a value" if excluded else "no voxel"
        return Histogram((), (), unit, excluded, why, _VOXEL)
    edges = _edges(_joined(spans), most_bins)
    counts = np.zeros(len(edges) - 1, dtype=np.int64)
    for values in _values(volume, region, watch, len(region.layers)):
        counts += np.bincount(_bins(edges, values), minlength=len(counts))
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), unit, excluded, counted=_VOXEL)


def _values(volume: Volume, region: VoxelRegion, watch: Watch, read: int) -> Iterator[Floats]:
    """The values of each slice of a region, without padding; so many of all readings are `read` already."""
    for number, layer in enumerate(region.layers):
        watch.step(read + number, 2 * len(region.layers), "Counting")
        found = layer_values(volume, layer)
        yield found[np.isfinite(found)]


@dataclass(frozen=True, slots=True)
class _Span:
    """How many values there are, from the least to the largest, and whether all are whole."""

    count: int = 0
    low: float = math.inf
    high: float = -math.inf
    is_whole: bool = True


def _span(values: Floats) -> _Span:
    if not values.size:
        return _Span()
    is_whole = bool((values == np.rint(values)).all())
    return _Span(values.size, float(values.min()), float(values.max()), is_whole)


def _joined(spans: Iterable[_Span]) -> _Span:
    counts, lows, highs, whole = zip(*((one.count, one.low, one.high, one.is_whole) for one in spans), strict=True)
    return _Span(sum(counts), min(lows), max(highs), all(whole))


def _bins(edges: Floats, values: Floats) -> NDArray[np.intp]:
    found: NDArray[np.intp] = np.searchsorted(edges, values, side="right") - 1
    return found


def _edges(span: _Span, most_bins: int) -> Floats:
    """Equal steps of 1, 2 or 5 times a power of ten; of whole values, the edges lie half way between two."""
    low, high, is_whole = span.low, span.high, span.is_whole
    shift = 0.5 if is_whole else 0.0
    step = _step(low, high, most_bins, least=1.0 if is_whole else 0.0)
    first, last = math.floor((low + shift) / step), math.floor((high + shift) / step)
    edges = np.arange(first - 1, last + 3, dtype=np.float64) * step - shift
    begin, end = np.searchsorted(edges, [low, high], side="right")  # the division above rounds
    wanted: Floats = edges[begin - 1 : end + 1]
    return wanted


def _step(low: float, high: float, most_bins: int, least: float) -> float:
    """The narrowest step of the table that covers the values with so many bins."""
    wanted = max((high - low) / max(most_bins - 1, 1), least) or max(abs(low), 1.0) * 1e-3
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in (*_STEPS, 20) if step * power >= wanted)
