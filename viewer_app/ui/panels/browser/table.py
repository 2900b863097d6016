"""The list of studies: one is chosen, Return or a double click opens it, the next page comes as one scrolls."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from viewer_app.session.browsing import Browser, Row
from viewer_app.ui.panels.browser.columns import COLUMNS, DATE
from viewer_app.ui.panels.browser.model import StudyModel

_SETTLED_MS = 120
_PADDING_PX = 22
_FLAGS = QItemSelectionModel.SelectionFlag


class StudyTable(QTreeView):
    """Shows what `browser` has found."""

    wanted = Signal()
    """The chosen study is to be opened."""

    beside_wanted = Signal()
    """It is to be opened beside what is open."""

    chosen = Signal()
    """Another study is chosen, or none."""

    entered = Signal()
    """The keys have gone here a moment ago: somebody is at the list."""

    def __init__(self, browser: Browser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studies = StudyModel(browser, self)
        self._browser = browser
        self._kept_choice = ""
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._fill_visible)
        self.setModel(self.studies)
        self.setAccessibleName("Studies")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QTreeView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self._arrange_header()
        self.doubleClicked.connect(lambda _: self.wanted.emit())
        self.studies.modelAboutToBeReset.connect(self._keep_choice)
        self.studies.modelReset.connect(self._choose_again)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())
        self.verticalScrollBar().valueChanged.connect(lambda _: self._look_for_more())
        browser.changed.connect(lambda: QTimer.singleShot(0, self, self._look_for_more))

    @property
    def current(self) -> Row | None:
        """The chosen study."""
        index = self.currentIndex()
        return self.studies.rows[index.row()] if index.isValid() else None

    def columns(self) -> QByteArray:
        """Widths, places and order of the columns, to be kept."""
        return self.header().saveState()

    def set_columns(self, kept: QByteArray) -> None:
        """What `columns` gave."""
        self.header().restoreState(kept)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens, with Ctrl beside what is open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_beside = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.beside_wanted if is_beside else self.wanted).emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that somebody is here; not before the click or key has chosen what it chooses."""
        super().focusInEvent(event)
        QTimer.singleShot(_SETTLED_MS, self, self.entered.emit)

    def _arrange_header(self) -> None:
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        letter = self.fontMetrics().horizontalAdvance("0")
        for place, column in enumerate(COLUMNS):
            header.resizeSection(place, letter * column.letters + _PADDING_PX)
        self.setSortingEnabled(True)
        self.sortByColumn(DATE, Qt.SortOrder.DescendingOrder)

    def _look_for_more(self) -> None:
        bar = self.verticalScrollBar()
        self._settled.start()
        if bar.value() >= bar.maximum() - bar.pageStep():
            self._browser.go_on()

    def _fill_visible(self) -> None:
        """Older servers do not say modality and count with the list: ask for those in sight."""
        first, last = (
            self.indexAt(self.viewport().rect().topLeft()).row(),
            self.indexAt(self.viewport().rect().bottomLeft()).row(),
        )
        rows = self.studies.rows
        if first >= 0 and not self._browser.busy:
            self._browser.fill(row.study for row in rows[first : (last if last >= 0 else len(rows)) + 1])

    def _keep_choice(self) -> None:
        row = self.current
        self._kept_choice = row.study.id if row is not None else ""

    def _choose_again(self) -> None:
        """The study that was chosen, where it was found again, else the first one."""
        place = max(0, self.studies.row_of(self._kept_choice))
        index = self.studies.index(place, 0)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, _FLAGS.ClearAndSelect | _FLAGS.Rows)
            self.scrollTo(index)
        self.chosen.emit()
