"""The fictitious patient, in the order it is painted."""

from __future__ import annotations

from functools import cache

from viewer_app.phantom.body.abdomen import abdomen
from viewer_app.phantom.body.bones import bones
from viewer_app.phantom.body.chest import chest
from viewer_app.phantom.body.insert import insert, marker, table
from viewer_app.phantom.body.trunk import trunk
from viewer_app.phantom.tissue import Layer


def noisy_layers(nodule_diameters: tuple[float, ...], finest_mm: float = 0.0) -> list[Layer]:
    """Patient, table and skin marker; noise is added to these.

    Lung vessels thinner than `finest_mm` in radius are left out.
    """
    return [*_up_to_the_lungs(), *chest(nodule_diameters, finest_mm), *marker()]


@cache
def _up_to_the_lungs() -> tuple[Layer, ...]:
    return (*table(), *trunk(), *bones(), *abdomen())


def exact_layers() -> list[Layer]:
    """The calibration insert, free of noise."""
    return insert()
