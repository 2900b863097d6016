"""How the viewports are arranged and what each shows: one frozen value with one owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from viewer_app.session.view import View

MOST_ROWS = MOST_COLUMNS = 4

_NO_VIEW = View()


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid of tiles, filled row by row; there are `rows * columns` `views`.

    `active` is the tile that takes keys and new series; while `enlarged` it fills the window alone.
    A tile without a stack is empty.
    """

    rows: int = 1
    columns: int = 1
    views: tuple[View, ...] = (View(),)
    active: int = 0
    enlarged: bool = False

    def __post_init__(self) -> None:
        if len(self.views) != self.rows * self.columns or not 0 <= self.active < len(self.views):
            raise ValueError(f"{len(self.views)} views, {self.active} of them active, in {self.rows} x {self.columns}")

    @property
    def view(self) -> View:
        """What the active tile shows."""
        return self.views[self.active]

    @property
    def shown(self) -> tuple[int, ...]:
        """The tiles that are seen, in reading order."""
        return (self.active,) if self.enlarged else tuple(range(len(self.views)))

    def with_view(self, place: int, view: View) -> Layout:
        """The same with `view` in tile `place`."""
        return replace(self, views=(*self.views[:place], view, *self.views[place + 1 :]))

    def with_views(self, views: dict[int, View]) -> Layout:
        """The same with other views in some tiles."""
        return replace(self, views=tuple(views.get(place, view) for place, view in enumerate(self.views)))

    def resized(self, rows: int, columns: int) -> Layout:
        """A grid of another size. Views keep their order; where there are fewer, the active one stays."""
        rows, columns = min(max(rows, 1), MOST_ROWS), min(max(columns, 1), MOST_COLUMNS)
        count = rows * columns
        first = min(max(self.active - count + 1, 0), len(self.views))
        views = (*self.views[first:], *(View(),) * count)[:count]
        return Layout(rows, columns, views, min(self.active - first, count - 1))


class LayoutHolder(QObject):
    """Owns the `Layout`; everyone else listens."""

    changed = Signal(object, object)
    """The layout before and after."""

    def __init__(
        self, parent: QObject | None = None, completed: Callable[[Layout, Layout], Layout] | None = None
    ) -> None:
        """`completed` says, from the layout before and the one that was asked for, what is set in its place."""
        super().__init__(parent)
        self._value = Layout()
        self._completed = completed

    @property
    def value(self) -> Layout:
        """The layout as it is."""
        return self._value

    def set(self, layout: Layout, *, exactly: bool = False) -> None:
        """Arrange the viewports as `layout` says from now on; linked views follow, if it is not to be `exactly` so."""
        before = self._value
        if self._completed is not None and layout != before and not exactly:
            layout = self._completed(before, layout)
        if layout != before:
            self._value = layout
            self.changed.emit(before, layout)


class ViewHolder(QObject):
    """One tile of a layout, or with `place` None whichever is active: its `View`, and word of its changes."""

    changed = Signal(object, object)
    """The view before and after."""

    def __init__(self, layout: LayoutHolder, place: int | None = None) -> None:
        super().__init__(layout)
        self._layout = layout
        self._place = place
        layout.changed.connect(self._follow)

    @property
    def place(self) -> int:
        """Which tile it is now."""
        return self._at(self._layout.value)

    @property
    def value(self) -> View:
        """The view as it is; an empty one for a tile that is no more."""
        # Without a call in between: a frame asks for it hundreds of times.
        layout = self._layout.value
        place = layout.active if self._place is None else self._place
        return layout.views[place] if place < len(layout.views) else _NO_VIEW

    def set(self, view: View) -> None:
        """Show `view` in the tile from now on; nothing happens for a tile that is no more."""
        layout = self._layout.value
        if self.place < len(layout.views):
            self._layout.set(layout.with_view(self.place, view))

    def _at(self, layout: Layout) -> int:
        return layout.active if self._place is None else self._place

    def _follow(self, before: Layout, after: Layout) -> None:
        old, new = _view(before, self._at(before)), _view(after, self._at(after))
        if old != new:
            self.changed.emit(old, new)


def _view(layout: Layout, place: int) -> View:
    return layout.views[place] if place < len(layout.views) else _NO_VIEW
