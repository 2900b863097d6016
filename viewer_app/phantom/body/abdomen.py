"""The organs below the diaphragm."""

from __future__ import annotations

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.body.bones import tube
from viewer_app.phantom.body.tree import clear_of, grow
from viewer_app.phantom.body.trunk import LIVER_DOME
from viewer_app.phantom.curves import Dice, around_z
from viewer_app.phantom.shapes import Behind, Capsule, Ellipsoid
from viewer_app.phantom.tissue import (
    FLUID,
    GALL,
    GAS,
    GUT_WALL,
    INNER_FAT,
    LESION,
    LIVER,
    LIVER_VESSEL,
    MUSCLE,
    PANCREAS,
    RENAL_CORTEX,
    RENAL_MEDULLA,
    SPLEEN,
    STOOL,
    Layer,
)

LESION_CENTER: Vector = (-78.0, -28.0, -122.0)
LESION_RADIUS_MM = 14.0

_STOMACH_TURN = around_z(0.2)
_STOMACH = Ellipsoid((66.0, -48.0, -124.0), (40.0, 40.0, 38.0), _STOMACH_TURN)
_STOMACH_INSIDE = Ellipsoid((66.0, -48.0, -124.0), (36.5, 36.5, 34.5), _STOMACH_TURN)
_FLUID_LEVEL_Y = -58.0


def abdomen() -> list[Layer]:
    """Liver with lesion, gall bladder, spleen, stomach, kidneys, pancreas, gut and psoas."""
    return [*_psoas(), *_liver(), *_kidneys(), *_spleen(), *_stomach(), *_gut()]


def _liver() -> list[Layer]:
    left = Ellipsoid((-6.0, -62.0, -124.0), (62.0, 33.0, 38.0), around_z(-0.1))
    vessels = [Layer(branch, LIVER_VESSEL) for root in _LIVER_ROOTS for branch in _vessels(*root)]
    return [
        Layer(LIVER_DOME, LIVER),
        Layer(left, LIVER),
        Layer(Capsule((-22.0, -22.0, -142.0), (-40.0, -24.0, -128.0), 7.5, 6.0), LIVER_VESSEL),
        *vessels,
        Layer(Ellipsoid((-34.0, -66.0, -176.0), (14.0, 19.0, 25.0)), GUT_WALL),
        Layer(Ellipsoid((-34.0, -66.0, -176.0), (12.5, 17.5, 23.5)), GALL),
        Layer(Ellipsoid.ball(LESION_CENTER, LESION_RADIUS_MM), LESION),
    ]


# Where a tree starts, the middle and the reach of the part it feeds, its seed.
_LIVER_ROOTS: tuple[tuple[Vector, Vector, Vector, int], ...] = (
    ((-22.0, -10.0, -92.0), (-70.0, -20.0, -115.0), (42.0, 52.0, 30.0), 5),
    ((-40.0, -24.0, -128.0), (-76.0, -20.0, -150.0), (38.0, 52.0, 36.0), 6),
    ((-16.0, -30.0, -104.0), (-4.0, -64.0, -120.0), (40.0, 20.0, 20.0), 7),
)


def _vessels(root: Vector, middle: Vector, reach: Vector, seed: int) -> list[Capsule]:
    dice = Dice(seed)
    ends: list[Vector] = []
    while len(ends) < 14:
        x, y, z = ((2 * dice.roll() - 1) for _ in range(3))
        if x * x + y * y + z * z < 1:
            ends.append((middle[0] + x * reach[0], middle[1] + y * reach[1], middle[2] + z * reach[2]))
    return [branch for branch in grow(root, ends, 1.3) if clear_of(branch, LESION_CENTER, LESION_RADIUS_MM + 3.0)]


def _kidneys() -> list[Layer]:
    layers: list[Layer] = []
    for side, z in ((-1, -176.0), (1, -162.0)):
        center = (side * 58.0, 27.0, z)
        axes = around_z(side * 0.3)
        layers += [
            Layer(Ellipsoid((side * 58.0, 25.0, z), (36.0, 31.0, 60.0), axes), INNER_FAT),
            Layer(Ellipsoid(center, (28.0, 23.0, 50.0), axes), RENAL_CORTEX),
            Layer(Ellipsoid(center, (21.0, 16.0, 42.0), axes), RENAL_MEDULLA),
            Layer(Ellipsoid((side * 44.0, 23.0, z), (19.0, 9.0, 22.0), axes), INNER_FAT),
            Layer(Capsule((side * 46.0, 22.0, z), (side * 20.0, 10.0, z + 4.0), 4.0, 4.5), LIVER_VESSEL),
        ]
    return layers


def _spleen() -> list[Layer]:
    return [Layer(Ellipsoid((95.0, 13.0, -141.0), (20.0, 34.0, 36.0), around_z(0.22)), SPLEEN)]


def _stomach() -> list[Layer]:
    outlet = ((58, -56, -146, 19), (36, -70, -172, 16), (4, -74, -182, 13), (-18, -62, -178, 10))
    return [
        *tube(outlet, GUT_WALL),
        *tube(outlet, FLUID, 4.0),
        Layer(_STOMACH, GUT_WALL),
        Layer(Behind(_STOMACH_INSIDE, _FLUID_LEVEL_Y), FLUID),
        Layer(Behind(_STOMACH_INSIDE, _FLUID_LEVEL_Y, -1), GAS),
    ]


def _gut() -> list[Layer]:
    pancreas = ((-24, -34, -172, 13), (2, -38, -164, 10), (34, -24, -158, 9.5), (66, -4, -152, 8.5), (84, 6, -146, 7))
    descending = ((98, -30, -168, 14), (103, 2, -182, 12), (100, 10, -205, 12), (98, 10, -260, 12))
    colon = ((104, -40, -172, 15), (86, -74, -200, 18), (40, -86, -212, 17), (-20, -88, -210, 17), (-70, -80, -216, 18))
    coils = (
        ((20, -40, -196, 12), (50, -46, -192, 13), (76, -34, -198, 12), (84, -6, -206, 12), (60, -20, -214, 12)),
        ((36, -46, -168, 10), (60, -58, -176, 12), (92, -50, -182, 12), (100, -22, -178, 12), (78, -26, -172, 12)),
        ((60, -10, -188, 11), (84, -34, -190, 12), (106, -26, -196, 12), (96, 4, -204, 11)),
        ((40, -62, -204, 11), (14, -52, -208, 12), (-12, -44, -202, 12), (-24, -30, -200, 12)),
    )
    layers = [*tube(pancreas, PANCREAS)]
    for coil in coils:
        layers += [*tube(coil, GUT_WALL), *tube(coil, FLUID, 4.5)]
    gas = [(x, y - 5.0, z, r - 8.0) for x, y, z, r in colon]
    return [
        *layers,
        *tube(colon, GUT_WALL),
        *tube(colon, STOOL, 3.0),
        *tube(gas, GAS),
        *tube(descending, GUT_WALL),
        *tube(descending, STOOL, 3.5),
    ]


def _psoas() -> list[Layer]:
    crura = [Layer(Capsule((s * 9.0, 12.0, -90.0), (s * 10.0, 16.0, -170.0), 5.0, 4.0), MUSCLE) for s in (-1, 1)]
    return crura + [
        Layer(Capsule((s * 24.0, 26.0, -150.0), (s * 36.0, 28.0, -260.0), 7.0, 20.0), MUSCLE) for s in (-1, 1)
    ]
