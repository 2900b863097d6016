"""What lies beside the patient: the table, the calibration insert and the skin marker."""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.shapes import Block, Cylinder
from viewer_app.phantom.tissue import FOAM, MARKER, SHELL, WATER, Layer, Tissue


@dataclass(frozen=True, slots=True)
class Rod:
    """A rod along z in the calibration insert."""

    hu: float
    x: float


RODS = tuple(Rod(hu, -96.0 + 32.0 * i) for i, hu in enumerate((-100.0, 0.0, 50.0, 100.0, 200.0, 400.0, 800.0)))
ROD_Y = 110.0
ROD_RADIUS_MM = 9.0
SLAB_CENTER: Vector = (0.0, ROD_Y, 0.0)
_LONG = 1000.0
_MARKER = (112.0, -112.0, -10.0)


def table() -> list[Layer]:
    """A carbon shell around foam."""
    top = 125.0
    return [
        Layer(Block((0.0, top + 17.0, 0.0), (169.0, 17.0, _LONG), 12.0), SHELL),
        Layer(Block((0.0, top + 17.0, 0.0), (167.2, 15.2, _LONG), 10.5), FOAM),
    ]


def insert() -> list[Layer]:
    """The water-like slab and its rods: painted after the noise, so that they are exact."""
    rods = [
        Layer(Cylinder((rod.x, ROD_Y, 0.0), (ROD_RADIUS_MM, ROD_RADIUS_MM), _LONG), Tissue(rod.hu, 4.0)) for rod in RODS
    ]
    return [Layer(Block(SLAB_CENTER, (128.0, 14.0, _LONG), 5.0), WATER), *rods]


def marker() -> list[Layer]:
    """A dense letter L on the skin of the patient's left front, to be read on an axial slice (P11)."""
    x, y, z = _MARKER
    return [
        Layer(Block((x, y, z), (1.4, 9.0, 12.0), 0.6), MARKER),
        Layer(Block((x + 5.0, y + 7.6, z), (6.4, 1.4, 12.0), 0.6), MARKER),
    ]
