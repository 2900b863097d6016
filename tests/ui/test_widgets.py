"""The small widgets: they give way, they take the keyboard, and they never believe in markup."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer_app.ui import style
from viewer_app.ui.widgets import (
    ROW_ROLE,
    ElidedChooser,
    ElidedLabel,
    MeasurementDelegate,
    MeasurementRow,
    Message,
    MessageBar,
    SeriesCard,
    SeriesContent,
    ToolButton,
)
from viewer_app.ui.widgets.measurement_list import PICTURE_PX
from viewer_app.ui.widgets.plain import one_line, tool_tip

HOSTILE = "<b>Doe</b><img src='file:///etc/passwd'>&amp; John"
ROW = MeasurementRow("Nodule 1", "Distance · Thorax · slice 192", "52.4\u2009mm", "±0.5 · image plane")


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    style.apply_style(qapp, style.DARK)


def test_one_line_removes_breaks_and_controls() -> None:
    assert one_line(" a\r\n\tb\x00\x1bc ") == "a bc"
    assert one_line("山田^太郎") == "山田^太郎"


def test_tool_tip_shows_markup_as_text() -> None:
    assert tool_tip("<b>x</b> & y\nz") == "<span>&lt;b&gt;x&lt;/b&gt; &amp; y<br>z</span>"
    assert tool_tip("") == ""


def test_label_elides_and_tells_the_whole_in_its_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("title")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.set_full_text(HOSTILE)
    label.show()
    assert label.text().endswith("…") and HOSTILE.startswith(label.text()[:-1])
    assert label.toolTip() == tool_tip(HOSTILE)
    label.resize(2000, 20)
    assert label.text() == label.full_text == HOSTILE
    assert label.toolTip() == ""
    assert label.textFormat() == Qt.TextFormat.PlainText


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """An empty window of 3000 x 200 pixels, kept until the test is over."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(3000, 200)
    made.show()
    return made


def shown_card(window: QWidget, content: SeriesContent, width: int) -> SeriesCard:
    card = SeriesCard(content, window)
    card.setGeometry(500, 100, width, 80)  # away from where the mouse may rest
    card.show()
    return card


def test_card_shows_every_text_plain(window: QWidget) -> None:
    card = shown_card(window, SeriesContent(HOSTILE, (HOSTILE, "CT"), HOSTILE, 0.5), 3000)
    labels = [label for label in card.findChildren(QLabel) if label.text()]
    assert sorted(label.text() for label in labels) == sorted([HOSTILE, HOSTILE, "CT", HOSTILE])
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_card_follows_its_content(window: QWidget) -> None:
    card = shown_card(window, SeriesContent("T1", ("MR · 9 images", "1 × 1 × 1 mm"), loaded=0.25), 400)
    card.show_content(SeriesContent("T2", ("MR · 3 images",), "1 slice missing"))
    seen = [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]
    assert {"T2", "MR · 3 images", "1 slice missing"} <= set(seen)
    assert card.accessibleName() == "T2"
    assert card.accessibleDescription() == "MR · 3 images, 1 slice missing"


def test_card_is_opened_by_click_and_keys_and_can_be_pulled(qtbot: QtBot, window: QWidget) -> None:
    card = shown_card(window, SeriesContent("T1"), 200)
    with qtbot.waitSignal(card.activated, timeout=500):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(card.activated, timeout=500):
            QTest.keyClick(card, key)
    opened: list[bool] = []
    card.activated.connect(lambda: opened.append(True))
    with qtbot.waitSignal(card.drag_started, timeout=500):
        QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
        QTest.mouseMove(card, QPoint(90, 40))
        QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=QPoint(90, 40))
    assert opened == []
    assert card.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_active_card_and_focus_are_visible(qtbot: QtBot, window: QWidget) -> None:
    card = shown_card(window, SeriesContent("T1"), 200)
    QTest.mouseMove(window, QPoint(2900, 190))  # wherever the test before left the mouse
    ground = QPoint(100, 70)
    assert card.grab().toImage().pixelColor(ground) == QColor(style.DARK.raised)
    card.set_shown(shown=True, active=False)
    line = card.grab().toImage().pixelColor(100, 0)
    assert line == QColor(style.DARK.active_line)
    assert card.grab().toImage().pixelColor(ground) == QColor(style.DARK.raised)
    card.set_shown(shown=True, active=True)
    assert card.grab().toImage().pixelColor(ground) == QColor(style.DARK.selection)
    card.set_shown(shown=False, active=False)
    assert card.grab().toImage().pixelColor(100, 0) == QColor(style.DARK.line)
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    assert card.grab().toImage().pixelColor(100, 0) == QColor(style.DARK.accent)


