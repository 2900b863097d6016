"""What a measurement kind is: one small pure class and one line in the table of kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from viewer_app.imaging.geometry import Floats, Plane, Vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.constrain import on_eighth
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement
from viewer_app.measure.quantity import Quantity, Value
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.progress import Watch

OPEN_ENDED = 10_000
"""The `max_points` of a kind that is finished by hand: a double click, Enter."""


class Gesture(Enum):
    """How points are placed: one click each, along a stroke, or one click each on whatever plane is shown then.

    With `PLACES` every point is a figure of its own; otherwise all lie in one. A volume (`STACK`) is not drawn
    point by point: tools of its own make it, mostly of a whole stack (`measure.stack_kind`).
    """

    CLICKS = "clicks"
    STROKE = "stroke"
    PLACES = "places"
    STACK = "stack"


@dataclass(frozen=True, slots=True)
class Outline:
    """What to draw and to hit: polylines (n, 2) on the plane in its unit, and thinner helper lines.

    `bare` are the points that the lines mark themselves, so that no handle need lie over them.
    """

    lines: tuple[Floats, ...]
    helpers: tuple[Floats, ...] = ()
    bare: frozenset[int] = frozenset()


Images = Mapping[DrawnOn, PlanarImage]
"""The pixels of figures; those of a reconstructed plane as `imaging.sampler.plane_image` samples them about them."""


def image_of(figure: Figure, images: Images) -> PlanarImage | None:
    """The pixels a figure was drawn on; None where they have not arrived. Its pixels are those of `image.plane`."""
    return images.get(figure.source) if figure.source is not None else None


@dataclass(frozen=True, slots=True)
class Number:
    """A kind's answer for one quantity: the number, or None with the reason in `note`."""

    number: float | None
    note: str = ""


class Kind(Protocol):
    """A kind of measurement. Pure: it knows figures and images, no window and no unit."""

    @property
    def name(self) -> str:
        """Stored; never changes."""

    @property
    def title(self) -> str:
        """What a person calls it."""

    @property
    def shortcut(self) -> str:
        """The key that takes the tool up."""

    @property
    def icon(self) -> str:
        """Name of its icon in the resources."""

    @property
    def gesture(self) -> Gesture:
        """How its points are placed."""

    @property
    def min_points(self) -> int:
        """With so many points it can be measured."""

    @property
    def max_points(self) -> int:
        """With so many points it is finished; `OPEN_ENDED` where a person says when."""

    @property
    def needs_square_pixels(self) -> bool:
        """Its outline is another one in millimetres than in pixels that are not square."""

    @property
    def by_voxels(self) -> bool:
        """It has voxels of a stack, as which it is drawn; its numbers need all images of that stack."""

    @property
    def counts_voxels(self) -> bool:
        """Its statistics are those of voxels of a stack, of which the first figure is: of all kinds `by_voxels`."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it tells; the first one is the main number. () for a mark without numbers."""

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """Lines through in-plane points (n, 2) in the plane's unit; `mm_per_pixel` is the size of a screen pixel."""

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """The numbers by quantity key. An image may be missing (not loaded yet): then say so in the note."""

    def of_stack(
        self, measurement: Measurement, volume: Volume | None, watch: Watch | None = None
    ) -> tuple[Value, ...] | None:
        """The values that need the complete volume of a stack: for a kind `by_voxels` all, for one that counts voxels
        their statistics; None for others, and without one.
        """

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion | None:
        """The voxels inside, for a kind that counts some; None for others. VolumeError where there are none to tell."""

    def remark(self, measurement: Measurement, stack: Stack) -> str:
        """Which voxels the statistics are of, where that is not clear by itself."""

    def move_point(self, points: tuple[Vector, ...], index: int, to: Vector) -> tuple[Vector, ...]:
        """The points after dragging handle `index` to the patient point `to`; constraints live here.

        `with_point` places new points by it too.
        """

    def finished(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """The points to keep of those that were drawn on a plane."""

    def bounds(self, figure: Figure, half: tuple[float, float]) -> Mapping[str, float] | None:
        """By quantity key, how far numbers change where each point may lie `half` aside along row and column.

        None: find it by moving the points one by one. That takes an evaluation for each move, so a
        kind of many points, or whose numbers are refused as soon as one moves, knows better.
        """

    def handles(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """What a figure on `plane` is held by: its points first, then further handles of the kind."""

    def move_handle(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> tuple[Vector, ...]:
        """The points after dragging one of `handles`; for those that are points as `move_point` has it."""

    def constrained(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> Vector:
        """Where handle `index` goes instead of `to` while Shift is held: level, upright, at 45 degrees, a square.

        `points` have one at `index` already. In the plane's unit, whatever the shape of its pixels.
        """

    def anchor(self, index: int) -> int | None:
        """The other end of the line that a handle is an end of; None for one of no line."""


class FreePoints:
    """A kind whose points move one by one, and whose outline is the same in pixels and in millimetres."""

    needs_square_pixels = False
    by_voxels = False
    counts_voxels = False

    def of_stack(
        self, measurement: Measurement, volume: Volume | None, watch: Watch | None = None
    ) -> tuple[Value, ...] | None:
        """None: it is measured by its figures."""
        return None

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion | None:
        """None."""
        return None

    def remark(self, measurement: Measurement, stack: Stack) -> str:
        """Nothing."""
        return ""

    def move_point(self, points: tuple[Vector, ...], index: int, to: Vector) -> tuple[Vector, ...]:
        """The points with the one at `index` replaced."""
        return (*points[:index], to, *points[index + 1 :])

    def finished(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """All of them."""
        return points

    def bounds(self, figure: Figure, half: tuple[float, float]) -> Mapping[str, float] | None:
        """Found by moving the points."""
        return None

    def handles(self, points: tuple[Vector, ...], plane: Plane) -> tuple[Vector, ...]:
        """The points."""
        return points

    def move_handle(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> tuple[Vector, ...]:
        """As `move_point` does."""
        return self.move_point(points, index, to)

    def constrained(self, points: tuple[Vector, ...], index: int, to: Vector, plane: Plane) -> Vector:
        """Level, upright or at 45 degrees from the point before; for the first one, from the point after."""
        anchor = self.anchor(index)
        return to if anchor is None or anchor >= len(points) else on_eighth(plane, points[anchor], to)

    def anchor(self, index: int) -> int | None:
        """The point before, in front of the first one the point after."""
        return index - 1 if index else 1


def with_point(kind: Kind, points: tuple[Vector, ...], to: Vector) -> tuple[Vector, ...]:
    """The points of a figure with one more: begun at the last one and dragged to `to`, so that constraints hold."""
    return kind.move_point((*points, points[-1]), len(points), to) if points else (to,)
