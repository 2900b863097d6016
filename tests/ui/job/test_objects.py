"""Tags, reports and documents, opened and read by mouse and keys; nothing of a hidden or another patient stays."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage, generate_uid
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QWidget

from tests.imaging.documents import PDF, as_file, item, made, measured, pdf_object, reference, report_object
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, LEFT, NONE, SHIFT, Driver, settle
from viewer_app.folders import cache_folder
from viewer_app.ui.panels.report_window import ReportWindow
from viewer_app.ui.panels.tag_window import TagWindow
from viewer_app.ui.widgets.object_row import ObjectRow

Key = Qt.Key


@pytest.fixture
def place(sample: Path, tmp_path: Path) -> Path:
    """The sample's CT, with a report, a document, a presentation state and two dozen reports more beside it."""
    folder = tmp_path / "place"
    folder.mkdir()
    for path in sorted((sample / "ct").iterdir()):
        (folder / path.name).write_bytes(path.read_bytes())
    like = pydicom.dcmread(sorted(folder.iterdir())[0])
    source = item("IMAGE", "Source", ReferencedSOPSequence=reference(like.SOPInstanceUID))
    objects = {
        "sr": report_object(
            measured("Diameter", "14.0", "mm", "millimeter", source),
            item("PNAME", "Reader", PersonName="Roe^Richard"),
            item("TEXT", "Comment", TextValue="<b>Doe</b> &amp; <img src=x>"),
            like=like,
            SeriesNumber=80,
        ),
        "pdf": pdf_object(like=like, SeriesNumber=81),
        "pr": made(
            GrayscaleSoftcopyPresentationStateStorage, like, Modality="PR", ContentLabel="LUNG", SeriesNumber=82
        ),
    }
    series = generate_uid()
    for number in range(24):
        values = {"SeriesNumber": 90, "InstanceNumber": number, "SeriesInstanceUID": series}
        objects[f"more{number}"] = report_object(like=like, **values)
    for name, dataset in objects.items():
        (folder / f"{name}.dcm").write_bytes(as_file(dataset))
    return folder


@pytest.fixture
def caliper_with_objects(start: Start, place: Path) -> Driver:
    """Caliper with that place open."""
    driver = start(place)
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def rows(driver: Driver) -> list[ObjectRow]:
    return [row for row in driver.window.series.findChildren(ObjectRow) if row.isVisible()]


def row(driver: Driver, title: str) -> ObjectRow:
    return next(row for row in rows(driver) if row.content.title == title)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(widget, key, modifiers)
    settle()


def close(driver: Driver, window: TagWindow | ReportWindow) -> None:
    """As a person does: the window in front, then Esc, once more where the first one emptied the search field."""
    window.activateWindow()
    driver.wait_until(window.isActiveWindow, "the window in front")
    while window.search.text():
        press(window, Key.Key_Escape)
    press(window, Key.Key_Escape)


def tags(driver: Driver) -> TagWindow:
    """The tag browser, once it has read."""
    driver.wait_until(lambda: driver.window.findChild(TagWindow) is not None, "the tag browser")
    window = driver.window.findChild(TagWindow)
    assert isinstance(window, TagWindow)
    driver.wait_until(lambda: "entries" in window.told.full_text, "the tags")
    return window


def report(driver: Driver) -> ReportWindow:
    """The report's window, once it has read."""
    driver.wait_until(lambda: driver.window.findChild(ReportWindow) is not None, "the report")
    window = driver.window.findChild(ReportWindow)
    assert isinstance(window, ReportWindow)
    driver.wait_until(window.text.toPlainText, "the text")
    return window


def cells(window: TagWindow) -> dict[str, str]:
    """Values by name, of the rows at the top of the tree."""
    model = window.view.tags
    return {str(model.index(place, 1).data()): str(model.index(place, 4).data()) for place in range(model.rowCount())}


def search(driver: Driver, window: TagWindow, words: str) -> None:
    window.search.selectAll()
    QTest.keyClicks(window.search, words)
    driver.wait_until(lambda: not window._timer.isActive(), "the search")


