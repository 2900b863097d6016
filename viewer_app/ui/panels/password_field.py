"""The password of a server in a form: never shown, and where it is kept is said beneath."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.passwords import Found
from viewer_app.tasks import Lane, Task
from viewer_app.ui.panels.password_dialog import REMEMBER
from viewer_app.ui.serving import Serving

_KEPT_DOTS = "••••••••"
_WHERE = {
    "": "None is kept: Caliper asks for it.",
    "memory": "Kept for this session.",
    "keyring": "Kept in the keyring of this computer.",
    "environment": "Given by the environment of Caliper, for this session.",
}
_NO_USER = "Without a user no password is sent."


class PasswordField(QWidget):
    """What is typed is kept as soon as the field is left: in the keyring if so wished, else for this session."""

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._serving = serving
        self._server: Server | None = None
        self._looking: Task[Found] | None = None
        self._found = Found()
        self.edit = QLineEdit()
        self.remember = QCheckBox(REMEMBER)
        self.forget = QPushButton("Forget")
        self.told = QLabel()
        self._arrange()
        self.edit.editingFinished.connect(self.keep)
        self.remember.toggled.connect(self._keep_elsewhere)
        self.forget.clicked.connect(self._forget)

    def show_of(self, server: Server | None) -> None:
        """Show where the password of `server` is kept; None where it is not known yet for which server it will be.

        What is typed meanwhile waits for its server and user.
        """
        key, before = _key(server), _key(self._server)
        self._server = server
        if key != before or server is None:
            self._look()
        self.keep()

    def clear(self) -> None:
        """Begin anew, for another server: what was typed is gone, and the keyring is to be asked for anew."""
        self._server = None
        self.edit.clear()
        with QSignalBlocker(self.remember):
            self.remember.setChecked(False)

    def keep(self) -> None:
        """Keep what was typed."""
        if self.edit.text() and self._server is not None and self._server.user:
            typed, in_keyring = replace(self._server, password=self.edit.text()), self.remember.isChecked()
            self.edit.clear()
            self.stop()  # what was found before is not so any more
            self._serving.remember(typed, for_session=not in_keyring, then=self._find)
            self._show(Found(typed.password, "memory", self._found.told))
            with QSignalBlocker(self.remember):
                self.remember.setChecked(in_keyring)  # it is on its way there

    def stop(self) -> None:
        """Look for nothing any more."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName("Password")
        self.told.setProperty("role", "secondary")
        self.told.setWordWrap(True)
        self.forget.setAutoDefault(False)
        policy = self.forget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.forget.setSizePolicy(policy)
        self.forget.setAccessibleName("Forget the password")
        line = QHBoxLayout()
        line.addWidget(self.edit, 1)
        line.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addWidget(self.remember)
        self.setFocusProxy(self.edit)

    # -- where it is kept ---------------------------------------------------------------------------

    def _look(self) -> None:
        self._show(Found())
        if self._server is not None and self._server.user:
            self.told.setText("Looking …")
        self._find()

    def _find(self) -> None:
        if not isValid(self):  # the window was closed while the keyring took its time
            return
        server = self._server
        self.stop()
        if server is not None and server.user:
            self._looking = self._serving.tasks.run(
                Lane.KEYRING, lambda watch: self._serving.passwords.find(server, watch), done=self._show
            )

    def _show(self, found: Found) -> None:
        self._found = found
        has_user = self._server is not None and bool(self._server.user)
        trouble = f" {found.told.what}" if found.told else ""
        self.told.setText(_WHERE[found.origin] + trouble if has_user else _NO_USER)
        self.edit.setPlaceholderText(_KEPT_DOTS if found.origin else "")
        self.forget.setVisible(has_user and found.origin in ("memory", "keyring"))
        self.remember.setVisible(has_user and found.told is None)
        if found.origin:
            with QSignalBlocker(self.remember):
                self.remember.setChecked(found.origin == "keyring")

    def _keep_elsewhere(self, in_keyring: bool) -> None:
        """Move what is kept; nothing is to be moved before there is a password."""
        if self._server is None or self._found.origin not in ("memory", "keyring"):
            return
        server, password = self._server, self._found.password

        def move(watch: Watch) -> None:
            passwords = self._serving.passwords
            if not in_keyring:
                passwords.forget(server, watch)
            passwords.keep(replace(server, password=password), for_session=not in_keyring, watch=watch)

        self.stop()
        self._serving.tasks.run(Lane.KEYRING, move, done=lambda _: self._find(), must_finish=True)

    def _forget(self) -> None:
        if self._server is not None:
            self.stop()
            self._serving.forget(self._server, then=self._find)
            self._show(Found(told=self._found.told))
            self.edit.setFocus()


def _key(server: Server | None) -> tuple[str, str] | None:
    return (server.url, server.user) if server else None
