"""A measurement in the words of the table. No Qt but the row that is painted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from viewer_app.imaging.cuts import slab_words
from viewer_app.imaging.geometry import Calibration
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.present import (
    MINUS,
    PLUS_MINUS,
    caution,
    decimals,
    details,
    headline,
    margin,
    rounded,
    shown_with_margin,
)
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.session.contours import CHANGED
from viewer_app.ui.series_facts import Free
from viewer_app.ui.widgets import MeasurementRow

DIFFERS = "stored number differs from its image"
_NO_IMAGE = "image not in this study"
_PLANE = "interpolated plane"
_SIZES = frozenset({Dimension.LENGTH, Dimension.AREA})


def value_text(value: Value) -> str:
    """A value with all that belongs to it: how far it may be off, and its unit."""
    return shown_with_margin(value)


def digits(value: Value | None) -> str:
    """The number alone with the decimals it is shown with; "" where there is none."""
    if value is None or value.number is None:
        return ""
    return rounded(value.number, decimals(value))


def number_text(value: Value | None) -> str:
    """The same with the minus of keyboards, as spreadsheets read it."""
    return digits(value).replace(MINUS, "-")


def uncertainty_text(value: Value | None) -> str:
    """How far the number may be off, without a sign; "" where that is not claimed."""
    return "" if value is None else margin(value).removeprefix(PLUS_MINUS)


def unit_text(value: Value | None) -> str:
    """The unit alone, "" where there is no number."""
    if value is None or value.number is None:
        return ""
    return "°" if value.unit == "deg" else value.unit


def kind_title(record: Record) -> str:
    """What a person calls its kind; the stored name of one this Caliper does not know."""
    kind = KINDS.get(record.measurement.kind)
    return kind.title if kind is not None else record.measurement.kind


def title_of(record: Record, free: Free = str) -> str:
    """The label, or else the kind's title."""
    return free(record.measurement.label) or kind_title(record)


def image_words(record: Record) -> str:
    """ "image 12", or how what is seen on the reconstructed plane came about, lengths and values alike."""
    place, made = record.place, record.measurement.figures[0].reconstruction
    if place.series_index >= 0 and made is not None:
        return slab_words(made.slab_mm, made.slab_mode) or _PLANE
    return f"image {place.slice_index + 1}" if place.slice_index >= 0 else _NO_IMAGE


def series_words(record: Record, free: Free = str) -> str:
    """The description of its series, or else the modality."""
    return free(record.place.series_description) or record.place.modality


@dataclass(frozen=True, eq=False)
class TableRow:
    """One measurement. `differs` from its image (C41); `prior` is the date of its study, "" for the one on show.

    `is_left_behind`: it was made of marks that were changed since.
    """

    record: Record
    differs: bool = False
    free: Free = str
    prior: str = ""
    is_left_behind: bool = False

    @property
    def uid(self) -> str:
        """Of the measurement."""
        return self.record.measurement.uid

    @property
    def label(self) -> str:
        """The label, "" for none and for one that is not to be said."""
        return self.free(self.record.measurement.label)

    @property
    def main(self) -> Value | None:
        """The value the kind is named for; an arrow or a note has none."""
        return self.record.values[0] if self.record.values else None

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """All values by key."""
        return {value.key: value for value in self.record.values}

    @cached_property
    def title(self) -> str:
        """The label, or else the kind's title."""
        return title_of(self.record, self.free)

    @property
    def note(self) -> str:
        """Why its main value should be read with care, "" if there is nothing to say."""
        return _note(self.record, self.differs, self.is_left_behind)

    @property
    def study(self) -> str:
        """ "prior 2025-11-23" of another study, "" of the one on show."""
        return f"prior {self.prior}" if self.prior else ""

    @cached_property
    def painted(self) -> MeasurementRow:
        """The row of a narrow table."""
        row = measurement_row(self.record, differs=self.differs, free=self.free, is_left_behind=self.is_left_behind)
        if not self.prior:
            return row
        return MeasurementRow(row.label, f"{self.study} · {row.place}", row.value, row.detail, row.doubtful)

    @cached_property
    def order_of_series(self) -> tuple[float, int, str]:
        """By number, those without one last."""
        place = self.record.place
        number = math.inf if place.series_number is None else place.series_number
        return number, place.series_index, place.series_description


def _note(found: Record, differs: bool, is_left_behind: bool) -> str:
    return DIFFERS if differs else CHANGED if is_left_behind else caution(found.values[:1])


def measurement_row(found: Record, *, differs: bool, free: Free = str, is_left_behind: bool = False) -> MeasurementRow:
    """A record as a narrow table shows it."""
    note = _note(found, differs, is_left_behind)
    title, kind = title_of(found, free), kind_title(found)
    parts = ("" if title == kind else kind, image_words(found), series_words(found, free))
    return MeasurementRow(
        label=title,
        place=" · ".join(part for part in parts if part),
        value=headline(found.values),
        detail=note or _detail(found.values),
        doubtful=bool(note),
    )


def _detail(values: Sequence[Value]) -> str:
    """The further values, or else how sure the main one is; of a size that is not that of the image plane, whose."""
    said = details(values, with_units=False)
    if not said:
        return "".join(map(_trust, values[:1]))
    main = values[0]
    is_plain = (
        main.dimension not in _SIZES or main.unit.startswith("px") or _origin(main) == Calibration.IMAGE_PLANE.value
    )
    return said if is_plain else f"{said.partition(' · ')[0]} · {_origin(main)}"


def _origin(value: Value) -> str:
    return value.provenance.partition(",")[0]


def _trust(value: Value) -> str:
    """How far the value may be off, and where its unit comes from, in few words."""
    return " · ".join(part for part in (margin(value), _origin(value)) if part)
