"""A measurement: what was drawn, where, by whom. Numbers are evaluated from it, never kept inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from viewer_app.imaging.cuts import SlabMode, slab_words
from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.measure.quantity import Value
from viewer_app.measure.seen import Seen
from viewer_app.measure.volumes.voxel_region import VoxelRegion


@dataclass(frozen=True, slots=True)
class Reference:
    """The image a figure was drawn on: SOP Instance UID and frame, counted from 1 (C41)."""

    series_uid: str
    sop_instance_uid: str
    frame: int = 1


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What a reconstructed plane is made of: a stack of a series, counted from 0, and a slab centred on the plane."""

    series_uid: str
    stack: int
    slab_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MAXIMUM

    @property
    def words(self) -> str:
        """How its values come about (C45)."""
        return slab_words(self.slab_mm, self.slab_mode) or "interpolated"


DrawnOn = Reference | tuple[Reconstruction, Plane]
"""Where the pixels of a figure are from: an image, or a plane through a volume."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Points on one plane.

    `points` are patient points (x, y, z) in the plane's unit: LPS mm for a
    located plane. A figure has a `reference` to the image it was drawn on, or the
    `reconstruction` its plane shows.
    """

    plane: Plane
    points: tuple[Vector, ...]
    reference: Reference | None
    reconstruction: Reconstruction | None = None

    @property
    def source(self) -> DrawnOn | None:
        """Where its pixels are from; None where that is not known."""
        return (self.reconstruction, self.plane) if self.reconstruction is not None else self.reference

    @property
    def series_uid(self) -> str:
        """The series it was drawn on, "" where that is not known."""
        drawn_on = self.reconstruction or self.reference
        return drawn_on.series_uid if drawn_on is not None else ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a person drew. `kind` is the stored name of a kind in the table; times are UTC.

    `color` is "#rrggbb" where a person chose one, "" where the rule of `measure.coloring` decides. `label_offset`
    leads, where a person moved the label, from the middle of the points of a figure to that of the label, in-plane
    (along the row, down the column) in the unit of the figure's plane; that of a volume from the middle of its voxels,
    along the plane on show. None leaves its place to the view.
    A `region` of voxels is the truth of a volume that was painted or grown; its figure then only says where it is
    seen best. `made_of` are the UIDs of the marks whose copies the figures are, () where they are nobody's. `seen` is
    how it was looked at when it was drawn.
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
    label_offset: tuple[float, float] | None = None
    region: VoxelRegion | None = None
    made_of: tuple[str, ...] = ()
    seen: Seen | None = None

    @property
    def reference(self) -> Reference | None:
        """The image of the first figure; None on a reconstructed plane."""
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

    `values[0]` is the main value; an arrow or a note has none. `rule_version` names the rules the numbers follow.
    """

    measurement: Measurement
    values: tuple[Value, ...]
    place: Place
    rule_version: int
