"""The picture of a view: what is on the screen, on the clipboard and on paper, and no more of the patient."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError, ReportError
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.ui.printing import (
    PrintPreview,
    copy_view,
    draw_page,
    make_printer,
    picture_of,
    print_footer,
    print_header,
    print_page,
)

PATIENT = Patient("ID-77", "Doe^Jane", "19700131", "F")
STUDY = StudyInfo("1.2", "S1", "20260102", "093000", "CT thorax", "ACC-9", "St. Elsewhere")
WHEN = datetime(2026, 11, 23, 4, 20)


class Chart(QWidget):
    """Red to the left, with a line of one logical pixel down at 50, and black to the right."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(200, 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.fillRect(QRectF(0, 0, 100, 100), QColor("#c00000"))
        painter.fillRect(QRectF(50, 0, 0.5, 100), Qt.GlobalColor.white)


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    made = Chart()
    qtbot.addWidget(made)
    return made


def pixels(image: QImage) -> np.ndarray:
    """Rows, columns, and red, green, blue."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    return np.array(plain.constBits()).reshape(plain.height(), plain.width(), 4)[..., :3]


def printed_to(path: Path, picture: QImage, header: tuple[str, ...] = ()) -> bytes:
    """The PDF of one page."""
    printer = make_printer(picture)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    print_page(printer, picture, header, WHEN)
    return path.read_bytes()


def images_in(pdf: bytes) -> list[np.ndarray]:
    """The pictures of a PDF (ISO 32000-1, 8.9.5) as they were drawn: rows, columns, and red, green, blue."""
    found = []
    for part in pdf.split(b"endobj"):
        if b"/Subtype /Image" in part and b"/DeviceRGB" in part:
            columns, rows = (int(re.findall(rb"/%s (\d+)" % key, part)[0]) for key in (b"Width", b"Height"))
            data = part.partition(b"stream\n")[2]
            found.append(np.frombuffer(zlib.decompressobj().decompress(data), np.uint8).reshape(rows, columns, 3))
    return found


def test_a_picture_is_painted_anew_at_its_scale(chart: Chart) -> None:
    picture = picture_of(chart, 4.0)
    assert (picture.width(), picture.height(), picture.devicePixelRatio()) == (800, 400, 1.0)
    seen = pixels(picture)
    white = (seen == 255).all(axis=2)
    assert set(np.flatnonzero(white.all(axis=0))) == {200, 201}  # half a pixel on the screen, two pixels here
    assert (seen[:, 450:] == 0).all()


def test_copied_is_what_is_on_the_screen(chart: Chart) -> None:
    copy_view(chart)
    copied = QGuiApplication.clipboard().image()
    np.testing.assert_array_equal(pixels(copied), pixels(chart.grab().toImage()))


def test_the_header_says_who_and_when() -> None:
    header = print_header(PATIENT, STUDY, hidden=False)
    assert header == (
        "Doe, Jane",
        "ID-77 · 1970-01-31 · F",
        "CT thorax · 2026-01-02 09:30",
        "St. Elsewhere",
    )


def test_a_hidden_patient_is_not_printed() -> None:
    header = " ".join(print_header(PATIENT, STUDY, hidden=True))
    assert header.startswith("Patient hidden")
    for told in ("Doe", "Jane", "77", "1970", "Elsewhere", "ACC"):
        assert told not in header


def test_the_footer_says_when_and_that_it_is_not_in_real_size() -> None:
    footer = print_footer(WHEN)
    assert "2026-11-23 04:20" in footer
    assert "not in real size" in footer


@pytest.mark.parametrize(("width", "height"), [(400, 300), (300, 400), (1000, 50)])
def test_nothing_on_the_page_overlaps_or_is_bent(qtbot: QtBot, width: int, height: int) -> None:
    sheet = QImage(1000, 700, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.white)
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("#0000ff"))
    painter = QPainter(sheet)
    header = ("Doe, Jane", "x" * 400)
    place = draw_page(painter, QRectF(sheet.rect()).adjusted(10, 10, -10, -10), picture, header, "footer")
    painter.end()
    seen = pixels(sheet)
    blue = (seen == (0, 0, 255)).all(axis=2)
    rows, columns = np.flatnonzero(blue.any(axis=1)), np.flatnonzero(blue.any(axis=0))
    assert (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1) == pytest.approx(width / height, rel=0.05)
    dark = (seen.max(axis=2) < 128) & ~blue
    written = np.flatnonzero(dark.any(axis=1))
    assert written[0] >= 10
    assert written[-1] < 690
    above, below = written[written < rows[0]], written[written > rows[-1]]
    assert len(above) > 10
    assert len(below) > 3
    assert len(above) + len(below) == len(written)
    assert place.top() <= rows[0] + 1
    assert not dark[:, 990:].any()  # a long line is cut, not written over the margin


def test_the_pdf_holds_every_pixel_as_it_was_seen(chart: Chart, tmp_path: Path) -> None:
    picture = picture_of(chart, 3.0)
    pdf = printed_to(tmp_path / "page.pdf", picture, print_header(PATIENT, STUDY, hidden=False))
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b[^s]", pdf)) == 1
    (image,) = images_in(pdf)
    np.testing.assert_array_equal(image, pixels(picture))


def test_what_others_read_at_the_printer_names_nobody(chart: Chart, tmp_path: Path) -> None:
    pdf = printed_to(tmp_path / "page.pdf", picture_of(chart, 1.0), print_header(PATIENT, STUDY, hidden=False))
    title = "Caliper view".encode("utf-16-be")
    assert title in pdf
    for told in ("Doe", "Jane", "ID-77"):
        assert told.encode() not in pdf
        assert told.encode("utf-16-be") not in pdf


def test_the_page_lies_where_the_picture_does(chart: Chart, tmp_path: Path) -> None:
    for name, (width, height) in (("lying", (400, 200)), ("standing", (200, 400))):
        chart.resize(width, height)
        pdf = printed_to(tmp_path / f"{name}.pdf", picture_of(chart, 1.0))
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", pdf)
        assert box is not None
        assert (float(box[1]) > float(box[2])) == (width > height)


@pytest.mark.qt_log_ignore("Returned false")
def test_a_page_that_cannot_be_written_is_an_error(chart: Chart, tmp_path: Path) -> None:
    picture = picture_of(chart, 1.0)
    printer = make_printer(picture)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "missing" / "page.pdf"))
    with pytest.raises(ReportError, match="could not be printed") as refused:
        print_page(printer, picture, (), WHEN)
    assert refused.value.advice


@pytest.mark.qt_log_ignore("Returned false")
def test_the_preview_shows_the_page(qtbot: QtBot, chart: Chart, tmp_path: Path) -> None:
    failed: list[CaliperError] = []
    preview = PrintPreview(chart, ("Doe, Jane",), failed.append, chart)
    qtbot.addWidget(preview)
    preview.open()
    qtbot.waitUntil(preview.isVisible)
    path = tmp_path / "from-preview.pdf"
    printer = make_printer(picture_of(chart, 1.0))
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    chart.resize(20, 20)  # what is printed is what was seen when it was asked for
    preview.paintRequested.emit(printer)
    (image,) = images_in(path.read_bytes())
    assert image.shape == (300, 600, 3)
    printer.setOutputFileName(str(tmp_path / "missing" / "page.pdf"))
    preview.paintRequested.emit(printer)
    assert [type(error) for error in failed] == [ReportError]
