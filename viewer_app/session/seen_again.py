"""The view a measurement was drawn in: taken when it is drawn, shown again by a jump to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from viewer_app.imaging.geometry import vector
from viewer_app.imaging.headers import Window
from viewer_app.measure.lying import to_patient
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.seen import Seen
from viewer_app.session.reconstructed import is_on
from viewer_app.session.view import View

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy
    from viewer_app.session.tile import Tile


def seen_now(opened: OpenStudy, measurement: Measurement) -> Seen | None:
    """How the active tile shows its stack; None where that is not the stack the measurement is of."""
    tile, view = opened.active, opened.view.value
    keys = {opened.measuring.stack_key(figure) for figure in measurement.figures}
    if tile.stack is None or tile.is_prior or view.stack_key not in keys:
        return None
    middle = None if view.center is None else vector(to_patient(tile.plane, np.array([view.center]))[0])
    window = view.window and replace(view.window, lookup=None)
    return Seen(window, view.scale, middle, None if view.color_map else view.inverted)


def seen_again(tile: Tile, measurement: Measurement) -> View:
    """The view of a tile with the window, inversion, zoom and pan a measurement was drawn with.

    As it is where that is not known, or where the tile does not show the measurement. Colours of a map stay.
    """
    view, stack, seen = tile.view.value, tile.stack, measurement.seen
    if seen is None or stack is None or not is_on(tile, measurement):
        return view
    proposed = stack.images[tile.opened.wanted_index(view)].frame.windows
    along, down = (0.0, 0.0) if seen.center is None else tile.plane.in_plane([seen.center])[0].tolist()
    center = None if seen.center is None else (along, down)
    inverted = view.inverted if seen.inverted is None or view.color_map else seen.inverted
    return replace(view, window=_window(seen.window, proposed), inverted=inverted, scale=seen.scale, center=center)


def _window(window: Window | None, proposed: Sequence[Window]) -> Window | None:
    """One of the file's own where it is; a VOI LUT that the file has no longer is none."""
    if window is None:
        return None
    own = (each for each in proposed if replace(each, lookup=None) == window)
    return next(own, None if window.function == "LUT" else window)
