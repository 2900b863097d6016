"""All that is known of the selected measurement: every number, where it comes from, notes, plane, who and when."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextBrowser, QWidget

from viewer_app.measure.present import PLUS_MINUS
from viewer_app.measure.quantity import Value
from viewer_app.measure.stack_kind import BOUND
from viewer_app.session.contours import CHANGED
from viewer_app.ui.panels.table.rows import (
    DIFFERS,
    TableRow,
    image_words,
    kind_title,
    series_words,
    value_text,
)
from viewer_app.ui.panels.table.totals import count_words, totals_words
from viewer_app.ui.style import current_palette

_MARGIN_FROM = f"{PLUS_MINUS} from"

Line = tuple[str, str, bool]
"""What is told, its words, and whether they are a doubt."""


class DetailsView(QTextBrowser):
    """Words of one row, or the totals of several. Text can be marked and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Details of the selected measurement")
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(10)

    def show_row(self, row: TableRow) -> None:
        """Tell of one measurement."""
        self.setHtml(f"{_heading(row.title)}<table cellspacing='0'>{''.join(map(_line, lines_of(row)))}</table>")

    def show_totals(self, rows: Sequence[TableRow], of: str) -> None:
        """Tell of several what they come to; `of` says which they are: "selected"."""
        parts = totals_words(rows).split(" · ")
        words = "".join(f"<div>{html.escape(part)}</div>" for part in parts)
        self.setHtml(_heading(f"{count_words(rows)} {of}".strip()) + words)


def lines_of(row: TableRow) -> Iterator[Line]:
    """Everything that is known of a measurement but its label."""
    record = row.record
    if row.differs:
        yield "Doubt", f"{DIFFERS}. Draw it anew to measure what is there now.", True
    if made_of := len(record.measurement.made_of):
        told = f": {CHANGED}. “Update from its marks” brings them in" if row.is_left_behind else ""
        yield "Made of", f"copies of {made_of} marks{told}.", row.is_left_behind
    apart = [value for value in record.values if not _is_margin(value, record.values[0])]
    for value in apart:
        yield value.title, _value_words(value), bool(value.note)
    yield from ((title, words, False) for title, words in _origins(apart))
    yield from ((_MARGIN_FROM, value.provenance, False) for value in record.values if value not in apart)
    yield "Kind", kind_title(record), False
    where = (image_words(record), series_words(record, row.free), row.study)
    yield "Where", " · ".join(part for part in where if part), False
    if description := row.free(record.measurement.description):
        yield "Description", description, False
    drawn = f"{record.measurement.created_at.astimezone():%Y-%m-%d %H:%M}"
    changed = f"{record.measurement.updated_at.astimezone():%Y-%m-%d %H:%M}"
    by = row.free(record.measurement.author)
    yield "Drawn", " · ".join(part for part in (drawn, by) if part), False
    if changed != drawn:
        yield "Changed", changed, False
    yield "Rules", f"version {record.rule_version}", False


def _is_margin(value: Value, main: Value) -> bool:
    """True for the bound of a volume that stands behind its number already."""
    return value.key == BOUND.key and value.number is not None and value.number == main.uncertainty


def _value_words(value: Value) -> str:
    return " · ".join(part for part in (value_text(value), value.note) if part)


def _origins(values: Iterable[Value]) -> Iterator[tuple[str, str]]:
    """Where units come from, each once: of the main value, then of the others."""
    for number, origin in enumerate(dict.fromkeys(value.provenance for value in values if value.provenance)):
        yield "Unit from" if not number else "Others from", origin


def _heading(text: str) -> str:
    return f"<div style='margin-bottom: 4px'><b>{html.escape(text)}</b></div>"


def _line(line: Line) -> str:
    palette, (title, words, is_doubt) = current_palette(), line
    color = palette.warn if is_doubt else palette.text
    left = f"<td style='color: {palette.secondary}; padding: 1px 10px 1px 0'>{html.escape(title)}</td>"
    return f"<tr>{left}<td style='color: {color}; padding: 1px 0'>{html.escape(words)}</td></tr>"
