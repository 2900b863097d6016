"""Choosing a study on an Orthanc server."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer_app.errors import CaliperError
from viewer_app.imaging.identity import telltales
from viewer_app.progress import Watch
from viewer_app.session.server_drafts import Draft, draft_of, tidied
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc import OrthancClient
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.sources.orthanc.model import Page, StudyQuery, StudyRecord
from viewer_app.tasks import Lane
from viewer_app.ui.panels.servers_dialog import ServersDialog
from viewer_app.ui.serving import Serving
from viewer_app.ui.views.corner_text import date_text, person_name
from viewer_app.ui.widgets.elided_label import ElidedLabel

_COLUMNS = ("Patient", "ID", "Date", "Description", "Modality", "Images")
_STUDY_ROLE = Qt.ItemDataRole.UserRole


class ServerDialog(QDialog):
    """Address, user and password; the studies found, without patients while these are `hidden`; Open shows one."""

    def __init__(self, workspace: Workspace, serving: Serving, parent: QWidget, *, hidden: bool = False) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._serving = serving
        self._hidden = hidden
        self.address = QLineEdit()
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.name = QLineEdit()
        self.search = QPushButton("Search")
        self.servers = QPushButton("Servers …")
        self.open_button = QPushButton("Open")
        self.studies = QTreeWidget()
        self.told = ElidedLabel("secondary")
        self._server: Server | None = None
        self._arrange()
        self._show_last()
        self.servers.clicked.connect(self._manage)
        self.search.clicked.connect(self.find_studies)
        self.open_button.clicked.connect(self._open_chosen)
        self.studies.itemActivated.connect(lambda *_: self._open_chosen())
        self.studies.itemSelectionChanged.connect(self._allow_open)

    def find_studies(self) -> None:
        """Ask the server for its studies."""
        try:
            draft = tidied(Draft(address=self.address.text(), user=self.user.text()))
            server = self._serving.servers.known(draft.server)
        except CaliperError as error:
            self._tell(error)
            return
        if self.password.text():
            self._serving.remember(replace(server, password=self.password.text()), for_session=True)
        self._serving.ask(server, self, self._find)

    def _find(self, server: Server) -> None:
        query = StudyQuery(patient_name=self.name.text())
        self._server = server
        self.studies.clear()
        self.told.set_full_text("Searching …")
        self._workspace.tasks.run(
            Lane.BROWSE,
            lambda watch: _search(server, query, watch),
            done=self._show,
            failed=lambda error: self._not_found(server, error),
            key="search",
        )

    def _not_found(self, server: Server, error: CaliperError) -> None:
        if isinstance(error, AuthFailed):
            self._serving.ask_again(server, error, self, self._find, lambda: self._tell(error))
        else:
            self._tell(error)

    def _manage(self) -> None:
        dialog = ServersDialog(self._serving, self)
        dialog.finished.connect(self._show_last)
        dialog.open()

    def _show_last(self) -> None:
        last = self._serving.servers.last
        self.address.setText(last.url if last else "http://localhost:8042")
        self.user.setText(last.user if last else "")

    def _arrange(self) -> None:
        self.setWindowTitle("Open from Orthanc")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText("kept for this session only")
        self.name.setPlaceholderText("any; * and ? are wildcards")
        self.studies.setHeaderLabels(_COLUMNS)
        self.studies.setRootIsDecorated(False)
        self.studies.setAllColumnsShowFocus(True)
        self.studies.header().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.studies.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        form = QFormLayout()
        fields = (
            ("Server", self.address),
            ("User", self.user),
            ("Password", self.password),
            ("Patient name", self.name),
        )
        for title, field in fields:
            field.setAccessibleName(title)
            label = QLabel(title)
            label.setBuddy(field)
            label.setMinimumHeight(field.sizeHint().height())
            form.addRow(label, field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.told, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        buttons.addWidget(self.open_button)
        self.search.setDefault(True)
        self.open_button.setEnabled(False)
        column = QVBoxLayout(self)
        column.addLayout(form)
        searching = QHBoxLayout()
        searching.addStretch(1)
        self.servers.setAutoDefault(False)
        for button in (self.servers, self.search):
            searching.addWidget(button)
        column.addLayout(searching)
        column.addWidget(self.studies, 1)
        column.addLayout(buttons)
        self.resize(760, 520)

    def _show(self, page: Page) -> None:
        self._keep_server()
        for study in page.studies:
            row = QTreeWidgetItem(self.studies, _row(study, hidden=self._hidden))
            row.setData(0, _STUDY_ROLE, study.id)
        for column in range(len(_COLUMNS)):
            told = any(_row(study, hidden=self._hidden)[column] for study in page.studies)
            self.studies.setColumnHidden(column, bool(page.studies) and not told)
        count = len(page.studies)
        more = "; there are more, narrow the search" if page.more else ""
        self.told.set_full_text(f"{count} {'study' if count == 1 else 'studies'}{more}")
        first = self.studies.topLevelItem(0)
        if first is not None:
            self.studies.setCurrentItem(first)

    def _keep_server(self) -> None:
        """The server that answered is on the list, and the last one used."""
        assert self._server is not None
        servers = self._serving.servers
        try:
            if (self._server.url, self._server.user) not in {(row.url, row.user) for row in servers.rows}:
                others = tuple(map(draft_of, servers.rows))
                servers.add(tidied(draft_of(self._server), others).server)
            servers.use(servers.known(self._server))
        except CaliperError as error:
            self._workspace.failed.emit(error)

    def _tell(self, error: CaliperError) -> None:
        self.told.set_full_text(str(error))

    def _allow_open(self) -> None:
        self.open_button.setEnabled(bool(self.studies.selectedItems()))

    def _open_chosen(self) -> None:
        chosen, server = self.studies.selectedItems(), self._server
        if not chosen or server is None:
            return
        study_id = str(chosen[0].data(0, _STUDY_ROLE))
        window = self.parentWidget()
        assert window is not None
        self._serving.open_study(server, study_id, self._workspace, window)
        self.accept()


def _search(server: Server, query: StudyQuery, watch: Watch) -> Page:
    with OrthancClient(server) as client:
        return client.search_studies(query, watch=watch)


def _row(study: StudyRecord, *, hidden: bool) -> list[str]:
    tells = hidden and telltales(study.patient, study.info).tell_in(study.info.description)
    return [
        "Patient hidden" if hidden else person_name(study.patient.name),
        "" if hidden else study.patient.patient_id,
        date_text(study.info.date),
        "" if tells else study.info.description,
        " ".join(study.modalities),
        "" if study.instance_count is None else str(study.instance_count),
    ]
