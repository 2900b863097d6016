"""Three planes through one point of a volume: the geometry of MPR, without pixels and without a screen.

`why_no_mpr(stack)` says whether it may be done, `VoxelGrid.of(stack)` is what all else asks.
"""

from viewer_app.imaging.mpr.crossing import Line, borders_on, extent, lines_on, plane_of
from viewer_app.imaging.mpr.moves import aligned, at_position, moved, position, rotated, scrolled, step_mm, with_slab
from viewer_app.imaging.mpr.refusal import may_be_resampled, mpr_grid, mpr_notes, why_no_mpr
from viewer_app.imaging.mpr.regridded import (
    Regridded,
    VoxelSource,
    even_grid,
    regridded_bytes,
    resampled,
    resampled_badge,
)
from viewer_app.imaging.mpr.standard import Cuts, Name, acquired_cut, cut_letters, snapped, standard_cut, start_cuts
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid

__all__ = [
    "Cuts",
    "Line",
    "Name",
    "Regridded",
    "VoxelGrid",
    "VoxelSource",
    "acquired_cut",
    "aligned",
    "at_position",
    "borders_on",
    "cut_letters",
    "even_grid",
    "extent",
    "lines_on",
    "may_be_resampled",
    "moved",
    "mpr_grid",
    "mpr_notes",
    "plane_of",
    "position",
    "regridded_bytes",
    "resampled",
    "resampled_badge",
    "rotated",
    "scrolled",
    "snapped",
    "standard_cut",
    "start_cuts",
    "step_mm",
    "why_no_mpr",
    "with_slab",
]
