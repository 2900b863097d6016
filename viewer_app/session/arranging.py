"""Which layout a study begins with, and how tiles are filled when there are more of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from viewer_app.imaging.geometry import plane_name
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study
from viewer_app.session.display import first_view
from viewer_app.session.layout import Layout
from viewer_app.session.links import Links
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View

# Rows and columns to begin with, by modality and how many stacks there are at least; else one tile.
_START: Mapping[str, tuple[tuple[int, tuple[int, int]], ...]] = {
    "MG": ((4, (2, 2)), (2, (1, 2))),
    "CR": ((2, (1, 2)),),
    "DX": ((2, (1, 2)),),
    "MR": ((4, (2, 2)), (2, (1, 2))),
}


def start_layout(opened: OpenStudy, stack: Stack | None = None) -> Layout:
    """The layout a study is shown in for the first time; `stack`, or the first one, comes first."""
    stacks = _in_order(opened.stacks, stack)
    if not stacks:
        return Layout()
    choices = _START.get(stacks[0].info.modality, ())
    alike = [found for found in stacks if found.info.modality == stacks[0].info.modality]
    rows, columns = next((size for least, size in choices if len(alike) >= least), (1, 1))
    views = [_begin(found) for found in alike[: rows * columns]]
    return Layout(rows, columns, (*views, *(View(),) * (rows * columns - len(views))))


def filled(opened: OpenStudy, rows: int, columns: int) -> Layout:
    """The layout of `opened` in another size; new tiles take the series that follow, as far as there are any."""
    layout = opened.layout.value.resized(rows, columns)
    shown = {view.stack_key for view in layout.views}
    further = iter([stack for stack in opened.stacks if stack.key not in shown])
    views = [view if view.stack_key else _begin(next(further, None)) for view in layout.views]
    return replace(layout, views=tuple(views))


def tile_for(layout: Layout, stack_key: str, index: int) -> int:
    """The tile to show an image in: one that shows it or its stack as it was taken, else the active one.

    A reconstructed plane is kept as long as another tile can take the image.
    """

    def rank(place: int) -> tuple[bool, ...]:
        view = layout.views[place]
        shows_stack = view.cut is None and view.stack_key == stack_key
        shows_image = shows_stack and view.index == index
        return not shows_stack, not shows_image, view.cut is not None, place != layout.active, bool(view.stack_key)

    return min(range(len(layout.views)), key=rank)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is wished to be on show first of a study: a stack, or tiles as they are, linked as they are."""

    stack_key: str = ""
    layout: Layout | None = None
    links: Links = field(default_factory=Links)

    def show(self, opened: OpenStudy, found: Layout | None) -> None:
        """Begin; `found` is how the study was left."""
        opened.together.link(self.links)
        opened.show_layout(self.layout or self._layout(opened, found))

    def _layout(self, opened: OpenStudy, found: Layout | None) -> Layout:
        stack = opened.stack_by_key(self.stack_key)
        if found is not None and stack is not None:
            found = _activated(found, self.stack_key)
        return found or start_layout(opened, stack)


def _activated(layout: Layout, stack_key: str) -> Layout | None:
    """The layout with a tile active that shows images of that stack; None where there is none."""
    places = [place for place, view in enumerate(layout.views) if view.stack_key == stack_key and view.cut is None]
    return replace(layout, active=layout.active if layout.active in places else places[0]) if places else None


def beside_prior(opened: OpenStudy, prior: Study, stacks: Iterable[Stack]) -> Layout | None:
    """What is on show at the left, the most alike of the prior's `stacks` at the right; None where there is none."""
    shown = opened.stack
    if shown is None:
        return None
    candidates = sorted(stacks, key=lambda stack: _likeness(shown, stack), reverse=True)
    if not candidates:
        return None
    return Layout(1, 2, (opened.view.value, _begin(candidates[0])))


def show_beside(opened: OpenStudy, prior: Study) -> bool:
    """Show what is on show beside that prior; False where it has nothing to show."""
    stacks = [stack for series in prior.series for stack in stacks_of(series)]
    layout = beside_prior(opened, prior, stacks)
    if layout is not None:
        opened.show_layout(layout)
    return layout is not None


def _likeness(one: Stack, other: Stack) -> tuple[bool, bool, bool, int]:
    """Modality first, then the plane, the description, and how many images there are."""
    return (
        one.info.modality == other.info.modality,
        plane_name(one.images[0].plane) == plane_name(other.images[0].plane),
        one.info.description.casefold() == other.info.description.casefold(),
        -abs(len(one.images) - len(other.images)),
    )


def _in_order(stacks: tuple[Stack, ...], first: Stack | None) -> tuple[Stack, ...]:
    return stacks if first is None else (first, *(stack for stack in stacks if stack is not first))


def _begin(stack: Stack | None) -> View:
    return View() if stack is None else first_view(stack)
