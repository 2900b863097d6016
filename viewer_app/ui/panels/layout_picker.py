"""Choosing how many tiles there are: a grid of cells to point at."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from viewer_app.session.layout import MOST_COLUMNS, MOST_ROWS
from viewer_app.ui.style import current_palette

_CELL_PX, _GAP_PX, _MARGIN_PX, _LINE_PX = 28, 4, 10, 22
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class LayoutPicker(QWidget):
    """Up to 4 x 4 cells; pointing marks as many rows and columns, a click or Return takes them."""

    picked = Signal(int, int)
    """Rows and columns."""

    def __init__(self, rows: int, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = (rows, columns)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Rows and columns of the layout")

    @property
    def marked(self) -> tuple[int, int]:
        """Rows and columns as they are marked now."""
        return self._size

    def sizeHint(self) -> QSize:
        """All cells and a line of text."""
        width, height = (count * (_CELL_PX + _GAP_PX) - _GAP_PX + 2 * _MARGIN_PX for count in (MOST_COLUMNS, MOST_ROWS))
        return QSize(width, height + _LINE_PX)

    def cell(self, row: int, column: int) -> QRect:
        """Where a cell stands."""
        across, down = (_MARGIN_PX + number * (_CELL_PX + _GAP_PX) for number in (column, row))
        return QRect(across, down, _CELL_PX, _CELL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells, those marked in the accent, and what they mean."""
        palette, painter = current_palette(), QPainter(self)
        for row in range(MOST_ROWS):
            for column in range(MOST_COLUMNS):
                is_marked = row < self._size[0] and column < self._size[1]
                painter.setPen(QColor(palette.accent if is_marked else palette.line))
                painter.setBrush(QColor(palette.active if is_marked else palette.window))
                painter.drawRect(self.cell(row, column).adjusted(0, 0, -1, -1))
        painter.setPen(QColor(palette.text))
        line = QRect(0, self.height() - _LINE_PX - _MARGIN_PX // 2, self.width(), _LINE_PX)
        rows, columns = self._size
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, f"{rows} × {columns}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what lies between the first cell and the pointer."""
        found = self._at(event.position().toPoint())
        if found is not None:
            self._mark(*found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take what is marked."""
        if self._at(event.position().toPoint()) is not None:
            self.picked.emit(*self._size)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows mark, Return takes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit(*self._size)
        elif event.key() in _STEPS:
            down, across = _STEPS[Qt.Key(event.key())]
            self._mark(self._size[0] + down, self._size[1] + across)
        else:
            super().keyPressEvent(event)

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        row, column = ((place - _MARGIN_PX) // (_CELL_PX + _GAP_PX) for place in (point.y(), point.x()))
        inside = 0 <= row < MOST_ROWS and 0 <= column < MOST_COLUMNS
        return (row + 1, column + 1) if inside else None

    def _mark(self, rows: int, columns: int) -> None:
        self._size = min(max(rows, 1), MOST_ROWS), min(max(columns, 1), MOST_COLUMNS)
        self.update()
