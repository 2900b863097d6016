"""Skin, fat, muscle, lungs and the fat between and below them."""

from __future__ import annotations

from viewer_app.phantom.curves import around_z
from viewer_app.phantom.loft import Knot, Loft
from viewer_app.phantom.shapes import Ellipsoid
from viewer_app.phantom.tissue import FAT, INNER_FAT, LUNG, MUSCLE, SKIN, Layer

# (z, centre x, centre y, half width, half depth), mm.
OUTLINE = Loft.through(
    (
        (-260, 0, -20, 154, 112),
        (-200, 0, -20, 156, 113),
        (-140, 0, -20, 160, 115),
        (-60, 0, -20, 163, 115),
        (20, 0, -20, 164, 114),
        (70, 0, -16, 166, 108),
        (110, 0, -10, 168, 98),
        (180, 0, -6, 150, 84),
    ),
    squareness=0.45,
)
WALL = Loft.through(
    (
        (-260, 0, -19, 134, 92),
        (-200, 0, -19, 137, 93),
        (-140, 0, -18, 146, 97),
        (-60, 0, -18, 152, 101),
        (20, 0, -17, 153, 100),
        (70, 0, -13, 154, 95),
        (110, 0, -7, 153, 85),
        (180, 0, -4, 136, 72),
    ),
    squareness=0.35,
)
BELLY = Loft.through(
    (
        (-260, 0, -32, 117, 70),
        (-200, 0, -31, 122, 73),
        (-176, 0, -28, 130, 74),
        (-156, 0, -26, 134, 74),
        (-110, 0, -26, 134, 74),
    ),
    squareness=0.3,
)
_LUNG_KNOTS: tuple[Knot, ...] = (
    (-152, -72, -17, 63, 78),
    (-90, -71, -17, 65, 82),
    (-30, -69, -16, 63, 82),
    (20, -65, -14, 58, 79),
    (60, -55, -9, 47, 68),
    (86, -45, -2, 33, 49),
    (100, -40, 5, 21, 30),
    (107, -38, 9, 11, 15),
    (111, -37, 10, 2, 3),
)
_DOME_KNOTS: tuple[Knot, ...] = (
    (-240, -65, -21, 58, 74),
    (-152, -71, -18, 65, 81),
    (-136, -70, -20, 64, 80),
    (-118, -67, -24, 60, 75),
    (-98, -64, -28, 51, 66),
    (-84, -63, -28, 39, 50),
    (-75, -62, -28, 23, 30),
    (-71, -62, -28, 7, 9),
)


def _mirrored(knots: tuple[Knot, ...], lower: int) -> tuple[Knot, ...]:
    """The knots on the patient's other side, `lower` mm nearer to the feet."""
    return tuple((z - lower, -x, y, a, b) for z, x, y, a, b in knots)


RIGHT_LUNG = Loft.through(_LUNG_KNOTS)
LEFT_LUNG = Loft.through(_mirrored(_LUNG_KNOTS, 0))
RIGHT_DOME = Loft.through(_DOME_KNOTS)
LEFT_DOME = Loft.through(_mirrored(_DOME_KNOTS[1:], 7))
LIVER_DOME = Loft.through(tuple((z - (2 if z > -240 else 0), x, y, a - 2, b - 2) for z, x, y, a, b in _DOME_KNOTS))
_UNDER_LEFT_DOME = Loft.through(
    (
        (-215, 58, -25, 48, 60),
        (-165, 70, -19, 62, 77),
        *_mirrored(tuple((z, x, y, a - 2, b - 2) for z, x, y, a, b in _DOME_KNOTS[2:]), 9),
    )
)
MEDIASTINUM = Loft.through(
    (
        (-160, 2, -25, 26, 74),
        (-100, 6, -25, 28, 72),
        (-30, 4, -28, 27, 72),
        (20, 0, -30, 28, 70),
        (60, 0, -26, 25, 62),
        (95, 0, -22, 24, 58),
        (125, 0, -16, 26, 50),
    ),
    squareness=0.2,
)
LUNGS = (RIGHT_LUNG, LEFT_LUNG)


def trunk() -> list[Layer]:
    """From the skin inwards, the lungs and the domes of the diaphragm last."""
    return [
        Layer(OUTLINE, SKIN),
        Layer(OUTLINE.grown(-2.0, -2.0), FAT),
        Layer(WALL, MUSCLE),
        *_wall_planes(),
        Layer(BELLY, INNER_FAT),
        *(Layer(lung.grown(1.6, 1.6), MUSCLE) for lung in LUNGS),
        *(Layer(lung, LUNG) for lung in LUNGS),
        Layer(MEDIASTINUM, INNER_FAT),
        *(Layer(dome, MUSCLE) for dome in (RIGHT_DOME, LEFT_DOME)),
        Layer(_UNDER_LEFT_DOME, INNER_FAT),
        Layer(Ellipsoid((20.0, -25.0, -142.0), (26.0, 64.0, 46.0)), INNER_FAT),
    ]


def _wall_planes() -> list[Layer]:
    """Fat planes between the muscles of chest and back, and the fat of the armpits."""
    layers = []
    for side in (-1, 1):
        leaning = around_z(side * 0.22)
        upright = around_z(side * -0.06)
        layers += [
            Layer(Ellipsoid((side * 74.0, -95.0, 38.0), (40.0, 3.0, 44.0), leaning), FAT),
            Layer(Ellipsoid((side * 146.0, -10.0, -10.0), (3.0, 46.0, 90.0), upright), FAT),
            Layer(Ellipsoid((side * 136.0, -22.0, 78.0), (15.0, 24.0, 46.0), around_z(side * 0.2)), FAT),
            Layer(Ellipsoid((side * 62.0, 68.0, 20.0), (44.0, 2.2, 90.0), around_z(side * -0.16)), FAT),
            Layer(Ellipsoid((side * 78.0, -70.0, 104.0), (44.0, 4.0, 26.0), around_z(side * 0.3)), FAT),
            Layer(Ellipsoid((side * 88.0, -30.0, 112.0), (26.0, 10.0, 20.0), around_z(side * -0.2)), FAT),
            Layer(Ellipsoid((side * 66.0, 40.0, 112.0), (34.0, 5.0, 24.0), around_z(side * -0.3)), FAT),
            Layer(Ellipsoid((side * 33.0, 62.0, -40.0), (2.0, 12.0, 150.0), upright), FAT),
        ]
    return layers
