"""A structured report as lines of text: its head, then the content tree (PS3.3 A.35, C.17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import BinaryIO

from viewer_app.imaging.documents.content import content_lines
from viewer_app.imaging.documents.line import Line, LineKind
from viewer_app.imaging.documents.words import code_text, date_text, person_text, time_text
from viewer_app.imaging.tagtree import TagTree, read_tags
from viewer_app.progress import Watch

__all__ = ["Line", "LineKind", "StructuredReport", "read_report", "report_of"]

_CONCEPT, _CONTENT = 0x0040A043, 0x0040A730
_COMPLETION, _COMPLETION_TEXT, _VERIFICATION, _PRELIMINARY = 0x0040A491, 0x0040A492, 0x0040A493, 0x0040A496
_OBSERVERS, _OBSERVER, _ORGANISATION, _VERIFIED_AT = 0x0040A073, 0x0040A075, 0x0040A027, 0x0040A030
_MOST_NODES = 500_000
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class StructuredReport:
    """`title`, `head` (who, when, complete and verified or not) and `lines`; `notes` say what could not be read."""

    title: str
    head: tuple[Line, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def veiled(self, tells: Callable[[str], bool]) -> StructuredReport:
        """This report with each line whose text `tells` who the patient is marked as identifying."""
        head, lines = (
            tuple(replace(line, identifying=line.identifying or tells(line.text)) for line in part)
            for part in (self.head, self.lines)
        )
        return replace(self, head=head, lines=lines)

    def as_text(self, *, hidden: bool = False) -> str:
        """All of it as plain text; names of people left out while the patient is `hidden`."""
        told = (self.title, *(line.as_text(hidden=hidden) for line in (*self.head, *self.lines)), *self.notes)
        return "\n".join(told)


def read_report(file: BinaryIO, watch: Watch, names: Mapping[str, str]) -> StructuredReport:
    """The report in the DICOM file `file`; `names` tells what a person calls an instance, by SOP Instance UID.

    Nothing but `Cancelled` and OSError is raised: of a damaged report, what could be read is told.
    """
    return report_of(read_tags(file, watch, most=_MOST_NODES), names)


def report_of(tree: TagTree, names: Mapping[str, str]) -> StructuredReport:
    """The report whose attributes are `tree`."""
    lines = tuple(islice(_counted(content_lines(tree, names)), MOST_LINES + 1))
    notes = list(tree.notes)
    if len(lines) > MOST_LINES:
        notes.append(f"Only the first {MOST_LINES:,} lines are shown.")
    if not lines:
        notes.append("The report has no content that can be read; its tags show what is there.")
    title = code_text(tree, -1, _CONCEPT) or "Report without a title"
    return StructuredReport(title, tuple(_head(tree)), lines[:MOST_LINES], tuple(notes))


def _counted(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that say the same one after the other, as a list of absent images does, told once with their number."""
    for line, equals in groupby(lines):
        count = sum(1 for _ in equals)
        yield line if count == 1 or not line.text else replace(line, text=f"{line.text} ({count} times)")


def _head(tree: TagTree) -> Iterator[Line]:
    for label, told, identifying in _identity(tree):
        if told:
            yield Line(0, label, told, identifying=identifying)
    yield from _standing(tree)


def _identity(tree: TagTree) -> Iterator[tuple[str, str, bool]]:
    yield "Patient", person_text(tree.text(-1, 0x00100010)), True
    born = tree.text(-1, 0x00100030)
    yield "ID", tree.text(-1, 0x00100020), True
    yield "Born", date_text(born), True
    yield "Study", " · ".join(filter(None, [date_text(tree.text(-1, 0x00080020)), tree.text(-1, 0x00081030)])), False
    written = f"{date_text(tree.text(-1, 0x00080023))} {time_text(tree.text(-1, 0x00080033))}".strip()
    yield "Written", written, False


def _standing(tree: TagTree) -> Iterator[Line]:
    """Complete, preliminary, verified: flags of the SR Document General Module (PS3.3 C.17.2)."""
    completion = tree.text(-1, _COMPLETION)
    if completion:
        detail = tree.text(-1, _COMPLETION_TEXT)
        words = {"COMPLETE": "complete", "PARTIAL": "partial: not all of it is written"}.get(completion, completion)
        kind = LineKind.ITEM if completion == "COMPLETE" else LineKind.WARNING
        yield Line(0, "Completion", " · ".join(filter(None, [words, detail])), kind)
    if tree.text(-1, _PRELIMINARY) == "PRELIMINARY":
        yield Line(0, "State", "preliminary: a later version may differ", LineKind.WARNING)
    if tree.text(-1, _VERIFICATION) == "VERIFIED":
        observers = tree.items(-1, _OBSERVERS)
        if not observers:
            yield Line(0, "Verified", "yes, but by whom is not said", LineKind.WARNING)
        for item in observers:
            yield Line(0, "Verified by", _observer(tree, item), identifying=True)
    elif completion or tree.text(-1, _VERIFICATION):
        yield Line(0, "Verification", "not verified by a person", LineKind.WARNING)


def _observer(tree: TagTree, item: int) -> str:
    parts = (
        person_text(tree.text(item, _OBSERVER)),
        tree.text(item, _ORGANISATION),
        date_text(tree.text(item, _VERIFIED_AT)),
    )
    return " · ".join(filter(None, parts))