def test_tool_button_is_a_34_px_target_with_name_and_key(qtbot: QtBot) -> None:
    button = ToolButton("distance", "Distance", "D", checkable=True)
    qtbot.addWidget(button)
    button.show()
    assert button.size() == QSize(34, 34)
    assert button.toolTip() == "<span>Distance (D)</span>"
    assert button.accessibleName() == "Distance"
    button.setChecked(True)
    assert button.grab().toImage().pixelColor(5, 5) == QColor(style.DARK.active)


def test_message_bar_shows_one_plain_sentence_and_reports_its_buttons(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(900, 400)
    bar = MessageBar(over)
    bar.float_over()
    over.show()
    assert not bar.isVisible()
    bar.show_message(Message.ERROR, HOSTILE + "\nsecond line", "Try & again")
    assert bar.isVisible() and bar.text == HOSTILE + " second line"
    assert {label.textFormat() for label in bar.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}
    button, close = bar.findChild(QPushButton), bar.findChild(QToolButton)
    assert isinstance(button, QPushButton) and isinstance(close, QToolButton)
    with qtbot.waitSignal(bar.acted, timeout=500):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    bar.show_message(Message.INFO, "Loaded.")
    assert not button.isVisible()
    with qtbot.waitSignal(bar.closed, timeout=500):
        QTest.mouseClick(close, Qt.MouseButton.LeftButton)


def test_message_bar_stays_inside_its_viewport(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    bar = MessageBar(over)
    bar.float_over()
    over.show()
    bar.show_message(Message.WARNING, "One slice is missing between 88 and 89; lengths across it are marked.", "Show")
    for width in (300, 700, 1500):
        over.resize(width, 500)
        assert over.rect().contains(bar.geometry())
        assert abs(bar.geometry().center().x() - over.rect().center().x()) <= 1


def test_message_bar_covers_no_letter_while_there_is_room_elsewhere(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(700, 720)
    letters = [QRect(0, row * 180 + top, 700, 26) for row in range(4) for top in (0, 77, 154)]
    bar = MessageBar(over)
    bar.float_over(lambda: [QRect(over.mapToGlobal(box.topLeft()), box.size()) for box in letters])
    over.show()
    bar.show_message(Message.INFO, "Nothing was linked by hand.")
    assert not any(bar.geometry().intersects(letter) for letter in letters)
    letters.append(over.rect())
    bar.place()
    assert bar.geometry().top() == 92  # nowhere, so where it is looked for


@pytest.fixture
def measurements(qtbot: QtBot) -> QListView:
    view = QListView()
    qtbot.addWidget(view)
    model = QStandardItemModel(view)
    item = QStandardItem(ROW.label)
    item.setData(ROW, ROW_ROLE)
    picture = QImage(38, 38, QImage.Format.Format_RGB32)
    picture.fill(QColor("#00ff00"))
    item.setData(picture, int(Qt.ItemDataRole.DecorationRole))
    model.appendRow(item)
    view.setModel(model)
    view.setItemDelegate(MeasurementDelegate(view))
    view.resize(340, 200)
    view.show()
    return view


def with_row(view: QListView, row: MeasurementRow) -> QImage:
    view.model().setData(view.model().index(0, 0), row, ROW_ROLE)
    return view.viewport().grab().toImage()


def test_row_draws_the_picture_and_the_selection(measurements: QListView) -> None:
    area = measurements.visualRect(measurements.model().index(0, 0))
    image = measurements.viewport().grab().toImage()
    assert image.pixelColor(10 + 19, area.center().y()) == QColor("#00ff00")
    measurements.setCurrentIndex(measurements.model().index(0, 0))
    image = measurements.viewport().grab().toImage()
    assert image.pixelColor(1, area.center().y()) == QColor(style.DARK.accent)
    assert image.pixelColor(5, area.center().y()) == QColor(style.DARK.selection)


def test_row_draws_markup_as_text(measurements: QListView) -> None:
    plain = with_row(measurements, MeasurementRow("xDoe", "", "1", ""))
    marked = with_row(measurements, MeasurementRow("<b>Doe</b>", "", "1", ""))
    interpreted = with_row(measurements, MeasurementRow("Doe", "", "1", ""))
    assert marked != interpreted and marked != plain


def test_value_is_never_shortened(measurements: QListView) -> None:
    """However long label and place are, not a pixel of value and detail changes."""
    value, detail = "1234.5\u2009mm", "±0.5 · image plane"
    short = with_row(measurements, MeasurementRow("A", "B " * 60, value, detail))
    long = with_row(measurements, MeasurementRow("W" * 300, "B " * 300, value, detail))
    wide = measurements.fontMetrics().horizontalAdvance(value)
    left = measurements.viewport().width() - 10 - wide
    height = measurements.visualRect(measurements.model().index(0, 0)).height()
    assert style.DARK.text in _colors(short.copy(left, 0, wide, height))
    assert short.copy(left, 0, wide, height) == long.copy(left, 0, wide, height)
    assert short != long


def test_a_long_remark_stays_beside_the_picture(measurements: QListView) -> None:
    short, long = (
        with_row(measurements, MeasurementRow("Rectangle", "", "12\u2009mm²", "W" * many, doubtful=True))
        for many in (3, 300)
    )
    beside = 10 + PICTURE_PX
    assert short.copy(0, 0, beside, short.height()) == long.copy(0, 0, beside, long.height())
    assert style.DARK.warn in _colors(long)


def _colors(image: QImage) -> list[str]:
    return [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())]


def test_doubtful_provenance_is_amber(measurements: QListView) -> None:
    calm = _colors(with_row(measurements, ROW))
    doubtful = _colors(with_row(measurements, MeasurementRow("W", "Distance", "211.0\u2009px", "no calibration", True)))
    assert style.DARK.warn not in calm
    assert style.DARK.warn in doubtful


def test_renaming_edits_the_label_in_its_place(measurements: QListView, qtbot: QtBot) -> None:
    index = measurements.model().index(0, 0)
    measurements.setCurrentIndex(index)
    measurements.edit(index)
    editor = measurements.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit) and editor.text() == ROW.label
    assert measurements.visualRect(index).contains(editor.geometry())
    editor.setText("Lesion\tA")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: index.data(int(Qt.ItemDataRole.EditRole)) == "Lesion A")


