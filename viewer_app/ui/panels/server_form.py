"""The form of one server: what is typed, and what is wrong with it, at the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.session.server_drafts import Draft, Field, tidied
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.certificate import fingerprint_of
from viewer_app.ui.panels.certificate_dialog import two_lines
from viewer_app.ui.panels.password_field import PasswordField
from viewer_app.ui.serving import Serving

_FIELDS: tuple[Field, ...] = ("name", "address", "user", "ca_file", "pin", "use_proxy")
_NO_PIN = "None"
_CA_FILES = "Certificates (*.pem *.crt *.cer);;All files (*)"


class ServerForm(QWidget):
    """Shows a `Draft` and gives it back as it is edited."""

    edited = Signal()
    """The user is done with a field: `draft` is otherwise."""

    look_wanted = Signal()
    """The certificate of the server is to be looked at."""

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = Draft()
        self.name, self.address, self.user, self.ca_file = (QLineEdit() for _ in range(4))
        self.password = PasswordField(serving)
        self.choose, self.look, self.unpin = map(QPushButton, ("Choose …", "Look at certificate …", "Unpin"))
        self.pin = QLabel()
        self.use_proxy = QCheckBox("Ask through the &proxy of the system")
        self.warning = QLabel()
        self.faults = {field: QLabel() for field in _FIELDS}
        self._arrange()
        for edit in (self.name, self.address, self.user, self.ca_file):
            edit.editingFinished.connect(self._finish)
        self.address.textChanged.connect(lambda _: self._warn())
        self.user.textChanged.connect(lambda _: self._warn())
        self.use_proxy.toggled.connect(lambda _: self.edited.emit())
        self.choose.clicked.connect(self._choose_file)
        self.look.clicked.connect(self.look_wanted)
        self.unpin.clicked.connect(lambda: self.take_pin(""))

    @property
    def draft(self) -> Draft:
        """What is typed."""
        return replace(
            self._draft,
            name=self.name.text(),
            address=self.address.text(),
            user=self.user.text(),
            ca_file=self.ca_file.text(),
            use_proxy=self.use_proxy.isChecked(),
        )

    @property
    def server(self) -> Server | None:
        """The server that is typed, with a password not yet kept; None where the address is none."""
        try:
            return replace(tidied(self.draft).server, password=self.password.edit.text())
        except CaliperError:
            return None

    def show_draft(self, draft: Draft, faults: Mapping[Field, CaliperError]) -> None:
        """Have `draft` in the fields, and say what is wrong with it."""
        self._draft = draft
        texts = ((self.name, draft.name), (self.address, draft.address), (self.user, draft.user))
        for edit, text in (*texts, (self.ca_file, draft.ca_file)):
            if edit.text() != text:
                with QSignalBlocker(edit):
                    edit.setText(text)
                edit.setCursorPosition(0)
        with QSignalBlocker(self.use_proxy):
            self.use_proxy.setChecked(draft.use_proxy)
        self._show_pin()
        self._warn()
        server = self.server
        self.password.show_of(replace(server, password="") if server and "address" not in faults else None)
        for field, label in self.faults.items():
            label.setText(str(faults.get(field, "")))
            label.setVisible(field in faults)

    def take_pin(self, pin: str) -> None:
        """Trust that certificate alone; "" for none. A CA file is not used beside it."""
        self._draft = replace(self._draft, pin=pin)
        if pin:
            self.ca_file.clear()
        self.edited.emit()

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name.setPlaceholderText("What you call it; the host if left out")
        self.address.setPlaceholderText("http://host:8042, or a page of its web interface")
        self.ca_file.setPlaceholderText("None: the authorities of this computer decide")
        rows: tuple[tuple[str, Field | None, QWidget, QWidget], ...] = (
            ("Add&ress", "address", self.address, self.address),
            ("&Name", "name", self.name, self.name),
            ("&User", "user", self.user, self.user),
            ("Pass&word", None, self.password.edit, self.password),
            ("&CA file", "ca_file", self.ca_file, _beside(self.ca_file, self.choose)),
            ("Pinned certificate", "pin", self.look, self._pin_part()),
            ("", "use_proxy", self.use_proxy, self.use_proxy),
        )
        for title, field, buddy, part in rows:
            self._add_row(form, title, field, buddy, part)
        for button in (self.choose, self.look, self.unpin):
            button.setAutoDefault(False)
        self.password.forget.setFixedWidth(self.choose.sizeHint().width())
        self.choose.setAccessibleName("Choose the CA file")

    def _add_row(self, form: QFormLayout, title: str, field: Field | None, buddy: QWidget, part: QWidget) -> None:
        told = [self.warning] if field == "address" else []
        told += [self.faults[field]] if field else []
        label = QLabel(title)
        label.setBuddy(buddy)
        label.setFixedHeight(self._line_height(part))
        if title and isinstance(buddy, QLineEdit):
            buddy.setAccessibleName(title.replace("&", ""))
        form.addRow(label, _above(part, *told))
        for line in told:
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setProperty("role", "warning" if line is self.warning else "error")
            line.setWordWrap(True)
            line.hide()

    def _line_height(self, part: QWidget) -> int:
        """The height of the first line of `part`, beside which its label stands; logical pixels."""
        if self.pin in part.findChildren(QLabel):
            return self.fontMetrics().height()
        first = self.choose if part.findChildren(QPushButton) else self.name
        return first.sizeHint().height()

    def _pin_part(self) -> QWidget:
        self.pin.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pin.setAccessibleName("Fingerprint of the pinned certificate")
        return _above(self.pin, _beside(self.look, self.unpin, stretch=True))

    # -- reading and telling ------------------------------------------------------------------------

    def _finish(self) -> None:
        if self.draft != self._draft:
            self.edited.emit()

    def _warn(self) -> None:
        server = self.server
        text = server.warning if server else ""
        self.warning.setText(text)
        self.warning.setVisible(bool(text))
        self.look.setEnabled(server is not None and server.is_secure)

    def _show_pin(self) -> None:
        pin = self._draft.pin
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.pin.setFont(fixed if pin else self.font())
        self.pin.setText(two_lines(fingerprint_of(pin)) if pin else _NO_PIN)
        self.unpin.setVisible(bool(pin))

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "CA file", "", _CA_FILES)
        if chosen:
            self.ca_file.setText(chosen)
            self.edited.emit()


def _beside(*parts: QWidget, stretch: bool = False) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, QLineEdit) else 0)
    if stretch:
        row.addStretch(1)
    return made


def _above(*parts: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for part in parts:
        column.addWidget(part)
    return made
