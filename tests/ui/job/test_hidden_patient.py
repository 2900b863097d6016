"""Presentation mode: no part of the name, and no number of the patient, stands anywhere while patients are hidden."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.imaging.documents import as_file, item, report_object
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, SHIFT, Driver, settle
from tests.ui.seen import painted_texts, visible_texts
from viewer_app.errors import SourceError
from viewer_app.report import read_json
from viewer_app.ui.printing import PrintPreview
from viewer_app.ui.widgets import ROW_ROLE, Message
from viewer_app.ui.widgets.object_row import ObjectRow

Key = Qt.Key
NAME, ID, ACCESSION = "Quixotte^Marguerite^Xenia", "ZX-4711-Q", "ACC-90210"
TELLTALES = ("quixotte", "marguerite", "xenia", "zx-4711-q", "acc-90210", "19480229", "1948-02-29")


@pytest.fixture
def place(sample: Path, tmp_path: Path) -> Path:
    """A CT in which people wrote the patient's name wherever there is room for it, a report, and a broken file."""
    folder = tmp_path / "Quixotte_Marguerite"
    folder.mkdir()
    for number, path in enumerate(sorted((sample / "ct").iterdir())[::8]):
        file = pydicom.dcmread(path)
        file.PatientName, file.PatientID, file.PatientBirthDate = NAME, ID, "19480229"
        file.AccessionNumber, file.StudyID = ACCESSION, ACCESSION
        file.StudyDescription = f"Chest of {ID}"
        file.SeriesDescription = "MARGUERITE supine"
        file.ProtocolName = file.BodyPartExamined = "QUIXOTTE"
        file.ImageComments = "seen with Mrs. Quixotte"
        file.WindowCenterWidthExplanation = "For Xenia"
        file.WindowCenter, file.WindowWidth = 40, 400
        file.save_as(folder / f"{number}.dcm")
    report = report_object(item("TEXT", "Comment", TextValue="Quixotte is well"), like=file, SeriesNumber=80)
    report.SeriesDescription = "Letter to Marguerite"
    (folder / "report.dcm").write_bytes(as_file(report))
    (folder / "Quixotte damaged.dcm").write_bytes((folder / "1.dcm").read_bytes()[:2000])
    return folder


@pytest.fixture
def everything(start: Start, place: Path) -> Driver:
    """Caliper with that place, a measurement named after the patient, and every window open beside it."""
    driver = start(place)
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Key.Key_D)
    driver.drag(driver.part(0.4, 0.4), driver.part(0.6, 0.5))
    driver.study.measuring.rename(driver.records[0].measurement.uid, "Marguerite, left")
    driver.window._show_error(SourceError("The file /data/quixotte/1.dcm has gone.", "Ask Marguerite."))
    driver.key(Key.Key_T, CONTROL)
    driver.window.show_about()
    for row in driver.window.series.findChildren(ObjectRow):
        row.activated.emit()
    driver.wait_for_rest()
    settle()
    return driver


def telling(texts: list[str]) -> list[str]:
    """Those in which something of the patient stands."""
    return [text for text in texts if any(part in text.casefold() for part in TELLTALES)]


def said(driver: Driver, patch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is seen, written over images included."""
    with painted_texts(patch) as painted:
        driver.viewport.grab()
        driver.window.grab()
    assert len(painted) > 10
    return visible_texts() + painted


def hide(driver: Driver) -> None:
    driver.window.actions_by_name["hide_patient"].trigger()
    settle()


def test_nothing_that_is_seen_tells_who_it_is(everything: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    open_texts = telling(said(everything, monkeypatch))
    assert len(open_texts) > 20
    hide(everything)
    assert telling(said(everything, monkeypatch)) == []
    hide(everything)
    assert sorted(telling(said(everything, monkeypatch))) == sorted(open_texts)


@pytest.mark.qt_log_ignore("does not support", extend=True)  # a menu on the platform without a screen
def test_what_is_opened_later_does_not_tell_it_either(
    start: Start, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = start(place)
    driver.wait_for_image()
    hide(driver)
    driver.wait_for_rest()
    driver.key(Key.Key_T, CONTROL)
    driver.window.show_about()
    for row in driver.window.series.findChildren(ObjectRow):
        row.activated.emit()
    driver.window.show_message(Message.INFO, "Marguerite")
    driver.window._show_problems()
    driver.wait_for_rest()
    driver.window._show_menu(None, driver.canvas.mapToGlobal(driver.canvas.rect().center()))
    settle()
    assert telling(said(driver, monkeypatch)) == []
    for menu in driver.window.findChildren(QMenu):
        assert telling([action.text() for action in menu.actions()]) == []
        menu.close()
    settle()


def test_cards_say_what_is_left(everything: Driver) -> None:
    hide(everything)
    card = next(iter(everything.window.series._cards.values()))
    assert "supine" not in card.accessibleName()
    assert "CT" in card.accessibleDescription()
    row = everything.window.measurements.model.index(0).data(ROW_ROLE)
    assert row.label == "Distance"
    assert everything.records[0].measurement.label == "Marguerite, left"  # nothing of it is lost


def test_the_page_to_print_does_not_tell_it(everything: Driver) -> None:
    everything.window.print_view()
    (named,) = everything.window.findChildren(PrintPreview)
    assert telling(list(named._header))
    named.close()
    settle()
    hide(everything)
    everything.window.print_view()
    (hidden,) = everything.window.findChildren(PrintPreview)
    assert hidden._header[0] == "Patient hidden"
    assert telling([*hidden._header, hidden._printer.docName()]) == []
    hidden.close()
    settle()


@pytest.mark.parametrize("suffix", [".json", ".csv", ".xlsx"])
def test_a_report_written_meanwhile_leaves_the_patient_out_and_says_so(
    everything: Driver, tmp_path: Path, suffix: str
) -> None:
    hide(everything)
    path = tmp_path / f"report{suffix}"
    everything.window.commands.export_to(path)
    everything.wait_until(lambda: "written" in everything.message, "the report")
    assert "patient is left out" in everything.message
    written = _text(path)
    assert telling([written]) == []
    assert "hidden" in written
    assert repr(everything.records[0].values[0].number) in written  # the numbers are whole


def test_a_report_names_the_patient_otherwise(everything: Driver, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    everything.window.commands.export_to(path)
    everything.wait_until(lambda: "written" in everything.message, "the report")
    report = read_json(path)
    assert (report.study.patient.name, report.patient_hidden) == (NAME, False)
    assert report.records == everything.records


def _text(path: Path) -> str:
    if path.suffix == ".json":
        assert read_json(path).patient_hidden
        return json.dumps(json.loads(path.read_text("ascii")), ensure_ascii=False)
    if path.suffix == ".csv":
        return path.read_text("utf-8-sig")
    book = openpyxl.load_workbook(path)
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    return "\n".join(repr(value) if isinstance(value, float) else str(value) for value in cells)


def test_keys_hide_and_show(everything: Driver) -> None:
    everything.activate()
    QTest.keyClick(everything.window, Key.Key_H, CONTROL | SHIFT)
    settle()
    assert everything.window.manner.patient_hidden
