"""Windpipe, heart, great vessels, lung vessels and the nodules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.body.bones import tube
from viewer_app.phantom.body.tree import clear_of, grow
from viewer_app.phantom.body.trunk import LEFT_DOME, LEFT_LUNG, MEDIASTINUM, RIGHT_DOME, RIGHT_LUNG
from viewer_app.phantom.curves import Dice, around_z
from viewer_app.phantom.loft import Loft
from viewer_app.phantom.shapes import Capsule, Ellipsoid, Shape
from viewer_app.phantom.tissue import (
    AIRWAY_WALL,
    BLOOD,
    GAS,
    INNER_FAT,
    LUNG_VESSEL,
    MYOCARDIUM,
    NODULE,
    OESOPHAGUS,
    Layer,
)


@dataclass(frozen=True, slots=True)
class Nodule:
    """A ball in the lung; its diameter (mm) now and one year before."""

    key: str
    title: str
    center: Vector
    diameter_mm: float
    prior_diameter_mm: float


NODULES = (
    Nodule("nodule-a", "Nodule A, right upper lobe", (-82.0, -28.0, 38.0), 14.0, 10.0),
    Nodule("nodule-b", "Nodule B, left lower lobe", (92.0, 22.0, -50.0), 9.0, 7.0),
    Nodule("nodule-c", "Nodule C, right lower lobe", (-76.0, 30.0, -46.0), 6.0, 5.0),
)
AORTA_RADIUS_MM = 12.5
# The straight, level-sided piece of the descending aorta.
AORTA_TOP: Vector = (24.0, 10.0, 22.0)
AORTA_BOTTOM: Vector = (24.0, 10.0, -70.0)

_HEART_TURN = around_z(0.27)
_PERICARDIUM = Ellipsoid((22.0, -46.0, -46.0), (62.0, 44.0, 48.0), _HEART_TURN)
_AIRWAY = (
    ((0, -10, 135, 8.8), (0, -9, 80, 8.8), (1, -6, 44, 8.6), (0, -4, 36, 8.6)),
    ((-4, -4, 36, 7.4), (-20, -3, 22, 6.8), (-36, -2, 8, 5.6), (-50, 4, -12, 4.2), (-60, 14, -32, 3.0)),
    ((5, -4, 36, 7.0), (22, -3, 22, 6.2), (42, -1, 12, 5.4), (55, 8, -8, 4.0), (64, 18, -30, 2.8)),
    ((-24, -3, 20, 5.2), (-40, -8, 28, 4.4), (-52, -12, 40, 3.2), (-58, -16, 54, 2.2)),
    ((42, -2, 12, 4.6), (54, -14, 18, 3.8), (62, -24, 30, 2.6), (66, -28, 42, 1.9)),
    ((-44, 0, 0, 4.0), (-58, -22, -10, 3.2), (-68, -38, -20, 2.2)),
)
_VESSELS = (
    (
        (-12, -38, -14, 15),
        (-16, -40, 10, 15.5),
        (-14, -34, 32, 15),
        (-4, -20, 50, 14),
        (12, -2, 54, 13),
        (22, 8, 42, 12.5),
        (*AORTA_TOP, 12.5),
    ),
    ((*AORTA_BOTTOM, 12.5), (22, 11, -100, 12.2), (14, 8, -140, 11), (9, 5, -200, 10), (8, 4, -260, 9.5)),
    ((-8, -26, 54, 6.5), (-14, -22, 84, 6.2), (-22, -16, 130, 5)),
    ((4, -10, 60, 4.8), (10, -14, 90, 4.4), (18, -12, 130, 4)),
    ((16, -2, 58, 5.2), (22, 0, 86, 5), (32, -2, 130, 4.6)),
    ((-22, -30, -20, 10), (-25, -30, 20, 9.5), (-24, -30, 62, 9), (-26, -34, 88, 7.5), (-30, -30, 130, 7)),
    ((-24, -34, 70, 6.5), (0, -48, 76, 6), (26, -40, 92, 6), (34, -30, 130, 6)),
    ((-18, -22, -58, 11), (-19, -8, -92, 12), (-18, 0, -140, 12), (-17, 5, -200, 11.5), (-17, 6, -260, 11)),
    ((12, -66, -20, 14), (16, -56, 6, 14), (18, -40, 18, 12.5), (30, -20, 22, 10), (42, -8, 16, 8.5)),
    ((18, -40, 17, 11), (0, -22, 17, 9.5), (-24, -14, 12, 9.2), (-42, -6, 2, 7.5)),
    ((30, -8, -22, 6.5), (46, 4, -26, 5.2), (58, 10, -34, 4)),
    ((-14, -6, -24, 6.5), (-32, 2, -26, 5.5), (-48, 6, -34, 4)),
    ((-9, 13, 40, 3.2), (-10, 13, -40, 3.4), (-9, 12, -180, 3.2)),
)


def chest(diameters: tuple[float, ...], finest_mm: float) -> list[Layer]:
    """Everything inside the chest but the lungs themselves, the nodules (of these diameters) last.

    Lung vessels thinner than `finest_mm` in radius are left out.
    """
    nodules = [Ellipsoid.ball(n.center, d / 2) for n, d in zip(NODULES, diameters, strict=True)]
    gullet = [(4, 9, 130, 7.5), (7, 8, 60, 7), (8, 6, 0, 7.5), (10, 0, -60, 8), (22, -14, -102, 8)]
    return [
        *(Layer(branch, LUNG_VESSEL) for branch in _lung_vessels() if branch.start_radius >= finest_mm),
        *_heart(),
        *(layer for course in _VESSELS for layer in tube(course, BLOOD)),
        Layer(Capsule(AORTA_TOP, AORTA_BOTTOM, AORTA_RADIUS_MM, AORTA_RADIUS_MM), BLOOD),
        *tube(gullet, OESOPHAGUS),
        Layer(Capsule((7.0, 7.0, 70.0), (8.0, 6.0, 20.0), 1.8, 1.2), GAS),
        *(layer for course in _AIRWAY for layer in tube(course, AIRWAY_WALL, -1.4)),
        *(layer for course in _AIRWAY for layer in tube(course, GAS)),
        *(Layer(nodule, NODULE) for nodule in nodules),
    ]


def _heart() -> list[Layer]:
    return [
        Layer(_PERICARDIUM, INNER_FAT),
        Layer(Ellipsoid((-25.0, -46.0, -40.0), (23.0, 27.0, 33.0)), BLOOD),
        Layer(Ellipsoid((10.0, -15.0, -20.0), (34.0, 18.0, 23.0)), BLOOD),
        Layer(Ellipsoid((10.0, -68.0, -48.0), (42.0, 21.0, 37.0), _HEART_TURN), MYOCARDIUM),
        Layer(Ellipsoid((10.0, -68.0, -47.0), (39.0, 18.5, 34.0), _HEART_TURN), BLOOD),
        Layer(Ellipsoid((40.0, -43.0, -50.0), (43.0, 29.0, 38.0), _HEART_TURN), MYOCARDIUM),
        Layer(Ellipsoid((36.0, -43.0, -47.0), (32.0, 18.5, 28.0), _HEART_TURN), BLOOD),
    ]


@cache
def _lung_vessels() -> tuple[Capsule, ...]:
    """Arteries and veins of both lungs, filling them evenly and keeping clear of the nodules."""
    branches: list[Capsule] = []
    sides = ((RIGHT_LUNG, (-38.0, -6.0, 4.0), (-30.0, 2.0, -24.0)), (LEFT_LUNG, (40.0, -8.0, 16.0), (44.0, 4.0, -24.0)))
    for number, (lung, artery, vein) in enumerate(sides):
        branches += _fill(lung, artery, 720, 11 + number)
        branches += _fill(lung, vein, 480, 21 + number)
    return tuple(branches)


def _fill(lung: Loft, root: Vector, ends: int, seed: int) -> list[Capsule]:
    branches = grow(root, _places(lung, ends, seed), 0.56)
    return [branch for branch in branches if all(clear_of(branch, n.center, n.diameter_mm / 2 + 1.5) for n in NODULES)]


def _places(lung: Loft, count: int, seed: int) -> list[Vector]:
    """`count` places well inside the lung, outside heart, mediastinum and diaphragm."""
    dice = Dice(seed)
    low, high = lung.box
    spread = [[a + (b - a) * dice.roll() for a, b in zip(low, high, strict=True)] for _ in range(8 * count)]
    cloud = np.array(spread, dtype=np.float32)
    x, y, z = cloud.T
    keep = lung.distance(x, y, z) < -4.0
    obstacles: tuple[Shape, ...] = (_PERICARDIUM, MEDIASTINUM, RIGHT_DOME, LEFT_DOME)
    for obstacle in obstacles:
        keep &= obstacle.distance(x, y, z) > 4.0
    return [(float(a), float(b), float(c)) for a, b, c in cloud[keep][:count]]
