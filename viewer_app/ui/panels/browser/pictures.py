"""The series of the chosen study as cards, side by side and in as many rows as they need."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from viewer_app.imaging.identity import telltales
from viewer_app.session.browsed import Browsed
from viewer_app.sources.orthanc.model import SeriesRecord
from viewer_app.ui.series_facts import series_title
from viewer_app.ui.widgets import ElidedLabel, SeriesCard, SeriesContent
from viewer_app.ui.words import joined

_CARD_PX = 250
_GAP_PX = 8


class SeriesCards(QWidget):
    """A heading, and a card for each series."""

    def __init__(self, browsed: Browsed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, SeriesCard] = {}
        self.told = ElidedLabel("section")
        self._browsed = browsed
        self._hidden = False
        self._scroll = QScrollArea()
        self._grid = QGridLayout()
        self._arrange()
        browsed.changed.connect(self.fill)
        browsed.picture_came.connect(self._show_picture)
        self.fill()

    def hide_patient(self, hidden: bool) -> None:
        """Leave out what tells who it is, or show it again."""
        self._hidden = hidden
        self.fill()

    def fill(self) -> None:
        """Show the series that are known now."""
        browsed = self._browsed
        for card in self.cards.values():
            self._grid.removeWidget(card)
            card.deleteLater()
        self.cards = {one.id: self._card(one) for one in browsed.series}
        self._place()
        for series_id in browsed.pictures:
            self._show_picture(series_id)
        self.told.set_full_text(self._words())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._place()

    def _arrange(self) -> None:
        content = QWidget()
        content.setProperty("role", "panel")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 2, 0, 2)
        self._grid.setSpacing(_GAP_PX)
        inner.addLayout(self._grid)
        inner.addStretch(1)
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.told)
        column.addWidget(self._scroll, 1)

    def _place(self) -> None:
        columns = max(1, (self.width() - _GAP_PX) // (_CARD_PX + _GAP_PX))
        for place, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
        for column in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
            self._grid.setColumnMinimumWidth(column, _CARD_PX if column < columns else 0)

    def _card(self, series: SeriesRecord) -> SeriesCard:
        """A card to look at only: the study is opened as a whole."""
        count = len(series.instance_ids)
        images = f"{count:,} {'image' if count == 1 else 'images'}"
        number = "" if series.info.number is None else f"#{series.info.number}"
        lines = (
            joined(f"{series.info.modality} {number}".strip(), images),
            "" if series.is_stable else "still arriving",
        )
        card = SeriesCard(SeriesContent(series_title(series.info, self._free), tuple(filter(None, lines))))
        card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        card.setMaximumWidth(2 * _CARD_PX)
        return card

    def _free(self, words: str) -> str:
        row = self._browsed.row
        if not self._hidden or row is None:
            return words
        return "" if telltales(row.study.patient, row.study.info).tell_in(words) else words

    def _show_picture(self, series_id: str) -> None:
        card, image = self.cards.get(series_id), QImage.fromData(self._browsed.pictures[series_id])
        if card is not None and not image.isNull():
            card.set_thumbnail(image)

    def _words(self) -> str:
        browsed = self._browsed
        if browsed.row is None:
            return ""
        if browsed.busy:
            return "READING SERIES …"
        count = len(browsed.series)
        told = f"{count} SERIES" if count or browsed.error is None else ""
        return joined(told, str(browsed.error) if browsed.error is not None else "")
