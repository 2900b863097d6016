"""Real size: what was measured holds for one screen in one mode, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viewer_app.errors import ImageError
from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.session.view import View
from viewer_app.ui.panels.screen_dialog import THINGS, ScreenDialog, ask_pixels_per_mm
from viewer_app.ui.screen_scale import (
    CARD_MM,
    LARGEST_PX_PER_MM,
    SMALLEST_PX_PER_MM,
    ScreenIdentity,
    keep_pixels_per_mm,
    pixels_per_mm,
    proposed_pixels_per_mm,
    real_size_scale,
    real_size_words,
)
from viewer_app.ui.views.camera import camera_for

SCREEN = ScreenIdentity("Maker", "Model", "S1", "DP-1", (1920, 1080), 1.0)
DETECTOR = Plane.unlocated(0.1, 0.1, "mm", Calibration.DETECTOR)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize(
    "other",
    [
        replace(SCREEN, serial="S2"),
        replace(SCREEN, model="Other"),
        replace(SCREEN, size=(1280, 720)),
        replace(SCREEN, device_pixel_ratio=1.25),
    ],
)
def test_another_screen_or_mode_is_measured_anew(other: ScreenIdentity) -> None:
    assert other.key != SCREEN.key


def test_another_socket_is_another_screen_only_where_there_is_no_serial() -> None:
    assert replace(SCREEN, name="DP-2").key == SCREEN.key
    nameless = replace(SCREEN, serial="")
    assert replace(nameless, name="DP-2").key != nameless.key


def test_a_name_with_slashes_begins_no_group() -> None:
    windows = replace(SCREEN, serial="", name="\\\\.\\DISPLAY1/2")
    assert windows.key.count("/") == 1
    assert "\\" not in windows.key


def test_never_measured_is_none_and_kept_comes_back(qapp: QApplication, tmp_path: Path, settings: QSettings) -> None:
    screen = qapp.primaryScreen()
    assert pixels_per_mm(settings, screen) is None
    keep_pixels_per_mm(settings, screen, 3.71)
    settings.sync()
    again = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert pixels_per_mm(again, screen) == 3.71


@pytest.mark.parametrize("kept", ["", "wide", "0", "-3", "nan", "inf", "1e9", ["3", "4"]])
def test_nonsense_in_the_settings_is_as_if_never_measured(
    qapp: QApplication, settings: QSettings, kept: object
) -> None:
    screen = qapp.primaryScreen()
    settings.setValue(ScreenIdentity.of(screen).key, kept)
    assert pixels_per_mm(settings, screen) is None


@pytest.mark.parametrize("measured", [0.0, -1.0, float("nan"), 1e6])
def test_what_no_screen_has_is_not_kept(qapp: QApplication, settings: QSettings, measured: float) -> None:
    with pytest.raises(ValueError, match="pixels per mm"):
        keep_pixels_per_mm(settings, qapp.primaryScreen(), measured)


def test_the_screens_own_word_is_only_proposed(qapp: QApplication, settings: QSettings) -> None:
    screen = qapp.primaryScreen()
    assert SMALLEST_PX_PER_MM <= proposed_pixels_per_mm(screen) <= LARGEST_PX_PER_MM
    assert pixels_per_mm(settings, screen) is None


@pytest.mark.parametrize("spacing", [0.07, 0.5, 3.0])
def test_a_hundred_millimetres_take_a_hundred_millimetres_of_glass(spacing: float) -> None:
    plane = Plane((0, 0, 0), (1, 0, 0), (0, 1, 0), spacing, spacing)
    view = View(scale=real_size_scale(plane, 3.71))
    camera = camera_for(view, (0.0, 0.0, 512 * spacing, 512 * spacing), (800.0, 600.0))
    start, end = camera.to_screen(plane.in_plane([(0, 0, 0), (100, 0, 0)]))
    assert end[0] - start[0] == pytest.approx(100 * 3.71, abs=1e-9)


def test_without_millimetres_there_is_no_real_size() -> None:
    with pytest.raises(ImageError, match="unknown") as refused:
        real_size_scale(Plane.in_pixels(), 3.71)
    assert refused.value.advice


def test_the_corner_says_where_the_millimetres_hold() -> None:
    plane = Plane((0, 0, 0), (1, 0, 0), (0, 1, 0), 0.5, 0.5)
    assert real_size_words(plane, 3.71, 3.71) == "1:1 (real size)"
    assert real_size_words(DETECTOR, 3.71, 3.71) == "1:1 (at detector)"
    for scale, measured in ((3.72, 3.71), (3.70, 3.71), (3.71, None)):
        assert real_size_words(plane, scale, measured) == ""
    assert real_size_words(Plane.in_pixels(), 3.71, 3.71) == ""
    inside = [replace(DETECTOR, calibration=calibration) for calibration in Calibration]
    real = [one.calibration for one in inside if real_size_words(one, 1.0, 1.0) == "1:1 (real size)"]
    assert real == [Calibration.IMAGE_PLANE, Calibration.REGION]


@pytest.fixture
def dialog(qtbot: QtBot, settings: QSettings) -> ScreenDialog:
    made = ScreenDialog(settings)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_edge_follows_the_hand(dialog: ScreenDialog, settings: QSettings) -> None:
    box = dialog.box
    wanted = round(box.right_edge) + 57
    grip = QPoint(round(box.right_edge), 30)
    before = box.right_edge
    QTest.mousePress(box, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(box, QPoint(grip.x() + 57, 31))
    QTest.mouseRelease(box, Qt.MouseButton.LeftButton, pos=QPoint(grip.x() + 57, 31))
    assert box.right_edge == pytest.approx(before + 57)
    QTest.mouseMove(box, QPoint(20, 31))
    assert box.right_edge == pytest.approx(before + 57)
    drawn = box.grab().toImage()
    columns = [drawn.pixelColor(x, 10).blue() for x in range(wanted - 3, wanted + 4)]
    assert max(columns) > 200  # the line stands where the hand left it
    dialog.accept()
    kept = pixels_per_mm(settings, dialog.screen())
    assert kept is not None
    assert kept * CARD_MM[0] == pytest.approx(box.right_edge - 16)


def test_keys_pull_by_a_pixel_and_by_ten(dialog: ScreenDialog) -> None:
    box = dialog.box
    before, ratio = box.right_edge, box.devicePixelRatioF()
    QTest.keyClick(box, Qt.Key.Key_Right)
    assert box.right_edge == pytest.approx(before + 1 / ratio)
    QTest.keyClick(box, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert box.right_edge == pytest.approx(before - 9 / ratio)


def test_another_thing_keeps_the_scale(dialog: ScreenDialog) -> None:
    before = dialog.box.scale
    for index, thing in enumerate(THINGS):
        dialog.thing.setCurrentIndex(index)
        assert dialog.box.scale == before
        assert dialog.box.right_edge == pytest.approx(16 + thing.width_mm * before)


def test_no_pull_leaves_what_a_screen_may_have(dialog: ScreenDialog) -> None:
    for scale, held in ((-5.0, SMALLEST_PX_PER_MM), (1e9, LARGEST_PX_PER_MM)):
        dialog.box.set_scale(scale)
        assert dialog.box.scale == held


@pytest.mark.parametrize("fits", [True, False])
def test_asked_and_answered(qtbot: QtBot, settings: QSettings, fits: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ScreenDialog)
        dialog.box.set_scale(4.2)
        dialog.accept() if fits else dialog.reject()

    QTimer.singleShot(100, answer)
    assert ask_pixels_per_mm(settings, window) == (4.2 if fits else None)
    assert pixels_per_mm(settings, window.screen()) == (4.2 if fits else None)
