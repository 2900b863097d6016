"""A label of one line that gives way: what does not fit ends in an ellipsis and is told in full by the tool tip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from viewer_app.ui.widgets.plain import one_line, tool_tip


class ElidedLabel(QLabel):
    """One line of plain text; `role` names its place in the style sheet ("title", "secondary", "warning", ...)."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    @property
    def full_text(self) -> str:
        """The whole text, however little of it is seen."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show `text`, shortened on the right where the room ends."""
        self._full = one_line(text)
        self.setAccessibleName(self._full)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """As wide as the whole text would like to be."""
        # The advance is rounded to whole pixels; eliding measures finer.
        width = self.fontMetrics().horizontalAdvance(self._full) + 2 + self._frame_width()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for an ellipsis is enough."""
        return QSize(self.fontMetrics().horizontalAdvance("…") + self._frame_width(), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text into the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text again after another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        room = self.width() - self._frame_width()
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(tool_tip(self._full) if shown != self._full else "")

    def _frame_width(self) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right() + 2 * self.margin()
