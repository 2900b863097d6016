"""The rows of the study on show and, read-only, of its priors as far as the store knows them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.measure.measurement import Record
from viewer_app.session.contours import marks_have_changed
from viewer_app.session.prior_records import PriorRecords
from viewer_app.session.study import OpenStudy
from viewer_app.ui.panels.table.rows import TableRow
from viewer_app.ui.series_facts import Free
from viewer_app.ui.words import date_text


class Rows(QObject):
    """Makes a row anew only where its record is another one, so that one change among thousands costs little."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._study: OpenStudy | None = None
        self._free: Free = str
        self._made: dict[str, TableRow] = {}
        self._of_priors: tuple[TableRow, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.changed)

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """Of this study as they were drawn, then of priors."""
        if self._study is None:
            return ()
        measurements = self._study.measurements
        self._made = {
            found.measurement.uid: self._row(
                found,
                differs=measurements.differs(found.measurement.uid),
                left_behind=marks_have_changed(self._study, found.measurement),
            )
            for found in measurements.records
        }
        return (*self._made.values(), *self._of_priors)

    def show_study(self, study: OpenStudy | None) -> None:
        """Read `study` from now on, and its priors once the store has told them."""
        self._study, self._of_priors = study, ()
        self._made.clear()
        if study is not None:
            study.measurements.changed.connect(self._record_changed)
            study.measurements.reset.connect(self.changed)
            study.prior_marks.changed.connect(self._read_priors)
        self.changed.emit()

    def say(self, free: Free) -> None:
        """Say from now on what `free` leaves of labels and descriptions."""
        self._free = free
        self._made.clear()
        self._read_priors()

    def _row(self, found: Record, *, differs: bool, left_behind: bool) -> TableRow:
        before = self._made.get(found.measurement.uid)
        made = TableRow(found, differs, self._free, is_left_behind=left_behind)
        if before is None or before.record is not found:
            return made
        return before if (before.differs, before.is_left_behind) == (differs, left_behind) else made

    def _record_changed(self, before: Record | None, after: Record | None) -> None:
        """What comes or goes is there or gone at once; many that change one by one are read once."""
        if before is None or after is None:
            self.changed.emit()
        else:
            self._soon.start()

    def _read_priors(self) -> None:
        found = () if self._study is None else self._study.prior_marks.all
        self._of_priors = tuple(self._prior_rows(found))
        self.changed.emit()

    def _prior_rows(self, found: Iterable[PriorRecords]) -> Iterable[TableRow]:
        for each in found:
            date = date_text(each.study.info.date) or "without a date"
            for record in each.records:
                yield TableRow(record, record.measurement.uid in each.doubtful, self._free, date)
