"""What is written beside a plot. No Qt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from viewer_app.measure.histogram import Histogram
from viewer_app.measure.plotting import Plot
from viewer_app.measure.present import THIN_SPACE, pixel_decimals, rounded
from viewer_app.measure.profile import Profile

_SEPARATOR = " · "


def summary_words(plot: Plot) -> str:
    """The least, the mean and the largest value; "" where there is none."""
    found, unit = plot.summary, plot.found.unit
    if found is None:
        return ""
    named = (("min", found.minimum), ("mean", found.mean), ("max", found.maximum))
    told = _SEPARATOR.join(f"{name} {value_words(number, unit, is_told=False)}" for name, number in named)
    return f"{told}{THIN_SPACE}{unit}" if unit else told


def sample_words(found: Profile, index: int) -> str:
    """The value of one sample and where it is."""
    value = found.values[index]
    told = "no value" if value is None else value_words(value, found.unit)
    return f"{rounded(found.distances[index], 1)}{THIN_SPACE}{found.distance_unit}{_SEPARATOR}{told}"


def bin_words(found: Histogram, at: float) -> str:
    """The values of the bin that holds `at`, and how many pixels or voxels have them; "" beside all bins."""
    index = bisect_right(found.edges, at) - 1
    if not 0 <= index < len(found.counts):
        return ""
    low, high = found.edges[index : index + 2]
    unit = f"{THIN_SPACE}{found.unit}" if found.unit else ""
    count = found.counts[index]
    return f"{_edge(low)} to {_edge(high)}{unit}{_SEPARATOR}{count} {found.counted}{'' if count == 1 else 's'}"


def nearest(distances: tuple[float, ...], at: float) -> int:
    """The index of the sample nearest to a place."""
    after = min(max(bisect_left(distances, at), 1), len(distances) - 1)
    return after if distances[after] - at < at - distances[after - 1] else after - 1


def value_words(number: float, unit: str, *, is_told: bool = True) -> str:
    """A value as a person reads it (C44), with its unit or without."""
    return rounded(number, pixel_decimals(number, unit)) + (f"{THIN_SPACE}{unit}" if unit and is_told else "")


def _edge(number: float) -> str:
    """An edge between bins: half way between whole values, or a round number."""
    return rounded(number, 1) if float(number * 2).is_integer() else value_words(number, "")
