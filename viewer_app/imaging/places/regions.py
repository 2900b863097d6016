"""The regions of an ultrasound image, each with a scale of its own (C08; PS3.3 C.8.5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.places.scale import Spacing, same_spacing

_FORMATS = {2: "an M-mode", 3: "a Doppler", 4: "a waveform", 5: "a graphics"}


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of an ultrasound image.

    `box` is (first column, first row, last column, last row), from 0, all inside.
    `spacing` is in mm (between rows, between columns), None where the axes are
    no lengths (M-mode, Doppler, waveforms); `spatial_format` as in PS3.3 C.8.5.5.1.1.
    `number` is its item in Sequence of Ultrasound Regions, counted from 1.
    """

    box: tuple[int, int, int, int]
    spatial_format: int
    is_low_priority: bool
    spacing: Spacing | None
    number: int = field(default=1, compare=False)

    def holds(self, pixels: ArrayLike) -> bool:
        """True where all pixel points (n, 2) as (column, row) lie inside; a pixel reaches half a pixel around."""
        points = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        return bool((points >= np.subtract(self.box[:2], 0.5)).all() and (points <= np.add(self.box[2:], 0.5)).all())


def region_of(regions: Sequence[Region], pixels: ArrayLike) -> tuple[Region | None, str]:
    """The region with the scale for a figure through pixel points (n, 2), or None and why there is none.

    One region must hold all points. Where regions overlap, one of high priority
    hides the others (Region Flags, PS3.3 C.8.5.5.1.3); a point that belongs to a
    second region of another scale which is not hidden belongs to neither.
    """
    points = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
    holding = [region for region in regions if region.holds(points)]
    if not holding:
        return None, "not inside one scan region"
    chosen = min(holding, key=lambda region: region.is_low_priority)
    if chosen.spacing is None:
        return None, f"inside {_FORMATS.get(chosen.spatial_format, 'a')} region whose axes are no lengths"
    rivals = [region for region in regions if _may_show(region, chosen) and not _agree(region, chosen)]
    if any(rival.holds(point) for rival in rivals for point in points):
        return None, "regions of different scale overlap here"
    return chosen, ""


def _may_show(region: Region, chosen: Region) -> bool:
    """Not hidden by the chosen one where both lie."""
    return chosen.is_low_priority or not region.is_low_priority


def _agree(one: Region, other: Region) -> bool:
    return one.spacing is not None and other.spacing is not None and same_spacing(one.spacing, other.spacing)
