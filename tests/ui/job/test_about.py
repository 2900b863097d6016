"""About this series: by key and by menu, all there is to read of the series on show, to copy, for one patient only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton

from tests.made import image
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, RIGHT, SHIFT, Driver, settle
from viewer_app.phantom.catalogue import PHANTOMS
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.ui.panels.about_window import AboutWindow
from viewer_app.ui.panels.tag_window import TagWindow
from viewer_app.ui.style import DARK
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import draw_foreground, foreground_of
from viewer_app.ui.views.overlay import draw_letters
from viewer_app.ui.widgets import SeriesCard

ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


@pytest.fixture
def uneven(start: Start, tmp_path: Path) -> Driver:
    """Caliper with a series of five slices of which one is missing, and a second series that is even."""
    one_study: dict[str, Any] = {"PatientName": "Doe^Jane", "StudyInstanceUID": "2.25.7"}
    missing = [image(n, origin=(0.0, 0.0, 2.0 * n), **one_study) for n in (1, 2, 4, 5)]
    even = [image(n, origin=(0.0, 0.0, 3.0 * n), name="even", **one_study, SeriesNumber=9) for n in (1, 2, 3)]
    write_series(tmp_path / "place" / "gap", missing)
    write_series(tmp_path / "place" / "even", even)
    driver = start(tmp_path / "place")
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.study.show(next(stack for stack in driver.study.stacks if len(stack.images) == 4))
    driver.wait_for_rest()
    return driver


def about(driver: Driver) -> AboutWindow:
    """The window, opened by its key."""
    driver.key(Key.Key_Return, ALT)
    (window,) = driver.window.findChildren(AboutWindow)
    assert window.isVisible()
    return window


def test_the_whole_report_is_read_and_copied(uneven: Driver) -> None:
    window = about(uneven)
    text = window.text.toPlainText()
    (report,) = [stack.report for stack in uneven.study.stacks if len(stack.images) == 4]
    assert report.findings
    for finding in report.findings:
        for sentence in filter(None, (finding.what, finding.meaning, finding.offer)):
            assert sentence in text
    assert "1 slice missing." in text
    assert "1.00 × 1.00\u2009mm" in text
    (button,) = [one for one in window.findChildren(QPushButton) if one.text() == "Copy all"]
    QTest.mouseClick(button, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert all(line.strip() in copied for line in ("1 slice missing.", "Lengths in an image", "Unit: HU"))


def test_it_follows_the_series_on_show_and_stays_one_window(uneven: Driver) -> None:
    window = about(uneven)
    uneven.activate()
    before = uneven.view.stack_key
    uneven.key(Key.Key_PageDown)
    if uneven.view.stack_key == before:
        uneven.key(Key.Key_PageUp)
    uneven.wait_until(lambda: "evenly spaced, 3.00" in window.text.toPlainText(), "the other series")
    assert "missing" not in window.text.toPlainText()
    assert about(uneven) is window


def test_a_hidden_patient_is_hidden_here_too(uneven: Driver) -> None:
    window = about(uneven)
    assert "Doe, Jane" in window.about.full_text
    uneven.activate()
    uneven.key(Key.Key_H, CONTROL | SHIFT)
    assert "Doe" not in window.about.full_text
    assert "Patient hidden" in window.about.full_text


@pytest.mark.qt_log_ignore("support raise", "grabbing the keyboard")  # what the offscreen platform says of menus
def test_the_menu_of_the_image_has_it_and_its_button_has_the_tags(uneven: Driver) -> None:
    uneven.click(uneven.part(0.5, 0.5), RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [action for action in menu.actions() if action.text() == "About this series …"]
    menu.setActiveAction(action)
    QTest.keyClick(menu, Key.Key_Return)
    settle()
    (window,) = uneven.window.findChildren(AboutWindow)
    (button,) = [one for one in window.findChildren(QPushButton) if one.text() == "Tags"]
    QTest.mouseClick(button, LEFT)
    uneven.wait_until(lambda: uneven.window.findChildren(TagWindow), "the tags")


def test_it_closes_with_the_window_and_by_escape(uneven: Driver) -> None:
    window = about(uneven)
    QTest.keyClick(window, Key.Key_Escape)
    uneven.wait_until(lambda: not uneven.window.findChildren(AboutWindow), "its end")
    uneven.activate()
    again = about(uneven)
    uneven.window.close()
    assert not again.isVisible()


def test_the_card_says_its_warning_in_full_and_the_report_under_the_pointer(uneven: Driver) -> None:
    cards = uneven.window.series.findChildren(SeriesCard)
    (card,) = [card for card in cards if "missing" in card.accessibleDescription()]
    (warning,) = [label for label in card.findChildren(QLabel) if "missing" in label.text()]
    assert warning.text() == "1 slice missing."
    assert warning.heightForWidth(warning.width()) <= warning.height()
    assert "ask for the series again" in card.toolTip()


def test_parts_of_a_long_series_have_short_cards(start: Start, tmp_path: Path) -> None:
    parts = [
        image(part * 2 + z, origin=(0.0, 0.0, 5.0 * z), TemporalPositionIdentifier=part + 1, AcquisitionNumber=part + 1)
        for part in range(6)
        for z in (0, 1)
    ]
    write_series(tmp_path / "dynamic", parts)
    driver = start(tmp_path / "dynamic")
    driver.wait_for_image()
    driver.wait_for_rest()
    assert len(driver.study.stacks) == 6
    first, *others = driver.window.series.findChildren(SeriesCard)
    assert all(card.height() < first.height() / 1.5 for card in others)
    last = others[-1]
    assert driver.study.stacks[-1].label in last.accessibleName()
    QTest.mouseClick(last, LEFT)
    driver.wait_until(lambda: driver.view.stack_key == driver.study.stacks[-1].key, "the last part")


def test_a_study_without_images_says_so_and_one_with_images_comes_first(start: Start, tmp_path: Path) -> None:
    newer = image(1, name="plan", StudyDate="20260202", StudyInstanceUID="2.25.77", SeriesInstanceUID="2.25.78")
    for name in ("PixelData", "Rows", "Columns"):
        delattr(newer, name)
    newer.SOPClassUID = newer.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.5"
    newer.Modality = "RTPLAN"
    write_series(tmp_path / "both" / "plan", [newer])
    write_series(tmp_path / "both" / "ct", [image(1, name="old", StudyDate="20250101")])
    driver = start(tmp_path / "both")
    driver.wait_for_image()
    assert len(driver.workspace.contents.studies) == 2
    assert driver.study.study.info.date == "20250101"


def test_load_missing_has_a_key(uneven: Driver) -> None:
    assert [key.toString() for key in uneven.window.actions_by_name["load_missing"].shortcuts()] == ["F5"]


def test_ultrasound_tells_its_regions(start: Start, tmp_path: Path) -> None:
    name = next(name for name in PHANTOMS if name.startswith("P8") and "three" in name)
    write_series(tmp_path / "us", PHANTOMS[name]())
    driver = start(tmp_path / "us")
    driver.wait_for_image()
    text = about(driver).text.toPlainText()
    assert "Scan regions:  3, 1 with a scale in mm" in text
    assert "Across regions and outside of them they are in pixels." in text
    assert QApplication.activeModalWidget() is None


def test_colour_has_no_window_to_choose_or_to_read(start: Start, tmp_path: Path) -> None:
    colours = np.full((8, 8, 3), 90, dtype=np.uint8)
    photo = image_dataset(colours, None, modality="US", PhotometricInterpretation="RGB", PlanarConfiguration=0)
    write_series(tmp_path / "colour", [photo])
    driver = start(tmp_path / "colour")
    driver.wait_for_image()
    shown = foreground_of(driver.viewport.tile, driver.viewport.camera, Density.FULL, None, hidden=False)
    assert shown is not None
    assert not any(line.startswith("W ") for line in shown.corners.bottom_left)
    assert driver.window.commands.windowing.choices() == ()


def test_the_words_on_orientation_never_lie_on_other_words(start: Start, tmp_path: Path) -> None:
    long: dict[str, Any] = {
        "PatientName": "Featherstonehaugh^Maximilian",
        "InstitutionName": "Hospital of a very long name, Department",
    }
    place = image(1, ImagePositionPatient=None, ImageOrientationPatient=None, **long)
    write_series(tmp_path / "nowhere", [place])
    driver = start(tmp_path / "nowhere")
    driver.wait_for_image()
    driver.resize(1024, 700)
    driver.viewport.grab()
    size, canvas = QRectF(driver.viewport.rect()), QPixmap(driver.viewport.size())
    painter = QPainter(canvas)
    shown = foreground_of(driver.viewport.tile, driver.viewport.camera, Density.FULL, None, hidden=False)
    assert shown is not None and shown.edges is None
    boxes = draw_foreground(painter, size, shown, DARK)
    words = draw_letters(painter, size, None, DARK, boxes)
    painter.end()
    assert words is not None and size.contains(words)
    assert not any(words.intersects(box) for box in boxes)
