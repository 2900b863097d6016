"""Where the other ends of a mark are that lies on several slices or planes: a dot, and words."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.measure.lying import are_in_one_space
from viewer_app.measure.measurement import Figure
from viewer_app.measure.present import THIN_SPACE
from viewer_app.session.finding import image_in, stacks_of
from viewer_app.session.tile import Tile
from viewer_app.ui.views.marks import Mark


def far_words(tile: Tile, mark: Mark) -> tuple[str, ...]:
    """Where each figure is that the tile does not show, and how far off what it shows."""
    figures = mark.record.measurement.figures
    far = (figure for number, figure in enumerate(figures) if number not in mark.figures)
    return tuple(dict.fromkeys(f"other end {_where(tile, figure)}{_how_far(tile.plane, figure)}" for figure in far))


def _where(tile: Tile, figure: Figure) -> str:
    if figure.reference is None:
        return "on another plane"
    found = image_in(stacks_of(tile.opened, tile.study), figure.reference)
    if found is None:
        return "on an image that is not here"
    stack, index = found
    number = "" if stack.info.number is None else f" {stack.info.number}"
    of = "" if tile.stack is not None and stack.key == tile.stack.key else f" of series{number}"
    return f"on image {index + 1}{of}"


def _how_far(plane: Plane, figure: Figure) -> str:
    if not are_in_one_space(plane, figure.plane):
        return ""
    height: Floats = np.abs(plane.height(figure.points))
    return f", {float(height.mean()):.1f}{THIN_SPACE}mm off"
