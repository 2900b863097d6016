"""The small window that asks how long a line is in truth. It does not stand in the way: the image can be used."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

_WIDTH_PX = 300


class CalibrationField(QDialog):
    """A length and what it holds for. It stays open until what was typed is taken."""

    typed = Signal(str, bool)
    """What was typed, and whether it is to hold for the whole series."""

    def __init__(self, now: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Calibrate by a known length")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.length = QLineEdit()
        self.length.setPlaceholderText("50 mm or 5 cm")
        self.length.setAccessibleName("True length")
        self.image, self.series = QRadioButton("This image"), QRadioButton("All images of the series that are alike")
        self._why = QLabel()
        self._arrange(now)
        self.length.textEdited.connect(lambda _: self.refuse(""))

    def refuse(self, why: str) -> None:
        """Say why it is not taken; "" takes that back."""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.adjustSize()

    @property
    def why(self) -> str:
        """Why it was not taken, "" as long as it was not refused."""
        return self._why.text()

    def _arrange(self, now: str) -> None:
        told = QLabel(f"The line is {now} now. How long is it in truth?")
        depth = QLabel("Lengths hold at the depth of this object only.")
        depth.setProperty("role", "secondary")
        self._why.setProperty("role", "warning")
        self.image.setChecked(True)
        for label in (told, depth, self._why):
            label.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        take = QPushButton("Calibrate")
        buttons.addButton(take, QDialogButtonBox.ButtonRole.AcceptRole)
        take.setDefault(True)
        buttons.accepted.connect(lambda: self.typed.emit(self.length.text(), self.series.isChecked()))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (told, self.length, self.image, self.series, depth, self._why, buttons):
            column.addWidget(part)
        self.setFixedWidth(_WIDTH_PX)
        self.refuse("")
