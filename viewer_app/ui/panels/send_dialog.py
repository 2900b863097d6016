"""Choosing what goes to which server, and reading what did not go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from viewer_app.sources.orthanc import Server

_WIDTH_PX = 560


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be sent, in words; `why_not` says why not to a server, "" where it may."""

    title: str
    why_not: Callable[[Server], str]


class SendDialog(QDialog):
    """One server and one of two things. What will go where stands in one line above the button; nothing else asks."""

    def __init__(
        self, servers: Sequence[Server], last: Server | None, whose: str, offers: Sequence[Offer], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._servers = list(servers)
        self._whose = whose
        self._offers = list(offers)
        self.servers = QComboBox()
        self.choices = [QRadioButton(offer.title) for offer in offers]
        self.told, self.refused = QLabel(), QLabel()
        self.cancel, self.send = QPushButton("Cancel"), QPushButton("Send")
        self.servers.addItems([server.name or server.title for server in servers])
        if last in self._servers:
            self.servers.setCurrentIndex(self._servers.index(last))
        self._arrange()
        self.servers.currentIndexChanged.connect(self._show)
        for choice in self.choices:
            choice.toggled.connect(self._show)
        self._choose_first()
        self._show()

    @property
    def server(self) -> Server:
        """The chosen one."""
        return self._servers[self.servers.currentIndex()]

    @property
    def chosen(self) -> int:
        """Which of the offers."""
        return next(index for index, choice in enumerate(self.choices) if choice.isChecked())

    def _arrange(self) -> None:
        self.setWindowTitle("Send to server")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.servers.setAccessibleName("Server")
        for label, role in ((self.told, ""), (self.refused, "warning")):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
        form = QFormLayout()
        form.addRow("Server", self.servers)
        for index, choice in enumerate(self.choices):
            form.addRow("" if index else "Send", choice)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.told)
        column.addWidget(self.refused)
        column.addLayout(buttons)
        self.send.setDefault(True)
        self.send.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.setMinimumWidth(_WIDTH_PX)

    def _choose_first(self) -> None:
        """The first that may be sent to the server."""
        free = (index for index, offer in enumerate(self._offers) if not offer.why_not(self.server))
        self.choices[next(free, 0)].setChecked(True)

    def _show(self) -> None:
        server = self.server
        for choice, offer in zip(self.choices, self._offers, strict=True):
            choice.setToolTip(offer.why_not(server))
        why = self._offers[self.chosen].why_not(server)
        self.send.setEnabled(not why)
        self.told.setText(f"{self._whose}  →  {server.name or server.title} ({server.title})")
        self.refused.setText(why or server.warning)
        self.refused.setVisible(bool(self.refused.text()))


class NotSentDialog(QDialog):
    """Names and reasons, one on each line, to be read and copied."""

    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Files to look at")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.lines = QPlainTextEdit("\n".join(f"{name}\t{why}" for name, why in rows))
        self.lines.setReadOnly(True)
        self.lines.setAccessibleName("Files and reasons")
        self.copy, self.close_button = QPushButton("Copy"), QPushButton("Close")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.lines.toPlainText()))
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addWidget(self.lines)
        column.addLayout(buttons)
        self.resize(680, 360)
