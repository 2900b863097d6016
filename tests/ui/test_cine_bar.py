"""The bar of the cine: every key of it does what it says, by mouse and by keyboard, and it tells what is going on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.session.test_cine import clip, volumes
from viewer_app.imaging.headers import Cine as CineTimes
from viewer_app.imaging.stacks import Stack
from viewer_app.session.cine import Cine
from viewer_app.session.layout import LayoutHolder, ViewHolder
from viewer_app.session.reel import Repeat
from viewer_app.session.strip import Axis
from viewer_app.session.view import View
from viewer_app.ui import style
from viewer_app.ui.widgets import CineBar, FrameSlider, TimeBar

W = TypeVar("W", bound=QWidget)
CLIP = (clip(CineTimes(40.0), 27),)


class Desk:
    """A bar on the screen, with its cine."""

    def __init__(self, qtbot: QtBot, found: tuple[Stack, ...]) -> None:
        self.missing: set[int] = set()
        self.holder = ViewHolder(LayoutHolder())
        self.holder.set(View(found[0].key))
        self.cine = Cine(self.holder, lambda: found, lambda key, index: index not in self.missing)
        self.bar = CineBar(self.cine)
        self.bar.setFixedWidth(700)
        self.bar.show()
        qtbot.waitExposed(self.bar)

    def named(self, kind: type[W], name: str) -> W:
        """The only widget of that accessible name."""
        (found,) = (one for one in self.bar.findChildren(kind) if one.accessibleName() == name)
        return found

    def press(self, name: str) -> None:
        """Press the button of that name."""
        QTest.mouseClick(self.named(QToolButton, name), Qt.MouseButton.LeftButton)

    @property
    def words(self) -> set[str]:
        """All that can be read."""
        return {label.text() for label in self.bar.findChildren(QLabel) if label.isVisible()}


@pytest.fixture
def desks(qtbot: QtBot, qapp: QApplication) -> Iterator[list[Desk]]:
    style.apply_style(qapp, style.DARK)
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.cine.pause()
        for one in (desk.bar, desk.cine, desk.holder):
            shiboken6.delete(one)


@pytest.fixture
def desk(qtbot: QtBot, desks: list[Desk]) -> Desk:
    desks.append(Desk(qtbot, CLIP))
    return desks[0]


@pytest.fixture
def phases(qtbot: QtBot, desks: list[Desk]) -> Desk:
    desks.append(Desk(qtbot, volumes(5)))
    return desks[0]


def test_every_button_does_what_it_says(desk: Desk) -> None:
    for name, expected in (
        ("One frame on", 1),
        ("Last frame", 26),
        ("One frame back", 25),
        ("First frame", 0),
    ):
        desk.press(name)
        assert desk.cine.position == expected
    seen = []
    for name in ("Play", "Pause"):
        desk.press(name)
        seen.append(desk.cine.is_playing)
    assert seen == [True, False]
    desk.press("Stop: back to where it began")
    assert desk.cine.position == 0


def test_it_really_plays_and_says_how_fast(qtbot: QtBot, desk: Desk) -> None:
    assert {"1 / 27", "frame time of the file"} <= desk.words
    desk.press("Play")
    qtbot.waitUntil(lambda: desk.cine.position >= 5, timeout=5000)
    assert any(text.endswith("/s shown") for text in desk.words)
    desk.press("Pause")
    assert f"{desk.cine.position + 1} / 27" in desk.words


def test_it_says_what_it_waits_for(desk: Desk) -> None:
    desk.missing.add(0)
    desk.press("Play")
    assert "waiting for images" in desk.words
    desk.press("Pause")
    assert "waiting for images" not in desk.words


def test_loop_and_sweep_exclude_each_other_and_both_may_be_off(desk: Desk) -> None:
    loop, sweep = "Loop: begin anew at the end", "Sweep: back and forth"
    seen = []
    for name in (sweep, sweep, loop, sweep):
        desk.press(name)
        on = [one for one in (loop, sweep) if desk.named(QToolButton, one).isChecked()]
        seen.append((desk.cine.repeat, on))
    assert seen == [(Repeat.SWEEP, [sweep]), (Repeat.ONCE, []), (Repeat.LOOP, [loop]), (Repeat.SWEEP, [sweep])]


def test_speed_is_shown_and_set(desk: Desk) -> None:
    speed = desk.named(QDoubleSpinBox, "Frames per second")
    assert speed.value() == 25.0
    assert "frame time of the file" in speed.toolTip()
    speed.setFocus()
    speed.selectAll()
    QTest.keyClicks(speed, "12.5")
    QTest.keyClick(speed, Qt.Key.Key_Return)
    assert desk.cine.rate == 12.5
    assert "set by hand" in speed.toolTip()


def test_the_slider_goes_by_key_and_mouse(desk: Desk) -> None:
    slider = desk.named(FrameSlider, "Frame")
    for key, expected in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_PageUp, 11), (Qt.Key.Key_End, 26), (Qt.Key.Key_Left, 25)):
        QTest.keyClick(slider, key)
        assert desk.cine.position == expected
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 8))
    assert desk.cine.position == 13
    assert slider.value() == 13


def test_the_slider_sets_the_range_by_key_and_mouse(desk: Desk) -> None:
    slider = desk.named(FrameSlider, "Frame")
    desk.cine.go_to(5)
    QTest.keyClicks(slider, "[")
    desk.cine.go_to(20)
    QTest.keyClicks(slider, "]")
    assert desk.cine.range == range(5, 21)
    first = QPoint(8 + round((slider.width() - 16) * 5 / 26) - 3, 22)
    middle = QPoint(slider.width() // 2, 22)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(slider, middle)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle)
    assert desk.cine.range == range(13, 21)
    assert desk.cine.position == 20
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=middle)
    assert desk.cine.range == range(27)


def test_all_is_reached_by_tab(desk: Desk) -> None:
    reached = {
        one.accessibleName()
        for one in desk.bar.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()
    }
    assert {"Frame", "Play", "First frame", "Last frame", "Frames per second", "Sweep: back and forth"} <= reached


def test_where_there_is_one_image_nothing_can_be_pressed(qtbot: QtBot, desks: list[Desk]) -> None:
    desks.append(Desk(qtbot, volumes(1, slices=1)))
    assert not desks[0].named(QToolButton, "Play").isEnabled()


def test_time_stands_in_the_slider_and_slices_may_be_played_instead(phases: Desk) -> None:
    (time_bar,) = phases.bar.findChildren(TimeBar)
    axis = phases.named(QComboBox, "What is played")
    assert (axis.currentText(), time_bar.isVisible()) == ("through time", False)
    assert {"1 / 5", "Time point 1 of 5 · default: no rate in the file"} & phases.words
    QTest.keyClick(axis, Qt.Key.Key_Up)
    assert (phases.cine.strip.axis, time_bar.isVisible()) == (Axis.SLICES, True)
    phases.press("Next phase")
    assert phases.holder.value.stack_key.endswith("/1")
    assert "Time point 2 of 5" in phases.words
    QTest.keyClick(phases.named(FrameSlider, "Phase"), Qt.Key.Key_End)
    assert phases.cine.strip.phase == 4
