"""A plane through a volume as an image to measure on: sampled on pixels of its own, never on those of the screen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer_app.imaging.cuts import SlabMode, slab_words
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.grain import grain_along
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.mpr import Regridded, VoxelGrid, VoxelSource
from viewer_app.imaging.sampler.kept import Kept
from viewer_app.imaging.sampler.planes import Cutting, cutting, sample_heights
from viewer_app.imaging.sampler.voxels import voxels
from viewer_app.imaging.sampler.workers import over_parts
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.imaging.volume import PlanarImage
from viewer_app.progress import Watch

PARTIAL = "part of the slab has no values"

# Pixels along the side of what is sampled at once: a handle that is dragged rarely leaves what is there.
_SIDE = 64
_KEPT_BYTES = 64 << 20

_At = tuple[int, int]
"""Where a block is: how many rows and columns of blocks from the plane's origin."""
_Ends = tuple[int, int]
"""The first and the last of the pixels in a line, counted from that of the plane's origin."""


@dataclass(frozen=True)
class _Block:
    """Values of a part of a plane, and where there is one although some sample of the slab has none."""

    values: Floats
    partial: NDArray[np.bool_]


class _Section:
    """A plane through a volume as it is sampled, block by block; `grid` is that of its voxels.

    What blocks have in common is worked out once: it takes longer than the samples of a small one.
    """

    def __init__(self, volume: VoxelSource, plane: Plane, slab_mm: float, slab_mode: SlabMode) -> None:
        self.volume, self.plane, self.slab_mm, self.slab_mode = volume, plane, slab_mm, slab_mode
        self.grid = _grid(volume)
        # Before any voxel is looked at: what arrives later makes other blocks.
        self._changes = volume.changes

    def block(self, row: int, column: int) -> _Block:
        """The block that many blocks from the plane's origin; the ones used last are kept."""
        shift = column * _SIDE, row * _SIDE
        return _KEPT.get(self.volume, self._key(row, column), lambda: self._sampled(_shifted(self.plane, *shift)))

    def missing(self, about: Floats) -> list[_At]:
        """Which blocks, by row and column, under and around the points are not kept."""
        columns, rows = _span(self.grid, self.plane, about, _margin_mm(self.grid))
        wanted = ((row, column) for row in _blocks(rows) for column in _blocks(columns))
        return [place for place in wanted if _KEPT.find(self.volume, self._key(*place)) is None]

    def take(self, places: Sequence[_At], watch: Watch | None = None) -> None:
        """Sample blocks by their rows and columns, on all cores: one alone is too small to be shared out."""

        def one(number: int) -> None:
            if watch is not None:
                watch.check()
            self.block(*places[number])

        over_parts(one, len(places))

    def _key(self, row: int, column: int) -> Hashable:
        return self.plane, self.slab_mm, self.slab_mode, row, column, self._changes

    def _sampled(self, plane: Plane) -> _Block:
        values = self._values(plane.origin, (_SIDE, _SIDE))
        partial = np.zeros(values.shape, dtype=bool)
        for height in () if self._is_inside(plane) else self._heights:
            through = vector(np.add(plane.origin, np.multiply(plane.normal, height)))
            partial |= np.isnan(self._thin(through, (_SIDE, _SIDE)))
        return _Block(values, partial & ~np.isnan(values))

    @cached_property
    def _values(self) -> Cutting:
        return cutting(self.volume, self.plane, self.slab_mm, self.slab_mode)

    @cached_property
    def _thin(self) -> Cutting:
        return cutting(self.volume, self.plane, 0.0, self.slab_mode)

    @cached_property
    def _heights(self) -> tuple[float, ...]:
        """Where a slab may be without a value.

        The box is convex: where both ends of a slab lie in it and no voxel is without a value, all of it has values.
        """
        heights = sample_heights(self.volume, self.plane, self.slab_mm)
        return heights if self._may_have_holes else tuple(dict.fromkeys((heights[0], heights[-1])))

    def _is_inside(self, plane: Plane) -> bool:
        """Whether all samples of a block lie between voxels, which all have values: nothing is partial then."""
        if self._may_have_holes:
            return False
        ends = plane.to_patient([(column, row) for row in (0, _SIDE - 1) for column in (0, _SIDE - 1)])
        through = np.multiply.outer((self._heights[0], self._heights[-1]), plane.normal)
        points = (ends[:, None] + through).reshape(-1, 3) - self.grid.origin
        index = points @ np.linalg.inv(self.grid.affine[:3, :3]).T
        return bool((index >= 0).all() and (index <= self.grid.last).all())

    @cached_property
    def _may_have_holes(self) -> bool:
        """Whether voxels may be without a value: padding, NaN, gaps, slices that have not arrived."""
        source = voxels(self.volume)
        is_whole = bool(np.isfinite(source.scales[:, 0]).all())
        return source.has_padding or source.stored.dtype.kind == "f" or not is_whole


