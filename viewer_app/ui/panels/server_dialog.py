"""Choosing a study on an Orthanc server. The password stays in memory, for this session only."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
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
from viewer_app.session.workspace import Workspace
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, parse_address
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.model import Page, StudyQuery, StudyRecord
from viewer_app.tasks import Lane
from viewer_app.ui.views.corner_text import date_text, person_name
from viewer_app.ui.widgets.elided_label import ElidedLabel

_COLUMNS = ("Patient", "ID", "Date", "Description", "Modality", "Images")
_STUDY_ROLE = Qt.ItemDataRole.UserRole


class ServerDialog(QDialog):
    """Address, user and password; the studies found, without patients while these are `hidden`; Open shows one."""

    def __init__(self, workspace: Workspace, settings: QSettings, parent: QWidget, *, hidden: bool = False) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._settings = settings
        self._hidden = hidden
        self.address = QLineEdit(str(settings.value("server/address", "http://localhost:8042")))
        self.user = QLineEdit(str(settings.value("server/user", "")))
        self.password = QLineEdit()
        self.name = QLineEdit()
        self.search = QPushButton("Search")
        self.open_button = QPushButton("Open")
        self.studies = QTreeWidget()
        self.told = ElidedLabel("secondary")
        self._server: Server | None = None
        self._arrange()
        self.search.clicked.connect(self.find_studies)
        self.open_button.clicked.connect(self._open_chosen)
        self.studies.itemActivated.connect(lambda *_: self._open_chosen())
        self.studies.itemSelectionChanged.connect(self._allow_open)

    def find_studies(self) -> None:
        """Ask the server for its studies."""
        try:
            named = parse_address(self.address.text()).server
        except CaliperError as error:
            self._tell(error)
            return
        server = Server(named.url, self.user.text() or named.user, self.password.text(), named.ca_file)
        query = StudyQuery(patient_name=self.name.text())
        self._server = server
        self.studies.clear()
        self.told.set_full_text("Searching …")
        self._workspace.tasks.run(
            Lane.BROWSE,
            lambda watch: _search(server, query, watch),
            done=self._show,
            failed=self._tell,
            key="search",
        )

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
        column.addWidget(self.search, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.studies, 1)
        column.addLayout(buttons)
        self.resize(760, 520)

    def _show(self, page: Page) -> None:
        self._settings.setValue("server/address", self.address.text())
        self._settings.setValue("server/user", self.user.text())
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

    def _tell(self, error: CaliperError) -> None:
        self.told.set_full_text(str(error))

    def _allow_open(self) -> None:
        self.open_button.setEnabled(bool(self.studies.selectedItems()))

    def _open_chosen(self) -> None:
        chosen, server = self.studies.selectedItems(), self._server
        if not chosen or server is None:
            return
        study_id = str(chosen[0].data(0, _STUDY_ROLE))
        self._workspace.open(lambda watch: OrthancSource(OrthancClient(server), study_id, user_cache()))
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
