"""The heading of the wide table: widths and order of the columns as a person left them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHeaderView

from viewer_app.ui.panels.table.columns import COLUMNS

_PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
_MOST_PX = 2000


class Heading(QObject):
    """Belongs to a header. The first column stays the first."""

    changed = Signal()
    """A person has given a column another width or place."""

    def __init__(self, header: QHeaderView) -> None:
        super().__init__(header)
        self._header = header
        self._widths: dict[str, int] = {}
        self._by_program = False
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)

    @contextmanager
    def by_program(self) -> Iterator[None]:
        """What is changed inside is no person's wish."""
        before, self._by_program = self._by_program, True
        try:
            yield
        finally:
            self._by_program = before

    def width(self, key: str) -> int | None:
        """What a person made of that column; None where nobody did."""
        return self._widths.get(key)

    def ordered(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Keys of columns from left to right."""
        return tuple(sorted(keys, key=lambda key: self._header.visualIndex(_PLACES[key])))

    def reset(self) -> None:
        """Widths and order as they are at first."""
        self._widths.clear()
        self._arrange(_PLACES)
        self.changed.emit()

    @property
    def state(self) -> Mapping[str, list[str]]:
        """For `restore`, in another sitting."""
        return {
            "order": list(self.ordered(_PLACES)),
            "widths": [f"{key}={width}" for key, width in sorted(self._widths.items())],
        }

    def restore(self, state: Mapping[str, Sequence[str]]) -> None:
        """As far as there are such columns; one that is not named keeps its place after those that are."""
        pairs = (words.partition("=") for words in state.get("widths", ()))
        wanted = {key: int(width) for key, _, width in pairs if key in _PLACES and width.isdecimal()}
        self._widths = {key: width for key, width in wanted.items() if 0 < width <= _MOST_PX}
        named = [key for key in state.get("order", ()) if key in _PLACES]
        self._arrange(dict.fromkeys((COLUMNS[0].key, *named, *_PLACES)))

    def _arrange(self, keys: Iterable[str]) -> None:
        with self.by_program():
            for place, key in enumerate(keys):
                self._header.moveSection(self._header.visualIndex(_PLACES[key]), place)

    def _resized(self, place: int, before: int, after: int) -> None:
        # Without columns the first one has all the room there is, and hidden ones have none.
        if after and not self._by_program and self._header.isVisible():
            self._widths[COLUMNS[place].key] = after
            self.changed.emit()

    def _moved(self) -> None:
        if not self._by_program:
            self.changed.emit()
