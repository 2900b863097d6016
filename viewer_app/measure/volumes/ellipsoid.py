"""The volume of an ellipsoid from three diameters."""

from __future__ import annotations

import math

from viewer_app.errors import VolumeError
from viewer_app.measure.volumes.measured import MeasuredVolume, Method

_RULE = "pi / 6 x the three diameters, as if they were the axes of an ellipsoid, at right angles"
_BOUND = "volume x uncertainty of a diameter x the sum of 1 / diameter"


def ellipsoid_volume(diameters_mm: tuple[float, float, float], each_mm: float | None = None) -> MeasuredVolume:
    """pi / 6 x a x b x c; `each_mm` is how far each diameter may be off, from which the bound follows.

    Raises:
        VolumeError: a diameter that is none.
    """
    if not all(0.0 < diameter < math.inf for diameter in diameters_mm):
        raise VolumeError("An ellipsoid needs three diameters longer than 0 mm.", "Draw the missing one.")
    volume = math.pi / 6.0 * math.prod(diameters_mm)
    if each_mm is None:
        return MeasuredVolume(Method.ELLIPSOID, volume, _RULE)
    bound = volume * each_mm * sum(1.0 / diameter for diameter in diameters_mm)
    return MeasuredVolume(Method.ELLIPSOID, volume, _RULE, bound, _BOUND)