def plane_image(
    volume: VoxelSource, plane: Plane, slab_mm: float, slab_mode: SlabMode, about: ArrayLike
) -> PlanarImage:
    """The pixels of `plane` that in-plane points `about` (n, 2), in mm, span, with half a voxel or more to each side.

    The plane of the image has its origin whole pixels away from that of `plane`. Nothing is sampled beyond the box
    of the volume. Values are those of the centres of pixels, in the unit of the stack, NaN where there is none; their
    provenance says "interpolated" or "projected" (C45), and where part of a slab has no values, that too.

    Raises:
        ValueError: the stack is no volume (uneven, without a place, a single slice), or colour.
    """
    about = np.asarray(about, dtype=np.float64)
    section = _Section(volume, plane, slab_mm, slab_mode)
    columns, rows = _span(section.grid, plane, about, _margin_mm(section.grid))
    section.take(section.missing(about))
    blocks = [[section.block(row, column) for column in _blocks(columns)] for row in _blocks(rows)]
    values = np.block([[block.values for block in line] for line in blocks])[_within(rows), _within(columns)]
    partial = np.block([[block.partial for block in line] for line in blocks])[_within(rows), _within(columns)]
    (left, right), (top, bottom) = _span(section.grid, plane, about, 0.0)
    partial = partial[top - rows[0] : bottom - rows[0] + 1, left - columns[0] : right - columns[0] + 1]
    words = [slab_words(slab_mm, slab_mode) or "interpolated"]
    words += ["resampled"] * isinstance(volume, Regridded) + [PARTIAL] * bool(partial.any())
    return _image(volume, _shifted(plane, columns[0], rows[0]), values, words)


def samples_missing(
    volume: VoxelSource, plane: Plane, slab_mm: float, slab_mode: SlabMode, about: ArrayLike
) -> int:  # fmt: skip
    """How many samples `plane_image` would still have to take; 0 where all it needs is kept."""
    missing = _Section(volume, plane, slab_mm, slab_mode).missing(np.asarray(about, dtype=np.float64))
    return len(missing) * _SIDE * _SIDE * len(sample_heights(volume, plane, slab_mm)) if missing else 0


def sample_ahead(
    volume: VoxelSource, plane: Plane, slab_mm: float, slab_mode: SlabMode, about: ArrayLike, watch: Watch
) -> None:  # fmt: skip
    """Take the samples `plane_image` would have to take, in any thread, so that it finds them kept.

    Raises:
        Cancelled: nobody wants them any more; those taken are kept.
        ValueError: as `plane_image`.
    """
    section = _Section(volume, plane, slab_mm, slab_mode)
    section.take(section.missing(np.asarray(about, dtype=np.float64)), watch)


def _grid(volume: VoxelSource) -> VoxelGrid:
    return volume.grid if isinstance(volume, Regridded) else VoxelGrid.of(volume.stack)


def _margin_mm(grid: VoxelGrid) -> float:
    """As far as points are moved to learn how much a number depends on their place."""
    return float(np.linalg.norm(grid.steps, axis=1).max()) / 2


def _image(volume: VoxelSource, plane: Plane, values: Floats, words: list[str]) -> PlanarImage:
    images = volume.stack.images
    rescale = images[0].frame.rescale
    origin = ", ".join([rescale.origin] * bool(rescale.origin) + words)
    compression = next(filter(None, (lossy_words(image.instance) for image in images)), "")
    # Even slices made of uneven ones do not tell how far apart those were that were taken.
    grain = None if isinstance(volume, Regridded) else grain_along(plane, volume.affine)
    return PlanarImage(plane, values, Rescale(unit=rescale.unit, origin=origin), compression=compression, grain=grain)


def _span(grid: VoxelGrid, plane: Plane, about: Floats, margin_mm: float) -> tuple[_Ends, _Ends]:
    """Columns and rows that the points span, with a margin and a pixel, no further than the box of the volume goes."""
    box, wanted = plane.to_pixels(grid.corners()), about / (plane.column_spacing, plane.row_spacing)
    least, most = np.floor(box.min(axis=0)), np.ceil(box.max(axis=0))
    margin = 1.0 + margin_mm / np.array([plane.column_spacing, plane.row_spacing])
    first = np.clip(np.floor(wanted.min(axis=0) - margin), least, most).astype(int)
    last = np.clip(np.ceil(wanted.max(axis=0) + margin), least, most).astype(int)
    return (int(first[0]), int(last[0])), (int(first[1]), int(last[1]))


def _blocks(ends: _Ends) -> range:
    return range(ends[0] // _SIDE, ends[1] // _SIDE + 1)


def _within(ends: _Ends) -> slice:
    """Where these pixels are in the blocks that hold them."""
    start = ends[0] % _SIDE
    return slice(start, start + ends[1] - ends[0] + 1)


def _shifted(plane: Plane, columns: int, rows: int) -> Plane:
    return replace(plane, origin=vector(plane.to_patient([(columns, rows)])[0]))


_KEPT: Kept[_Block] = Kept(_KEPT_BYTES, lambda block: block.values.nbytes + block.partial.nbytes)
