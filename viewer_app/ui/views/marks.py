"""Where marks lie on the screen and what a click would take. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import are_in_one_space, to_patient
from viewer_app.measure.measurement import Figure, Record
from viewer_app.ui.views.camera import Camera

HANDLE_GRIP_PX = 10.0
LINE_GRIP_PX = 6.0
FEW_HANDLES = 8
"""A mark with more is held by its line first; selected, it shows those handles that can be told apart."""

FIRST = (0,)
"""The figures of a mark that has one."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A record as it lies on the screen: handles (n, 2), polylines and helper lines, in screen pixels.

    `figures` are the numbers of its figures that lie on the plane, `owners` the figure and point of each handle,
    `bare` the handles that its lines mark themselves. `label_at` is the middle of a label that a person moved; `far`
    are its points on other planes, seen along the normal, (n, 2). `grips` are the handles that are far enough apart to
    be taken. What is seen of a volume lies `around` by a closed line (n, 2), which is not drawn; it has no grips.
    """

    record: Record
    handles: Floats
    lines: tuple[Floats, ...]
    helpers: tuple[Floats, ...]
    figures: tuple[int, ...] = FIRST
    owners: tuple[tuple[int, int], ...] = ()
    bare: frozenset[int] = frozenset()
    label_at: tuple[float, float] | None = None
    grips: tuple[int, ...] = ()
    far: Floats = field(default_factory=lambda: np.empty((0, 2)))
    around: Floats | None = None

    @property
    def ways(self) -> tuple[Floats, ...]:
        """From the handles to each far point, the nearest way."""
        nearest = (self.handles[int(np.argmin(np.linalg.norm(self.handles - spot, axis=1)))] for spot in self.far)
        return tuple(np.array([start, end]) for start, end in zip(nearest, self.far, strict=True))

    @property
    def uid(self) -> str:
        """The measurement's UID."""
        return self.record.measurement.uid


@dataclass(frozen=True, slots=True)
class Hit:
    """What a click takes: a mark, and the handle of one of its figures or, with None, all of it, or its label.

    A volume is taken by a click alone: what the tool does on a drag, it does over a volume too.
    """

    uid: str
    handle: int | None
    figure: int = 0
    is_label: bool = False
    is_volume: bool = False


def mark_of(record: Record, camera: Camera, plane: Plane, numbers: tuple[int, ...] = FIRST) -> Mark:
    """The figures of a record that lie on `plane`, as they lie on the screen that shows it."""
    figures = [record.measurement.figures[number] for number in numbers]
    base, is_own = figures[0].plane, figures[0].plane == plane
    points = np.concatenate([base.in_plane(figure.points) for figure in figures])
    kind = KINDS[record.measurement.kind]
    outline = kind.outline(points, 1.0 / camera.scale)

    def on_screen(in_figure: Floats) -> Floats:
        return camera.to_screen(in_figure if is_own else plane.in_plane(to_patient(base, in_figure)))

    others = [each for number, each in enumerate(record.measurement.figures) if number not in numbers]
    far = _far(others, camera, plane) if others else np.empty((0, 2))
    offset, label_at = record.measurement.label_offset, None
    if offset is not None:
        across, down = on_screen(points.mean(axis=0, keepdims=True) + offset)[0].tolist()
        label_at = (across, down)
    handles = [each.plane.in_plane(kind.handles(each.points, each.plane)) for each in figures]
    seen = on_screen(np.concatenate(handles))
    return Mark(
        record,
        handles=seen,
        lines=tuple(on_screen(line) for line in outline.lines),
        helpers=tuple(on_screen(line) for line in outline.helpers),
        figures=numbers,
        owners=tuple((number, at) for number, each in zip(numbers, handles, strict=True) for at in range(len(each))),
        bare=outline.bare,
        label_at=label_at,
        far=far,
        grips=_grips(seen),
    )


def _far(others: Sequence[Figure], camera: Camera, plane: Plane) -> Floats:
    """The points of figures that are not on show, seen along the normal; those of other spaces have no place."""
    found = [plane.in_plane(figure.points) for figure in others if are_in_one_space(figure.plane, plane)]
    return camera.to_screen(np.concatenate([np.empty((0, 2)), *found]))


def _grips(handles: Floats) -> tuple[int, ...]:
    """All of a few handles; of many those that leave room between each other for one to be taken."""
    if len(handles) <= FEW_HANDLES:
        return tuple(range(len(handles)))
    kept = [0]
    for index in range(1, len(handles)):
        if np.linalg.norm(handles[kept] - handles[index], axis=1).min() >= HANDLE_GRIP_PX:
            kept.append(index)
    return tuple(kept)


def hit_test(marks: Sequence[Mark], at: tuple[float, float], selected: Collection[str] = ()) -> Hit | None:
    """What lies under a screen point: handles first, selected marks before others, then the nearest line."""
    ordered = sorted(marks, key=lambda mark: mark.uid not in selected)
    held = (mark for mark in ordered if mark.uid in selected or len(mark.handles) <= FEW_HANDLES)
    return _nearest_handle(held, at) or _nearest_line(ordered, at)


def _nearest_handle(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = HANDLE_GRIP_PX, None
    for mark in marks:
        distances = np.linalg.norm(mark.handles[list(mark.grips)] - np.asarray(at), axis=1)
        index = int(np.argmin(distances))
        if distances[index] < best:
            figure, handle = mark.owners[mark.grips[index]]
            best, found = float(distances[index]), Hit(mark.uid, handle, figure)
    return found


def _nearest_line(marks: Iterable[Mark], at: tuple[float, float]) -> Hit | None:
    best, found = LINE_GRIP_PX, None
    for mark in marks:
        for line in mark.lines:
            distance = _distance_to_polyline(line, np.asarray(at))
            if distance < best:
                best, found = distance, Hit(mark.uid, None, mark.figures[0])
    return found


def _distance_to_polyline(line: Floats, point: Floats) -> float:
    return float(np.linalg.norm(nearest_on(line, point) - point))


def nearest_on(line: Floats, point: Floats) -> Floats:
    """The point of a polyline (n, 2) that is nearest to `point`."""
    start, along = line[:-1], np.diff(line, axis=0)
    squared = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", point - start, along) / squared, 0.0, 1.0)
    spots: Floats = start + share[:, None] * along
    found: Floats = spots[int(np.argmin(np.linalg.norm(spots - point, axis=1)))]
    return found
