"""A study that is opened again looks as it was left: the same picture, the same letters, wherever it is read from."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, Driver, settle
from tests.ui.job.places import Places
from tests.ui.job.test_layouts import press_in
from tests.ui.job.test_mpr import grab
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.headers import Window
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID, SAMPLE_STUDY_UID
from viewer_app.session.reconstructing import Change
from viewer_app.store import open_store
from viewer_app.ui.views.foreground import foreground_of

Key = Qt.Key
ROOT = Path(__file__).parents[3]


def arrange(driver: Driver) -> None:
    """An oblique MPR with a slab, windowed, one tile zoomed, another active."""
    driver.wait_for_rest()
    stack = next(found for found in driver.study.stacks if found.report.is_volume and len(found.images) > 5)
    driver.study.show(stack)
    driver.wait_for_rest()
    driver.key(Key.Key_M)
    changes: tuple[Change, ...] = (
        lambda mpr: mpr.rotated(0.35),
        lambda mpr: mpr.scrolled(2),
        lambda mpr: mpr.with_slab(9.5, SlabMode.MEAN, 1),
    )
    for change in changes:
        found = driver.study.active.mpr
        assert found is not None
        driver.study.layout.set(change(found))
    press_in(driver, 2)
    view = driver.view
    driver.study.view.set(replace(view, window=Window(61.7, 333.3), inverted=True, scale=2.7, center=(11.3, 7.9)))
    driver.wait_for_rest()
    settle()


def seen(driver: Driver) -> list[tuple[object, ...]]:
    """Of every tile what is written at its edges, and every pixel."""
    driver.window.viewports.setFixedSize(900, 700)  # panels beside it may have any width
    driver.wait_until(lambda: driver.window.viewports.shown[-1].geometry().bottom() == 699, "the layout")
    driver.wait_for_rest()
    settle()
    found: list[tuple[object, ...]] = []
    for viewport in driver.window.viewports:
        density = driver.window.viewports.manner.density
        foreground = foreground_of(viewport.tile, viewport.camera, density, None, hidden=False)
        assert foreground is not None
        assert foreground.edges is not None
        assert any(foreground.edges)
        found.append((foreground.edges, grab(viewport).tobytes()))
    return found


def same_pixels(before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> None:
    assert [item[0] for item in before] == [item[0] for item in after]
    for one, other in zip(before, after, strict=True):
        assert isinstance(one[1], bytes)
        assert isinstance(other[1], bytes)
        here, there = (np.frombuffer(item, np.uint8) for item in (one[1], other[1]))
        assert here.size == there.size
        assert not np.count_nonzero(here != there)


@pytest.mark.parametrize("place", ["sample", "mr-brain-multiorient-siemens"])
def test_an_oblique_slab_comes_back_pixel_by_pixel(start: Start, sample: Path, place: str) -> None:
    folder = sample if place == "sample" else case(place)
    driver = start(folder)
    driver.wait_for_image()
    arrange(driver)
    left, before = driver.study.layout.value, seen(driver)
    assert driver.study.active.mpr is not None
    driver.close()
    again = start(folder)
    again.wait_for_image()
    assert again.study.layout.value == left
    same_pixels(before, seen(again))


@pytest.mark.parametrize("where", ["zip", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def test_it_comes_back_from_another_source(
    start: Start, sample: Path, where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = sample / "prior"
    driver = start(folder)
    driver.wait_for_image()
    arrange(driver)
    left, before = driver.study.layout.value, seen(driver)
    driver.close()
    again = Places(folder, SAMPLE_PRIOR_STUDY_UID, start, request, tmp_path).open(where)
    assert again.study.layout.value == left
    same_pixels(before, seen(again))


def test_another_study_and_back_by_keys(caliper: Driver) -> None:
    arrange(caliper)
    left, before = caliper.study.layout.value, seen(caliper)
    caliper.key(Key.Key_Right, CONTROL)
    caliper.wait_for_image()
    assert caliper.study.study.info.study_uid == SAMPLE_PRIOR_STUDY_UID
    caliper.key(Key.Key_Left, CONTROL)
    caliper.wait_for_image()
    assert caliper.study.study.info.study_uid == SAMPLE_STUDY_UID
    assert caliper.study.layout.value == left
    same_pixels(before, seen(caliper))


RUN = """
import sys, time
from pathlib import Path
from dataclasses import replace
from PySide6.QtWidgets import QApplication
from tests.ui.job.driver import Driver
app = QApplication([])
with Driver(Path(sys.argv[1]), sys.argv[2]) as driver:
    driver.wait_for_image()
    driver.wait_for_rest()
    number = 0
    while True:
        number += 1
        driver.study.view.set(replace(driver.view, scale=float(number)))
        print(number, time.time(), flush=True)
        deadline = time.monotonic() + 0.02
        while time.monotonic() < deadline:
            app.processEvents()
"""


def test_killed_while_the_view_changes_it_loses_the_last_second_at_most(sample: Path, store: Path) -> None:
    words = [sys.executable, "-c", RUN, str(store), str(sample / "prior")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:  # our own program
        assert running.stdout is not None
        told = [running.stdout.readline()]
        begun = time.monotonic()
        while time.monotonic() - begun < 3.3:
            told.append(running.stdout.readline())
        running.kill()
        killed = time.time()
        told += running.stdout.readlines()
    changed_at = {float(number): float(at) for number, at in (line.split() for line in told if len(line.split()) == 2)}
    with open_store(store) as opened:
        (study,) = opened.studies()
        found = opened.last_view(study.study_id)
    assert found is not None
    assert found.zoom_level is not None
    lost = killed - changed_at[found.zoom_level]
    assert lost < 1.6  # a second, and what a busy machine takes to write
