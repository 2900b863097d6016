"""One line of a report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from viewer_app.imaging.tagtree import HIDDEN


class LineKind(Enum):
    """How a line is to be read."""

    HEADING = "heading"
    ITEM = "item"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Line:
    """`label` and `text`, `depth` levels below the title. `identifying`: the text names a person."""

    depth: int
    label: str
    text: str = ""
    kind: LineKind = LineKind.ITEM
    identifying: bool = False

    def shown(self, *, hidden: bool) -> str:
        """The text as it may be seen; `hidden` while the patient is hidden."""
        return HIDDEN if hidden and self.identifying and self.text else self.text

    def as_text(self, *, hidden: bool = False) -> str:
        """As a line of plain text, indented."""
        indent = "  " * self.depth
        text = self.shown(hidden=hidden).replace("\n", f"\n{indent}  ")
        return f"{indent}{self.label}: {text}" if self.label and text else f"{indent}{self.label or text}"
