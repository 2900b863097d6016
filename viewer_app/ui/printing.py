"""The picture of a view as it is seen: on the clipboard, and on paper (IHE BIR 37).

What is hidden on the screen is hidden here: the picture is taken of the widget itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from viewer_app import __version__
from viewer_app.errors import CaliperError, ReportError
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.imaging.identity import telltales
from viewer_app.ui.views.corner_text import SEPARATOR, date_text, identity_lines, time_text

PRINT_SCALE = 3.0
_HEADER_PT, _FOOTER_PT = 11, 8
_GAP_LINES = 0.5
# Not black: that is the pen a painter begins with, so a preview would not record it, and draw in the theme's light one.
_INK = "#101010"
# What waits at a printer, and a file's properties, are read by others: no patient in it.
_DOCUMENT_NAME = "Caliper view"


def picture_of(widget: QWidget, scale: float) -> QImage:
    """What `widget` shows, painted anew with `scale` pixels for each logical one: lines and letters stay sharp."""
    size = (QSizeF(widget.size()) * scale).toSize()
    picture = QImage(size, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.black)
    QWidget.render(widget, picture)  # a QGraphicsView's own `render` is another: it draws the scene alone
    picture.setDevicePixelRatio(1.0)
    return picture


def copy_view(widget: QWidget) -> None:
    """Put the picture of `widget`, pixel for pixel as on the screen, on the clipboard."""
    QGuiApplication.clipboard().setImage(picture_of(widget, widget.devicePixelRatioF()))


def print_header(patient: Patient, study: StudyInfo, *, hidden: bool) -> tuple[str, ...]:
    """Whose image it is and of when, for the top of a page; nothing about the patient where patients are hidden."""
    is_told = not (hidden and telltales(patient, study).tell_in(study.description))
    description = study.description if is_told else ""
    institution = "" if hidden else study.institution
    when = " ".join(part for part in (date_text(study.date), time_text(study.time)) if part)
    lines = (*identity_lines(patient, hidden=hidden), _joined(description, when), institution)
    return tuple(line for line in lines if line)


def print_footer(printed_at: datetime) -> str:
    """What stands at the bottom of a page."""
    return _joined(f"Caliper {__version__}", f"printed {printed_at:%Y-%m-%d %H:%M}", "not in real size")


def draw_page(painter: QPainter, page: QRectF, picture: QImage, header: Sequence[str], footer: str) -> QRectF:
    """Header, picture and footer within `page`; returns where the picture stands."""
    top = _draw_lines(painter, page, header, _HEADER_PT, bold_first=True)
    bottom = _line_height(painter, _FOOTER_PT)
    room = page.adjusted(0, top, 0, -bottom * (1 + _GAP_LINES))
    size = QSizeF(picture.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(room.topLeft(), size)
    place.moveCenter(room.center())
    place.moveTop(room.top())
    # What is printed is what was seen: no JPEG on the way.
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, picture)
    _draw_lines(painter, page.adjusted(0, page.height() - bottom, 0, 0), [footer], _FOOTER_PT)
    return place


def print_page(printer: QPrinter, picture: QImage, header: Sequence[str], printed_at: datetime) -> None:
    """One page with `picture` on `printer`, which may be a PDF file. Raises ReportError."""
    painter = QPainter()
    if not painter.begin(printer):
        raise ReportError(
            "The page could not be printed.",
            "Choose another printer, or print to a PDF file in a folder that you may write to.",
        )
    draw_page(painter, QRectF(painter.viewport()), picture, header, print_footer(printed_at))
    if not painter.end():
        raise ReportError("The page was not printed to its end.", "Look at the printer, and print again.")


def make_printer(picture: QImage) -> QPrinter:
    """The usual printer, its page lying where `picture` is wider than high."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(_DOCUMENT_NAME)
    printer.setCreator("Caliper")
    lying = picture.width() > picture.height()
    orientation = QPageLayout.Orientation
    printer.setPageOrientation(orientation.Landscape if lying else orientation.Portrait)
    return printer


class PrintPreview(QPrintPreviewDialog):
    """The page with the picture of `widget` as it is now, to be printed or not; `failed` is told what goes wrong."""

    def __init__(
        self, widget: QWidget, header: Sequence[str], failed: Callable[[CaliperError], object], parent: QWidget
    ) -> None:
        picture = picture_of(widget, PRINT_SCALE)
        printer = make_printer(picture)
        super().__init__(printer, parent)
        self._printer = printer  # the dialog does not keep it alive
        self._picture, self._header, self._failed = picture, tuple(header), failed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Print")
        self.paintRequested.connect(self._paint)

    def _paint(self, printer: QPrinter) -> None:
        try:
            print_page(printer, self._picture, self._header, datetime.now().astimezone())
        except CaliperError as error:
            self._failed(error)


def _draw_lines(
    painter: QPainter, place: QRectF, lines: Sequence[str], points: int, *, bold_first: bool = False
) -> float:
    """Lines from the top of `place`, each cut where the page ends; returns the height they take, with a gap."""
    height = _line_height(painter, points)
    for number, line in enumerate(lines):
        font = _font(painter, points)
        font.setBold(bold_first and number == 0)
        painter.setFont(font)
        painter.setPen(QColor(_INK))
        metrics = QFontMetricsF(font, painter.device())
        shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(QRectF(place.left(), place.top() + number * height, place.width(), height), shown)
    return height * (len(lines) + _GAP_LINES)


def _line_height(painter: QPainter, points: int) -> float:
    return QFontMetricsF(_font(painter, points), painter.device()).height()


def _font(painter: QPainter, points: int) -> QFont:
    font = QFont(painter.font())
    font.setPointSize(points)
    return font


def _joined(*parts: str) -> str:
    return SEPARATOR.join(part for part in parts if part)
