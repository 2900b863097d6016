"""The 3D cursor: which slices the other tiles go to for a patient point, and where it lies in them (BIR 23)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from viewer_app.imaging.slices import TOLERANCE_MM, frame_of_reference, reach_mm
from viewer_app.imaging.together import PatientPoint, cursor_mark, shown_at
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import Mpr, group
from viewer_app.session.tile import extent_shown, plane_shown
from viewer_app.session.view import View

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


@dataclass(frozen=True, slots=True)
class Cross:
    """Where a point lies in a picture: in-plane, in mm, and `distance_mm` from its plane; 0 where it lies in it."""

    in_plane: tuple[float, float]
    distance_mm: float


def pointed(opened: OpenStudy, place: int, point: PatientPoint) -> Layout:
    """The layout on show with every tile but `place` at the slice nearest to `point`; what does not hold it stays.

    The other planes of an MPR that is pointed at stay too: they are moved by its crosshair.
    """
    layout = opened.layout.value
    done = {place, *(group(layout, place) or ())}
    for other in range(len(layout.views)):
        if other in done:
            continue
        places = group(layout, other)
        if places is None:
            layout = _at_slice(opened, layout, other, point)
        else:
            done.update(places)
            layout = _at_crossing(opened, layout, places, point)
    return layout


def cross(opened: OpenStudy, view: View, point: PatientPoint) -> Cross | None:
    """Where `point` lies in what `view` shows; None where no slice of it stands for the point."""
    stack = opened.stack_by_key(view.stack_key)
    if stack is None:
        return None
    plane = plane_shown(opened, stack, view)
    reach = TOLERANCE_MM if view.cut is not None else reach_mm(stack, view.index)
    place = shown_at(plane, extent_shown(opened, stack, view), point, reach)
    if place is None:
        return None
    distance = abs(float(plane.height(point.position)[0]))
    return Cross(place, 0.0 if distance <= TOLERANCE_MM else distance)


def _at_slice(opened: OpenStudy, layout: Layout, place: int, point: PatientPoint) -> Layout:
    view = layout.views[place]
    stack = opened.stack_by_key(view.stack_key)
    if stack is None or view.cut is not None:
        return layout
    mark = cursor_mark(stack, extent_shown(opened, stack, view), point, view.index)
    return layout if mark is None else layout.with_view(place, replace(view, index=mark.index))


def _at_crossing(opened: OpenStudy, layout: Layout, places: tuple[int, int, int], point: PatientPoint) -> Layout:
    stack = opened.stack_by_key(layout.views[places[0]].stack_key)
    if stack is None or not point.frame_of_reference_uid == frame_of_reference(stack) != "":
        return layout
    grid = opened.grid(stack)
    index = grid.index(point.position)
    # Half a voxel beyond the outermost centres is still inside of the volume.
    is_inside = bool(np.all(index >= -0.5) and np.all(index <= grid.last + 0.5))
    return Mpr(layout, places[0], places, grid).centred(point.position) if is_inside else layout