def test_tags_of_the_image_open_by_key_and_follow_the_slice(caliper: Driver) -> None:
    caliper.key(Key.Key_T, CONTROL)
    window = tags(caliper)
    assert cells(window)["SOP Instance UID"] == caliper.sop_instance_uid
    assert f"image {caliper.view.index + 1} of" in window.title.full_text
    before = caliper.sop_instance_uid
    caliper.wheel(-3)
    caliper.wait_until(lambda: cells(window)["SOP Instance UID"] == caliper.sop_instance_uid, "the other image's tags")
    assert caliper.sop_instance_uid != before
    index = caliper.view.index
    press(window, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert caliper.view.index == index + 1
    caliper.wait_until(lambda: cells(window)["SOP Instance UID"] == caliper.sop_instance_uid, "the next image's tags")
    caliper.activate()
    caliper.key(Key.Key_PageDown)
    caliper.wait_until(lambda: cells(window)["Modality"] == "MR", "another series")
    close(caliper, window)
    assert caliper.window.findChild(TagWindow) is None


def test_a_second_press_brings_the_same_window(caliper: Driver) -> None:
    caliper.key(Key.Key_T, CONTROL)
    first = tags(caliper)
    caliper.activate()
    caliper.key(Key.Key_T, CONTROL)
    assert caliper.window.findChildren(TagWindow) == [first]


def test_tags_are_searched_chosen_and_copied_by_keys(caliper: Driver) -> None:
    caliper.key(Key.Key_T, CONTROL)
    window = tags(caliper)
    assert window.search.hasFocus() or window.focusWidget() is window.search
    search(caliper, window, "0028,0030")
    assert window.told.full_text.startswith("1 of ")
    press(window.search, Key.Key_Return)
    assert window.isVisible()
    assert window.focusWidget() is window.view
    spacing = window.value.toPlainText()
    press(window.view, Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == f"(0028,0030) DS 8 Pixel Spacing: {spacing}"
    press(window.view, Key.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == spacing
    search(caliper, window, "nothing of the kind")
    assert window.told.full_text == "Nothing found"
    press(window, Key.Key_Escape)
    assert window.isVisible()
    caliper.wait_until(lambda: "entries" in window.told.full_text, "all tags again")
    (copy,) = [button for button in window.findChildren(QPushButton) if button.text() == "Copy all"]
    QTest.mouseClick(copy, LEFT)
    assert QGuiApplication.clipboard().text().count("\n") > 30


def test_what_is_open_and_chosen_stays_so_from_slice_to_slice(caliper: Driver) -> None:
    caliper.key(Key.Key_T, CONTROL)
    window = tags(caliper)
    place = window._tree.below(-1, 0x00280030)
    window.view.setCurrentIndex(window.view.tags.index_of(place))
    chosen = window.value.toPlainText()
    assert chosen
    caliper.wheel(-2)
    caliper.wait_until(lambda: cells(window)["SOP Instance UID"] == caliper.sop_instance_uid, "the other image's tags")
    assert window.value.toPlainText() == chosen
    assert window._tree.nodes[window.view.tags.node_at(window.view.currentIndex())].keyword == "PixelSpacing"


def test_a_hidden_patient_is_hidden_in_the_tags(caliper: Driver) -> None:
    caliper.key(Key.Key_T, CONTROL)
    window = tags(caliper)
    patient = caliper.study.study.patient
    assert cells(window)["Patient ID"] == patient.patient_id
    caliper.activate()
    caliper.key(Key.Key_H, CONTROL | SHIFT)
    assert cells(window)["Patient ID"] == "hidden"
    assert window.about.full_text.startswith("Patient hidden")
    assert "not shown" in window.warning.text()
    window.copy_all()
    assert patient.patient_id not in QGuiApplication.clipboard().text()
    caliper.wheel(-1)
    caliper.wait_for_rest()
    assert cells(window)["Patient ID"] == "hidden"
    caliper.key(Key.Key_H, CONTROL | SHIFT)
    assert cells(window)["Patient ID"] == patient.patient_id


def test_objects_are_listed_by_what_they_are(caliper_with_objects: Driver) -> None:
    shown = rows(caliper_with_objects)
    assert [(row.content.title, *row.content.lines) for row in shown[:3]] == [
        ("Measurement Report", "Structured report", "SR #80 · 2026-01-12"),
        ("Discharge letter", "Document (PDF)", "DOC #81 · 2026-01-12"),
        ("LUNG", "Presentation state", "PR #82 · 2026-01-12"),
    ]
    assert len(shown) == 12
    assert shown[0].accessibleName() == "Measurement Report"
    caliper_with_objects.push("15 more …")
    assert len(rows(caliper_with_objects)) == 27


def test_a_report_opens_by_key_and_is_read_searched_and_copied(caliper_with_objects: Driver) -> None:
    driver = caliper_with_objects
    shown = row(driver, "Measurement Report")
    shown.setFocus()
    press(shown, Key.Key_Return)
    window = report(driver)
    text = window.text.toPlainText()
    assert "Diameter:  14.0\u2009mm" in text
    assert "instance " in text.partition("Source:")[2].partition("\n")[0]
    assert "<b>Doe</b> &amp; <img src=x>" in text
    assert "not verified by a person" in text
    QTest.keyClicks(window.search, "diameter")
    press(window.search, Key.Key_Return)
    assert window.text.textCursor().selectedText().lower() == "diameter"
    window.copy_all()
    assert "Reader: Roe, Richard" in QGuiApplication.clipboard().text()
    driver.activate()
    driver.key(Key.Key_H, CONTROL | SHIFT)
    assert "Roe" not in window.text.toPlainText()
    assert "may still tell" in window.warning.text()
    close(driver, window)
    assert driver.window.findChild(ReportWindow) is None


def test_what_is_not_drawn_opens_as_tags_by_double_click(caliper_with_objects: Driver) -> None:
    driver = caliper_with_objects
    shown = row(driver, "LUNG")
    QTest.mouseDClick(shown, LEFT)
    window = tags(driver)
    assert cells(window)["Content Label"] == "LUNG"
    assert driver.message == "Presentation state: not drawn yet. Its tags are shown."
    window.close()
    QTest.mouseClick(shown, LEFT)
    settle()
    assert driver.window.findChild(TagWindow) is None


class Viewer(QObject):
    """Stands for the system's PDF viewer."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Remember what was to be opened."""
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    found = Viewer()
    QDesktopServices.setUrlHandler("file", found, "open")  # type: ignore[arg-type]  # the stub says bytes, PySide wants str
    yield found
    QDesktopServices.unsetUrlHandler("file")


def test_a_document_goes_to_the_viewer_in_a_private_file_that_is_removed(
    caliper_with_objects: Driver, viewer: Viewer, tmp_path: Path
) -> None:
    driver = caliper_with_objects
    press(row(driver, "Discharge letter"), Key.Key_Space)
    driver.wait_until(lambda: viewer.opened, "the viewer")
    (path,) = viewer.opened
    assert path.read_bytes() == PDF
    assert path.is_relative_to(cache_folder())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "Doe" not in path.name and "letter" not in path.name
    assert "opened" in driver.message
    driver.window.objects.save(path, tmp_path / "saved")
    driver.wait_until(lambda: "saved" in driver.message, "saved")
    assert (tmp_path / "saved.pdf").read_bytes() == PDF
    driver.close()
    assert not path.parent.exists()


def test_a_document_is_not_opened_while_the_patient_is_hidden(caliper_with_objects: Driver, viewer: Viewer) -> None:
    driver = caliper_with_objects
    driver.key(Key.Key_H, CONTROL | SHIFT)
    press(row(driver, "Discharge letter"), Key.Key_Return)
    driver.wait_for_rest()
    assert not viewer.opened
    assert "Show the patient first" in driver.message


def test_a_document_that_is_no_pdf_is_told(start: Start, place: Path, viewer: Viewer) -> None:
    like = pydicom.dcmread(place / "pdf.dcm")
    (place / "pdf.dcm").write_bytes(as_file(pdf_object(b"MZ not a document", like=like, SeriesNumber=81)))
    driver = start(place)
    driver.wait_for_image()
    press(row(driver, "Discharge letter"), Key.Key_Return)
    driver.wait_until(lambda: driver.message, "a message")
    assert "is no PDF" in driver.message
    assert not viewer.opened


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_an_object_opens_by_the_menu_key(caliper_with_objects: Driver) -> None:
    driver = caliper_with_objects
    shown = row(driver, "Discharge letter")
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, shown.rect().center(), driver.window.pos())
    QApplication.sendEvent(shown, asked)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Open", "Tags", "Save document as …"]
    menu.actions()[1].trigger()
    menu.close()
    assert cells(tags(driver))["Document Title"] == "Discharge letter"


def test_windows_of_another_patient_are_closed(caliper_with_objects: Driver, start: Start, tmp_path: Path) -> None:
    driver = caliper_with_objects
    press(row(driver, "Measurement Report"), Key.Key_Return)
    report(driver)
    other = tmp_path / "other"
    other.mkdir()
    for path in sorted((tmp_path / "place").glob("*"))[:2]:
        dataset = pydicom.dcmread(path)
        dataset.PatientID = "another"
        (other / path.name).write_bytes(as_file(dataset))
    driver.window.commands.opening.place(str(other))
    driver.wait_until(lambda: driver.study.study.patient.patient_id == "another", "the other patient")
    driver.wait_for_image()
    settle()
    assert not [window for window in driver.window.findChildren(QDialog) if window.isVisible()]


def test_a_study_without_an_image_lists_and_opens_its_objects(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "sr.dcm").write_bytes(as_file(report_object(item("TEXT", "Finding", TextValue="none"))))
    driver = start(folder)
    driver.wait_until(lambda: rows(driver), "the report's row")
    driver.key(Key.Key_T, CONTROL)
    assert "No image is shown" in driver.message
    press(rows(driver)[0], Key.Key_Return)
    assert "Finding:  none" in report(driver).text.toPlainText()
