"""What the crosshair does: move, scroll, rotate, thicken (C14). All values are new; nothing is remembered elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Floats, Vector, vector
from viewer_app.imaging.mpr.standard import Cuts, facing
from viewer_app.imaging.mpr.voxel_grid import VoxelGrid

# A cut this near to the acquired plane (about 2.5 degrees) is counted as the images are.
_ACQUIRED = 0.999
# Planes whose normals are this near to right angles are kept at right angles when turned together.
_RIGHT_ANGLE = 1e-6
_ROUNDING = 1e-6


def moved(cuts: Cuts, point: Vector, grid: VoxelGrid, within: int | None = None) -> Cuts:
    """All three through another point. A point outside of the voxel centres is brought back among them.

    With `within` the crosshair is dragged in that view, whose plane then stays where it is.
    """
    if within is None:
        return _through(cuts, grid.nearest(point))
    cut = cuts[within]
    beside = np.dot(np.subtract(point, cut.point), cut.normal)
    return _through(cuts, grid.nearest_across(vector(np.subtract(point, np.multiply(cut.normal, beside))), cut.normal))


def step_mm(cut: Cut, grid: VoxelGrid) -> float:
    """One step of scrolling, along the cut's normal: the size of a voxel in this direction."""
    return grid.voxel_mm(cut.normal)


def position(cut: Cut, grid: VoxelGrid) -> tuple[int, int]:
    """(number, count): at which step through the volume the cut is, from 1, in reading order.

    In the acquired plane these are the images of the stack.
    """
    _, count = _steps(cut, grid)
    return min(max(round(_place(cut, grid)), 0), count - 1) + 1, count


def scrolled(cuts: Cuts, which: int, steps: int, grid: VoxelGrid) -> Cuts:
    """View `which` scrolled by steps along its true normal, in reading order, and the crosshair with it.

    It comes to rest at the whole steps that `position` counts: in the acquired
    plane at the images. From between two of them the first step leads to the next
    one in that direction, so that none is passed over. At the ends of the volume it
    stays. Where the section there is smaller, the crosshair is drawn into it.
    """
    if not steps:
        return cuts
    place = _place(cuts[which], grid)
    whole = math.floor(place + _ROUNDING) if steps > 0 else math.ceil(place - _ROUNDING)
    return at_position(cuts, which, whole + steps + 1, grid)


def at_position(cuts: Cuts, which: int, number: int, grid: VoxelGrid) -> Cuts:
    """View `which` at the step of that number, as `position` counts, or at the nearest there is."""
    cut = cuts[which]
    bottom, count = _steps(cut, grid)
    reading = _reading(cut, grid)
    height = bottom + min(max(number - 1, 0), count - 1) * step_mm(cut, grid)
    way = height - float(np.dot(cut.point, reading))
    point = vector(np.add(cut.point, np.multiply(reading, way)))
    return _through(cuts, grid.nearest_across(point, cut.normal))


def rotated(cuts: Cuts, which: int, angle_rad: float, only: int | None = None) -> Cuts:
    """The crosshair turned in view `which`: the other planes turn about its normal through the common point.

    A positive angle turns clockwise as the view is seen (row towards column);
    view `which` itself stays, and no picture jumps or is mirrored. Planes at
    right angles are at exact right angles afterwards; planes that are not keep
    their angle. With `only` that plane turns alone (unlocked).

    Raises:
        ValueError: `only` is the view the crosshair is turned in.
    """
    if only == which:
        raise ValueError("a plane is not turned by the crosshair of its own view")
    turn = _rotation(cuts[which].normal, angle_rad)
    turning = {0, 1, 2} - {which} if only is None else {only}
    first, second, third = (_turned(cut, turn) if index in turning else cut for index, cut in enumerate(cuts))
    turned = first, second, third
    return _squared(turned, which) if only is None and _are_square(cuts) else turned


def aligned(cuts: Cuts, cut: Cut) -> tuple[Cuts, int]:
    """All three through the point of `cut`, and which of them has become `cut`: the one that was nearest to it.

    The others are at right angles to it.
    """
    which = int(np.argmax([abs(float(np.dot(other.normal, cut.normal))) for other in cuts]))
    return _squared(_with(_through(cuts, cut.point), {which: cut}), which), which


def with_slab(cuts: Cuts, which: int, slab_mm: float, mode: SlabMode, grid: VoxelGrid) -> Cuts:
    """View `which` with another slab: from none (0) to as thick as the volume is along its normal."""
    thickest = grid.thickness_mm(cuts[which].normal)
    slab = replace(cuts[which], slab_mm=min(max(slab_mm, 0.0), thickest), slab_mode=mode)
    return _with(cuts, {which: slab})


def _through(cuts: Cuts, point: Vector) -> Cuts:
    return _with(cuts, {index: replace(cut, point=point) for index, cut in enumerate(cuts)})


def _with(cuts: Cuts, changed: dict[int, Cut]) -> Cuts:
    first, second, third = (changed.get(index, cut) for index, cut in enumerate(cuts))
    return first, second, third


def _place(cut: Cut, grid: VoxelGrid) -> float:
    """How many steps the cut lies beyond the first one; between whole ones after a free move."""
    bottom, _ = _steps(cut, grid)
    return (float(np.dot(cut.point, _reading(cut, grid))) - bottom) / step_mm(cut, grid)


def _steps(cut: Cut, grid: VoxelGrid) -> tuple[float, int]:
    """The height of the first step in reading order, and how many there are."""
    bottom, top = grid.span(_reading(cut, grid))
    return bottom, int((top - bottom) / step_mm(cut, grid) + _ROUNDING) + 1


def _reading(cut: Cut, grid: VoxelGrid) -> Vector:
    """The cut's normal, or its opposite, whichever leads on in reading order: as the images, else feet, back, left."""
    normal = np.asarray(cut.normal)
    along = float(normal @ np.asarray(grid.normal))
    if abs(along) > _ACQUIRED:
        sign = np.sign(along * np.dot(grid.normal, grid.steps[0]))
    else:
        axis = int(np.argmax(np.abs(normal)))
        sign = np.sign(normal[axis]) * (1.0, 1.0, -1.0)[axis]
    return vector(normal * sign)


def _rotation(axis: Vector, angle_rad: float) -> Floats:
    """(3, 3): the right-handed turn about a unit vector (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turn: Floats = np.eye(3) + np.sin(angle_rad) * cross + (1.0 - np.cos(angle_rad)) * (cross @ cross)
    return turn


def _turned(cut: Cut, turn: Floats) -> Cut:
    normal = turn @ np.asarray(cut.normal)
    turned = replace(cut, row_direction=vector(turn @ np.asarray(cut.row_direction)))
    return facing(turned, vector(normal / np.linalg.norm(normal)))


def _are_square(cuts: Cuts) -> bool:
    normals = np.array([cut.normal for cut in cuts])
    return bool(np.abs(normals @ normals.T - np.eye(3)).max() < _RIGHT_ANGLE)


def _squared(cuts: Cuts, which: int) -> Cuts:
    """Right angles anew from the plane that stayed, so that rounding does not add up."""
    one, other = (index for index in range(3) if index != which)
    across = np.cross(cuts[which].normal, cuts[one].normal)
    across /= np.linalg.norm(across)
    across *= np.sign(across @ np.asarray(cuts[other].normal))
    along = np.cross(cuts[which].normal, across)
    along *= np.sign(along @ np.asarray(cuts[one].normal))
    return _with(cuts, {one: facing(cuts[one], vector(along)), other: facing(cuts[other], vector(across))})
