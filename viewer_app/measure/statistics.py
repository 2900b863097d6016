"""Statistics of the pixels of a region, in float64 (C29, C30)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.region import Footprint, Mask

# Stored whole numbers no farther apart than this are counted, not sorted; so many at a time stay in the cache.
_LEVELS = 1 << 16
_AT_A_TIME = 1 << 14
_ORDERS = {
    "median": 0.5,
    "percentile_5": 0.05,
    "percentile_25": 0.25,
    "percentile_75": 0.75,
    "percentile_95": 0.95,
}


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers over the pixels of a region; `sd` is the sample SD (n - 1), None below two pixels (C29).

    `count` pixels were used; `excluded` more lie inside but hold padding or NaN.
    Percentiles lie linearly between the two nearest values in order, the first
    being 0 % and the last 100 %. All values are None when no pixel was used.
    """

    count: int
    excluded: int
    mean: float | None = None
    sd: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    median: float | None = None
    percentile_5: float | None = None
    percentile_25: float | None = None
    percentile_75: float | None = None
    percentile_95: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Values (n,) in rising order, none of them NaN, and how many pixels have each; `excluded` have none."""

    values: Floats
    counts: NDArray[np.int64]
    excluded: int


def statistics(values: Floats, mask: Mask) -> Statistics:
    """Statistics of the modality values (rows, columns) under `mask`, in float64; NaN is left out."""
    return summary(_sorted(values[mask].astype(np.float64, copy=False)))


def tally(image: PlanarImage, region: Footprint) -> Tally:
    """The modality values of the pixels of a grey image in the region."""
    chosen = image.stored[region.window][region.mask]
    if chosen.size and chosen.dtype.kind in "iu":
        low, high = int(chosen.min()), int(chosen.max())
        if high - low < _LEVELS:
            return _counted(image, _counts(chosen, low, high), low)
    return _sorted(replace(image, stored=chosen).modality_values())


def summary(found: Tally) -> Statistics:
    """The statistics of a tally."""
    count = int(found.counts.sum())
    if not count:
        return Statistics(0, found.excluded)
    mean = float(found.values @ found.counts) / count
    spread = float((found.values - mean) ** 2 @ found.counts)
    until = np.cumsum(found.counts)
    orders = {name: _percentile(found.values, until, share) for name, share in _ORDERS.items()}
    return Statistics(
        count=count,
        excluded=found.excluded,
        mean=mean,
        sd=math.sqrt(spread / (count - 1)) if count > 1 else None,
        minimum=float(found.values[0]),
        maximum=float(found.values[-1]),
        **orders,
    )


def _counts(stored: NDArray[np.generic], low: int, high: int) -> NDArray[np.int64]:
    """How often each whole number from `low` to `high` occurs."""
    counts = np.zeros(high - low + 1, dtype=np.int64)
    for start in range(0, stored.size, _AT_A_TIME):
        counts += np.bincount(stored[start : start + _AT_A_TIME].astype(np.int64) - low, minlength=len(counts))
    return counts


def _counted(image: PlanarImage, counts: NDArray[np.int64], low: int) -> Tally:
    """The tally of stored values from `low` on: each is turned into a modality value once."""
    levels = np.flatnonzero(counts)
    values = replace(image, stored=(levels + low).astype(image.stored.dtype)).modality_values()
    return _in_order(values, counts[levels])


def _sorted(values: Floats) -> Tally:
    return _in_order(values, np.ones(values.size, dtype=np.int64))


def _in_order(values: Floats, counts: NDArray[np.int64]) -> Tally:
    is_number = np.isfinite(values)
    excluded = int(counts[~is_number].sum())
    values, counts = values[is_number], counts[is_number]
    if values.size and counts.max() == 1:
        return Tally(np.sort(values), counts, excluded)
    order = np.argsort(values, kind="stable")
    return Tally(values[order], counts[order], excluded)


def _percentile(values: Floats, until: NDArray[np.int64], share: float) -> float:
    """The value below which this share (0 to 1) lies; `until` says how many pixels have `values` or less."""
    place = share * (int(until[-1]) - 1)
    below = math.floor(place)
    low, high = values[np.searchsorted(until, [below, math.ceil(place)], side="right")].tolist()
    return float(low + (high - low) * (place - below))
