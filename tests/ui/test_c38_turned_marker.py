"""C38: however the patient lay and the picture is turned, the marker lies to the side the letter L names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.made import stack
from tests.ui.test_camera import drawn
from viewer_app.imaging.geometry import image_extent
from viewer_app.imaging.places.orientation import edge_letters, turned
from viewer_app.phantom.blocks import left_marker
from viewer_app.phantom.positions import POSITIONS, in_position
from viewer_app.session.view import View
from viewer_app.ui.views.camera import camera_for

# As (right, down) on the screen, in the order of the edges.
SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("flipped", "quarter_turns"), list(itertools.product((False, True), range(4))))
def test_the_marker_stays_on_the_side_of_l(position: str, flipped: bool, quarter_turns: int) -> None:
    dataset = in_position(left_marker(), position)[0]
    image = stack([dataset]).images[0]
    pixels = dataset.pixel_array.astype(np.int64)
    view = View(flipped=flipped, quarter_turns=quarter_turns)
    camera = camera_for(view, image_extent(image.plane, (dataset.Rows, dataset.Columns)), (300.0, 200.0))
    picture = drawn(pixels, camera.grid(1), (200, 300), image.plane)
    edges = turned(edge_letters(image.frame), camera.flipped, camera.quarter_turns)
    assert edges is not None
    place = np.argwhere(picture == pixels.max()).mean(axis=0)[::-1] - (150, 100)
    for letter, sign in (("L", 1), ("R", -1), ("A", 1), ("P", -1)):  # it lies left and in front
        assert sign * np.dot(place, SIDES[edges.index(letter)]) > 0
