"""Right: what was measured, and what was done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QPushButton, QTabWidget, QVBoxLayout, QWidget

from viewer_app.folders import config_folder
from viewer_app.session.label_sets import LabelSets
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.history_list import HistoryList
from viewer_app.ui.panels.table.table import MeasurementTable


class MeasurementPanel(QWidget):
    """The table of measurements with the history beside it, and the one button: export."""

    export_wanted = Signal()

    def __init__(
        self, workspace: Workspace, thumbnails: Thumbnails, settings: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._veil = Veil(workspace)
        self.labels = LabelSets(config_folder(), self)
        self.table = MeasurementTable(workspace, thumbnails, settings, self.labels)
        self.model, self.list = self.table.model, self.table.view
        self.history = HistoryList()
        self._arrange()
        workspace.study_changed.connect(self._study_changed)
        self.model.modelReset.connect(self._count)
        self._count()
        if self.labels.problem is not None:
            workspace.failed.emit(self.labels.problem)

    def hide_patient(self, hidden: bool) -> None:
        """Leave out labels and descriptions that tell who it is, or say them again."""
        self._veil.hidden = hidden
        self.table.say(self._veil.free)

    def choose(self, uids: Sequence[str]) -> None:
        """Mark the rows of these measurements and no other; the last one is brought into sight."""
        self.table.choose(uids)

    def rename(self, uid: str) -> None:
        """Let the user type another label for a measurement."""
        self.show_table()
        if not self.model.index_of(uid).isValid():
            self.table.show_all()
        self.list.rename(uid)

    def show_table(self) -> None:
        """Bring the table to the front of the history."""
        self._tabs.setCurrentIndex(0)

    def add_tab(self, page: QWidget, title: str) -> None:
        """One more page beside the measurements and the history."""
        self._tabs.addTab(page, title)

    def _arrange(self) -> None:
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.table, "Measurements")
        self._tabs.addTab(self.history, "History")
        self._export = QPushButton("Export report …")
        self._export.setProperty("role", "primary")
        self._export.clicked.connect(self.export_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 10)
        column.addWidget(self._tabs, 1)
        button = QVBoxLayout()
        button.setContentsMargins(10, 0, 10, 0)
        button.addWidget(self._export)
        column.addLayout(button)

    def _study_changed(self) -> None:
        study = self._workspace.study
        self.table.show_study(study)
        self.history.show_history(None if study is None else study.history)

    def _count(self) -> None:
        count = sum(not row.prior for row in self.model.all_rows)
        self._tabs.setTabText(0, f"Measurements {count:,}" if count else "Measurements")
        self._export.setEnabled(count > 0)
