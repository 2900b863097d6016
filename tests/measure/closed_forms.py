"""What every kind must tell of patient points, in closed form and in three dimensions, and of the pixels inside.

Nothing of `viewer_app.measure` is used: lengths by differences, angles by atan2, areas by cross products, the spline
by the recursion of Barry and Goldman, pixels by even-odd on a fine outline.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane

Truth = dict[str, float]

_FINE = 4000
_CHORDS = 100
SMOOTH = frozenset({"freehand", "spline"})
_TOO_NEAR = {True: 1.5e-3, False: 1e-4}  # of a pixel: a smooth outline may be decided as a polygon near it


def truth_of(kind: str, plane: Plane, points: Floats) -> Truth:
    """Lengths, areas and angles by quantity key, of patient points (n, 3) on a plane. KeyError: add the new kind."""
    return _TRUTHS[kind](plane, points)


def outline_of(kind: str, plane: Plane, points: Floats) -> Floats | None:
    """The closed outline (n, 3) of what a kind takes pixels from, finely; None for a kind that takes none."""
    make = _OUTLINES.get(kind)
    return None if make is None else make(plane, points)


def pixels_of(kind: str, plane: Plane, points: Floats, value_at: Callable[[Floats], Floats]) -> Truth | None:
    """Statistics of the pixels inside, whose centres have the values `value_at` tells of patient points (n, 3).

    {} for a kind that takes none; None where a centre lies too near to the outline to be sure of.
    """
    outline = outline_of(kind, plane, points)
    if outline is None:
        return {}
    seen = plane.to_pixels(outline)
    corner = np.floor(seen.min(axis=0)) - 1
    columns, rows = (np.ceil(seen.max(axis=0)) + 2 - corner).astype(int)
    pixels, sure = inside(seen - corner, (int(rows), int(columns)), _TOO_NEAR[kind in SMOOTH])
    values = value_at(plane.to_patient(pixels + corner))
    values = np.sort(values[np.isfinite(values)])
    place = np.floor(plane.to_pixels(points[:1]) + 0.5)
    return _summary(values) | {"value": float(value_at(plane.to_patient(place))[0])} if sure else None


def _summary(values: Floats) -> Truth:
    count = len(values)
    mean = math.fsum(values) / count
    square = math.fsum((values - mean) ** 2) / (count - 1)
    shares = {"median": 0.5} | {f"percentile_{share}": share / 100 for share in (5, 25, 75, 95)}
    orders = {key: float(np.interp(share * (count - 1), range(count), values)) for key, share in shares.items()}
    ends = {"minimum": float(values[0]), "maximum": float(values[-1])}
    return {"count": float(count), "mean": mean, "sd": math.sqrt(square), **ends, **orders}


def inside(outline: Floats, shape: tuple[int, int], too_near: float) -> tuple[Floats, bool]:
    """The pixels (n, 2) (column, row) of an image inside an outline of pixel points, and if that is beyond doubt."""
    found = np.zeros(shape, dtype=bool)
    sure = True
    for row in range(shape[0]):
        at = _crossings(outline, float(row))
        found[row] = np.searchsorted(at, np.arange(shape[1])) % 2 == 1
        sure &= not (np.abs(at - np.rint(at)) < too_near).any()
    for column in range(shape[1]):
        at = _crossings(outline[:, ::-1], float(column))
        sure &= not (np.abs(at - np.rint(at)) < too_near).any()
    rows, columns = np.nonzero(found)
    return np.column_stack([columns, rows]).astype(np.float64), bool(sure)


def _crossings(outline: Floats, y: float) -> Floats:
    """Where a closed outline crosses a row, in order."""
    end = np.roll(outline, -1, axis=0)
    over = (outline[:, 1] <= y) != (end[:, 1] <= y)
    (x0, y0), (x1, y1) = outline[over].T, end[over].T
    found: Floats = np.sort(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return found


def _length(points: Floats) -> float:
    return math.fsum(math.dist(a, b) for a, b in pairwise(points))


def _degrees(first: Floats, second: Floats) -> float:
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(first, second))), float(first @ second)))


def _area(points: Floats) -> float:
    """Of a polygon in space."""
    arms = points[1:] - points[0]
    return float(np.linalg.norm(np.cross(arms[:-1], arms[1:]).sum(axis=0))) / 2


def _sides(plane: Plane, points: Floats) -> tuple[float, float]:
    diagonal = points[1] - points[0]
    return abs(float(diagonal @ plane.row_direction)), abs(float(diagonal @ plane.column_direction))


def _distance(plane: Plane, points: Floats) -> Truth:
    return {"length": _length(points)}


def _two_diameters(plane: Plane, points: Floats) -> Truth:
    short, long = sorted((_length(points[:2]), _length(points[2:])))
    return {"long": long, "short": short}


def _angle(plane: Plane, points: Floats) -> Truth:
    return {"angle": _degrees(points[0] - points[1], points[2] - points[1])}


def _open_angle(plane: Plane, points: Floats) -> Truth:
    angle = _degrees(points[1] - points[0], points[3] - points[2])
    return {"angle": angle, "supplement": 180 - angle}


def _cobb(plane: Plane, points: Floats) -> Truth:
    small, large = sorted(_open_angle(plane, points).values())
    return {"cobb": small, "supplement": large}


def _rectangle(plane: Plane, points: Floats) -> Truth:
    short, long = sorted(_sides(plane, points))
    return {"area": short * long, "perimeter": 2 * (short + long), "long_side": long, "short_side": short}


def _ellipse(plane: Plane, points: Floats) -> Truth:
    short, long = sorted(_sides(plane, points))
    # Gauss: the arithmetic-geometric mean with its corrections gives the complete elliptic integral.
    a, b, c, power, total = long / 2, short / 2, math.sqrt(long**2 - short**2) / 2, 0.5, 0.0
    first = a
    for _ in range(40):
        total += power * c * c
        a, b, c, power = (a + b) / 2, math.sqrt(a * b), (a - b) / 2, power * 2
    around = 2 * math.pi * (first**2 - total) / a
    return {"area": math.pi * short * long / 4, "perimeter": around, "long_diameter": long, "short_diameter": short}


def _round(radius: float) -> Truth:
    return {"area": math.pi * radius**2, "perimeter": 2 * math.pi * radius, "diameter": 2 * radius}


def _center(points: Floats) -> Floats:
    """Of the circle through three points in space."""
    a, b = points[0] - points[2], points[1] - points[2]
    across = np.cross(a, b)
    found: Floats = points[2] + np.cross((a @ a) * b - (b @ b) * a, across) / (2 * across @ across)
    return found


def _polygon(plane: Plane, points: Floats) -> Truth:
    return {"area": _area(points), "perimeter": _length(np.vstack([points, points[:1]]))}


def _smooth(plane: Plane, points: Floats) -> Truth:
    curve = _spline(points, _CHORDS)
    area = float(np.linalg.norm(np.sum([_swept(points, piece) for piece in range(len(points))], axis=0))) / 2
    return {"area": area, "perimeter": _length(np.vstack([curve, curve[:1]]))}


def _spline(points: Floats, count: int) -> Floats:
    shares = np.arange(count) / count
    return np.concatenate([_piece(points, piece, shares) for piece in range(len(points))])


def _piece(points: Floats, piece: int, shares: Floats) -> Floats:
    """Places (m, 3) between point `piece` and the next, by the recursion of Barry and Goldman, centripetal."""
    p = [points[(piece + step) % len(points)] for step in (-1, 0, 1, 2)]
    t = np.cumsum([0.0, *(math.sqrt(math.dist(a, b)) for a, b in pairwise(p))])
    at = (t[1] + shares * (t[2] - t[1]))[:, None]
    level = [_mixed(p[k], p[k + 1], t[k], t[k + 1], at) for k in range(3)]
    level = [_mixed(level[k], level[k + 1], t[k], t[k + 2], at) for k in range(2)]
    return _mixed(level[0], level[1], t[1], t[2], at)


def _mixed(one: Floats, other: Floats, start: float, end: float, at: Floats) -> Floats:
    found: Floats = ((end - at) * one + (at - start) * other) / (end - start)
    return found


def _swept(points: Floats, piece: int) -> Floats:
    """The vector area swept by one piece about the first point: its cubic is known from four of its places."""
    shares = np.array([0.0, 1 / 3, 2 / 3, 1.0])
    cubic = np.linalg.solve(np.vander(shares, increasing=True), _piece(points, piece, shares) - points[0])
    powers = [(m, n) for m in range(4) for n in range(1, 4)]
    found: Floats = np.sum([n / (m + n) * np.cross(cubic[m], cubic[n]) for m, n in powers], axis=0)
    return found


def _nothing(plane: Plane, points: Floats) -> Truth:
    return {}


_TRUTHS: Mapping[str, Callable[[Plane, Floats], Truth]] = {
    "distance": _distance,
    "distance_3d": _distance,
    "polyline": _distance,
    "two_diameters": _two_diameters,
    "angle": _angle,
    "open_angle": _open_angle,
    "cobb": _cobb,
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "circle": lambda plane, points: _round(_length(points)),
    "circle_three_points": lambda plane, points: _round(math.dist(points[0], _center(points))),
    "polygon": _polygon,
    "freehand": _smooth,
    "spline": _smooth,
    "probe": _nothing,
    "arrow": _nothing,
    "text_note": _nothing,
}


def _oval(plane: Plane, center: Floats, across: float, down: float) -> Floats:
    turns = np.linspace(0, 2 * math.pi, _FINE * 4, endpoint=False)[:, None]
    found: Floats = (
        center
        + across * np.cos(turns) * np.asarray(plane.row_direction)
        + down * np.sin(turns) * np.asarray(plane.column_direction)
    )
    return found


def _box(plane: Plane, points: Floats) -> Floats:
    across = float((points[1] - points[0]) @ plane.row_direction) * np.asarray(plane.row_direction)
    return np.array([points[0], points[0] + across, points[1], points[1] - across])


def _largest_oval(plane: Plane, points: Floats) -> Floats:
    across, down = _sides(plane, points)
    return _oval(plane, points.mean(axis=0), across / 2, down / 2)


def _circle_about(plane: Plane, center: Floats, edge: Floats) -> Floats:
    return _oval(plane, center, math.dist(center, edge), math.dist(center, edge))


_OUTLINES: Mapping[str, Callable[[Plane, Floats], Floats]] = {
    "rectangle": _box,
    "ellipse": _largest_oval,
    "circle": lambda plane, points: _circle_about(plane, points[0], points[1]),
    "circle_three_points": lambda plane, points: _circle_about(plane, _center(points), points[0]),
    "polygon": lambda plane, points: points,
    "freehand": lambda plane, points: _spline(points, _FINE // len(points)),
    "spline": lambda plane, points: _spline(points, _FINE // len(points)),
    "probe": lambda plane, points: _oval(plane, points[0], 2.5, 2.5),
}
