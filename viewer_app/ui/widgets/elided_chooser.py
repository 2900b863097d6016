"""A chooser whose text ends in an ellipsis where the room ends, instead of in half a letter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from viewer_app.ui.widgets.plain import tool_tip


class ElidedChooser(QComboBox):
    """What does not fit is told by the tool tip."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As ever, with the text shortened to its field."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, field = self.style(), QStyle.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        shown = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
        tip = tool_tip(self.currentText()) if shown != self.currentText() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        option.currentText = shown
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
