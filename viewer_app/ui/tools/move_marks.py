"""Moving what is there: several marks at once, a mark of several planes, a label."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.lying import onto
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.session.edits import move_label, move_many
from viewer_app.session.reconstructed import figures_on, is_on
from viewer_app.ui.tools.draw import edit
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, ScreenPoint, Stage, distance_px
from viewer_app.ui.views.marks import Hit

_A_DRAG_PX = 4.0

Moved = Callable[[Pointer], Sequence[Measurement]]
Done = Callable[[Sequence[Measurement]], object]


def take_mark(stage: Stage, press: Pointer, hit: Hit) -> Gesture:
    """What the left button does on a mark: with Control it is selected beside others, or no more."""
    mark = stage.study.measuring.drawn(hit.uid)
    if press.control:
        return _toggle(stage, hit.uid)
    if hit.is_label:
        return _move_label(stage, press, hit)
    figures = mark.figures if mark is not None else ()
    is_whole = hit.handle is None or sum(len(figure.points) for figure in figures) == 1
    if is_whole and hit.uid in stage.selection and len(stage.selection) > 1:
        return _move_selected(stage, press, hit)
    if mark is not None and len(figures) > 1 and hit.handle is None:
        return _move_figures(stage, press, mark)
    return edit(stage, press, hit)


def _toggle(stage: Stage, uid: str) -> Gesture:
    stage.toggle(uid)
    while (yield).kind is not PointerKind.RELEASE:
        pass


def _move_selected(stage: Stage, press: Pointer, hit: Hit) -> Gesture:
    """All selected marks that are seen here as far as the pointer; a click selects the one under it alone."""
    found = map(stage.study.measuring.drawn, stage.selection)
    marks = [mark for mark in found if mark is not None and is_on(stage.tile, mark)]
    start = stage.patient_point(press.at)

    def moved(pointer: Pointer) -> Sequence[Measurement]:
        way = _way(stage, start, pointer)
        return [replace(mark, figures=_shifted(stage, mark, way)) for mark in marks]

    dragged = yield from _drag(stage, press, moved, lambda changed: move_many(stage.study, changed))
    if not dragged:
        stage.select(hit.uid)


def _move_figures(stage: Stage, press: Pointer, mark: Measurement) -> Gesture:
    """All points of a mark of several planes that lie on the one on show."""
    stage.select(mark.uid)
    start = stage.patient_point(press.at)

    def moved(pointer: Pointer) -> Sequence[Measurement]:
        return [replace(mark, figures=_shifted(stage, mark, _way(stage, start, pointer)))]

    yield from _drag(stage, press, moved, lambda changed: move_many(stage.study, changed))


def _move_label(stage: Stage, press: Pointer, hit: Hit) -> Gesture:
    """The label under the pointer, from the middle of the points of its mark; a click selects the mark."""
    if hit.uid not in stage.selection:
        stage.select(hit.uid)
    mark, middle = stage.study.measuring.drawn(hit.uid), stage.label_middle(hit.uid)
    if mark is None or middle is None:
        return

    def moved(pointer: Pointer) -> Sequence[Measurement]:
        to = middle[0] + pointer.at[0] - press.at[0], middle[1] + pointer.at[1] - press.at[1]
        return [replace(mark, label_offset=_offset(stage, mark, to))]

    def done(changed: Sequence[Measurement]) -> None:
        move_label(stage.study, [mark.uid], changed[0].label_offset)

    if not (yield from _drag(stage, press, moved, done)):
        stage.select(hit.uid)


def _drag(stage: Stage, press: Pointer, moved: Moved, done: Done) -> Generator[None, Pointer, bool]:
    """Show what `moved` gives while the pointer is dragged, and at the end have it `done`; False for a click."""
    changed: Sequence[Measurement] = ()
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            if changed or distance_px(pointer.at, press.at) >= _A_DRAG_PX:
                changed = moved(pointer)
                stage.preview(*changed)
        stage.preview()
        if changed:
            done(changed)
    finally:
        stage.preview()
    return bool(changed)


def _way(stage: Stage, start: Vector, pointer: Pointer) -> Vector:
    """How far the pointer was moved from `start`, in the patient."""
    return vector(np.subtract(stage.patient_point(pointer.at), start))


def _shifted(stage: Stage, mark: Measurement, way: Vector) -> tuple[Figure, ...]:
    """The figures, those on show moved."""
    here = figures_on(stage.tile, mark)
    return tuple(
        replace(figure, points=tuple(_beside(figure, point, way) for point in figure.points))
        if number in here
        else figure
        for number, figure in enumerate(mark.figures)
    )


def _beside(figure: Figure, point: Vector, way: Vector) -> Vector:
    """The point moved, on the plane of its figure."""
    to = vector(np.add(point, way))
    return onto(figure.plane, to)


def _offset(stage: Stage, mark: Measurement, to: ScreenPoint) -> tuple[float, float]:
    """To a screen point, in-plane: from the middle of the points that are on show, or of all voxels of a volume."""
    volume = stage.volume_middle(mark.uid)
    if volume is not None:
        to_label = stage.plane.in_plane([stage.patient_point(to), volume])
        across, down = (to_label[0] - to_label[1]).tolist()
        return across, down
    figures = [mark.figures[number] for number in figures_on(stage.tile, mark)]
    plane = figures[0].plane
    points = np.concatenate([plane.in_plane(figure.points) for figure in figures])
    across, down = (plane.in_plane([stage.patient_point(to)])[0] - points.mean(axis=0)).tolist()
    return across, down
