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


@dataclass(frozen=True, slots=True)
class Mark:
    """A record as it lies on the screen: handles (n, 2), polylines and helper lines, in screen pixels."""

    record: Record
    handles: Floats
    lines: tuple[Floats, ...]
    helpers: tuple[Floats, ...]

    @property
    def uid(self) -> str:
        """The measurement's UID."""
        return self.record.measurement.uid


@dataclass(frozen=True, slots=True)
class Hit:
    """What a click takes: a mark, and one of its handles or, with None, all of it."""

    uid: str
    handle: int | None


def mark_of(record: Record, camera: Camera, plane: Plane) -> Mark:
    """The first figure of a record on the screen that shows `plane`, on which it lies."""
    figure = record.measurement.figures[0]
    points = figure.plane.in_plane(figure.points)
    outline = KINDS[record.measurement.kind].outline(points, 1.0 / camera.scale)

    def on_screen(in_figure: Floats) -> Floats:
        is_own = figure.plane == plane
        return camera.to_screen(in_figure if is_own else plane.in_plane(to_patient(figure.plane, in_figure)))

    return Mark(
        record,
        handles=on_screen(points),
        lines=tuple(on_screen(line) for line in outline.lines),
        helpers=tuple(on_screen(line) for line in outline.helpers),
    )


def hit_test(marks: Sequence[Mark], at: tuple[float, float], selected: str = "") -> Hit | None:
    """What lies under a screen point: handles first, the selected mark before others, then the nearest line."""
    ordered = sorted(marks, key=lambda mark: mark.uid != selected)
    return _nearest_handle(ordered, at) or _nearest_line(ordered, at)


def _nearest_handle(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = HANDLE_GRIP_PX, None
    for mark in marks:
        distances = np.linalg.norm(mark.handles - np.asarray(at), axis=1)
        index = int(np.argmin(distances))
        if distances[index] < best:
            best, found = float(distances[index]), Hit(mark.uid, index)
    return found


def _nearest_line(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = LINE_GRIP_PX, None
    for mark in marks:
        for line in mark.lines:
            distance = _distance_to_polyline(line, np.asarray(at))
            if distance < best:
                best, found = distance, Hit(mark.uid, None)
    return found


def _distance_to_polyline(line: Floats, point: Floats) -> float:
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", point - start, along) / squared, 0.0, 1.0)
    return float(np.min(np.linalg.norm(start + share[:, None] * along - point, axis=1)))
