"""A slice that has arrived is in every picture made afterwards, whatever was drawn and kept while it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.imaging.sampler.made import centre, noisy, plane_about, volume_of
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampler import cut_picture
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.ramp import ramp

ACROSS = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
SHAPE = (30, 40)


class Watched(np.ndarray[Any, Any]):
    """Has somebody look after each number that is set."""

    look: Callable[[], object]

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.look()


def watched(array: NDArray[Any], look: Callable[[], object]) -> Watched:
    made: Watched = array.view(Watched)
    made.look = look
    return made


def drawn(volume: Volume) -> NDArray[np.uint8]:
    """A plane that cuts all slices."""
    plane = plane_about(centre(volume), ACROSS, 0.3, SHAPE)
    return cut_picture(volume, plane, SHAPE, 0.0, SlabMode.MEAN, Window(2048.0, 4096.0))


def test_what_is_drawn_between_the_steps_of_an_arrival_is_drawn_anew_after_it() -> None:
    images = noisy(ramp("axial").images)
    whole, partial = volume_of(images), volume_of(images, without=(3,))
    drawings: list[NDArray[np.uint8]] = []

    def draw() -> None:
        for _ in range(2):  # the second one is kept
            drawings.append(drawn(partial))

    partial._present = watched(partial._present, draw)
    partial._fillings = watched(partial._fillings, draw)
    draw()
    partial.put(3, whole.stored_values[3])
    assert len(drawings) == 6
    assert not np.array_equal(drawings[0], drawn(whole))
    np.testing.assert_array_equal(drawn(partial), drawn(whole))
