"""Priors in tiles beside the opened study: which of their marks are seen, and the way to one of them."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.mpr import why_no_mpr
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import Study
from viewer_app.measure.kinds import KINDS, is_by_voxels
from viewer_app.measure.measurement import Figure, Measurement, Record
from viewer_app.session.display import first_view
from viewer_app.session.finding import image_in
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructed import cut_of, is_in
from viewer_app.session.reconstructing import group
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.view import View


def prior_marks_on(tile: Tile) -> tuple[tuple[Record, tuple[int, ...]], ...]:
    """The prior's own records on what the tile shows of it, each with the numbers of the figures that lie there."""
    if not tile.is_prior:
        return ()
    records = tile.opened.prior_marks.of(tile.study)
    drawn = (record for record in records if record.measurement.kind in KINDS and not is_by_voxels(record.measurement))
    found = ((record, prior_figures_on(tile, record.measurement)) for record in drawn)
    return tuple((record, on) for record, on in found if on)


def prior_figures_on(tile: Tile, measurement: Measurement) -> tuple[int, ...]:
    """The numbers of the figures of a prior's measurement that lie on what the tile shows of that prior."""
    marks, study = tile.opened.prior_marks, tile.study
    stacks = ((number, figure, marks.stack(study, figure)) for number, figure in enumerate(measurement.figures))
    return tuple(
        number
        for number, figure, stack in stacks
        if tile.is_prior and stack is not None and is_in(tile, figure, stack.key)
    )


def prior_volumes_on(tile: Tile) -> tuple[Record, ...]:
    """The volumes of the prior's stack a tile shows, whether or not they reach its plane."""
    stack, marks, opened = tile.stack, tile.opened.prior_marks, tile.opened
    if not tile.is_prior or stack is None or stack.images[0].instance.is_twin:
        return ()
    grid = opened.measuring.volumetry.grid(stack)

    def is_here(drawn: Measurement) -> bool:
        of = marks.stack(tile.study, drawn.figures[0])
        is_as_it_was = drawn.region is None or drawn.region.grid == grid
        return of is not None and of.key == stack.key and is_as_it_was

    drawn = (record for record in marks.of(tile.study) if record.measurement.kind in KINDS)
    return tuple(one for one in drawn if is_by_voxels(one.measurement) and is_here(one.measurement))


def layout_beside(opened: OpenStudy, prior: Study, figure: Figure) -> Layout | None:
    """The layout with the image or plane of a prior's figure, slab and all, in the active tile.

    A tile that shows the prior is taken, or an empty one; what is on show of the study stays, beside it where there was
    no other. None where the image is not there, or the plane cannot be reconstructed.
    """
    stack = opened.prior_marks.stack(prior, figure)
    if stack is None:
        return None
    layout, place = _with_place(opened, prior, stack)
    view = layout.views[place] if layout.views[place].stack_key == stack.key else first_view(stack)
    shown = _showing(opened, stack, view, figure)
    return None if shown is None else replace(layout.with_view(place, shown), active=place, enlarged=False)


def _with_place(opened: OpenStudy, prior: Study, stack: Stack) -> tuple[Layout, int]:
    layout = opened.layout.value
    places = [place for place in range(len(layout.views)) if _may_be_taken(opened, place)]
    if places:
        return layout, min(places, key=lambda place: _rank(opened, layout.views[place], prior, stack))
    ours = [view for view in (layout.view, *layout.views) if opened.owner(view.stack_key) is opened.study]
    return Layout(1, 2, (*ours[:1], first_view(stack))), 1


def _may_be_taken(opened: OpenStudy, place: int) -> bool:
    """Tiles of an MPR belong together; those of the study are what the prior is shown beside."""
    view = opened.layout.value.views[place]
    is_ours = bool(view.stack_key) and opened.owner(view.stack_key) is opened.study
    return not is_ours and group(opened.layout.value, place) is None


def _rank(opened: OpenStudy, view: View, prior: Study, stack: Stack) -> tuple[bool, ...]:
    return view.stack_key != stack.key, opened.owner(view.stack_key) is not prior, bool(view.stack_key)


def _showing(opened: OpenStudy, stack: Stack, view: View, figure: Figure) -> View | None:
    if figure.reference is not None:
        found = image_in((stack,), figure.reference)
        return None if found is None else view.acquired(found[1])
    if figure.reconstruction is None or (why_no_mpr(stack) and not opened.resampling.is_needed(stack)):
        return None
    return replace(view.acquired(view.index), cut=cut_of(opened, stack, figure))
