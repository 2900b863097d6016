"""The rows of the study on show and, read-only, of its priors as far as the store knows them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.measure.measurement import Record
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
            found.measurement.uid: self._row(found, differs=measurements.differs(found.measurement.uid))
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

    def _row(self, found: Record, *, differs: bool) -> TableRow:
        before = self._made.get(found.measurement.uid)
        if before is not None and before.record is found and before.differs == differs:
            return before
        return TableRow(found, differs, self._free)

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
