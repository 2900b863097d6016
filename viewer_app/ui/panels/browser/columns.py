"""The columns of the list of studies: a title, what stands in a cell, what it is sorted by. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viewer_app.imaging.identity import telltales
from viewer_app.session.browsing import Row
from viewer_app.ui.words import date_text, joined, person_name, time_text

HIDDEN = "Patient hidden"
ARRIVING, OFFLINE, PARTLY = "still arriving", "kept here", "partly kept here"
_TOLD = {
    ARRIVING: "The server has got new images of this study within the last minute; there may be more to come.",
    OFFLINE: "All images are kept on this computer: it opens without the server.",
    PARTLY: "Some images are kept on this computer.",
}

Cell = Callable[[Row], str]
Key = Callable[[Row], str | int]


@dataclass(frozen=True, slots=True)
class Column:
    """`text` is what stands there; `key` what it is sorted by; `letters` how wide it is at first.

    What tells who it is stands there as `hidden` while patients are hidden.
    """

    title: str
    text: Cell
    key: Key
    letters: int
    hidden: Cell | None = None

    def shown(self, row: Row, *, hidden: bool) -> str:
        """What stands in the cell."""
        return self.hidden(row) if hidden and self.hidden is not None else self.text(row)


def free(row: Row, words: str, *, hidden: bool) -> str:
    """What people wrote; "" where it tells who the patient is while patients are hidden."""
    study = row.study
    return "" if hidden and telltales(study.patient, study.info).tell_in(words) else words


def status_parts(row: Row) -> tuple[str, ...]:
    """Whether the study still grows on the server, and whether it opens without."""
    arriving = "" if row.study.is_stable else ARRIVING
    kept = row.kept
    here = "" if kept is None or not kept.file_count else OFFLINE if kept.is_whole else PARTLY
    return tuple(filter(None, (arriving, here)))


def status_told(row: Row) -> str:
    """The same in sentences."""
    return " ".join(_TOLD[part] for part in status_parts(row))


def _day(row: Row) -> str:
    info = row.study.info
    return f"{date_text(info.date)} {time_text(info.time)}".strip()


def _count(row: Row) -> str:
    return "" if row.study.instance_count is None else f"{row.study.instance_count:,}"


def _nothing(row: Row) -> str:
    return ""


COLUMNS = (
    Column(
        "Patient",
        lambda row: person_name(row.study.patient.name) or "No patient name",
        lambda row: row.study.patient.name.casefold(),
        20,
        lambda row: HIDDEN,
    ),
    Column(
        "ID",
        lambda row: row.study.patient.patient_id,
        lambda row: row.study.patient.patient_id.casefold(),
        14,
        _nothing,
    ),
    Column(
        "Born",
        lambda row: date_text(row.study.patient.birth_date),
        lambda row: row.study.patient.birth_date,
        9,
        _nothing,
    ),
    Column("Date", _day, lambda row: row.study.info.date + row.study.info.time, 14),
    Column(
        "Modality", lambda row: " ".join(row.study.modalities), lambda row: " ".join(sorted(row.study.modalities)), 8
    ),
    Column(
        "Description",
        lambda row: row.study.info.description,
        lambda row: row.study.info.description.casefold(),
        24,
        lambda row: free(row, row.study.info.description, hidden=True),
    ),
    Column(
        "Accession",
        lambda row: row.study.info.accession_number,
        lambda row: row.study.info.accession_number,
        10,
        _nothing,
    ),
    Column("Images", _count, lambda row: row.study.instance_count or 0, 5),
    Column("Status", lambda row: joined(*status_parts(row)), lambda row: joined(*status_parts(row)), 20),
)
TITLES = tuple(column.title for column in COLUMNS)
DATE, IMAGES, STATUS = (TITLES.index(title) for title in ("Date", "Images", "Status"))
