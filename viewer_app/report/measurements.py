"""The table "Measurements": one row for each measurement, readable on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.measure.calibrate import SCALED
from viewer_app.measure.measurement import Measurement, Place, Record, Reference
from viewer_app.measure.quantity import Value
from viewer_app.report.content import Report
from viewer_app.report.tables import Cell, Column, Number, Table, number, uncertainty, unique_columns
from viewer_app.report.text import in_utc

# Coordinates beyond this many points (freehand outlines) are in the column "Points" alone.
POINT_COLUMNS = 8
_COORDINATE_DECIMALS = 1
HIDDEN_CELL = "patient hidden"


@dataclass(frozen=True, slots=True)
class _Row:
    """One record and where it stands in the report."""

    number: int
    record: Record
    report: Report

    @property
    def drawn(self) -> Measurement:
        return self.record.measurement

    @property
    def place(self) -> Place:
        return self.record.place

    @property
    def main(self) -> Value | None:
        return self.record.values[0] if self.record.values else None

    @property
    def further(self) -> tuple[Value, ...]:
        return self.record.values[1:]

    @property
    def reference(self) -> Reference | None:
        return self.drawn.reference if self.drawn.figures else None

    @property
    def points(self) -> tuple[Vector, ...]:
        return tuple(point for figure in self.drawn.figures for point in figure.points)


@dataclass(frozen=True, slots=True)
class _Field:
    title: str
    width: int
    read: Callable[[_Row], Cell]


def measurements_table(report: Report) -> Table:
    """One row for each record, in the report's order.

    Further values get a column and a unit column each where any record has
    them, told apart by key and title. Points are in patient mm (LPS) for a
    located plane; the column "Coordinates" says so for each row.
    """
    rows = [_Row(index, record, report) for index, record in enumerate(report.records, start=1)]
    fields = (*_WHAT, *_further_fields(rows), *_UNITS, *_WHERE, *_point_fields(rows), *_WHO, *_IDS)
    columns = unique_columns([Column(field.title, field.width) for field in fields])
    return Table("Measurements", columns, tuple(tuple(field.read(row) for field in fields) for row in rows))


def _further_fields(rows: Iterable[_Row]) -> list[_Field]:
    names = {(value.key, value.title): value.dimension in SCALED for row in rows for value in row.further}
    return [
        field for (key, title), is_scaled in names.items() for field in _value_fields(key, title, is_scaled=is_scaled)
    ]


def _value_fields(key: str, title: str, *, is_scaled: bool) -> tuple[_Field, ...]:
    def found(row: _Row) -> Iterator[Value]:
        return (value for value in row.further if (value.key, value.title) == (key, title))

    return (
        _Field(title, 11, lambda row: next(map(number, found(row)), None)),
        _Field(f"{title} unit", 9, lambda row: next((value.unit for value in found(row)), None)),
        *(
            [_Field(f"{title} uncertainty", 11, lambda row: next(map(uncertainty, found(row)), None))]
            if is_scaled
            else []
        ),
    )


def _point_fields(rows: Iterable[_Row]) -> list[_Field]:
    most = min(POINT_COLUMNS, max((len(row.points) for row in rows), default=0))
    return [_coordinate_field(point, axis) for point in range(most) for axis in range(3)]


def _coordinate_field(point: int, axis: int) -> _Field:
    def read(row: _Row) -> Cell:
        return Number(row.points[point][axis], _COORDINATE_DECIMALS) if point < len(row.points) else None

    return _Field(f"{'xyz'[axis]}{point + 1}", 9, read)


def _points_text(row: _Row) -> str:
    """Every point exactly, "(x, y, z); (x, y, z)", figures parted by " | "."""
    figures = ("; ".join(str(tuple(map(float, point))) for point in figure.points) for figure in row.drawn.figures)
    return " | ".join(figures)


def _coordinates(plane: Plane) -> str:
    if plane.unit == "px":
        return "pixels"
    return "patient mm" if plane.located else "image mm, no place in the patient"


def _plane(drawn: Measurement) -> str:
    made = {figure.reconstruction for figure in drawn.figures}
    words = ("as acquired" if each is None else f"reconstructed, {each.words}" for each in made)
    return "; ".join(sorted(set(words)))


def _notes(row: _Row) -> str:
    further = [f"{value.title}: {value.note}" for value in row.further if value.note]
    return "; ".join(([row.main.note] if row.main and row.main.note else []) + further)


def _further_provenance(row: _Row) -> str:
    return "; ".join(f"{value.title}: {value.provenance}" for value in row.further if value.provenance)


def _patient_id(row: _Row) -> str:
    return HIDDEN_CELL if row.report.patient_hidden else row.report.study.patient.patient_id


_WHAT = (
    _Field("No.", 6, lambda row: row.number),
    _Field("Label", 20, lambda row: row.drawn.label),
    _Field("Kind", 16, lambda row: row.report.kind_title(row.record)),
    _Field("Measures", 16, lambda row: row.main.title if row.main else None),
    _Field("Value", 12, lambda row: number(row.main) if row.main else None),
    _Field("Unit", 8, lambda row: row.main.unit if row.main else None),
    _Field("Uncertainty", 11, lambda row: uncertainty(row.main) if row.main else None),
)
_UNITS = (
    _Field("Unit from", 20, lambda row: row.main.provenance if row.main else None),
    _Field("Further units from", 24, _further_provenance),
    _Field("Note", 24, _notes),
)
_WHERE = (
    _Field("Series number", 9, lambda row: row.place.series_number),
    _Field("Series", 24, lambda row: row.place.series_description),
    _Field("Modality", 10, lambda row: row.place.modality),
    _Field("Slice", 8, lambda row: row.place.slice_index + 1 if row.place.slice_index >= 0 else None),
    _Field("Frame", 8, lambda row: row.reference.frame if row.reference else None),
    _Field("Plane", 18, lambda row: _plane(row.drawn)),
    _Field("Coordinates", 14, lambda row: ", ".join(dict.fromkeys(_coordinates(f.plane) for f in row.drawn.figures))),
    _Field("Points", 34, _points_text),
)
_WHO = (
    _Field("Author", 18, lambda row: row.drawn.author),
    _Field("Created (UTC)", 19, lambda row: in_utc(row.drawn.created_at)),
    _Field("Updated (UTC)", 19, lambda row: in_utc(row.drawn.updated_at)),
    _Field("Description", 34, lambda row: row.drawn.description),
)
_IDS = (
    _Field("Measurement UID", 40, lambda row: row.drawn.uid),
    _Field(
        "Series Instance UID", 40, lambda row: row.drawn.figures[0].series_uid or None if row.drawn.figures else None
    ),
    _Field("SOP Instance UID", 40, lambda row: row.reference.sop_instance_uid if row.reference else None),
    _Field("Patient ID", 16, _patient_id),
    _Field("Study Instance UID", 40, lambda row: row.report.study.info.study_uid),
    _Field("Rules version", 9, lambda row: row.record.rule_version),
)
