"""Drawing any kind of measurement, and editing any that is there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.measure.constrain import on_eighth
from viewer_app.measure.kind import Gesture as Placement
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import onto
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.present import within
from viewer_app.session.contours import label_of_marks, may_join
from viewer_app.session.study import OpenStudy
from viewer_app.ui.tools.aiming import found, look_closely
from viewer_app.ui.tools.hand import Hand
from viewer_app.ui.tools.placing import A_DRAG_PX, along, clicked, with_points
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage, Tool, distance_px
from viewer_app.ui.tools.spanning import place_on_any_plane
from viewer_app.ui.views.marks import Hit


def draw_tool(kind: Kind) -> Tool:
    """The tool that draws measurements of `kind`: click by click, or press, drag and release."""

    def draw(stage: Stage, press: Pointer) -> Gesture:
        return _draw(stage, press, kind)

    return draw


def _draw(stage: Stage, press: Pointer, kind: Kind) -> Gesture:
    refused = stage.tile.why_no_mark
    if refused is not None:
        stage.study.failed.emit(refused)
        return
    chosen = stage.selected
    stage.select("")
    try:
        if kind.gesture is Placement.PLACES:
            yield from place_on_any_plane(stage, press, kind)
        else:
            yield from _draw_here(stage, press, kind, chosen)
    finally:
        stage.hand.drawing = None
        stage.preview(None)
        stage.aid(None)
        stage.magnify(None)


def _draw_here(stage: Stage, press: Pointer, kind: Kind, chosen: str) -> Gesture:
    """All points on the plane on show; an outline becomes one of a `chosen` volume of contours."""
    figure = stage.tile.new_figure((stage.patient_point(press.at),))
    measurement = stage.workspace.new_measurement(kind.name, figure)
    place = along if kind.gesture is Placement.STROKE else clicked
    placed = yield from place(stage, press, measurement)
    if len(placed) < kind.min_points:
        return
    stage.preview(None)
    measurement = with_points(measurement, placed)
    joins = stage.study.measurements.get(chosen) if may_join(stage.study, chosen, measurement) else None
    if joins is not None:
        measurement = replace(measurement, label=label_of_marks(stage.study, joins.measurement))
    stage.study.measuring.put(measurement, f"Draw {within(kind.title)}")
    stage.select(measurement.uid)
    volume = "" if joins is None else chosen
    stage.study.measuring.awaited.do((), partial(_once_drawn, stage.study, stage.hand, measurement, volume))


def _once_drawn(study: OpenStudy, hand: Hand, measurement: Measurement, volume: str) -> None:
    """Let it become one with the volume of outlines it was drawn for, and ask for the words of a note."""
    drawn = study.history.next_undo
    if study.measurements.get(measurement.uid) is None or drawn is None:
        return
    if volume:
        hand.joining.emit(volume, measurement.uid, drawn.uid)
    if not KINDS[measurement.kind].quantities:
        hand.writing_wanted.emit(measurement.uid)


def edit(stage: Stage, press: Pointer, hit: Hit) -> Gesture:
    """Drag a handle, or all of a mark; a click alone selects it, and lets keys move what was taken."""
    stage.select(hit.uid)
    stage.hand.hold(hit)
    found = stage.study.measuring.drawn(hit.uid)
    if found is None:
        return
    before = changed = found
    start = stage.patient_point(press.at)  # what was pressed, wherever it lies once the window has another size
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            if changed is not before or distance_px(pointer.at, press.at) >= A_DRAG_PX:
                changed = _moved(stage, before, hit, start, pointer)
                look_closely(stage, pointer)
                stage.preview(changed)
        stage.preview(None)
        if changed is not before:
            stage.study.measuring.put(changed, "Move")
    finally:
        stage.preview(None)
        stage.aid(None)
        stage.magnify(None)


def _moved(stage: Stage, measurement: Measurement, hit: Hit, start: Vector, pointer: Pointer) -> Measurement:
    """The measurement with its handle, or all its points, moved as far as the pointer was from `start`."""
    end = stage.patient_point(pointer.at)
    if hit.handle is None:
        end = on_eighth(stage.plane, start, end) if pointer.shift else end
        return shifted(measurement, hit, start, end)
    edge, aid = found(stage, pointer, snaps=True)
    stage.aid(aid)
    if aid.spot is not None:
        # On the edge itself, not as far beside it as the handle was grasped.
        start = KINDS[measurement.kind].handles(*_figure(measurement, hit))[hit.handle]
        return shifted(measurement, hit, start, edge)
    return shifted(measurement, hit, start, end, constrains=pointer.shift)


def shifted(measurement: Measurement, hit: Hit, start: Vector, end: Vector, *, constrains: bool = False) -> Measurement:
    """The measurement with the handle that was hit, or all points of the figure, moved from `start` to `end`."""
    kind, (points, plane) = KINDS[measurement.kind], _figure(measurement, hit)
    start, end = onto(plane, start), onto(plane, end)
    if hit.handle is None:
        return with_points(measurement, tuple(_beside(point, start, end) for point in points), hit.figure)
    to = _beside(kind.handles(points, plane)[hit.handle], start, end)
    if constrains:
        to = kind.constrained(points, hit.handle, to, plane)
    return with_points(measurement, kind.move_handle(points, hit.handle, to, plane), hit.figure)


def _figure(measurement: Measurement, hit: Hit) -> tuple[tuple[Vector, ...], Plane]:
    figure = measurement.figures[hit.figure]
    return figure.points, figure.plane


def _beside(point: Vector, start: Vector, end: Vector) -> Vector:
    return vector(np.asarray(point) + np.subtract(end, start))
