"""A chooser whose text gives way to an ellipsis where the room ends, instead of ending in half a letter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from viewer_app.ui.widgets.plain import tool_tip

_SEPARATOR = " · "
_KEPT = 2
_LEAST_HEAD_PX = 48


class ElidedChooser(QComboBox):
    """What stands before the last two parts of a text gives way first; all of it is told by the tool tip."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As ever, with the text shortened to its field."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, field = self.style(), QStyle.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        shown = self._fitted(self.currentText(), room)
        tip = tool_tip(self.currentText()) if shown != self.currentText() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        option.currentText = shown
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _fitted(self, text: str, room: int) -> str:
        """Half a date would be another date: the last part goes before that."""
        metrics, right = self.fontMetrics(), Qt.TextElideMode.ElideRight
        head, *kept = text.rsplit(_SEPARATOR, _KEPT)
        for count in range(len(kept), 0, -1):
            tail = "".join(_SEPARATOR + part for part in kept[:count])
            shown = text if count == len(kept) else head + tail
            if metrics.horizontalAdvance(shown) <= room:
                return shown
            left = room - metrics.horizontalAdvance(tail)
            if left >= _LEAST_HEAD_PX:
                return metrics.elidedText(head, right, left) + tail
        return metrics.elidedText(text, right, room)
