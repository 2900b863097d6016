"""Placing the points of one measurement on slices and planes apart: what is placed is kept while these change."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.present import within
from viewer_app.ui.tools.aiming import aimed, look_closely
from viewer_app.ui.tools.hand import Aid, Drawing
from viewer_app.ui.tools.placing import apart, first_points, with_points
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage


def place_on_any_plane(stage: Stage, press: Pointer, kind: Kind) -> Gesture:
    """The first point by a click, kept in the hand; with the last one the measurement is there. A drag places two."""
    pending = stage.hand.pending
    if pending is not None:
        yield from _next_place(stage, press, pending)
        return
    figure = stage.tile.new_figure((stage.patient_point(press.at),))
    measurement = stage.workspace.new_measurement(kind.name, figure)
    placed = yield from first_points(stage, press, measurement)
    if len(placed) >= kind.min_points:
        _finish(stage, with_points(measurement, placed))
    elif placed:
        stage.hand.keep(with_points(measurement, placed))


def _next_place(stage: Stage, press: Pointer, pending: Measurement) -> Gesture:
    kind = KINDS[pending.kind]
    stage.hand.drawing = Drawing(kind.name, 0)
    pointer = press
    while pointer.kind is not PointerKind.RELEASE:
        look_closely(stage, pointer)
        show_pending(stage, pointer, pending)
        pointer = yield
        if pointer.kind is PointerKind.BACK:
            stage.hand.drop()
            return
    if _is_second_click(stage, pending, pointer):
        return
    placed = _with_place(stage, pending, _aimed(stage, pointer, pending)[0])
    if sum(len(figure.points) for figure in placed.figures) < kind.max_points:
        stage.hand.keep(placed)
    else:
        _finish(stage, placed)


def hover(stage: Stage, pointer: Pointer) -> None:
    """What a tool that draws shows before a button is pressed: the lens, and the measurement as it would become."""
    if not stage.hand.tool:
        return
    look_closely(stage, pointer)
    if stage.hand.pending is not None:
        show_pending(stage, pointer, stage.hand.pending)
    elif stage.hand.snaps:
        stage.aid(aimed(stage, pointer, KINDS[stage.hand.tool], ())[1])


def show_pending(stage: Stage, pointer: Pointer, pending: Measurement) -> None:
    """Show what is kept with one more point under the pointer."""
    if stage.tile.why_no_mark is None:
        to, aid = _aimed(stage, pointer, pending)
        stage.preview(_with_place(stage, pending, to))
        stage.aid(aid)


def _aimed(stage: Stage, pointer: Pointer, pending: Measurement) -> tuple[Vector, Aid]:
    """Shift constrains on one plane only."""
    is_here = pending.figures[-1].plane == stage.plane
    return aimed(stage, pointer, KINDS[pending.kind], pending.figures[-1].points if is_here else ())


def _with_place(stage: Stage, pending: Measurement, to: Vector) -> Measurement:
    """One point more: in the last figure where it is on the same plane, else in one of its own."""
    last, figure = pending.figures[-1], stage.tile.new_figure((to,))
    if (last.plane, last.source) == (figure.plane, figure.source):
        return with_points(pending, (*last.points, to), len(pending.figures) - 1)
    return replace(pending, figures=(*pending.figures, figure))


def _is_second_click(stage: Stage, pending: Measurement, pointer: Pointer) -> bool:
    last = pending.figures[-1]
    return last.plane == stage.plane and not apart(stage, last.points[-1], pointer.at)


def _finish(stage: Stage, measurement: Measurement) -> None:
    """Keep it as a measurement; where it would have no number it is told why, and the points before stay."""
    kind = KINDS[measurement.kind]
    value = stage.study.measuring.measured(measurement).values[0]
    if value.number is None:
        stage.workspace.noticed.emit(f"There is no {kind.title} to this point: {value.note}.")
        return
    stage.hand.drop()
    stage.preview(None)
    stage.study.measuring.put(measurement, f"Draw {within(kind.title)}")
    stage.select(measurement.uid)
