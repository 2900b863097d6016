"""Where marks lie on the screen and what a click would take. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import to_patient
from viewer_app.measure.measurement import Record
from viewer_app.ui.views.camera import Camera

HANDLE_GRIP_PX = 10.0
LINE_GRIP_PX = 6.0
FEW_HANDLES = 8
"""A mark with more is held by its line first; selected, it shows those handles that can be told apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A record as it lies on the screen: handles (n, 2), polylines and helper lines, in screen pixels.

    It is `figure`, from 0, of the measurement. `grips` are the handles that are far enough apart to be taken.
    """

    record: Record
    handles: Floats
    lines: tuple[Floats, ...]
    helpers: tuple[Floats, ...]
    figure: int = 0
    grips: tuple[int, ...] = ()

    @property
    def uid(self) -> str:
        """The measurement's UID."""
        return self.record.measurement.uid


@dataclass(frozen=True, slots=True)
class Hit:
    """What a click takes: a mark, and one of its handles or, with None, all of it."""

    uid: str
    handle: int | None
    figure: int = 0


def mark_of(record: Record, camera: Camera, plane: Plane, number: int = 0) -> Mark:
    """A figure of a record on the screen that shows `plane`, on which it lies."""
    figure, kind = record.measurement.figures[number], KINDS[record.measurement.kind]
    points = figure.plane.in_plane(figure.points)
    outline = kind.outline(points, 1.0 / camera.scale)

    def on_screen(in_figure: Floats) -> Floats:
        is_own = figure.plane == plane
        return camera.to_screen(in_figure if is_own else plane.in_plane(to_patient(figure.plane, in_figure)))

    handles = on_screen(figure.plane.in_plane(kind.handles(figure.points, figure.plane)))
    return Mark(
        record,
        handles=handles,
        lines=tuple(on_screen(line) for line in outline.lines),
        helpers=tuple(on_screen(line) for line in outline.helpers),
        figure=number,
        grips=_grips(handles),
    )


def _grips(handles: Floats) -> tuple[int, ...]:
    """All of a few handles; of many those that leave room between each other for one to be taken."""
    if len(handles) <= FEW_HANDLES:
        return tuple(range(len(handles)))
    kept = [0]
    for index in range(1, len(handles)):
        if np.linalg.norm(handles[kept] - handles[index], axis=1).min() >= HANDLE_GRIP_PX:
            kept.append(index)
    return tuple(kept)


def hit_test(marks: Sequence[Mark], at: tuple[float, float], selected: str = "") -> Hit | None:
    """What lies under a screen point: handles first, the selected mark before others, then the nearest line."""
    ordered = sorted(marks, key=lambda mark: mark.uid != selected)
    held = (mark for mark in ordered if mark.uid == selected or len(mark.handles) <= FEW_HANDLES)
    return _nearest_handle(held, at) or _nearest_line(ordered, at)


def _nearest_handle(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = HANDLE_GRIP_PX, None
    for mark in marks:
        distances = np.linalg.norm(mark.handles[list(mark.grips)] - np.asarray(at), axis=1)
        index = int(np.argmin(distances))
        if distances[index] < best:
            best, found = float(distances[index]), Hit(mark.uid, mark.grips[index], mark.figure)
    return found


def _nearest_line(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = LINE_GRIP_PX, None
    for mark in marks:
        for line in mark.lines:
            distance = _distance_to_polyline(line, np.asarray(at))
            if distance < best:
                best, found = distance, Hit(mark.uid, None, mark.figure)
    return found


def _distance_to_polyline(line: Floats, point: Floats) -> float:
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", point - start, along) / squared, 0.0, 1.0)
    return float(np.min(np.linalg.norm(start + share[:, None] * along - point, axis=1)))
