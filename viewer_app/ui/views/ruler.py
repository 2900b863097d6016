"""The scale bar where lengths follow another scale than the plane that is drawn: that of a user's line."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.geometry import Plane
from viewer_app.ui.views.camera import Camera


def ruler(plane: Plane, lengths: Plane, camera: Camera) -> Camera:
    """The camera whose scale is that of an upright bar: screen pixels for each unit of `lengths`.

    `lengths` has the pixels of `plane`, which `camera` shows. They may be of another shape there, so that
    it counts which way the bar runs over the image.
    """
    is_turned = camera.quarter_turns % 2 == 1
    drawn, true = (each.column_spacing if is_turned else each.row_spacing for each in (plane, lengths))
    return replace(camera, scale=camera.scale * drawn / true)
