"""Three planes through one point of a volume: the geometry of MPR, without pixels and without a screen.

`why_no_mpr(stack)` says whether it may be done, `Grid.of(stack)` is what all else asks.
"""

from viewer_app.imaging.mpr.crossing import Line, borders_on, extent, lines_on, plane_of
from viewer_app.imaging.mpr.grid import Grid
from viewer_app.imaging.mpr.moves import moved, position, rotated, scrolled, step_mm, with_slab
from viewer_app.imaging.mpr.refusal import may_be_resampled, mpr_notes, why_no_mpr
from viewer_app.imaging.mpr.regridded import Regridded, even_grid, resampled
from viewer_app.imaging.mpr.standard import Cuts, Name, acquired_cut, cut_letters, snapped, standard_cut, start_cuts

__all__ = [
    "Cuts",
    "Grid",
    "Line",
    "Name",
    "Regridded",
    "acquired_cut",
    "borders_on",
    "cut_letters",
    "even_grid",
    "extent",
    "lines_on",
    "may_be_resampled",
    "moved",
    "mpr_notes",
    "plane_of",
    "position",
    "resampled",
    "rotated",
    "scrolled",
    "snapped",
    "standard_cut",
    "start_cuts",
    "step_mm",
    "why_no_mpr",
    "with_slab",
]
