"""Right: what was measured, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record, Reference
from viewer_app.measure.present import caution, details, headline, margin, plane_words, shown_with_margin
from viewer_app.measure.quantity import Value
from viewer_app.session.study import OpenStudy
from viewer_app.session.thumbnails import Thumbnails, image_picture
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.history_list import HistoryList
from viewer_app.ui.series_facts import Free
from viewer_app.ui.views.qimages import to_qimage
from viewer_app.ui.widgets import ROW_ROLE, MeasurementDelegate, MeasurementRow

UID_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_Index = QModelIndex | QPersistentModelIndex
_DIFFERS = "stored number differs from its image"


class MeasurementModel(QAbstractListModel):
    """The records of the study on show, oldest first. Renaming is the one edit."""

    renamed = Signal(str, str)
    """UID and new label, wished by the user."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._study: OpenStudy | None = None
        self._records: tuple[Record, ...] = ()
        self._free: Free = str
        self._pictures: dict[Reference, QImage] = {}
        thumbnails.ready.connect(self._repaint)

    def show_study(self, study: OpenStudy | None) -> None:
        """List the measurements of `study` from now on."""
        self._study = study
        self._pictures.clear()
        if study is not None:
            study.loading.connect(self._repaint)
            study.measurements.changed.connect(self.read)
            study.measurements.reset.connect(self.read)
        self.read()

    def say(self, free: Free) -> None:
        """Say from now on what `free` leaves of labels and descriptions."""
        self._free = free
        self._repaint()

    def read(self) -> None:
        """Take the records over."""
        self.beginResetModel()
        self._records = self._study.measurements.records if self._study is not None else ()
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """One row for each measurement."""
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows can be selected and renamed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row, its picture and its UID."""
        if not index.isValid() or index.row() >= len(self._records) or self._study is None:
            return None
        found = self._records[index.row()]
        if role == ROW_ROLE:
            return measurement_row(
                found, differs=self._study.measurements.differs(found.measurement.uid), free=self._free
            )
        if role == UID_ROLE:
            return found.measurement.uid
        if role == Qt.ItemDataRole.EditRole:
            return found.measurement.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            return ": ".join(part for part in (title_of(found, self._free), *_main(found, shown_with_margin)) if part)
        return self._picture(found) if role == Qt.ItemDataRole.DecorationRole else None

    def setData(self, index: _Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        """Wish another label."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        self.renamed.emit(self.data(index, UID_ROLE), str(value))
        return True

    def row_of(self, uid: str) -> int:
        """The row of a measurement, -1 if it has none."""
        return next((row for row, found in enumerate(self._records) if found.measurement.uid == uid), -1)

    def _picture(self, found: Record) -> QImage | None:
        """The slice that was measured; before it has arrived, and for a reconstructed plane, that of its stack."""
        reference, study = found.measurement.reference, self._study
        if study is None:
            return None
        if reference is None:
            picture = self._thumbnails.get(study.measuring.stack_key(found.measurement.figures[0]))
            return None if picture is None else to_qimage(picture)
        if reference not in self._pictures:
            place = study.find_image(reference)
            own = image_picture(study, reference)
            picture = own if own is not None else self._thumbnails.get(place[0].key) if place else None
            if own is None:
                return None if picture is None else to_qimage(picture)
            self._pictures[reference] = to_qimage(own)
        return self._pictures[reference]

    def _repaint(self) -> None:
        if self._records:
            self.dataChanged.emit(self.index(0), self.index(len(self._records) - 1))


class MeasurementPanel(QWidget):
    """The table of measurements with the history beside it, and the one button: export."""

    picked = Signal(str)
    """UID of the measurement the user clicked: go there."""

    export_wanted = Signal()

    def __init__(self, workspace: Workspace, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._veil = Veil(workspace)
        self.model = MeasurementModel(thumbnails, self)
        self.list = QListView()
        self.history = HistoryList()
        self._empty = QLabel("Take a tool at the top (D for a distance, P for a value) and draw on the image.")
        self._arrange()
        workspace.study_changed.connect(self._study_changed)
        self.model.modelReset.connect(self._count)
        self.model.renamed.connect(self._rename)
        self.list.clicked.connect(lambda index: self.picked.emit(index.data(UID_ROLE)))
        self._count()

    def hide_patient(self, hidden: bool) -> None:
        """Leave out labels and descriptions that tell who it is, or say them again."""
        self._veil.hidden = hidden
        self.model.say(self._veil.free)

    def select(self, uid: str) -> None:
        """Mark the row of a measurement."""
        row = self.model.row_of(uid)
        if row < 0:
            self.list.clearSelection()
            return
        index = self.model.index(row)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, flag)

    def rename(self, uid: str) -> None:
        """Let the user type another label for a measurement."""
        row = self.model.row_of(uid)
        if row >= 0:
            self._tabs.setCurrentIndex(0)
            self.list.edit(self.model.index(row))

    def _arrange(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(MeasurementDelegate(self.list))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Measurements")
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "secondary")
        self._empty.setContentsMargins(14, 14, 14, 14)
        first = QWidget()
        inner = QVBoxLayout(first)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._empty)
        inner.addWidget(self.list, 1)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(first, "Measurements")
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
        self.model.show_study(study)
        self.history.show_history(None if study is None else study.history)

    def _count(self) -> None:
        count = self.model.rowCount()
        self._tabs.setTabText(0, f"Measurements {count}" if count else "Measurements")
        self._empty.setVisible(not count)
        self._export.setEnabled(count > 0)

    def _rename(self, uid: str, label: str) -> None:
        study = self._workspace.study
        if study is not None:
            study.measuring.rename(uid, label)


def title_of(found: Record, free: Free = str) -> str:
    """The label, or else the kind's title."""
    return free(found.measurement.label) or KINDS[found.measurement.kind].title


def measurement_row(found: Record, *, differs: bool, free: Free = str) -> MeasurementRow:
    """A record in the words of the table."""
    place = found.place
    where = f"image {place.slice_index + 1}" if place.slice_index >= 0 else "image not in this study"
    if place.series_index >= 0 and found.measurement.figures[0].reconstruction is not None:
        where = plane_words(found) or "reconstructed plane"
    parts = (KINDS[found.measurement.kind].title, where, free(place.series_description) or place.modality)
    note = _DIFFERS if differs else caution(found.values[:1])
    detail = note or details(found.values, with_units=False) or "".join(_main(found, _trust))
    return MeasurementRow(
        label=title_of(found, free),
        place=" · ".join(part for part in parts if part),
        value=headline(found.values),
        detail=detail,
        doubtful=differs or bool(caution(found.values[:1])),
    )


def _trust(value: Value) -> str:
    """How far the value may be off, and where its unit comes from, in few words."""
    return " · ".join(part for part in (margin(value), value.provenance.partition(",")[0]) if part)


def _main(found: Record, say: Callable[[Value], str]) -> tuple[str, ...]:
    """The main value in words; () for a mark without numbers."""
    return tuple(map(say, found.values[:1]))
