"""A window of plain widgets in Caliper's look, to judge colours, sizes and states by eye.

`python -m tests.ui.look_gallery OUT.png [--light]` writes the picture (needs a display or QT_QPA_PLATFORM=offscreen).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QListView,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from tests.ui.gallery_image import GalleryViewport, slice_image
from tests.ui.gallery_settings import settings_tab
from viewer_app.ui import style
from viewer_app.ui.widgets import (
    ROW_ROLE,
    ElidedLabel,
    MeasurementDelegate,
    MeasurementRow,
    Message,
    MessageBar,
    SeriesCard,
    SeriesContent,
    ToolButton,
)

_GROUPS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("scroll", "Scroll", "S"),
        ("window", "Window", "W"),
        ("zoom", "Zoom", "Z"),
        ("pan", "Pan", "T"),
        ("crosshair", "Crosshair", "H"),
    ),
    (
        ("distance", "Distance", "D"),
        ("angle", "Angle", "A"),
        ("cobb", "Cobb angle", "Shift+A"),
        ("ellipse", "Ellipse", "E"),
        ("polygon", "Polygon", "Y"),
        ("freehand", "Freehand", "F"),
        ("probe", "Probe", "P"),
        ("volume", "Volume", "V"),
    ),
    (("layout", "Layout", "L"), ("link", "Link", "Ctrl+L"), ("cine", "Cine", "C")),
)
_ENDS = (("undo", "Undo"), ("redo", "Redo"), ("report", "Report"), ("settings", "Settings"))
_CARDS = (
    (0.3, SeriesContent("Thorax 1.0 B60f lung", ("CT · 384 images", "0.67 × 0.67 × 1.00 mm"), loaded=0.71)),
    (0.5, SeriesContent("Abdomen portal venous", ("CT · 130 images", "0.78 × 0.78 × 5.00 mm"), "1 slice missing")),
    (0.7, SeriesContent("<b>T2</b> oblique, with a name that does not fit the card", ("MR · 30 images", "3 planes"))),
)
_PRIOR = (0.2, SeriesContent("Thorax 1.0", ("CT · 160 images", "0.70 × 0.70 × 1.00 mm")))
_ROWS = (
    MeasurementRow("Nodule 1", "Distance · Thorax 1.0 B60f lung · slice 192", "52.4\u2009mm", "±0.5 · image plane"),
    MeasurementRow(
        "Liver, right lobe", "Ellipse · Abdomen portal venous · slice 88", "31.2\u2009HU", "SD 4.1 · 3.31\u2009cm²"
    ),
    MeasurementRow("Angle 1", "Cobb · Thorax 1.0 · oblique", "17.8°", "suppl. 162.2°"),
    MeasurementRow("Lesion in the left upper lobe", "Volume, 14 contours", "18.60\u2009ml", "±0.70 · contours"),
    MeasurementRow("Width", "Distance · Secondary capture", "211.0\u2009px", "no calibration", doubtful=True),
)


def main() -> None:
    """Write the picture named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--tab", type=int, default=0)
    wish = parser.parse_args()
    app = QApplication([])
    style.apply_style(app, style.LIGHT if wish.light else style.DARK)
    window = gallery(wish.tab)
    width, height = map(int, wish.size.split("x"))
    window.resize(width, height)
    window.show()
    app.processEvents()
    window.grab().save(str(wish.out))


def gallery(tab: int = 0) -> QMainWindow:
    """The window; `tab` chooses the page on the right."""
    window = QMainWindow()
    window.setWindowTitle("Caliper look")
    window.addToolBar(_tool_row())
    split = QSplitter(Qt.Orientation.Horizontal)
    split.addWidget(_series_panel())
    split.addWidget(_viewports())
    split.addWidget(_measurement_panel(tab))
    split.setSizes([240, 1030, 330])
    split.setStretchFactor(1, 1)
    window.setCentralWidget(split)
    _fill_status(window)
    return window


def _tool_row() -> QToolBar:
    bar = QToolBar()
    bar.setMovable(False)
    bar.addWidget(_patient())
    for number, group in enumerate(_GROUPS):
        if number:
            bar.addSeparator()
        for icon, name, key in group:
            button = ToolButton(icon, name, key, checkable=True)
            button.setChecked(icon == "distance")
            bar.addWidget(button)
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    for icon, name in _ENDS:
        if icon == "report":
            bar.addSeparator()
        button = ToolButton(icon, name)
        button.setEnabled(icon != "redo")
        bar.addWidget(button)
    return bar


