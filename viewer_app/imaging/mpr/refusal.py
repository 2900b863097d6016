"""May a stack be reconstructed? Read off its geometry report, in the report's own words (C12, C13)."""

from __future__ import annotations

from viewer_app.imaging.mpr.regridded import even_grid, lie_in_line
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid
from viewer_app.imaging.report import Finding
from viewer_app.imaging.stacks import Stack

_COLOUR = "Colour images: no reconstruction. Each can be read; there are no values between colours."
_UNKNOWN = "The images are not proven to be evenly spaced: no reconstruction."

# What stands against a reconstruction, the most telling first; "two" images are even, but show nothing between them.
_AGAINST = ("single", "no place", "one place", "4D", "units", "repeat", "gap", "uneven", "rounded positions", "two")
_EVENLY_RESAMPLED = frozenset({"gap", "uneven", "rounded positions"})
_TOLD = frozenset({"tilt", "doubt", "frames of reference"})


def why_no_mpr(stack: Stack) -> str:
    """Why the stack cannot be reconstructed as it is, in plain sentences with the correction on offer; "" if it can.

    A tilted gantry is no reason: its sheared grid is exact (`mpr_notes` tells of it).
    """
    if _is_colour(stack):
        return _COLOUR
    found = {finding.kind: finding for finding in reversed(stack.report.findings)}
    against = next((found[kind].text for kind in _AGAINST if kind in found), "")
    return against or ("" if stack.report.is_volume else _UNKNOWN)


def may_be_resampled(stack: Stack) -> bool:
    """True where `resampled` to even steps would remove all that stands against a reconstruction."""
    against = {finding.kind for finding in stack.report.findings} & set(_AGAINST)
    return bool(against) and against <= _EVENLY_RESAMPLED and not _is_colour(stack) and lie_in_line(stack)


def mpr_grid(stack: Stack) -> VoxelGrid:
    """The voxels a stack is reconstructed from: its own, or where only `resampled` ones may be, these."""
    return even_grid(stack) if why_no_mpr(stack) and may_be_resampled(stack) else VoxelGrid.of(stack)


def mpr_notes(stack: Stack) -> tuple[str, ...]:
    """What a reader of the reconstruction should know beside it: a tilt, doubts of the files."""
    return tuple(_note(finding, stack) for finding in stack.report.findings if finding.kind in _TOLD)


def _note(finding: Finding, stack: Stack) -> str:
    """Of an uneven stack that is reconstructed, what is offered for its tilt has been done."""
    is_done = finding.kind == "tilt" and not stack.report.is_volume
    return f"{finding.what} {finding.meaning} The shear is kept." if is_done else finding.text


def _is_colour(stack: Stack) -> bool:
    pixels = stack.images[0].instance.pixel_format
    return pixels is not None and pixels.is_colour
