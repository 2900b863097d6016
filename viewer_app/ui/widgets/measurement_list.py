"""How a list shows measurements: picture, label over place on the left, value over its provenance on the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from viewer_app.ui import style
from viewer_app.ui.widgets.plain import one_line, tool_tip

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PICTURE_PX = 38
_EDGE, _GAP = 10, 9
_Index = QModelIndex | QPersistentModelIndex
_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_TOP_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One measurement in words, units included; `doubtful` shows `detail` (±, origin of the unit) in amber."""

    label: str
    place: str
    value: str
    detail: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parts of one row lie, in the coordinates of the view."""

    picture: QRect
    label: QRect
    place: QRect
    value: QRect
    detail: QRect


class MeasurementDelegate(QStyledItemDelegate):
    """Draws items whose `ROW_ROLE` holds a `MeasurementRow`, `DecorationRole` a QImage (or nothing).

    The value and its detail keep all the room they need beside the picture; label and place give way. The tool tip
    tells all.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Three lines high, and wide enough for the picture, the value and a little of the label."""
        bold, small = _fonts(option.font)
        row = _row(index)
        text = QFontMetrics(bold).height() + 2 * QFontMetrics(small).height() + 2
        wide = max(_width(bold, row.value), _width(small, row.detail)) + PICTURE_PX + 2 * _EDGE + 8 * _GAP
        return QSize(wide, max(PICTURE_PX, text) + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the row; texts go through QPainter, which knows no markup."""
        palette, row = style.current_palette(), _row(index)
        bold, small = _fonts(option.font)
        parts = _lay_out(option.rect, bold, small, row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paint_ground(painter, option, palette)
        paint_picture(painter, parts.picture, index.data(Qt.ItemDataRole.DecorationRole), palette)
        paint_line(painter, parts.label, bold, palette.text, row.label, _TOP_LEFT)
        paint_line(painter, parts.value, style.tabular(bold), palette.text, row.value, _TOP_RIGHT)
        paint_line(painter, parts.place, small, palette.secondary, row.place, _TOP_LEFT)
        color = palette.warn if row.doubtful else palette.secondary
        paint_line(painter, parts.detail, style.tabular(small), color, row.detail, _TOP_RIGHT)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Renaming happens in the label's own place."""
        bold, small = _fonts(option.font)
        editor.setGeometry(_lay_out(option.rect, bold, small, _row(index)).label.adjusted(-4, -3, 0, 3))

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Tell the whole row, whatever of it was shortened, and what the model has to say beyond."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        row = _row(index)
        beyond = index.data(Qt.ItemDataRole.ToolTipRole)
        lines = (row.label, row.place, row.value, row.detail, *([str(beyond)] if beyond else []))
        QToolTip.showText(event.globalPos(), tool_tip("\n".join(lines)), view)
        return True

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Start from the label, the only part that can be renamed."""
        editor.setProperty("text", _row(index).label)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Hand the new label to the model as EditRole; the model decides what becomes of it."""
        model.setData(index, one_line(str(editor.property("text"))), Qt.ItemDataRole.EditRole)


def _row(index: _Index) -> MeasurementRow:
    found = index.data(ROW_ROLE)
    return found if isinstance(found, MeasurementRow) else MeasurementRow("", "", "", "")


def _fonts(font: QFont) -> tuple[QFont, QFont]:
    bold, small = QFont(font), QFont(font)
    bold.setBold(True)
    small.setPixelSize(style.small_px(QFontInfo(font).pixelSize()))
    return bold, small


def _width(font: QFont, text: str) -> int:
    return QFontMetrics(style.tabular(font)).horizontalAdvance(one_line(text)) + 2


def _lay_out(area: QRect, bold: QFont, small: QFont, row: MeasurementRow) -> _Layout:
    first, second = QFontMetrics(bold).height(), QFontMetrics(small).height()
    inner = area.adjusted(_EDGE, 7, -_EDGE, -7)
    picture = QRect(inner.left(), area.center().y() - PICTURE_PX // 2, PICTURE_PX, PICTURE_PX)
    left, right = picture.right() + 1 + _GAP, inner.right() + 1
    value, detail = (min(width, right - left) for width in (_width(bold, row.value), _width(small, row.detail)))
    # Where a measurement is, and of which study, is not cut for its statistics: they go below.
    beside = max(0, right - detail - _GAP - left)
    is_beside = QFontMetrics(small).horizontalAdvance(one_line(row.place)) <= beside
    lines, room = (1, beside) if is_beside else (2, right - left)
    top = inner.top() + (inner.height() - first - lines * second - 2) // 2
    below = top + first + 2
    return _Layout(
        picture,
        QRect(left, top, max(0, right - value - _GAP - left), first),
        QRect(left, below, room, second),
        QRect(right - value, top, value, first),
        QRect(right - detail, below + (lines - 1) * second, detail, second),
    )


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, palette: style.Palette) -> None:
    """The ground of a row by its state: selected, under the pointer, with the keyboard."""
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
    ground = palette.selection if selected else palette.hover if hovered else palette.window
    painter.fillRect(option.rect, QColor(ground))
    painter.fillRect(option.rect.adjusted(0, option.rect.height() - 1, 0, 0), QColor(palette.line))
    if selected:
        edge = QRect(option.rect.topLeft(), QSize(2, option.rect.height()))
        painter.fillRect(edge, QColor(palette.accent))
    if focused:
        painter.setPen(QColor(palette.active_line))
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def paint_picture(painter: QPainter, area: QRect, image: object, palette: style.Palette) -> None:
    """A picture as large as it fits into `area`; a dark field without one."""
    painter.fillRect(area, QColor(palette.viewport))
    if not isinstance(image, QImage) or image.isNull():
        return
    size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(area.topLeft(), size)
    place.moveCenter(area.center())
    painter.drawImage(place, image)


def paint_line(painter: QPainter, area: QRect, font: QFont, color: str, text: str, align: Qt.AlignmentFlag) -> None:
    """One line of plain text, shortened at its end where it is too long."""
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(one_line(text), Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, align | Qt.TextFlag.TextSingleLine, shown)