def test_a_series_card_tells_its_whole_report_under_the_pointer(qtbot: QtBot) -> None:
    card = SeriesCard(
        SeriesContent("Head", ("b = 800 s/mm²",), "1 slice missing.", report=f"1 slice missing. {HOSTILE}")
    )
    qtbot.addWidget(card)
    assert card.toolTip() == tool_tip(f"1 slice missing. {HOSTILE}")
    assert "1 slice missing." in card.accessibleDescription()
    card.show_content(SeriesContent("Head"))
    assert card.toolTip() == ""


def test_a_chooser_keeps_its_date_whole(qtbot: QtBot) -> None:
    chooser = ElidedChooser()
    qtbot.addWidget(chooser)
    text = "Featherstonehaugh-Cholmondeley, Maximilian · 2026-01-12 · CT"
    chooser.addItem(text)
    whole = chooser.fontMetrics().horizontalAdvance(text)
    assert chooser._fitted(text, whole + 8) == text
    for room in range(whole // 3, whole, 5):
        assert re.fullmatch(r"F.*… · 2026-01-12( · CT)?", chooser._fitted(text, room)), room
    chooser.resize(whole // 2, 30)
    chooser.show()
    chooser.grab()
    assert chooser.toolTip() == tool_tip(text)
    chooser.resize(whole + 120, 30)
    chooser.grab()
    assert chooser.toolTip() == ""
