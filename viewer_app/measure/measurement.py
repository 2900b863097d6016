"""A measurement: what was drawn, where, by whom. Numbers are evaluated from it, never kept inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.measure.quantity import Value


@dataclass(frozen=True, slots=True)
class Reference:
    """The image a figure was drawn on: SOP Instance UID and frame, counted from 1 (C41)."""

    series_uid: str
    sop_instance_uid: str
    frame: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """Points on one plane.

    `points` are patient points (x, y, z) in the plane's unit: LPS mm for a
    located plane. `reference` is None for a figure on a reconstructed plane.
    """

    plane: Plane
    points: tuple[Vector, ...]
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a person drew. `kind` is the stored name of a kind in the table; times are UTC.

    `color` is "#rrggbb" where a person chose one, "" where the rule of `measure.coloring` decides.
    """

    uid: str
    kind: str
    figures: tuple[Figure, ...]
    label: str
    description: str
    author: str
    created_at: datetime
    updated_at: datetime
    color: str = ""

    @property
    def reference(self) -> Reference | None:
        """The image of the first figure."""
        return self.figures[0].reference


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its study a measurement was drawn, for tables and reports; indices count from 0."""

    series_index: int
    slice_index: int
    series_description: str = ""
    series_number: int | None = None
    modality: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A measurement with the numbers evaluated from it: what is stored, listed and reported.

    `values[0]` is the main value. `rule_version` names the rules the numbers follow.
    """

    measurement: Measurement
    values: tuple[Value, ...]
    place: Place
    rule_version: int
