"""Real size, the lens, the picture on the clipboard and on paper: by keys and mouse on the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontInfo, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintPreviewWidget
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, SHIFT, Driver, same, settle
from viewer_app.app import settings
from viewer_app.ui.panels.screen_dialog import ScreenDialog
from viewer_app.ui.printing import PrintPreview, picture_of
from viewer_app.ui.screen_scale import Glass, keep_pixels_per_mm
from viewer_app.ui.views.foreground import Foreground, foreground_of
from viewer_app.ui.views.magnifier import LENS_PX
from viewer_app.ui.views.text_size import TextSize
from viewer_app.ui.widgets import LineField

Key = Qt.Key
PX_PER_MM = 3.7


def greys(driver: Driver) -> NDArray[np.uint8]:
    """What the viewport shows: rows, columns."""
    plain = picture_of(driver.viewport, 1.0).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.array(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width()]


def corner(driver: Driver) -> str:
    """What stands at the lower left."""
    viewport = driver.viewport
    glass = Glass(viewport.devicePixelRatioF(), viewport.manner.pixels_per_mm)
    shown = foreground_of(viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False, glass=glass)
    assert isinstance(shown, Foreground)
    return " ".join(shown.corners.bottom_left)


def answer(with_dialog: Callable[[ScreenDialog], object]) -> list[str]:
    """What the dialog on the size of the screen will be told as soon as it is there."""
    seen: list[str] = []

    def act() -> None:
        (dialog,) = [found for found in QApplication.topLevelWidgets() if isinstance(found, ScreenDialog)]
        seen.append(dialog.windowTitle())
        with_dialog(dialog)

    QTimer.singleShot(0, act)
    return seen


def measured(dialog: ScreenDialog) -> None:
    """The card fits at 3.7 pixels per mm."""
    dialog.box.set_scale(PX_PER_MM)
    dialog.accept()


def test_a_screen_is_measured_once_and_then_real_size_is_a_key(caliper: Driver) -> None:
    assert "zoom" in corner(caliper)
    asked = answer(measured)
    caliper.key(Key.Key_2, CONTROL)
    assert asked == ["Size of this screen"]
    plane, camera = caliper.viewport.plane, caliper.viewport.camera
    assert camera.scale == PX_PER_MM
    ends = camera.to_screen(plane.in_plane(np.asarray(plane.origin) + np.outer([0.0, 50.0], plane.row_direction)))
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(50 * PX_PER_MM)
    assert "1:1 (real size)" in corner(caliper)
    assert "zoom" not in corner(caliper)
    caliper.wheel(1, modifiers=CONTROL)
    assert "zoom" in corner(caliper)
    caliper.activate()
    caliper.key(Key.Key_2, CONTROL)  # nothing is asked again: a dialog would stay for ever
    assert "1:1 (real size)" in corner(caliper)


def test_a_cancelled_measure_changes_nothing(caliper: Driver) -> None:
    before = caliper.view
    answer(ScreenDialog.reject)
    caliper.key(Key.Key_2, CONTROL)
    assert caliper.view == before


def test_another_measure_of_the_screen_is_no_more_the_same_real_size(caliper: Driver) -> None:
    answer(measured)
    caliper.key(Key.Key_2, CONTROL)
    keep_pixels_per_mm(settings(), caliper.window.screen(), 5.0)
    caliper.window.move(caliper.window.pos().x() + 40, 20)  # as when it goes to another screen
    caliper.wait_until(lambda: caliper.window.manner.pixels_per_mm == 5.0, "the measure of the screen")
    assert "zoom" in corner(caliper)
    caliper.activate()
    caliper.key(Key.Key_2, CONTROL)
    assert caliper.viewport.camera.scale == 5.0


def test_the_lens_shows_what_is_under_it_larger_and_goes_with_the_button(caliper: Driver) -> None:
    caliper.key(Key.Key_G)
    at = caliper.part(0.5, 0.45)
    caliper.move((at[0] + 1, at[1]))
    before, view = greys(caliper), caliper.view
    caliper.press(at)
    caliper.move((at[0] + 1, at[1]))
    twice = greys(caliper)
    caliper.wheel(4, at)
    four_times = greys(caliper)
    inside = np.zeros(before.shape, dtype=bool)
    across, down = np.meshgrid(np.arange(before.shape[1]), np.arange(before.shape[0]))
    inside[np.hypot(across - at[0], down - at[1]) < LENS_PX / 2 - 5] = True
    outside = np.hypot(across - at[0], down - at[1]) > LENS_PX / 2 + 5
    for seen in (twice, four_times):
        assert (seen[inside] != before[inside]).mean() > 0.2
        np.testing.assert_array_equal(seen[outside], before[outside])
    assert (twice[inside] != four_times[inside]).mean() > 0.2
    assert caliper.view == view  # neither scrolled nor zoomed
    caliper.release((at[0] + 1, at[1]))
    np.testing.assert_array_equal(greys(caliper), before)
    assert caliper.view == view


def test_the_lens_shows_the_marks_where_they_are(caliper: Driver) -> None:
    caliper.window.actions_by_name["distance"].trigger()
    start, end = caliper.part(0.3, 0.5), caliper.part(0.7, 0.5)
    caliper.drag(start, end)
    records = caliper.records
    caliper.key(Key.Key_Escape)  # unselected
    caliper.key(Key.Key_G)
    at = (caliper.part(0.5, 0.5)[0], start[1] - 20)
    colours = np.array(picture_of(caliper.viewport, 1.0).convertToFormat(QImage.Format.Format_RGBX8888).constBits())
    caliper.press(at)
    caliper.move((at[0] + 1, at[1]))
    lens = np.array(picture_of(caliper.viewport, 1.0).convertToFormat(QImage.Format.Format_RGBX8888).constBits())
    width, height = caliper.canvas.width(), caliper.canvas.height()

    def mark_rows(pixels: NDArray[np.uint8]) -> NDArray[np.intp]:
        column = pixels.reshape(height, width, 4)[:, at[0], :3].astype(int)
        tint = column.max(axis=1) - column.min(axis=1)
        near = slice(at[1] - 80, at[1] + 80)
        return np.flatnonzero(tint[near] > 60) + near.start

    assert mark_rows(colours).mean() == pytest.approx(start[1], abs=1)
    assert mark_rows(lens).mean() == pytest.approx(start[1] + 20, abs=2)  # twice as far from what is held
    caliper.key(Key.Key_Escape)
    caliper.release(at)
    assert same(caliper.records, records)


def test_copied_by_key_is_what_is_seen(caliper: Driver) -> None:
    QGuiApplication.clipboard().clear()
    seen = caliper.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    caliper.key(Key.Key_C, CONTROL)
    assert "clipboard" in caliper.message
    copied = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB32)
    assert copied == seen


def test_the_page_is_shown_before_it_is_printed(caliper: Driver) -> None:
    caliper.key(Key.Key_P, CONTROL)
    (preview,) = caliper.window.findChildren(PrintPreview)
    caliper.wait_until(preview.isVisible, "the preview")
    (sheet,) = preview.findChildren(QPrintPreviewWidget)
    assert sheet.isVisible()
    preview.close()
    settle()


def test_one_pixel_of_the_glass_for_each_of_the_image(caliper: Driver) -> None:
    study = caliper.study
    caliper.key(Key.Key_1, CONTROL)
    for shift in ((0.0, 0.0), (0.31, -0.77), (3.49, 0.5)):
        middle = np.asarray(caliper.viewport.camera.center) + shift
        study.view.set(replace(caliper.view, center=(float(middle[0]), float(middle[1]))))
        plane, camera = caliper.viewport.plane, caliper.viewport.camera
        pixel = np.array([plane.column_spacing, plane.row_spacing])
        first = np.asarray(camera.grid(1.0).first) / pixel
        np.testing.assert_allclose(first, np.rint(first), atol=1e-6)
        assert np.abs(np.asarray(camera.center) - middle).max() <= pixel.max() / 2 + 1e-9
    assert "zoom 100" in corner(caliper)


def test_who_is_new_sees_both_panels_and_hidden_ones_stay_hidden_for_who_hid_them(
    start: Start, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panels(driver: Driver) -> list[bool]:
        driver.wait_for_image()
        return [dock.isVisible() and dock.width() > 150 for dock in driver.window.findChildren(QDockWidget)]

    first = start(sample)
    assert panels(first) == [True, True]
    first.key(Key.Key_F11, SHIFT)
    assert panels(first) == [False, False]
    first.close()
    again = start(sample)
    assert panels(again) == [False, False]
    again.close()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path / "new"))
    assert panels(start(sample)) == [True, True]


def test_words_over_images_are_as_large_as_the_user_wants(start: Start, sample: Path) -> None:
    """They follow the system's text, in three steps that are kept over a restart."""

    def height(driver: Driver) -> float:
        settle()
        (box,) = driver.viewport.shown_marks.item.labels.boxes.values()
        return box[3] - box[1]

    with start(sample) as driver:
        driver.wait_for_image()
        driver.wait_for_rest()
        driver.key(Key.Key_D)
        driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.4))
        picture_of(driver.viewport, 1.0)
        usual, seen = height(driver), greys(driver)
        assert driver.window.manner.text_size.px == QFontInfo(QApplication.font()).pixelSize()
        told: list[str] = []
        driver.workspace.noticed.connect(told.append)
        driver.window.actions_by_name["text_size"].trigger()
        picture_of(driver.viewport, 1.0)
        assert told == ["Text on images: large."]
        assert height(driver) > 1.2 * usual
        assert (greys(driver) != seen).any()
        driver.window.actions_by_name["text_size"].trigger()
        picture_of(driver.viewport, 1.0)
        assert height(driver) < usual
        driver.wait_saved()
    again = start(sample)
    again.wait_for_image()
    assert again.window.manner.text_size is TextSize.SMALL


def test_a_new_field_takes_the_place_of_an_older_one(caliper: Driver) -> None:
    """Also where the window is not in front, so that no field loses the keys."""
    caliper.window.actions_by_name["text_note"].trigger()
    other = QWidget()
    for down in (0.3, 0.5):
        caliper.click(caliper.part(0.4, down))
        assert len(_fields(caliper)) == 1
        other.show()
        other.activateWindow()
        caliper.wait_until(other.isActiveWindow, "another window in front")
    other.close()
    assert len(caliper.records) == 2


def _fields(driver: Driver) -> list[LineField]:
    return [field for field in driver.window.findChildren(LineField) if field.isVisible()]
