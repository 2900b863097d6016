"""Drawing any kind of measurement, and editing any that is there."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import onto
from viewer_app.measure.measurement import Measurement
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage, Tool, distance_px
from viewer_app.ui.views.marks import Hit

_A_DRAG_PX = 4.0
_APART_PX = 2.0

Placing = Generator[None, Pointer, tuple[Vector, ...]]


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
    figure = stage.tile.new_figure((stage.patient_point(press.at),))
    measurement = stage.workspace.new_measurement(kind.name, figure)
    stage.select("")
    try:
        placed = yield from _first_points(stage, press, measurement)
        while len(placed) < kind.max_points:
            placed = yield from _next_point(stage, measurement, placed)
    finally:
        stage.preview(None)
    measurement = _with_points(measurement, placed)
    stage.study.measuring.put(measurement, f"Draw {kind.title.lower()}")
    stage.select(measurement.uid)


def _first_points(stage: Stage, press: Pointer, measurement: Measurement) -> Placing:
    """One point by a click, or two by a drag."""
    single = KINDS[measurement.kind].max_points == 1
    start = stage.patient_point(press.at)
    dragged = False
    if single:
        _show(stage, measurement, start)
    while True:
        pointer = yield
        end = stage.patient_point(pointer.at)
        dragged = dragged or distance_px(pointer.at, press.at) >= _A_DRAG_PX
        points = (end,) if single else (start, end) if dragged else (start,)
        if pointer.kind is PointerKind.RELEASE:
            return points
        _show(stage, measurement, *points)


def _next_point(stage: Stage, measurement: Measurement, placed: tuple[Vector, ...]) -> Placing:
    """One more point, where the button is released; a release on the point before it places none."""
    while True:
        pointer = yield
        point = stage.patient_point(pointer.at)
        if pointer.kind is PointerKind.RELEASE and _apart(stage, placed[-1], pointer.at):
            return (*placed, point)
        _show(stage, measurement, *placed, point)


def _apart(stage: Stage, point: Vector, at: tuple[float, float]) -> bool:
    ((across, down),) = stage.camera.to_screen(stage.plane.in_plane(point))
    return distance_px((float(across), float(down)), at) >= _APART_PX


def edit(stage: Stage, press: Pointer, hit: Hit) -> Gesture:
    """Drag a handle, or all of a mark; a click alone selects it."""
    stage.select(hit.uid)
    record = stage.study.measurements.get(hit.uid)
    if record is None:
        return
    before = record.measurement
    changed = before
    try:
        while (pointer := (yield)).kind is not PointerKind.RELEASE:
            if changed is not before or distance_px(pointer.at, press.at) >= _A_DRAG_PX:
                changed = _moved(stage, before, hit, press, pointer)
                stage.preview(changed)
        stage.preview(None)
        if changed is not before:
            stage.study.measuring.put(changed, "Move")
    finally:
        stage.preview(None)


def _moved(stage: Stage, measurement: Measurement, hit: Hit, press: Pointer, pointer: Pointer) -> Measurement:
    """The measurement with its handle, or all its points, moved as far as the pointer was."""
    figure = measurement.figures[0]
    points = figure.points
    start, end = stage.patient_point(press.at), stage.patient_point(pointer.at)
    if figure.plane != stage.plane:
        start, end = onto(figure.plane, start), onto(figure.plane, end)
    if hit.handle is None:
        return _with_points(measurement, tuple(_shifted(point, start, end) for point in points))
    to = _shifted(points[hit.handle], start, end)
    return _with_points(measurement, KINDS[measurement.kind].move_point(points, hit.handle, to))


def _shifted(point: Vector, start: Vector, end: Vector) -> Vector:
    return vector(np.asarray(point) + np.subtract(end, start))


def _with_points(measurement: Measurement, points: tuple[Vector, ...]) -> Measurement:
    return replace(measurement, figures=(replace(measurement.figures[0], points=points),))


def _show(stage: Stage, measurement: Measurement, *points: Vector) -> None:
    if len(points) >= KINDS[measurement.kind].min_points:
        stage.preview(_with_points(measurement, points))
    else:
        stage.preview(None)
