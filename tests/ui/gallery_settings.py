"""The gallery's page of everything one can press or fill in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)


def settings_tab() -> QWidget:
    """A page with one of each kind of control."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(_fields())
    plain, off = QPushButton("Test connection"), QPushButton("Not now")
    off.setEnabled(False)
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setValue(40)
    menu = QMenu(page)
    for text in ("Open folder …\tCtrl+O", "Open file …", "Sample study"):
        menu.addAction(text)
    menu.addSeparator()
    menu.addAction("Quit").setEnabled(False)
    plain.setMenu(menu)
    for widget in (plain, off, bar):
        column.addWidget(widget)
    radio, other = QRadioButton("Detector"), QRadioButton("Isocentre")
    radio.setChecked(True)
    column.addWidget(radio)
    column.addWidget(other)
    column.addStretch(1)
    return page


def _fields() -> QGroupBox:
    box = QGroupBox("Orthanc server")
    form = QFormLayout(box)
    name, choice, port, check = QLineEdit("orthanc.local"), QComboBox(), QSpinBox(), QCheckBox("Remember the password")
    name.setFocus()
    choice.addItems(["Basic", "None"])
    port.setRange(1, 65535)
    port.setValue(8042)
    port.lineEdit().setTextMargins(6, 0, 0, 0)  # Qt ignores the padding of the style sheet here
    check.setChecked(True)
    empty = QLineEdit()
    empty.setPlaceholderText("Password")
    for label, widget in (("Address", name), ("Sign in", choice), ("Port", port), ("Secret", empty), ("", check)):
        form.addRow(label, widget)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
    return box
