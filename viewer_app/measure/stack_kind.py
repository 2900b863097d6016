"""What volumes share: numbers that need the whole stack, from its geometry and from the voxels inside (C32, C33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydicom.sr.codedict import codes

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.measure.pixels import MOMENTS, ORDERS
from viewer_app.measure.quantity import Dimension, Quantity, Value
from viewer_app.measure.volumes import (
    MeasuredVolume,
    StackGrid,
    VolumeStatistics,
    VoxelRegion,
    region_statistics,
)
from viewer_app.progress import Watch

VOLUME = Quantity("volume", "Volume", Dimension.VOLUME, codes.SCT.Volume)
BOUND = Quantity("bound", "Volume may be off by", Dimension.VOLUME)
COUNTS = (
    Quantity("count", "Voxels", Dimension.COUNT),
    Quantity("excluded", "Voxels left out (no value)", Dimension.COUNT),
)
PIXELS = (*MOMENTS, *ORDERS)

NOT_HERE = "not all images of the series are here"


class StackKind(FreePoints):
    """A kind whose numbers need all images of a stack. One of them says which voxels it has and how it is measured."""

    name: str
    title: str
    shortcut, icon = "", "volume"
    gesture, min_points, max_points = Gesture.STACK, 1, 1
    by_voxels = True
    counts_voxels = True
    quantities: tuple[Quantity, ...] = (VOLUME, BOUND, *PIXELS, *COUNTS)
    counted = ""
    """Which voxels the statistics are of, where those are not all that make the volume."""

    def measured(self, measurement: Measurement, stack: Stack) -> MeasuredVolume:
        """The volume with its rule; VolumeError where there is none."""
        raise NotImplementedError

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion:
        """The voxels inside, for statistics and for the picture; VolumeError where the stack is another one."""
        raise NotImplementedError

    def remark(self, measurement: Measurement, stack: Stack) -> str:
        """What is `counted`."""
        return self.counted

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """None: volumes are drawn as voxels."""
        return Outline(())

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """No number from single images."""
        return {quantity.key: Number(None, NOT_HERE) for quantity in self.quantities}

    def of_stack(
        self, measurement: Measurement, volume: Volume | None, watch: Watch | None = None
    ) -> tuple[Value, ...] | None:
        """All values, in the order of `quantities`; None without a volume.

        The provenance of a volume names the rule it follows. Where there is no number, each value says why.
        `watch` is told how far it is; Cancelled once nobody wants them.
        """
        if volume is None:
            return None
        try:
            if measurement.region is not None and measurement.region.grid != StackGrid.of(volume.stack):
                raise VolumeError("The volume belongs to other images.", "Draw it anew.")
            found = self.measured(measurement, volume.stack)
            inside = region_statistics(volume, self.voxels(measurement, volume.stack), watch)
        except VolumeError as error:
            return tuple(refused(one, error.what) for one in self.quantities)
        return (*_volumes(found, volume.stack), *voxel_numbers(inside, volume, self.counted))


def _volumes(found: MeasuredVolume, stack: Stack) -> tuple[Value, Value]:
    scale, notes = stack.images[0].plane.calibration.value, " ".join(found.notes)
    bound = None if found.bound_mm3 is None else found.bound_mm3 / 1000.0
    rule = f"{scale}; {found.method.value}: {found.rule}"
    whole = Value(*_named(VOLUME), found.ml, "ml", rule, notes, uncertainty=bound)
    return whole, Value(*_named(BOUND), bound, "ml", found.bound_rule, "" if bound is not None else "not known")


def refused(quantity: Quantity, why: str) -> Value:
    """A value without a number."""
    return Value(*_named(quantity), None, "", note=why)


def voxel_numbers(inside: VolumeStatistics, volume: Volume, counted: str) -> tuple[Value, ...]:
    """The values of `PIXELS` and `COUNTS`; `counted` is said of them."""
    basic, orders, note = inside.basic, dict(inside.percentiles), "; ".join(filter(None, (inside.note, counted)))
    numbers = {quantity.key: getattr(basic, quantity.key) for quantity in MOMENTS}
    numbers |= {"median": inside.median} | {f"percentile_{share:g}": value for share, value in orders.items()}
    provenance = volume.image(0).provenance
    blank = Value("", "", Dimension.PIXEL_VALUE, None, inside.unit, provenance)
    values = [_filled(blank, quantity, numbers.get(quantity.key), note) for quantity in PIXELS]
    counts = (Value(*_named(one), float(getattr(basic, one.key)), "") for one in COUNTS)
    return (*values, *counts)


def _filled(blank: Value, quantity: Quantity, number: float | None, note: str) -> Value:
    why = note or ("" if number is not None else "one voxel only")
    return replace(blank, key=quantity.key, title=quantity.title, number=number, note=why)


def _named(quantity: Quantity) -> tuple[str, str, Dimension]:
    return quantity.key, quantity.title, quantity.dimension
