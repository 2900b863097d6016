"""Reading the scan regions of an ultrasound image (C08; PS3.3 C.8.5.5)."""

from __future__ import annotations

from functools import lru_cache

from pydicom import Dataset

from viewer_app.imaging.places.regions import Region
from viewer_app.imaging.places.scale import Doubts, Spacing, valid_spacing
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

_SEQUENCE = "SequenceOfUltrasoundRegions"
_TWO_DIMENSIONAL, _CENTIMETRES, _LOW_PRIORITY = 1, 3, 1
_BOUNDS = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1")
# Writers count the last column and row loosely; nobody makes an image smaller by so little.
_SLOPPY = 1.01
_CLASSES = "1.2.840.10008.5.1.4.1.1."
_ULTRASOUND = frozenset(_CLASSES + name for name in ("3", "3.1", "6", "6.1"))
_ENHANCED_VOLUME = _CLASSES + "6.2"

_INSIDE = "Lengths are in mm inside one scan region only."
_NO_REGIONS = "Lengths are in pixels: ultrasound without scan regions."
_NO_SCALE = "Lengths are in pixels: no scan region has a scale."
_RESIZED = "Lengths are in pixels: the image has been resized or cropped."


def is_ultrasound(dataset: Dataset, modality: str) -> bool:
    """True for images whose scale is that of regions; an Enhanced US Volume has Pixel Spacing (PS3.3 A.59)."""
    sop_class = tags.text(dataset, "SOPClassUID")
    return sop_class in _ULTRASOUND or (modality in ("US", "IVUS") and sop_class != _ENHANCED_VOLUME)


class Regions:
    """Reads the regions of the frames of one ultrasound image."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._size = tuple(tags.integer(groups.dataset, name) or 0 for name in ("Columns", "Rows"))
        self._of_all = self._read(groups.dataset)

    def of_frame(self, number: int) -> tuple[tuple[Region, ...], Doubts]:
        """The regions of frame `number` (from 1), its own before those of all; and what to know about them."""
        for group in self._groups.of_frame(number):
            if _SEQUENCE in group:
                return self._judged(self._read(group))
        return self._judged(self._of_all)

    def _read(self, holder: Dataset) -> tuple[Region, ...]:
        items = enumerate(tags.items(holder, _SEQUENCE), start=1)
        return tuple(region for number, item in items if (region := _region(item, number)) is not None)

    def _judged(self, regions: tuple[Region, ...]) -> tuple[tuple[Region, ...], Doubts]:
        if not regions:
            return (), (_NO_REGIONS,)
        if not any(region.spacing for region in regions):
            return regions, (_NO_SCALE,)
        if any(
            bound > size * _SLOPPY for region in regions for bound, size in zip(region.box[2:], self._size, strict=True)
        ):
            return (), (_RESIZED,)
        return regions, (_INSIDE,)


def _region(item: Dataset, number: int) -> Region | None:
    """None for what has no place, and for what says of itself that it is nothing: some writers add such an item."""
    left, top, right, bottom = (tags.integer(item, name) for name in _BOUNDS)
    spatial_format, flags = (tags.integer(item, name) for name in ("RegionSpatialFormat", "RegionFlags"))
    is_empty = not spatial_format and not tags.integer(item, "RegionDataType")
    if is_empty or left is None or top is None or right is None or bottom is None:
        return None
    return _shared(
        (left, top, right, bottom),
        spatial_format or 0,
        bool((flags or 0) & _LOW_PRIORITY),
        _spacing(item) if spatial_format == _TWO_DIMENSIONAL else None,
        number,
    )


def _spacing(item: Dataset) -> Spacing | None:
    units = [tags.integer(item, f"PhysicalUnits{axis}Direction") for axis in "XY"]
    across, down = (tags.number(item, f"PhysicalDelta{axis}") for axis in "XY")
    if units != [_CENTIMETRES, _CENTIMETRES] or across is None or down is None:
        return None
    return valid_spacing((abs(down) * 10, abs(across) * 10))


@lru_cache(maxsize=4096)
def _shared(
    box: tuple[int, int, int, int], spatial_format: int, is_low: bool, spacing: Spacing | None, number: int
) -> Region:
    """Images of a series repeat their regions: each different one is kept once."""
    return Region(box, spatial_format, is_low, spacing, number)
