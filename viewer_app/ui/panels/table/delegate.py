"""How the first column is painted, and how a label is typed into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QCompleter, QLineEdit, QStyle, QStyleOptionViewItem, QWidget

from viewer_app.ui import style
from viewer_app.ui.panels.table.model import ICON_PX, KIND_ROLE
from viewer_app.ui.widgets import ROW_ROLE, MeasurementDelegate, MeasurementRow
from viewer_app.ui.widgets.measurement_list import PICTURE_PX, paint_ground, paint_line, paint_picture
from viewer_app.ui.widgets.plain import one_line

_Index = QModelIndex | QPersistentModelIndex
_EDGE, _GAP, _SMALL_PICTURE_PX, _WIDE_ROW_PX = 10, 8, 26, 32
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MOST_LABELS = 12
_BEGUN = "begun"
NO_LABEL = "No label"
"""Stands dimly where a label may be typed."""


class TableDelegate(MeasurementDelegate):
    """Narrow, all that is known of a measurement in two lines; `is_wide`, its picture and label on one."""

    def __init__(self, labels: Callable[[], Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self.is_wide = False

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One low row where further columns say the rest."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(_WIDE_ROW_PX, QFontMetrics(option.font).height() + 12)) if self.is_wide else size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The row, its kind in the corner of its picture; a group is a heading."""
        kind = index.data(KIND_ROLE)
        if self.is_wide or not isinstance(kind, QIcon):
            _paint_one_line(painter, option, index, wide=self.is_wide)
            return
        super().paint(painter, option, index)
        across = option.rect.left() + _EDGE + PICTURE_PX - ICON_PX
        corner = QRect(across, option.rect.center().y() + PICTURE_PX // 2 - ICON_PX, ICON_PX, ICON_PX)
        painter.fillRect(corner, QColor(style.current_palette().window))
        kind.paint(painter, corner.adjusted(1, 1, -1, -1))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A line that offers the ready labels."""
        line = QLineEdit(parent)
        line.setAccessibleName("Label")
        completer = QCompleter(list(self._labels()), line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(_MOST_LABELS)
        line.setCompleter(completer)
        return line

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Over the label, with room enough to read what is offered."""
        super().updateEditorGeometry(editor, option, index)
        place = editor.geometry()
        if self.is_wide:
            place = _label_place(option.rect).adjusted(-4, 2, 0, -2)
        place.setRight(option.rect.right() - _EDGE)
        editor.setGeometry(place)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Start from the label, empty where there is none."""
        if not editor.property(_BEGUN):  # Qt asks again whenever rows change; what is being typed stays
            editor.setProperty(_BEGUN, True)
            editor.setProperty("text", index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Nothing, where nothing was typed: of several that are selected each keeps its label then."""
        is_same = editor.property("text") == index.data(Qt.ItemDataRole.EditRole)
        if not is_same or editor.property("modified"):
            super().setModelData(editor, model, index)


def _label_place(area: QRect) -> QRect:
    return area.adjusted(_EDGE + _SMALL_PICTURE_PX + _GAP, 0, -_EDGE, 0)


def _paint_one_line(painter: QPainter, option: QStyleOptionViewItem, index: _Index, *, wide: bool) -> None:
    palette, row = style.current_palette(), index.data(ROW_ROLE)
    if not isinstance(row, MeasurementRow):
        return
    bold = QFont(option.font)
    bold.setBold(True)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    paint_ground(painter, option, palette)
    if index.data(KIND_ROLE) is None:
        if not option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(option.rect, QColor(palette.raised))
        _paint_group(painter, option.rect, bold, row, wide=wide)
    else:
        corner = option.rect.topLeft()
        above = (option.rect.height() - _SMALL_PICTURE_PX) // 2
        picture = QRect(corner.x() + _EDGE, corner.y() + above, _SMALL_PICTURE_PX, _SMALL_PICTURE_PX)
        paint_picture(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), palette)
        label = one_line(index.data(Qt.ItemDataRole.EditRole))
        font, color = (bold, palette.text) if label else (option.font, palette.secondary)
        paint_line(painter, _label_place(option.rect), font, color, label or NO_LABEL, _LEFT)
    painter.restore()


def _paint_group(painter: QPainter, area: QRect, bold: QFont, row: MeasurementRow, *, wide: bool) -> None:
    """Title and count, and the totals below them, or beside where the row is low."""
    palette, plain = style.current_palette(), style.tabular(bold)
    plain.setBold(False)
    inner, height = area.adjusted(_EDGE // 2, 0, -_EDGE, 0), QFontMetrics(bold).height()
    if not wide and row.place:
        inner = QRect(inner.left(), area.center().y() - height, inner.width(), height)
        paint_line(painter, inner.translated(0, height + 2), plain, palette.secondary, row.place, _LEFT)
    paint_line(painter, inner, bold, palette.text, row.label, _LEFT)
    after = inner.adjusted(QFontMetrics(bold).horizontalAdvance(row.label) + 2 * _GAP, 0, 0, 0)
    beside = " · ".join(part for part in (row.value, row.place) if part) if wide else row.value
    side = _LEFT if wide else Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    paint_line(painter, after, plain, palette.secondary, beside, side)
