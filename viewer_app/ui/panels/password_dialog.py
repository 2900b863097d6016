"""Asking for the password of a server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from viewer_app.errors import CaliperError
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.passwords import Found

_WIDTH = 460
REMEMBER = "Remember on this computer"
_KEPT_UNTIL = "It is kept in memory, until Caliper is closed."


class PasswordDialog(QDialog):
    """Says for what the password is, what was wrong with the last one, and where it will be kept."""

    def __init__(self, server: Server, found: Found, refused: CaliperError | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Password")
        self.answer: str | None = None
        self.password = QLineEdit()
        self.remember = QCheckBox(REMEMBER)
        self.sign_in, self.cancel = map(QPushButton, ("Sign in", "Cancel"))
        heading = server.name or server.title
        sentences = (
            ("heading", heading),
            ("secondary", f"User {server.user} at {server.url}"),
            ("error", str(refused) if refused else ""),
            ("warning", server.warning),
            ("field", ""),
            ("secondary", f"{found.told.what} {_KEPT_UNTIL}" if found.told else ""),
        )
        self._arrange(sentences)
        self.remember.setVisible(found.told is None)
        self.remember.setChecked(found.told is None and found.origin == "keyring")
        self.password.textChanged.connect(lambda text: self.sign_in.setEnabled(bool(text)))
        self.sign_in.clicked.connect(self._take)
        self.cancel.clicked.connect(self.reject)
        self.sign_in.setEnabled(False)
        self.password.setFocus()

    @property
    def remembers(self) -> bool:
        """The password is to be kept in the keyring."""
        return self.remember.isChecked()

    def _arrange(self, sentences: tuple[tuple[str, str], ...]) -> None:
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("Password")
        grid = QGridLayout(self)
        grid.setColumnStretch(1, 1)
        for role, text in sentences:
            if role == "field":
                self._add_field(grid)
            elif text:
                grid.addWidget(_sentence(role, text), grid.rowCount(), 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel, self.sign_in):
            buttons.addWidget(button)
        self.sign_in.setDefault(True)
        self.cancel.setAutoDefault(False)
        grid.addLayout(buttons, grid.rowCount(), 0, 1, 2)
        self.resize(_WIDTH, grid.heightForWidth(_WIDTH))

    def _add_field(self, grid: QGridLayout) -> None:
        label = QLabel("&Password")
        label.setBuddy(self.password)
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(self.password, row, 1)
        grid.addWidget(self.remember, row + 1, 1)

    def _take(self) -> None:
        self.answer = self.password.text()
        self.accept()


def _sentence(role: str, text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
