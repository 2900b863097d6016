"""Spine, ribs, breastbone, shoulder blades and collar bones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.body.trunk import RIGHT_LUNG
from viewer_app.phantom.curves import around_z, between, smooth_curve, turn
from viewer_app.phantom.shapes import Block, Capsule, Cylinder, Ellipsoid
from viewer_app.phantom.tissue import (
    CARTILAGE,
    CORD,
    CORTEX,
    DISC,
    FAT,
    MUSCLE,
    SPONGIOSA,
    THIN_CORTEX,
    Layer,
    Tissue,
)


@dataclass(frozen=True, slots=True)
class Vertebra:
    """A vertebral body with flat, level end plates: its centre, half height and the radii of its waist (mm)."""

    name: str
    center: Vector
    half_height: float
    radii: tuple[float, float]


def _vertebrae() -> tuple[Vertebra, ...]:
    names = [f"T{n}" for n in range(1, 13)] + ["L1", "L2", "L3"]
    z, found = 122.0, []
    for index, name in enumerate(names):
        half = 8.5 + 0.35 * index
        radii = (13.5 + 0.55 * index, 11.5 + 0.35 * index)
        found.append(Vertebra(name, (0.0, 28.0, z - half), half, radii))
        z -= 2 * half + 3.0 + 0.25 * index
    return tuple(found)


VERTEBRAE = _vertebrae()
_CANAL_Y = 51.5
_RIBS = 11
# Half tangents of the angle along a rib, from its neck (behind) to its front end; 0 is straight back.
_REACH = (5.0, 6.0, 8.0, 9.0, 9.0, 7.0, 4.6, 3.0, 2.2, 1.5, 0.8)


def bones() -> list[Layer]:
    """All bones, with the spinal canal and the discs."""
    return [*_ribs(), *_spine(), *_breastbone(), *_shoulders()]


def tube(points: Sequence[Sequence[float]], tissue: Tissue, shrink: float = 0.0, steps: int = 4) -> list[Layer]:
    """A smooth tube through points of (x, y, z, radius), each radius smaller by `shrink` mm."""
    curve = smooth_curve(points, steps)
    return [
        Layer(Capsule((a[0], a[1], a[2]), (b[0], b[1], b[2]), a[3] - shrink, b[3] - shrink), tissue)
        for a, b in pairwise(curve)
    ]


def _spine() -> list[Layer]:
    discs = [
        Layer(Cylinder(between(a.center, b.center, 0.5), (a.radii[0] - 0.5, a.radii[1] - 0.5), 5.0), DISC)
        for a, b in pairwise(VERTEBRAE)
    ]
    bodies = [layer for vertebra in VERTEBRAE for layer in _vertebra(vertebra)]
    canal = [Layer(Cylinder((0.0, _CANAL_Y, -40.0), (10.0, 8.0), 400.0), FAT)]
    cord = [Layer(Cylinder((0.0, _CANAL_Y, -40.0), (8.6, 6.8), 400.0), CORD)]
    return [*discs, *bodies, *canal, *cord]


def _vertebra(vertebra: Vertebra) -> list[Layer]:
    (x, _, z), half, (a, b) = vertebra.center, vertebra.half_height, vertebra.radii
    arch = Cylinder((x, _CANAL_Y + 0.5, z + 1.0), (14.0, 12.0), half * 0.55)
    inner = Cylinder((x, _CANAL_Y + 0.5, z + 1.0), (12.6, 10.6), half * 0.55 - 1.4)
    spine = ((0.0, 62.0, z - 1.0), (0.0, 80.0, z - 14.0))
    layers = [Layer(arch, CORTEX), Layer(inner, SPONGIOSA), Layer(Capsule(*spine, 3.8, 3.0), THIN_CORTEX)]
    layers.append(Layer(Capsule(*spine, 2.4, 1.6), SPONGIOSA))
    for side in (-1, 1):
        wing = ((side * 10.0, 51.0, z + 2.0), (side * 28.0, 60.0, z + 3.0))
        layers += [Layer(Capsule(*wing, 5.2, 4.2), THIN_CORTEX), Layer(Capsule(*wing, 3.8, 2.8), SPONGIOSA)]
    layers.append(Layer(Cylinder(vertebra.center, (a, b), half), THIN_CORTEX))
    layers.append(Layer(Cylinder(vertebra.center, (a - 1.1, b - 1.1), half - 1.1), SPONGIOSA))
    return layers


def _ribs() -> list[Layer]:
    layers: list[Layer] = []
    for number in range(_RIBS):
        for side in (-1, 1):
            course = _rib(number, side)
            layers += tube(course, CORTEX, 0.0, steps=2)
            layers += tube(course, SPONGIOSA, 1.7, steps=2)
            if number < 8:
                layers += tube(_costal_cartilage(course[-1], number, side), CARTILAGE)
    return layers


def _rib(number: int, side: int) -> list[tuple[float, float, float, float]]:
    """Points (x, y, z, radius) around the lung, from the spine to the front, sinking on the way."""
    top = VERTEBRAE[number].center[2] + VERTEBRAE[number].half_height
    sink = 28.0 + 7.0 * min(number, 6)
    radius = 5.0 if number else 4.4
    course = [(side * 17.0, 41.0, top, radius - 0.4)]
    first, last, pieces = -0.32, _REACH[number], 14
    for piece in range(pieces + 1):
        part = piece / pieces
        # Nearly equal steps of the angle, without an arc tangent.
        half = first + (last - first) * part / (1 + (last - 1) * (1 - part))
        cosine, sine = turn(half)
        z = top - sink * (1 - cosine) / 2 - 4.0 * part
        x, y, a, b = RIGHT_LUNG.at(min(z, 102.0))
        course.append((side * (-x + (a + 7.6) * sine), y + (b + 7.6) * cosine, z, radius))
    return course


def _costal_cartilage(front: Sequence[float], number: int, side: int) -> list[tuple[float, float, float, float]]:
    x, y, z, radius = front
    goal = (side * 15.0, -103.0 + 3.0 * (number < 2), 84.0 - 19.0 * min(number, 6))
    if number == 0:
        goal = (side * 22.0, -92.0, 90.0)
    bend = ((x + goal[0]) / 2, min(y, goal[1]) - 0.5, (z * 1.3 + goal[2] * 0.7) / 2 - 4.0)
    return [(x, y, z, radius), (*bend, radius - 0.4), (*goal, radius - 1.0)]


def _breastbone() -> list[Layer]:
    parts = (((0.0, -97.0, 78.0), (26.0, 6.5, 21.0)), ((0.0, -105.0, 5.0), (16.5, 5.5, 50.0)))
    layers = []
    for center, (a, b, c) in parts:
        layers.append(Layer(Block(center, (a, b, c), 4.5), THIN_CORTEX))
        layers.append(Layer(Block(center, (a - 1.3, b - 1.3, c - 1.3), 3.6), SPONGIOSA))
    return layers


def _shoulders() -> list[Layer]:
    layers: list[Layer] = []
    for side in (-1, 1):
        axes = around_z(side * -0.33)
        blade = (side * 105.0, 53.0, 68.0)
        layers.append(Layer(Ellipsoid(blade, (42.0, 12.0, 58.0), axes), FAT))
        layers.append(Layer(Ellipsoid(blade, (39.5, 9.8, 56.0), axes), MUSCLE))
        layers.append(Layer(Ellipsoid(blade, (36.0, 2.6, 54.0), axes), CORTEX))
        layers.append(Layer(Ellipsoid(blade, (32.0, 1.2, 50.0), axes), SPONGIOSA))
        collar = [
            (side * 22, -90, 99, 6.5),
            (side * 55, -86, 106, 5.2),
            (side * 95, -66, 114, 5.2),
            (side * 130, -40, 124, 6),
        ]
        layers += tube(collar, CORTEX)
        layers += tube(collar, SPONGIOSA, 2.0)
    return layers
