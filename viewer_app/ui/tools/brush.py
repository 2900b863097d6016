"""The tools that make volumes: a brush that adds and takes away voxels, and a seed from which a region grows.

All viewports share one `Brush`: how it paints, and the stroke that is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError, VolumeError
from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.measurement import Measurement
from viewer_app.measure.volumes import (
    Index,
    StackGrid,
    ValueRange,
    VoxelRegion,
    ball_stroke,
    disc_stroke,
    keep_in_range,
    voxel_at,
)
from viewer_app.session.volumetry import is_small, with_region
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage, Tool

SMALLEST_MM, LARGEST_MM = 0.5, 200.0
_STEP = 1.15
_FLAT = ("On a reconstructed plane the brush is a ball.", "Set it to 3D, or paint on an image as it was taken.")

_BESIDE = "Nothing was painted: no voxel has its centre under the brush."
_NOT_IN_RANGE = "Nothing was painted: no voxel here has a value in the range."


class Limit(Enum):
    """Which voxels a brush paints, and in which a seed grows; the value is what a person reads."""

    NONE = "all values"
    AROUND = "around the first value"
    TYPED = "from … to"


@dataclass(frozen=True, slots=True)
class Painting:
    """How a brush paints. A range is around the value under the first press, or from `low` to `high`."""

    diameter_mm: float = 10.0
    in_3d: bool = False
    limit: Limit = Limit.NONE
    tolerance: float = 100.0
    low: float = 100.0
    high: float = 300.0

    def values(self, first: float | None) -> ValueRange | None:
        """The range for a press on a voxel of value `first`; None for all. VolumeError where there is no such range."""
        if self.limit is Limit.TYPED:
            return ValueRange(self.low, self.high)
        return self.around(first) if self.limit is Limit.AROUND else None

    def around(self, first: float | None) -> ValueRange:
        """The range around a value."""
        if first is None:
            raise VolumeError("There is no value here to choose a range by.", "Press inside the finding.")
        return ValueRange(first - self.tolerance, first + self.tolerance)


@dataclass(frozen=True, slots=True)
class InHand:
    """A volume as it is while it is painted; `uid` is "" for a new one."""

    uid: str
    stack: Stack
    region: VoxelRegion


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a region is to grow from; it adds to the volume of `uid`, or with "" begins one."""

    uid: str
    volume: Volume
    at: Index
    values: ValueRange


@dataclass(frozen=True, slots=True)
class Stroke:
    """A large volume as a stroke has left it, to be measured in the background; `before` is None for a new one."""

    title: str
    measurement: Measurement
    before: Measurement | None


class Brush(QObject):
    """`painting` says how it paints, `in_hand` what a stroke has made so far, None between strokes."""

    changed = Signal()
    """It paints otherwise from now on."""

    moved = Signal()
    """What is in hand has changed."""

    painted = Signal(object)
    """A `Stroke` is over."""

    seeded = Signal(object)
    """A `Seed` was set."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.painting = Painting()
        self.in_hand: InHand | None = None
        self.waits = False
        """True while what was painted last is measured: there is nothing to go on painting on."""

        self.held = ""
        """Name of the tool on the left button where it makes volumes."""

    def set(self, painting: Painting) -> None:
        """Paint so from now on."""
        if painting != self.painting:
            self.painting = painting
            self.changed.emit()

    @property
    def is_held(self) -> bool:
        """True while a tool that makes volumes is on the left button."""
        return bool(self.held)

    @property
    def paints(self) -> bool:
        """True while that tool is the brush itself."""
        return self.held == "volume_brush"

    def hold(self, tool: str) -> None:
        """Another tool is on the left button."""
        held = tool if tool in VOLUME_TOOLS else ""
        if held != self.held:
            self.held = held
            self.changed.emit()

    def resize(self, steps: int) -> None:
        """So many notches larger."""
        wanted = self.painting.diameter_mm * _STEP**steps
        self.set(replace(self.painting, diameter_mm=round(min(max(wanted, SMALLEST_MM), LARGEST_MM), 1)))

    def take(self, in_hand: InHand | None) -> None:
        """Show what a stroke has made so far; None once it is over."""
        self.in_hand = in_hand
        self.moved.emit()


def paint(stage: Stage, press: Pointer) -> Gesture:
    """Add voxels along the path of the pointer; with Alt take them away. One stroke is one step of the history."""
    yield from _stroke(stage, press, erasing=press.alt)


def erase(stage: Stage, press: Pointer) -> Gesture:
    """Take voxels away along the path of the pointer, whatever their values."""
    yield from _stroke(stage, press, erasing=True)


def seed(stage: Stage, press: Pointer) -> Gesture:
    """Grow a region from the voxel the button is released on, in the brush's range or around the value there."""
    pointer = press
    while pointer.kind is not PointerKind.RELEASE:
        pointer = yield
    try:
        stage.brush.seeded.emit(_seed(stage, stage.patient_point(pointer.at)))
    except CaliperError as error:
        stage.study.failed.emit(error)


