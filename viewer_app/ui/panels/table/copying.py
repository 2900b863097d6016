"""Rows as a table for other programs: tab separated text and HTML, values as they are shown. No Qt."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from viewer_app.report.text import neutralised, visible
from viewer_app.ui.panels.table.columns import Column
from viewer_app.ui.panels.table.rows import TableRow

_NUMBERS = frozenset({"Value", "Uncertainty", "Mean", "SD", "n"})


def as_text(rows: Iterable[TableRow], columns: Sequence[Column]) -> str:
    """A line for the titles and one for each row, cells parted by tabs; no cell can be taken for a formula."""
    return "".join("\t".join(cells) + "\n" for cells in _cells(rows, columns))


def as_html(rows: Iterable[TableRow], columns: Sequence[Column]) -> str:
    """The same as a table of HTML."""
    first, *others = _cells(rows, columns)
    head = _line(first, "th")
    body = "".join(_line(cells, "td") for cells in others)
    return f'<meta charset="utf-8"><table><thead>{head}</thead><tbody>{body}</tbody></table>'


def _cells(rows: Iterable[TableRow], columns: Sequence[Column]) -> Iterator[list[str]]:
    copied = [each for column in columns for each in column.in_copies]
    yield [title for title, _ in copied]
    for row in rows:
        yield [text(row) if title in _NUMBERS else _plain(text(row)) for title, text in copied]


def _plain(text: str) -> str:
    return neutralised(" ".join(visible(text).split()))


def _line(cells: Iterable[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
