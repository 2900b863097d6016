"""The three views of an MPR in a layout: they share one point, and what is done in one moves the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import (
    Cuts,
    Name,
    VoxelGrid,
    aligned,
    at_position,
    moved,
    mpr_grid,
    position,
    rotated,
    scrolled,
    snapped,
    start_cuts,
    step_mm,
    with_slab,
)
from viewer_app.imaging.stacks import Stack
from viewer_app.session.layout import Layout
from viewer_app.session.turning import as_acquired
from viewer_app.session.view import View

_COUNT = 3


def mpr_layout(stack: Stack, view: View, point: Vector | None = None) -> Layout:
    """The acquired plane, the two across it, and beside them the stack as it was taken, from `view` of it.

    The stack must allow it (`why_no_mpr`), or have been resampled.
    """
    cuts = start_cuts(mpr_grid(stack), point)
    look = as_acquired(replace(view, stack_key=stack.key, scale=None, center=None))
    return Layout(2, 2, (*(replace(look, cut=cut) for cut in cuts), replace(view, stack_key=stack.key, cut=None)))


def group(layout: Layout, place: int) -> tuple[int, int, int] | None:
    """The tiles of the MPR that tile `place` belongs to; None where it is none of three."""
    view = layout.views[place] if place < len(layout.views) else View()
    if view.cut is None:
        return None
    places = [
        number
        for number, other in enumerate(layout.views)
        if other.cut is not None and other.stack_key == view.stack_key
    ]
    return (places[0], places[1], places[2]) if len(places) == _COUNT else None


def with_planes_alike(before: Layout, after: Layout) -> Layout:
    """`after`, where the values of an MPR become greys and colours in one way: they are one volume.

    As in the plane of it where that is not as it was `before`, else as in the first.
    """
    for places in {group(after, place) for place in range(len(after.views))} - {None}:
        views = {place: after.views[place] for place in places or ()}
        changed = [view for place, view in views.items() if _has_other_greys(before, place, view)]
        leader = (changed or list(views.values()))[0]
        alike = {place: _in_greys_of(leader, view) for place, view in views.items()}
        after = after if alike == views else after.with_views(alike)
    return after


def _has_other_greys(before: Layout, place: int, view: View) -> bool:
    old = before.views[place] if place < len(before.views) else View()
    return old.cut is not None and old.stack_key == view.stack_key and _greys(old) != _greys(view)


def _in_greys_of(view: View, other: View) -> View:
    window, inverted, color_map, clamped = greys = _greys(view)
    if _greys(other) == greys:
        return other
    return replace(other, window=window, inverted=inverted, color_map=color_map, clamped=clamped)


def _greys(view: View) -> tuple[Window | None, bool, str, bool | None]:
    """What of a view makes greys and colours of values."""
    return view.window, view.inverted, view.color_map, view.clamped


class Mpr:
    """The MPR that tile `place` of `layout` belongs to. Every move gives the layout that shows it."""

    def __init__(self, layout: Layout, place: int, places: tuple[int, int, int], grid: VoxelGrid) -> None:
        self.layout, self.places, self.grid = layout, places, grid
        self.which = places.index(place)

    @property
    def cuts(self) -> Cuts:
        """The three planes, in the order of their tiles."""
        first, second, third = (_cut(self.layout.views[place]) for place in self.places)
        return first, second, third

    @property
    def cut(self) -> Cut:
        """The plane of this tile."""
        return self.cuts[self.which]

    @property
    def position(self) -> tuple[int, int]:
        """At which of how many steps through the volume this tile is, from 0."""
        return step_of(self.cut, self.grid)

    @property
    def step_mm(self) -> float:
        """How far one step of scrolling goes."""
        return step_mm(self.cut, self.grid)

    def scrolled(self, steps: int) -> Layout:
        """This plane so many steps on, along its true normal."""
        return self._with(scrolled(self.cuts, self.which, steps, self.grid))

    def at(self, number: int) -> Layout:
        """This plane at that step through the volume, from 0."""
        return self._with(at_position(self.cuts, self.which, number + 1, self.grid))

    def moved(self, point: Vector) -> Layout:
        """The crosshair within this plane to a point."""
        return self._with(moved(self.cuts, point, self.grid, self.which))

    def centred(self, point: Vector) -> Layout:
        """All planes through a point."""
        return self._with(moved(self.cuts, point, self.grid))

    def rotated(self, angle_rad: float, only: int | None = None) -> Layout:
        """The other planes turned about this one's normal; with `only`, that one alone."""
        return self._with(rotated(self.cuts, self.which, angle_rad, only))

    def snapped(self, name: Name) -> Layout:
        """This plane becomes the one of that name, the others the other two."""
        return self._with(snapped(self.cuts, self.which, name))

    def showing(self, cut: Cut) -> Layout:
        """The plane nearest to `cut` becomes it, and active; the others go through its point, at right angles to it."""
        cuts, which = aligned(self.cuts, cut)
        return replace(self._with(cuts), active=self.places[which])

    def with_slab(self, slab_mm: float, mode: SlabMode, which: int | None = None) -> Layout:
        """This plane, or another, with that slab."""
        chosen = self.which if which is None else which
        return self._with(with_slab(self.cuts, chosen, slab_mm, mode, self.grid))

    def reset(self) -> Layout:
        """As it began: the middle of the volume, the planes as acquired, no slab."""
        return self._with(start_cuts(self.grid))

    def _with(self, cuts: Cuts) -> Layout:
        views = {
            place: replace(self.layout.views[place], cut=cut) for place, cut in zip(self.places, cuts, strict=True)
        }
        return self.layout.with_views(views)


def step_of(cut: Cut, grid: VoxelGrid) -> tuple[int, int]:
    """At which of how many steps through the volume a plane is, from 0."""
    number, count = position(cut, grid)
    return number - 1, count


def alone_scrolled(cut: Cut, steps: int, grid: VoxelGrid) -> Cut:
    """A plane of which the other two of its MPR are no more on show, so many steps on along its true normal."""
    return scrolled((cut, cut, cut), 0, steps, grid)[0]


def alone_at(cut: Cut, number: int, grid: VoxelGrid) -> Cut:
    """The same at that step through the volume, from 0."""
    return at_position((cut, cut, cut), 0, number + 1, grid)[0]


Change = Callable[[Mpr], Layout]


def _cut(view: View) -> Cut:
    assert view.cut is not None
    return view.cut
