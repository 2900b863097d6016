"""The window that manages the servers: the list at the left, the form and the test of one at the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.session.server_drafts import Draft, Drafts, faults_in
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.certificate import Certificate
from viewer_app.sources.orthanc.look import look_at_certificate
from viewer_app.tasks import Lane, Task
from viewer_app.ui.panels.certificate_dialog import CertificateDialog
from viewer_app.ui.panels.connection_test import ConnectionTest
from viewer_app.ui.panels.server_form import ServerForm
from viewer_app.ui.panels.server_list import NEW, ServerList
from viewer_app.ui.serving import Serving

_SIZE = (900, 680)
_GAP_PX = 12
_HINT = "Add a server: its address, and the user and password that its administrator gave you."


class ServersDialog(QDialog):
    """Add, edit, test, order and remove servers; what can be used is saved as soon as a field is left."""

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._serving = serving
        self._drafts = Drafts(serving.servers)
        self._seen = {row.saved for row in self._drafts.rows if row.saved}
        self._warned = False
        self._look: Task[Certificate] | None = None
        self.list = ServerList(serving)
        self.add, self.remove, self.up, self.down = map(QPushButton, ("&Add", "Remove", "Up", "Down"))
        self.form = ServerForm(serving)
        self.test = ConnectionTest(serving, lambda: self.form.server)
        self.hint, self.told = QLabel(_HINT), QLabel()
        self.undo, self.close_button = map(QPushButton, ("Undo", "Close"))
        self._arrange()
        self._connect()
        self._fill(self._index_of(serving.servers.last))

    def reject(self) -> None:
        """Save what is being typed, and close; where something typed cannot be used, stay once and say so."""
        if self._index >= 0:
            self._take()
            self.form.password.keep()
        lost = self._unusable()
        if lost is None or self._warned:
            super().reject()
            return
        self.list.setCurrentRow(lost)
        name = self._drafts.rows[lost].name or NEW
        self._tell(f"What you wrote for “{name}” cannot be used. Close again to leave without it.")
        self._warned = True

    def done(self, result: int) -> None:
        """Forget the passwords of servers that are gone."""
        self.form.password.stop()
        self.test.stop()
        self._stop_looking()
        left = {_key(server) for server in self._serving.servers.rows}
        for key, server in {_key(server): server for server in self._seen}.items():
            if key not in left and server.user:
                self._serving.forget(server)
        super().done(result)

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.setWindowTitle("Servers")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(_row(self.add, self.remove, self.up, self.down))
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        for part in (self.form, self.test):
            column.addWidget(part)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        right.addWidget(self.hint)
        right.addWidget(self._scroll, 1)
        sides = QHBoxLayout()
        sides.addLayout(left)
        sides.addSpacing(_GAP_PX)
        sides.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.addLayout(sides, 1)
        bottom = _row(self.told, self.undo)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        whole.addLayout(bottom)
        self.hint.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.resize(*_SIZE)
        self.undo.hide()

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._begin())
        self.form.edited.connect(self._take)
        self.form.look_wanted.connect(self._look_at_certificate)
        self.test.tested.connect(lambda _: self._mark())
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.undo.clicked.connect(self._undo)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.close_button.clicked.connect(self.reject)
        self.close_button.setAutoDefault(False)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Alt+Up", lambda: self._move(-1)),
            ("Alt+Down", lambda: self._move(1)),
            ("Del", self._remove),
        )
        for key, call in keys:
            shortcut = QShortcut(QKeySequence(key), self.list, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(call)

    # -- the list -----------------------------------------------------------------------------------

    @property
    def _index(self) -> int:
        return self.list.currentRow()

    def _index_of(self, server: Server | None) -> int:
        return next((at for at, row in enumerate(self._drafts.rows) if row.saved == server), 0)

    def _fill(self, index: int) -> None:
        self.list.fill(self._drafts.rows, index)
        self._begin()

    def _mark(self) -> None:
        self.list.mark(self._drafts.rows)

    def _begin(self) -> None:
        """Another server is chosen."""
        self.form.password.clear()
        self._show()

    def _show(self) -> None:
        """Have the chosen server in the form."""
        self._stop_looking()
        rows, index = self._drafts.rows, self._index
        chosen = rows[index] if 0 <= index < len(rows) else None
        self._scroll.setVisible(chosen is not None)
        self.hint.setVisible(chosen is None)
        for button, holds in (
            (self.remove, chosen is not None),
            (self.up, index > 0),
            (self.down, 0 <= index < len(rows) - 1),
        ):
            button.setEnabled(holds)
        if chosen is not None:
            is_new = chosen == Draft()
            faults = {} if is_new else faults_in(chosen, self._drafts.others(index))
            self.form.show_draft(chosen, faults)
            self.test.show_of(self.form.server)
            self.test.button.setEnabled(self.form.server is not None)

    # -- what the user does ---------------------------------------------------------------------------

    def _take(self) -> None:
        """Save what is in the form, where it can be."""
        index = self._index
        before = self._drafts.rows[index]
        if self.form.draft == before:
            return
        self._do(lambda: self._drafts.edit(index, self.form.draft))
        saved = self._drafts.rows[index].saved
        if saved is not None:
            self._seen.add(saved)
        self._mark()
        self._show()

    def _add(self) -> None:
        self._fill(self._drafts.add())
        self.form.address.setFocus()

    def _remove(self) -> None:
        index = self._index
        if index < 0:
            return
        self._do(lambda: self._drafts.remove(index))
        removed = self._drafts.removed
        assert removed is not None
        self._fill(index)
        self._tell(f"Removed “{removed.name or NEW}”.")
        self.undo.show()

    def _undo(self) -> None:
        index = 0

        def bring_back() -> None:
            nonlocal index
            index = self._drafts.undo()

        self._do(bring_back)
        self._fill(index)
        self.list.setFocus()

    def _move(self, step: int) -> None:
        index, to = self._index, self._index + step
        if index >= 0 and 0 <= to < self.list.count():
            self._do(lambda: self._drafts.move(index, to))
            self._fill(to)

    def _unusable(self) -> int | None:
        """The first draft that is not saved as it is typed; one that nothing was written in does not count."""
        for index, row in enumerate(self._drafts.rows):
            if row != Draft() and faults_in(row, self._drafts.others(index)):
                return index
        return None

    def _do(self, change: Callable[[], object]) -> None:
        """Change the list; where the file cannot be written, that is told."""
        self._warned = False
        self._tell("")
        self.undo.hide()
        try:
            change()
        except CaliperError as error:
            self._tell(str(error))

    def _tell(self, text: str) -> None:
        self.told.setText(text)

    # -- the certificate ------------------------------------------------------------------------------

    def _look_at_certificate(self) -> None:
        server = self.form.server
        if server is None:
            return
        self._stop_looking()
        self.form.look.setEnabled(False)
        self._tell("Looking at the certificate …")
        self._look = self._serving.tasks.run(
            Lane.BROWSE,
            lambda watch: look_at_certificate(replace(server, password=""), watch=watch),
            done=self._show_certificate,
            failed=self._not_looked,
        )

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
            self._tell("")

    def _not_looked(self, error: CaliperError) -> None:
        self._look = None
        self.form.look.setEnabled(True)
        self._tell(str(error))

    def _show_certificate(self, certificate: Certificate) -> None:
        self._look = None
        self.form.look.setEnabled(True)
        self._tell("")
        draft = self.form.draft
        dialog = CertificateDialog(certificate, self, pinned=draft.pin, ca_file=bool(draft.ca_file))
        dialog.accepted.connect(lambda: self.form.take_pin(certificate.sha256))
        dialog.open()


def _key(server: Server) -> tuple[str, str]:
    return server.url, server.user


def _row(*parts: QWidget) -> QHBoxLayout:
    made = QHBoxLayout()
    for part in parts:
        if isinstance(part, QPushButton):
            part.setAutoDefault(False)
        made.addWidget(part)
    return made
