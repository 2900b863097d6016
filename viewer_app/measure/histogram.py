"""How often which values occur in a region."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.area import Enclosing
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure
from viewer_app.measure.region import Footprint
from viewer_app.measure.statistics import Tally, tally

MOST_BINS = 64

# Widths a reader can follow: these, times a power of ten.
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Pixels by value. Bin k holds the values from `edges[k]` on and before `edges[k + 1]`, in `unit`.

    There is one edge more than there are `counts`; all edges are equally far
    apart. `excluded` pixels of the region have no value (padding). `note` says why there are no bins.
    """

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    unit: str = ""
    excluded: int = 0
    note: str = ""


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
    edges = _edges(found, most_bins)
    bins = np.searchsorted(edges, found.values, side="right") - 1
    counts = np.bincount(bins, found.counts, minlength=len(edges) - 1).astype(np.int64)
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), image.unit, found.excluded)


def _edges(found: Tally, most_bins: int) -> Floats:
    """Equal steps of 1, 2 or 5 times a power of ten; of whole values, the edges lie half way between two."""
    low, high = float(found.values[0]), float(found.values[-1])
    is_whole = bool((found.values == np.rint(found.values)).all())
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