def _patient() -> QWidget:
    name, rest = ElidedLabel("title"), ElidedLabel("secondary")
    name.set_full_text("PHANTOM^THORAX")
    rest.set_full_text("ID 0042 · 1970-01-01 · O · CT 2026-01-12")
    panel = QWidget()
    panel.setMinimumWidth(150)
    panel.setMaximumWidth(276)
    column = QVBoxLayout(panel)
    column.setContentsMargins(6, 0, 8, 0)
    column.setSpacing(0)
    column.addWidget(name)
    column.addWidget(rest)
    return panel


def _series_panel() -> QWidget:
    panel = QWidget()
    panel.setProperty("role", "panel")
    column = QVBoxLayout(panel)
    column.setContentsMargins(10, 6, 10, 10)
    column.setSpacing(8)
    column.addWidget(_section("CURRENT · 2026-01-12", "3"))
    for depth, content in _CARDS:
        column.addWidget(_card(depth, content))
    column.addWidget(_section("PRIOR · 2025-01-09", "1"))
    column.addWidget(_card(*_PRIOR))
    column.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(panel)
    area.setMinimumWidth(150)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _section(left: str, right: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    for text in (left, right):
        label = QLabel(text)
        label.setProperty("role", "section")
        line.addWidget(label)
        line.addStretch(1 if text == left else 0)
    return row


def _card(depth: float, content: SeriesContent) -> SeriesCard:
    card = SeriesCard(content)
    card.set_thumbnail(slice_image(160, depth))
    card.set_shown(shown=content.loaded is not None, active=content.loaded is not None)
    return card


def _viewports() -> QWidget:
    big = GalleryViewport(0.3, active=True)
    right = QSplitter(Qt.Orientation.Vertical)
    for depth in (0.5, 0.7):
        right.addWidget(GalleryViewport(depth))
    both = QSplitter(Qt.Orientation.Horizontal)
    both.addWidget(big)
    both.addWidget(right)
    both.setSizes([700, 350])
    bar = MessageBar(big)
    bar.show_message(
        Message.WARNING, "One slice is missing between 88 and 89; lengths across it are marked.", "Show gap"
    )
    bar.float_over()
    return both


def _measurement_panel(tab: int) -> QWidget:
    tabs = QTabWidget()
    tabs.addTab(_measurement_list(), "Measurements 5")
    tabs.addTab(_history(), "History")
    tabs.addTab(settings_tab(), "Follow-up")
    tabs.setCurrentIndex(tab)
    export = QPushButton("Export report …")
    export.setProperty("role", "primary")
    panel = QWidget()
    panel.setMinimumWidth(230)
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(tabs, 1)
    foot = QHBoxLayout()
    foot.setContentsMargins(10, 4, 10, 10)
    foot.addWidget(export)
    column.addLayout(foot)
    return panel


def _measurement_list() -> QListView:
    model = QStandardItemModel()
    for number, row in enumerate(_ROWS):
        item = QStandardItem(row.label)
        item.setData(row, ROW_ROLE)
        item.setData(_small_picture(number), int(Qt.ItemDataRole.DecorationRole))
        model.appendRow(item)
    view = QListView()
    model.setParent(view)
    view.setModel(model)
    view.setItemDelegate(MeasurementDelegate(view))
    view.setCurrentIndex(model.index(0, 0))
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view


def _small_picture(number: int) -> QImage:
    return slice_image(96, 0.15 + 0.18 * number)


def _history() -> QTableWidget:
    table = QTableWidget(12, 3)
    table.setHorizontalHeaderLabels(["When", "Author", "What"])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    for row in range(12):
        for column, text in enumerate((f"10:{42 + row}", "radiology", "Distance moved")):
            table.setItem(row, column, QTableWidgetItem(text))
    table.selectRow(2)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setStretchLastSection(True)
    return table


def _fill_status(window: QMainWindow) -> None:
    saved = QLabel("● All saved")
    saved.setProperty("role", "good")
    status = window.statusBar()
    status.setSizeGripEnabled(False)
    status.addWidget(saved)
    status.addWidget(QLabel("Thorax 1.0 B60f lung: 276 of 384 images · 41\u2009MB/s"))
    status.addPermanentWidget(QLabel("orthanc.local"))
    status.addPermanentWidget(QLabel("1.2 of 8\u2009GB"))


if __name__ == "__main__":
    main()
