"""The judge of pictures is judged: what is not true is found, what arrives while it looks does not mislead it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job import truthful
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from tests.ui.job.gate import Gate
from tests.ui.job.planes import turn_the_planes
from tests.ui.job.truthful import Painted, assert_tiles_are_truthful
from viewer_app.imaging.sampler import cut_picture, slice_picture
from viewer_app.sources.folder import FolderSource
from viewer_app.ui.views import picture
from viewer_app.ui.views.viewport import Viewport

Picturing = Callable[..., np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]


def judge(driver: Driver) -> None:
    assert_tiles_are_truthful(driver, random.Random(4))


def one_off(volume: Any, index: int, *rest: Any, **more: Any) -> Any:
    return slice_picture(volume, index + 1, *rest, **more)


def mirrored(made: Picturing) -> Picturing:
    return lambda *rest, **more: np.ascontiguousarray(made(*rest, **more)[:, ::-1])


@pytest.mark.parametrize("false", [one_off, mirrored(slice_picture)])
def test_a_false_picture_of_a_slice_is_found(
    caliper: Driver, monkeypatch: pytest.MonkeyPatch, false: Picturing
) -> None:
    monkeypatch.setattr(truthful, "_SPOTS", 100)  # slices beside each other are much alike
    caliper.key(Qt.Key.Key_Down)
    judge(caliper)
    monkeypatch.setattr(picture, "slice_picture", false)
    caliper.key(Qt.Key.Key_Down)
    with pytest.raises(AssertionError, match="is not within"):
        judge(caliper)


def test_a_false_picture_of_a_plane_is_found(caliper: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    turn_the_planes(caliper, 0.3)
    judge(caliper)
    monkeypatch.setattr(picture, "cut_picture", mirrored(cut_picture))
    caliper.wheel(1)
    with pytest.raises(AssertionError, match="is not within"):
        judge(caliper)


def test_before_an_image_is_there_nothing_may_be_painted(
    start: Start, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, driver = Gate(FolderSource(sample), passing=0), start()
    driver.begin_to_open(gate)
    driver.wait_until(lambda: driver.window.viewport.has_image_place, "the place of an image")
    assert driver.viewport.tile.current_image() is None
    judge(driver)
    monkeypatch.setattr(truthful, "_painted", lambda viewport: np.full((viewport.height(), viewport.width()), 80))
    with pytest.raises(AssertionError, match="is not within"):
        judge(driver)
    monkeypatch.undo()
    gate.let_all_pass()
    driver.wait_for_image()
    judge(driver)


def test_what_arrives_between_painting_and_judging_is_painted_again(
    caliper: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume, index, painted = caliper.viewport.tile.volume, caliper.view.index, truthful._painted
    assert volume is not None
    times: list[int] = []

    def painted_before_it_came(viewport: Viewport) -> Painted:
        seen = painted(viewport)
        times.append(len(times))
        if len(times) < 3:
            volume.put(index, volume.stored_values[index][::-1].copy())
        return seen

    monkeypatch.setattr(truthful, "_painted", painted_before_it_came)
    judge(caliper)
    assert len(times) == 3 + len(caliper.window.viewports.shown) - 1
    monkeypatch.setattr(truthful, "_PATIENCE_S", 0.0)
    with pytest.raises(AssertionError, match="during every painting"):
        judge(caliper)
