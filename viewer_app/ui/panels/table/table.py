"""The table with what lies about it: the field above, the details below; remembered is how it was left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from viewer_app.session.label_sets import LabelSets
from viewer_app.session.study import OpenStudy
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.table.acting import Acting
from viewer_app.ui.panels.table.details_view import DetailsView
from viewer_app.ui.panels.table.finding import FindRow
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.pictures import Pictures
from viewer_app.ui.panels.table.reading import Rows
from viewer_app.ui.panels.table.view import MeasurementView
from viewer_app.ui.series_facts import Free

_EMPTY = "Take a tool at the top (D for a distance, P for a value) and draw on the image."
_SHARES_PX = (560, 210)
_GROUP = "table"


class MeasurementTable(QWidget):
    """All measurements of the study on show; friendly where there are none."""

    picked = Signal(str)
    """UID of the measurement to go to."""

    chosen = Signal(list)
    """UIDs of the measurements of this study a person selected, that with the keyboard last."""

    left = Signal()
    """Back to the images."""

    wide_wanted = Signal()
    """More room, or less."""

    def __init__(
        self,
        workspace: Workspace,
        thumbnails: Thumbnails,
        settings: QSettings,
        labels: LabelSets,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._pictures = Pictures(thumbnails)
        self._rows = Rows(self)
        self.model = MeasurementModel(self._pictures, self)
        self.view = MeasurementView(self.model, lambda: labels.beginning(""))
        self.details = DetailsView()
        self.acting = Acting(workspace, self.model, self.view, labels, self)
        self.finder = FindRow(self.model, self.acting.table_menu)
        self._empty = QLabel(_EMPTY)
        self._arrange()
        self._recall()
        self._connect()
        thumbnails.ready.connect(self._repaint)
        self._show_rows()

    def show_study(self, study: OpenStudy | None) -> None:
        """List the measurements of `study` from now on."""
        self._pictures.show_study(study)
        if study is not None:
            study.loading.connect(self._repaint)
        self._rows.show_study(study)

    def say(self, free: Free) -> None:
        """Say from now on what `free` leaves of labels and descriptions."""
        self._rows.say(free)

    def choose(self, uids: Sequence[str]) -> None:
        """Select these rows; rows of priors that a person selected with them stay."""
        rows = self.view.chosen_rows
        if {row.uid for row in rows if not row.prior} != set(uids):
            self.view.choose(uids)

    def take_focus(self) -> None:
        """Give the rows the keyboard."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0))

    def _arrange(self) -> None:
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "secondary")
        self._empty.setContentsMargins(14, 14, 14, 14)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.addWidget(self.view)
        self._parts.addWidget(self.details)
        self._parts.setStretchFactor(0, 1)
        self._parts.setSizes(list(_SHARES_PX))
        self.details.setMinimumHeight(60)
        self._parts.setCollapsible(0, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._empty, self.finder, self._parts):
            column.addWidget(part, 1 if part is self._parts else 0)
        column.addStretch(0)

    def _connect(self) -> None:
        self._rows.changed.connect(self._show_rows)
        self.view.picked.connect(self.picked)
        self.view.chosen.connect(self._tell_chosen)
        self.view.asked.connect(self._do)
        self.view.selectionModel().selectionChanged.connect(self._show_details)
        self.model.modelReset.connect(self._show_details)
        self.model.dataChanged.connect(self._show_details)
        self.model.how_changed.connect(self._remember)
        self.finder.field.left.connect(self.take_focus)
        self.acting.wide_wanted.connect(self.wide_wanted)
        self.acting.columns_changed.connect(self._remember)

    def _do(self, wish: str) -> None:
        {
            "delete": self.acting.delete,
            "copy": self.acting.copy,
            "find": self.finder.field.setFocus,
            "leave": self.left.emit,
        }[wish]()

    def _show_rows(self) -> None:
        rows = self._rows.rows
        self.model.show_rows(rows)
        self._empty.setVisible(not rows)
        self.finder.setVisible(bool(rows))
        self._parts.setVisible(bool(rows))

    def _show_details(self) -> None:
        chosen = self.view.chosen_rows
        if len(chosen) == 1:
            self.details.show_row(chosen[0])
        elif chosen:
            self.details.show_totals(chosen, "selected")
        else:
            self.details.show_totals(self.model.rows, "found" if self.model.how.words.strip() else "")

    def _tell_chosen(self, uids: list[str]) -> None:
        priors = {row.uid for row in self.view.chosen_rows if row.prior}
        own = [uid for uid in uids if uid not in priors]
        self.chosen.emit(own)

    def _repaint(self, _: object = None) -> None:
        self.view.viewport().update()

    def _recall(self) -> None:
        stored = {key: self._settings.value(f"{_GROUP}/{key}") for key in ("columns", "column", "by", "descending")}
        columns = stored["columns"]
        if isinstance(columns, (list, str)):
            self.view.show_columns([columns] if isinstance(columns, str) else map(str, columns))
        words = {key: value for key in ("column", "by") if isinstance(value := stored[key], str)}
        self.model.arrange(**words, descending=stored["descending"] in (True, "true"))

    def _remember(self) -> None:
        how = self.model.how
        told = {"columns": list(self.view.shown_keys), "column": how.column, "by": how.by, "descending": how.descending}
        for key, value in told.items():
            self._settings.setValue(f"{_GROUP}/{key}", value)
