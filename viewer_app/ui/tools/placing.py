"""The points of a drawing, one after the other: by clicks, by a drag, along a stroke, and with keys between."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from viewer_app.imaging.geometry import Vector
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kind import OPEN_ENDED, with_point
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement
from viewer_app.ui.tools.aiming import aimed, look_closely
from viewer_app.ui.tools.hand import Aid, Drawing
from viewer_app.ui.tools.pointer import Pointer, PointerKind, Stage, distance_px
from viewer_app.ui.tools.typed_length import typed_points

A_DRAG_PX = 4.0
_APART_PX = 2.0
_CLOSING_PX = 8.0

Placing = Generator[None, Pointer, tuple[Vector, ...]]


def along(stage: Stage, press: Pointer, measurement: Measurement) -> Placing:
    """The places of the pointer until the button is released."""
    points = [stage.patient_point(press.at)]
    while True:
        pointer = yield
        if (point := stage.patient_point(pointer.at)) != points[-1]:
            points.append(point)
        if pointer.kind is PointerKind.RELEASE:
            return KINDS[measurement.kind].finished(tuple(points), stage.plane)
        show(stage, measurement, tuple(points))


def clicked(stage: Stage, press: Pointer, measurement: Measurement) -> Placing:
    """As many points as the kind takes, of an open-ended one until a person ends it; () where all were taken back."""
    kind = KINDS[measurement.kind]
    placed = yield from first_points(stage, press, measurement)
    while 0 < len(placed) < kind.max_points:
        stage.hand.drawing = Drawing(kind.name, len(placed))
        more = yield from _next_point(stage, measurement, placed)
        if more == placed:
            break
        placed = more
    return placed


def first_points(stage: Stage, press: Pointer, measurement: Measurement) -> Placing:
    """One point by a click, or two by a drag; () where it is taken back."""
    kind = KINDS[measurement.kind]
    start, aid = aimed(stage, press, kind, ())
    stage.hand.drawing = Drawing(kind.name, 0)
    points: tuple[Vector, ...] = (start,)
    look_closely(stage, press)
    show(stage, measurement, points, aid)
    while True:
        pointer = yield
        if pointer.kind is PointerKind.BACK:
            return ()
        if kind.max_points == 1:
            points = (aimed(stage, pointer, kind, ())[0],)
        elif len(points) > 1 or distance_px(pointer.at, press.at) >= A_DRAG_PX:
            end, aid = aimed(stage, pointer, kind, (start,))
            points = with_point(kind, (start,), end)
        if pointer.kind is PointerKind.RELEASE:
            return points
        look_closely(stage, pointer)
        show(stage, measurement, points, aid)


def _next_point(stage: Stage, measurement: Measurement, placed: tuple[Vector, ...]) -> Placing:
    """One more point, where the button is released, or one less; the same ones where the drawing is ended.

    A release on the point before it places none; it ends a kind that a person ends, as a double click does.
    """
    kind = KINDS[measurement.kind]
    may_end = kind.max_points == OPEN_ENDED and len(placed) >= kind.min_points
    while True:
        pointer = yield
        closes = may_end and isinstance(kind, AreaKind) and not apart(stage, placed[0], pointer.at, _CLOSING_PX)
        to, aid = aimed(stage, pointer, kind, placed)
        points = with_point(kind, placed, placed[0] if closes else to)
        if pointer.kind is PointerKind.BACK:
            show(stage, measurement, with_point(kind, placed[:-1], to) if placed[1:] else ())
            return placed[:-1]
        ends = pointer.kind is PointerKind.END or (pointer.kind is PointerKind.RELEASE and closes)
        if may_end and ends:
            return placed
        if pointer.kind is PointerKind.LENGTH:
            points = typed_points(stage, measurement, points, pointer.length)
        is_apart = pointer.kind is PointerKind.RELEASE and apart(stage, placed[-1], pointer.at)
        if is_apart or (pointer.kind is PointerKind.LENGTH and points):
            return points
        if pointer.kind is PointerKind.RELEASE and may_end:
            return placed
        look_closely(stage, pointer)
        show(stage, measurement, points, Aid(spot=placed[0], words="closes") if closes else aid)


def apart(stage: Stage, point: Vector, at: tuple[float, float], least_px: float = _APART_PX) -> bool:
    """Whether a patient point lies elsewhere than a screen point."""
    ((across, down),) = stage.camera.to_screen(stage.plane.in_plane(point))
    return distance_px((float(across), float(down)), at) >= least_px


def with_points(measurement: Measurement, points: tuple[Vector, ...], number: int = 0) -> Measurement:
    """The measurement with other points in one of its figures."""
    figures = list(measurement.figures)
    figures[number] = replace(figures[number], points=points)
    return replace(measurement, figures=tuple(figures))


def show(stage: Stage, measurement: Measurement, points: tuple[Vector, ...], aid: Aid | None = None) -> None:
    """Show the points as the measurement they make; as a line where they are too few for that."""
    is_enough = len(points) >= KINDS[measurement.kind].min_points
    stage.preview(with_points(measurement, points) if is_enough else None)
    stage.aid(replace(aid or Aid(), line=() if is_enough else points))