def _seed(stage: Stage, point: Vector) -> Seed:
    stack, volume, grid = _ground(stage)
    at = voxel_at(stack, grid, point)
    if at is None:
        raise VolumeError("The seed lies outside the images.", "Click inside the image.")
    painting, first = stage.brush.painting, _value(volume, at)
    return Seed(_target(stage, stack), volume, at, painting.values(first) or painting.around(first))


def _ground(stage: Stage) -> tuple[Stack, Volume, StackGrid]:
    """What there is to paint on; CaliperError where nothing may be painted."""
    tile, volumetry = stage.tile, stage.study.measuring.volumetry
    why, stack, volume = volumetry.why_not(tile), tile.stack, tile.volume
    if why is not None:
        raise why
    assert stack is not None
    assert volume is not None
    return stack, volume, volumetry.grid(stack)


def _target(stage: Stage, stack: Stack) -> str:
    found = stage.study.measuring.volumetry.edited(stage.selected, stack)
    return "" if found is None else found.uid


def _value(volume: Volume, at: Index) -> float | None:
    return volume.image(at[0]).value_at(*at[1:])


def _stroke(stage: Stage, press: Pointer, *, erasing: bool) -> Gesture:
    try:
        before = _begun(stage)
        cover = _cover(stage, stage.patient_point(press.at), erasing=erasing)
        yield from _follow(stage, press, before, cover, erasing=erasing)
    except CaliperError as error:
        stage.study.failed.emit(error)
    finally:
        if not stage.brush.waits:
            stage.brush.take(None)


def _begun(stage: Stage) -> InHand:
    if stage.brush.waits:
        raise VolumeError("The last stroke is still being measured.", "Paint on in a moment.")
    stack, _, grid = _ground(stage)
    found = stage.study.measuring.volumetry.edited(stage.selected, stack)
    if found is None:
        return InHand("", stack, VoxelRegion(grid))
    return InHand(found.uid, stack, found.region or VoxelRegion(grid))


Cover = Callable[[list[Vector]], VoxelRegion]
"""What the brush covers along some places of the pointer."""


def _cover(stage: Stage, first: Vector, *, erasing: bool) -> Cover:
    stack, volume, grid = _ground(stage)
    painting, view, radius = stage.brush.painting, stage.tile.view.value, stage.brush.painting.diameter_mm / 2
    if not painting.in_3d and view.cut is not None:
        raise VolumeError(*_FLAT)
    at = voxel_at(stack, grid, first)
    values = None if erasing else painting.values(None if at is None else _value(volume, at))

    def covered(path: list[Vector]) -> VoxelRegion:
        found = ball_stroke(stack, path, radius) if painting.in_3d else disc_stroke(stack, view.index, path, radius)
        return found if values is None else keep_in_range(found, volume, values)

    return covered


def _follow(stage: Stage, press: Pointer, before: InHand, cover: Cover, *, erasing: bool) -> Gesture:
    """Paint from place to place until the button is released, then keep what was painted."""
    last, now = stage.patient_point(press.at), before
    piece, is_beside = [last], True
    while True:
        covered = cover(piece)
        is_beside = is_beside and not covered.layers
        now = replace(now, region=_with(now.region, covered, erasing=erasing))
        stage.brush.take(now)
        pointer = yield
        point = stage.patient_point(pointer.at)
        if pointer.kind is PointerKind.RELEASE:
            break
        piece, last = [last, point], point
    covered = cover([last, point])
    now = replace(now, region=_with(now.region, covered, erasing=erasing))
    if now.region != before.region:
        _keep(stage, now, "Erase" if erasing else "Paint")
    elif is_beside and not covered.layers and not erasing:
        stage.workspace.noticed.emit(_BESIDE if stage.brush.painting.limit is Limit.NONE else _NOT_IN_RANGE)


def _with(region: VoxelRegion, covered: VoxelRegion, *, erasing: bool) -> VoxelRegion:
    return region - covered if erasing else region | covered


def _keep(stage: Stage, now: InHand, title: str) -> None:
    measuring, new = stage.study.measuring, stage.workspace.new_measurement
    before = measuring.volumetry.edited(now.uid, now.stack)
    measurement = with_region(before, now.region, now.stack, new)
    if not is_small(measurement):
        stage.brush.painted.emit(Stroke(title, measurement, before))
        return
    measuring.put(measurement, title)
    stage.select(measurement.uid)


VOLUME_TOOLS: Mapping[str, Tool] = {"volume_brush": paint, "volume_grow": seed}
"""By the name of their actions."""
