"""Volume of an ellipsoid from three diameters, with the statistics of the voxels inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.sr.codedict import codes

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.slices import frame_of_reference
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.kind import FreePoints, Gesture, Images, Number, Outline
from viewer_app.measure.measurement import Figure, Measurement
from viewer_app.measure.quantity import Dimension, Quantity, Value
from viewer_app.measure.stack_kind import COUNTS, NOT_HERE, PIXELS, refused, voxel_numbers
from viewer_app.measure.volumes import VoxelRegion, body_of, body_region, ellipsoid_volume, region_statistics
from viewer_app.progress import Watch

_DIAMETERS = 3
_OTHER_SERIES = "of the voxels of the series of the first diameter"


class Ellipsoid(FreePoints):
    """Each two points are a diameter; those of one figure lie on its plane, others on other slices or planes.

    Its volume is of the diameters alone; its statistics are of the stack on which the first one lies.
    """

    name, title, shortcut, icon = "ellipsoid", "Ellipsoid", "", "volume"
    gesture, min_points, max_points = Gesture.STACK, 2, 6
    counts_voxels = True
    quantities = (
        Quantity("volume", "Volume of the ellipsoid", Dimension.VOLUME, codes.SCT.Volume),
        Quantity("first", "First diameter", Dimension.LENGTH),
        Quantity("second", "Second diameter", Dimension.LENGTH),
        Quantity("third", "Third diameter", Dimension.LENGTH),
        *PIXELS,
        *COUNTS,
    )

    def outline(self, points: Floats, mm_per_pixel: float) -> Outline:
        """The diameters on this plane."""
        return Outline(tuple(points[place : place + 2] for place in range(0, len(points) - 1, 2)))

    def evaluate(self, figures: Sequence[Figure], images: Images) -> dict[str, Number]:
        """`volume`, pi / 6 of the product of the diameters, and each of them, from patient coordinates."""
        return self._sizes(figures) | {one.key: Number(None, NOT_HERE) for one in (*PIXELS, *COUNTS)}

    def of_stack(
        self, measurement: Measurement, volume: Volume | None, watch: Watch | None = None
    ) -> tuple[Value, ...] | None:
        """The statistics of the voxels inside; where there are none, each value says why."""
        if volume is None:
            return None
        try:
            region, remark = _inside(measurement, volume.stack)
            return voxel_numbers(region_statistics(volume, region, watch), volume, remark)
        except VolumeError as error:
            return tuple(refused(one, error.what) for one in (*PIXELS, *COUNTS))

    def voxels(self, measurement: Measurement, stack: Stack) -> VoxelRegion:
        """Those with their centres inside the ellipsoid; VolumeError where the diameters make none there."""
        return _inside(measurement, stack)[0]

    def remark(self, measurement: Measurement, stack: Stack) -> str:
        """What part of it is not counted, and in which series the rest is."""
        return _inside(measurement, stack)[1]

    def _sizes(self, figures: Sequence[Figure]) -> dict[str, Number]:
        points, sizes = ends_of(figures), self.quantities[: 1 + _DIAMETERS]
        if len(points) != 2 * _DIAMETERS:
            return {quantity.key: Number(None, "it needs three diameters") for quantity in sizes}
        if len({figure.plane.unit for figure in figures}) > 1:
            return {quantity.key: Number(None, "the diameters have different units") for quantity in sizes}
        first, second, third = np.linalg.norm(points[1::2] - points[::2], axis=1).tolist()
        lengths = {"first": Number(first), "second": Number(second), "third": Number(third)}
        try:
            return {"volume": Number(ellipsoid_volume((first, second, third)).mm3)} | lengths
        except VolumeError as error:
            return {"volume": Number(None, error.what)} | lengths


def ends_of(figures: Sequence[Figure]) -> Floats:
    """(n, 3): both ends of each diameter after one another."""
    return np.array([point for figure in figures for point in figure.points], dtype=np.float64)


def _inside(measurement: Measurement, stack: Stack) -> tuple[VoxelRegion, str]:
    """The voxels of a stack inside, and what is to be said of them."""
    figures = measurement.figures
    if len(ends_of(figures)) != 2 * _DIAMETERS:
        raise VolumeError("It needs three diameters.", "Draw the missing one.")
    is_own = [_is_of(figure, stack) for figure in figures]
    _refuse_other_space(figures, stack, is_all_own=all(is_own))
    region, notes = body_region(stack, body_of(ends_of(figures)))
    return region, "; ".join((*notes, *(() if all(is_own) else (_OTHER_SERIES,))))


def _is_of(figure: Figure, stack: Stack) -> bool:
    made, on = figure.reconstruction, figure.reference
    if made is not None:
        return (made.series_uid, made.stack) == (stack.info.series_uid, stack.number)
    return on is not None and stack.index_of(on.sop_instance_uid, on.frame) is not None


def _refuse_other_space(figures: Sequence[Figure], stack: Stack, *, is_all_own: bool) -> None:
    """All lie in the Frame of Reference of the stack; where that has no name, on the stack itself."""
    spaces = {figure.plane.frame_of_reference_uid if figure.plane.located else None for figure in figures}
    name = frame_of_reference(stack)
    if spaces != {name} or not (name or is_all_own):
        raise VolumeError(
            "The diameters do not lie in the space of one series: no statistics.", "Draw them on images of one series."
        )
