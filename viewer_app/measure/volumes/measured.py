"""A measured volume as a value, and several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from viewer_app.measure.quantity import Value

_PER_UNIT_ML = {"ml": 1.0, "mm³": 0.001}


class Method(Enum):
    """How a volume is measured; the value is what a reader is shown."""

    CONTOURS = "stacked contours"
    VOXELS = "voxels"
    ELLIPSOID = "ellipsoid"


@dataclass(frozen=True, slots=True)
class MeasuredVolume:
    """A volume in mm³, unrounded, with the rule it follows in words.

    `bound_mm3` says how far it may be off by the size of voxels and slabs, as `bound_rule` works it out; None where
    that is not known. It tells nothing of how well the border was drawn. `notes` are sentences a reader should know.
    """

    method: Method
    mm3: float
    rule: str
    bound_mm3: float | None = None
    bound_rule: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ml(self) -> float:
        """In millilitres: cm³, a thousandth of the mm³."""
        return self.mm3 / 1000.0

    @property
    def bound_percent(self) -> float | None:
        """The bound as a share of the volume; None for a volume of 0."""
        return None if self.bound_mm3 is None or not self.mm3 else 100.0 * self.bound_mm3 / self.mm3


@dataclass(frozen=True, slots=True)
class Side:
    """One of several volumes; `difference_percent` is (it - the first) / the first, None for the first itself."""

    volume: MeasuredVolume
    difference_percent: float | None


def side_by_side(volumes: Sequence[MeasuredVolume]) -> tuple[Side, ...]:
    """Each volume with its difference from the first in per cent of the first; none where the first is 0."""
    return tuple(
        Side(volume, None if number == 0 or not volumes[0].mm3 else 100.0 * (volume.mm3 / volumes[0].mm3 - 1.0))
        for number, volume in enumerate(volumes)
    )


def in_millilitres(value: Value) -> Value:
    """The value in ml where it is one in mm³, as every volume in the patient is told; any other as it is."""
    if value.unit != "mm³":
        return value
    number, spread = (None if one is None else one / 1000.0 for one in (value.number, value.uncertainty))
    return replace(value, number=number, uncertainty=spread, unit="ml")


def millilitres(value: Value) -> float | None:
    """The number of a volume in ml, whether it is told in ml or mm³; None without one."""
    factor = _PER_UNIT_ML.get(value.unit)
    return None if value.number is None or factor is None else value.number * factor
