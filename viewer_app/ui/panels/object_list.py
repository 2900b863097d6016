"""What of a study is no image, as rows below its series."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from viewer_app.imaging.documents import Opens, opens_as
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.objects import family_name, is_image
from viewer_app.imaging.reading.parse import OBJECT_TITLE
from viewer_app.imaging.study import Study
from viewer_app.ui.series_facts import Free
from viewer_app.ui.views.corner_text import date_text
from viewer_app.ui.widgets.object_row import ObjectContent, ObjectRow

_AT_ONCE = 12
_MORE_AT_ONCE = 100
_ICONS = {Opens.TEXT: "report", Opens.PDF: "report", Opens.TAGS: "tag"}


class ObjectList(QWidget):
    """Rows of the objects, the first dozen at once. `wanted` opens one; `menu_wanted` asks what else can be done."""

    wanted = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, objects: tuple[Instance, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = list(objects)
        self._rows: dict[ObjectRow, Instance] = {}
        self._free: Free = str
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._more = QPushButton()
        self._more.setProperty("role", "quiet")
        self._more.clicked.connect(lambda: self._add(_MORE_AT_ONCE))
        self._column.addWidget(self._more)
        self._add(_AT_ONCE)

    def say(self, free: Free) -> None:
        """Say from now on what `free` leaves of titles and descriptions."""
        self._free = free
        for row, instance in self._rows.items():
            row.show_content(object_content(instance, free))

    def _add(self, count: int) -> None:
        had_keyboard = self._more.hasFocus()
        added, self._left = self._left[:count], self._left[count:]
        for place, instance in enumerate(added):
            row = ObjectRow(object_content(instance, self._free))
            self._rows[row] = instance
            row.activated.connect(lambda instance=instance: self.wanted.emit(instance))
            row.menu_wanted.connect(lambda at, instance=instance: self.menu_wanted.emit(instance, at))
            self._column.insertWidget(self._column.count() - 1, row)
            if had_keyboard and place == 0:
                row.setFocus(Qt.FocusReason.OtherFocusReason)
        self._more.setText(f"{len(self._left):,} more …")
        self._more.setVisible(bool(self._left))


def other_objects(study: Study) -> tuple[Instance, ...]:
    """What of a study is no image, in series order."""
    return tuple(instance for instance in study.instances if not is_image(instance))


def object_content(instance: Instance, free: Free = str) -> ObjectContent:
    """What the row of an object says: its own title, else what it is; then what it is, number and date."""
    family, series = family_name(instance), instance.series
    own = free(instance.details.get(OBJECT_TITLE, "")) or free(series.description)
    date = date_text(instance.details.get("ContentDate", "") or series.date or instance.study.date)
    number = "" if series.number is None else f"#{series.number}"
    place = " ".join(part for part in (series.modality, number) if part)
    lines = (family if own else "", " · ".join(part for part in (place, date) if part))
    return ObjectContent(own or family, tuple(filter(None, lines)), _ICONS[opens_as(instance)])
