"""What is searched for: one row of fields. Typing searches after a moment, Return at once."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from viewer_app.session.searching import Typed, When

_SEARCH_AFTER_MS = 300
_ANY = "Any"
_MODALITIES = ("CT", "MR", "US", "CR", "DX", "MG", "XA", "RF", "PT", "NM", "OT", "SR")
_TEXTS = (
    ("Patient name", "Doe John"),
    ("Patient ID", ""),
    ("Accession", ""),
    ("Description", ""),
)
_HINT = "Part of the text is enough. * stands for any letters, ? for one."


class SearchFields(QWidget):
    """Six fields and a button."""

    wanted = Signal()
    """What stands in the fields is to be searched for."""

    entered = Signal()
    """Return or Down in a field: the keys are to go on in the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.patient_id, self.accession, self.description = (_Line(*texts) for texts in _TEXTS)
        self.modality, self.when = QComboBox(), QComboBox()
        self.first, self.last = QDateEdit(), QDateEdit()
        self.clear, self.search = QPushButton("Clear"), QPushButton("Search")
        self._timer = QTimer(self, singleShot=True, interval=_SEARCH_AFTER_MS)
        self._timer.timeout.connect(self.wanted)
        self._fill()
        self._arrange()
        for line in self.lines:
            line.textEdited.connect(lambda _: self._timer.start())
            line.entered.connect(self._enter)
        for chooser in (self.modality, self.when):
            chooser.currentIndexChanged.connect(lambda _: self._chosen())
        for day in (self.first, self.last):
            day.dateChanged.connect(lambda _: self._timer.start())
        self.search.clicked.connect(self.search_now)
        self.clear.clicked.connect(self._clear)

    @property
    def lines(self) -> tuple[_Line, ...]:
        """The fields that are typed into."""
        return self.name, self.patient_id, self.accession, self.description

    @property
    def typed(self) -> Typed:
        """What is searched for."""
        when = When[str(self.when.currentData())]
        between = when is When.BETWEEN
        name, patient_id, accession, description = (line.text() for line in self.lines)
        return Typed(
            name,
            patient_id,
            accession,
            description,
            modality=str(self.modality.currentData()),
            when=when,
            first=_day(self.first) if between else None,
            last=_day(self.last) if between else None,
        )

    @property
    def waits(self) -> bool:
        """Something was typed that is not searched for yet."""
        return self._timer.isActive()

    def search_now(self) -> None:
        """Search without waiting."""
        self._timer.stop()
        self.wanted.emit()

    def take(self, typed: Typed) -> None:
        """Have this in the fields, without searching; days are not among it."""
        self._timer.stop()
        texts = typed.name, typed.patient_id, typed.accession, typed.description
        for line, text in zip(self.lines, texts, strict=True):
            line.setText(text)
        self.choose(typed.modality, typed.when.name)

    def choose(self, modality: str, when: str) -> None:
        """What was chosen the last time, without searching."""
        with QSignalBlocker(self.modality), QSignalBlocker(self.when):
            self.modality.setCurrentIndex(max(0, self.modality.findData(modality)))
            self.when.setCurrentIndex(max(0, self.when.findData(when)))
        self._show_days()

    def hide_patient(self, hidden: bool) -> None:
        """What is typed may tell who is looked for: it is shown as dots."""
        mode = QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal
        for line in self.lines:
            line.setEchoMode(mode)

    def _fill(self) -> None:
        self.modality.addItem(_ANY, "")
        for modality in _MODALITIES:
            self.modality.addItem(modality, modality)
        for when in When:
            self.when.addItem(when.title, when.name)
        today = QDate.currentDate()
        for day, there in ((self.first, today.addMonths(-1)), (self.last, today)):
            day.setCalendarPopup(True)
            day.setDisplayFormat("yyyy-MM-dd")
            day.setDate(there)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        dates: tuple[tuple[str, QWidget], ...] = (("From", self.first), ("To", self.last))
        choosers: tuple[tuple[str, QWidget], ...] = (("Modality", self.modality), ("Study date", self.when))
        texts = zip((title for title, _ in _TEXTS), self.lines, strict=True)
        self._captions: dict[QWidget, QLabel] = {}
        for place, (title, field) in enumerate((*texts, *choosers, *dates)):
            caption = QLabel(title)
            caption.setProperty("role", "secondary")
            caption.setBuddy(field)
            field.setAccessibleName(title)
            self._captions[field] = caption
            grid.addWidget(caption, 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1 if isinstance(field, QLineEdit) else 0)
        for place, button in enumerate((self.clear, self.search), start=grid.columnCount()):
            button.setAutoDefault(False)
            grid.addWidget(button, 1, place)
        self._show_days()

    def _show_days(self) -> None:
        between = self.when.currentData() == When.BETWEEN.name
        for day in (self.first, self.last):
            day.setVisible(between)
            self._captions[day].setVisible(between)

    def _chosen(self) -> None:
        self._show_days()
        self.search_now()

    def _enter(self) -> None:
        if self.waits:
            self.search_now()
        self.entered.emit()

    def _clear(self) -> None:
        self.take(Typed())
        self.search_now()
        self.name.setFocus()


def row_of(*widgets: QWidget | None) -> QHBoxLayout:
    """Side by side; None is room that stretches."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


class _Line(QLineEdit):
    """A field with a cross that empties it."""

    entered = Signal()

    def __init__(self, title: str, example: str) -> None:
        super().__init__()
        self.setPlaceholderText(example)
        self.setToolTip(_HINT)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)
        self.setAccessibleDescription(f"{title}. {_HINT}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Down leave the field for the list; Return presses no button of the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
