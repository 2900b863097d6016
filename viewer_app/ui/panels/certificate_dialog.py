"""The certificate that a server shows, to be compared by a person before it is pinned."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer_app.sources.orthanc.certificate import Certificate

_COMPARE = (
    "Compare the fingerprint, pair by pair, with the one that the server's administrator tells you, by telephone or in"
    " person. Pin the certificate only where all 32 pairs are the same: Caliper then trusts this certificate, and no"
    " other, for this server."
)
_HALF = 48
_WIDTH = 560


class CertificateDialog(QDialog):
    """For whom, by whom, from when to when, and the fingerprint; accepted where it is to be pinned."""

    def __init__(self, certificate: Certificate, parent: QWidget, *, pinned: str = "", ca_file: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Certificate of the server")
        self.certificate = certificate
        self.pin, self.cancel = map(QPushButton, ("Pin this certificate", "Cancel"))
        self.pin.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self._arrange(_doubts(certificate, pinned, ca_file=ca_file))
        self.pin.setEnabled(certificate.sha256 != pinned)
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def _arrange(self, doubts: tuple[tuple[str, str], ...]) -> None:
        form = QFormLayout()
        for title, text in _rows(self.certificate):
            form.addRow(title, _plain(text))
        fingerprint = _plain(two_lines(self.certificate.fingerprint))
        fingerprint.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        fingerprint.setAccessibleName("Fingerprint")
        form.addRow("SHA-256 fingerprint", fingerprint)
        column = QVBoxLayout(self)
        column.addLayout(form)
        for role, text in (*doubts, ("", _COMPARE)):
            label = _plain(text)
            label.setProperty("role", role)
            label.setWordWrap(True)
            column.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel, self.pin):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column.addLayout(buttons)
        self.resize(_WIDTH, column.heightForWidth(_WIDTH))


def two_lines(fingerprint: str) -> str:
    """AB:CD:… in two lines of 16 pairs."""
    return f"{fingerprint[: _HALF - 1]}\n{fingerprint[_HALF:]}"


def _rows(certificate: Certificate) -> tuple[tuple[str, str], ...]:
    issuer = "itself (self-signed)" if certificate.is_self_signed else certificate.issuer
    return (
        ("Issued to", certificate.subject or "nobody"),
        ("For the hosts", ", ".join(certificate.names) or "none named"),
        ("Issued by", issuer or "nobody"),
        ("Valid", f"{certificate.starts:%Y-%m-%d} to {certificate.ends:%Y-%m-%d}"),
    )


def _doubts(certificate: Certificate, pinned: str, *, ca_file: bool) -> tuple[tuple[str, str], ...]:
    found = (
        ("good", "This is the certificate that is pinned.", certificate.sha256 == pinned),
        ("error", "This is another certificate than the one pinned so far.", pinned not in ("", certificate.sha256)),
        ("warning", "It is not valid today.", not certificate.holds_at(datetime.now(UTC))),
        ("warning", "The CA file is not used any more once it is pinned.", ca_file),
    )
    return tuple((role, text) for role, text, holds in found if holds)


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap("\n" not in text)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
