"""The linked tiles of an opened study: what follows when one is moved, and the point all are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.together import PatientPoint
from viewer_app.session.by_hand import ByHand, link_by_hand
from viewer_app.session.layout import Layout
from viewer_app.session.linking import followed
from viewer_app.session.links import Links
from viewer_app.session.pointing import Cross, cross, pointed
from viewer_app.session.reconstructing import with_planes_alike
from viewer_app.session.scroll_link import Shown, scroll_target
from viewer_app.session.tile import extent_shown, plane_shown
from viewer_app.session.view import View

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


class Together(QObject):
    """Owns the `Links` and the point of the 3D cursor. What follows is set with what leads, in one layout."""

    changed = Signal()
    """The links or the point are others."""

    def __init__(self, opened: OpenStudy) -> None:
        super().__init__(opened)
        self._opened = opened
        self._links = Links()
        self._point: PatientPoint | None = None
        self._leader = 0
        self._words: dict[int, str] = {}
        self._told: tuple[Layout, Links] | None = None

    @property
    def links(self) -> Links:
        """What is linked."""
        return self._links

    @property
    def point(self) -> PatientPoint | None:
        """The point that is shown in all tiles."""
        return self._point

    @property
    def is_told(self) -> bool:
        """True while a tile tells something of the others, and so is to be painted when one of these moves."""
        return self._links.scroll or self._point is not None

    def link(self, links: Links) -> None:
        """Link the tiles so from now on; what a switch that was put on links is brought to the active tile."""
        before, self._links, layout = self._links, links, self._layout
        news = Links(
            links.scroll and not before.scroll,
            links.pan_zoom and not before.pan_zoom,
            links.window and not before.window,
            links.offsets,
        )
        if self._links.scroll:
            self._leader = layout.active if layout.view.cut is None else self._leader
        brought = self._brought(layout, layout.active, range(len(layout.views)), news)
        self._opened.layout.set(with_planes_alike(layout, brought), exactly=True)
        self.changed.emit()

    def link_by_hand(self) -> tuple[str, Callable[[], str] | None]:
        """Let the slices on show belong together where positions do not say it; what was done, in words.

        Where positions link a view that stands at another slice, also what links it from there all the same.
        """
        layout = self._layout
        seen = {place: (layout.views[place], shown) for place, shown in self._shown(layout).items()}
        leader = seen.pop(layout.active, None)
        others = [other for place, other in seen.items() if place in layout.shown]
        if leader is None or not others:
            return "Show the series that belong together side by side first.", None

        def link(*, overriding: bool) -> ByHand:
            made = link_by_hand(self._links, leader, others, overriding=overriding)
            if made.links != self._links:
                self.link(made.links)
            return made

        made = link(overriding=False)
        return made.told, (lambda: link(overriding=True).told) if made.may_override else None

    def words(self, place: int) -> str:
        """How the slices of tile `place` are linked to those of the tile that led last; "" where it is as expected."""
        if self._told is None or self._told[0] is not self._layout or self._told[1] is not self._links:
            self._told = (self._layout, self._links)
            self._words = self._all_words()
        return self._words.get(place, "")

    def completed(self, before: Layout, after: Layout) -> Layout:
        """`after` with what follows in it: others follow one tile that was moved, new series are brought to others."""
        moved, newcomers = _moved(before, after), _newcomers(before, after)
        after = with_planes_alike(before, after)
        if newcomers:
            leader = self._leading(after, newcomers)
            followed = after if leader is None else self._brought(after, leader, newcomers, self._links)
        elif len(moved) == 1:
            (place,) = moved
            if self._links.scroll and before.views[place].index != after.views[place].index:
                self._leader = place
            followed = self._following(after, place, before.views[place], range(len(after.views)), self._links)
        else:
            followed = after
        return with_planes_alike(after, followed)

    def point_out(self, place: int, point: PatientPoint) -> None:
        """Show a point that was pointed at in tile `place` in all others."""
        self._opened.layout.set(pointed(self._opened, place, point), exactly=True)
        self._set_point(point)

    def forget_point(self) -> bool:
        """Take the point away; False when there was none."""
        was_there = self._point is not None
        self._set_point(None)
        return was_there

    def cross(self, view: View) -> Cross | None:
        """Where the point lies in what `view` shows."""
        return None if self._point is None else cross(self._opened, view, self._point)

    def _set_point(self, point: PatientPoint | None) -> None:
        if point != self._point:
            self._point = point
            self.changed.emit()

    @property
    def _layout(self) -> Layout:
        return self._opened.layout.value

    def _shown(self, layout: Layout) -> dict[int, Shown]:
        stacks = {place: self._opened.stack_by_key(view.stack_key) for place, view in enumerate(layout.views)}
        return {
            place: _seen(self._opened, stack, layout.views[place])
            for place, stack in stacks.items()
            if stack is not None
        }

    def _brought(self, layout: Layout, leader: int, places: Iterable[int], links: Links) -> Layout:
        return self._following(layout, leader, None, places, links)

    def _following(
        self, layout: Layout, leader: int, before: View | None, places: Iterable[int], links: Links
    ) -> Layout:
        if not (links.scroll or links.pan_zoom or links.window):
            return layout
        shown = self._shown(layout)
        if leader not in shown:
            return layout
        followers = {place: (layout.views[place], shown[place]) for place in places if place in shown}
        followers.pop(leader, None)
        found = followed(before, layout.views[leader], shown[leader], followers, links)
        return layout.with_views({place: view for place, (view, _) in found.items()})

    def _leading(self, layout: Layout, newcomers: Iterable[int]) -> int | None:
        """Which tile others are brought to, or spoken of beside: the one that led last, the active one, or any."""
        out = set(newcomers)
        places = [self._leader, layout.active, *layout.shown, *range(len(layout.views))]
        able = [place for place in places if place < len(layout.views) and layout.views[place].stack_key]
        return next((place for place in able if place not in out and layout.views[place].cut is None), None)

    def _all_words(self) -> dict[int, str]:
        layout = self._layout
        leader = self._leading(layout, ())
        if not self._links.scroll or leader is None:
            return {}
        shown = self._shown(layout)
        view, lead = layout.views[leader], shown.pop(leader)
        targets = {
            place: scroll_target(view, lead, layout.views[place], other.stack, self._links)
            for place, other in shown.items()
        }
        return {place: target.words(layout.views[place].index) for place, target in targets.items()}


def _seen(opened: OpenStudy, stack: Stack, view: View) -> Shown:
    return Shown(stack, plane_shown(opened, stack, view), extent_shown(opened, stack, view))


def _moved(before: Layout, after: Layout) -> tuple[int, ...]:
    """Which tiles show something else; none where there are more or fewer of them."""
    if len(before.views) != len(after.views):
        return ()
    pairs = enumerate(zip(before.views, after.views, strict=True))
    return tuple(place for place, (old, new) in pairs if old != new)


def _newcomers(before: Layout, after: Layout) -> tuple[int, ...]:
    """Which tiles show a stack that was not there before."""
    is_same_grid = (before.rows, before.columns) == (after.rows, after.columns)
    known = {view.stack_key for view in before.views}
    return tuple(
        place
        for place, view in enumerate(after.views)
        if view.stack_key
        and (view.stack_key != before.views[place].stack_key if is_same_grid else view.stack_key not in known)
    )
