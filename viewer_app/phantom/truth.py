"""What is true of the sample study: every number from a formula, none measured in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from viewer_app.imaging.geometry import Vector
from viewer_app.phantom.body.abdomen import LESION_CENTER, LESION_RADIUS_MM
from viewer_app.phantom.body.bones import VERTEBRAE, Vertebra
from viewer_app.phantom.body.chest import AORTA_RADIUS_MM, AORTA_TOP, NODULES, Nodule
from viewer_app.phantom.body.insert import ROD_RADIUS_MM, ROD_Y, RODS, Rod
from viewer_app.phantom.series import PRIOR_SHIFT_MM

SeriesKey = Literal["ct", "mr", "prior"]
TruthKind = Literal["length", "angle", "area", "volume", "value"]

_AORTA_LEVEL_Z = -10.0
_ROD_LEVEL_Z = -2.0


@dataclass(frozen=True, slots=True)
class Truth:
    """One known number of the sample study.

    `series` names the series whose Frame of Reference the points lie in.
    `points_mm` are patient points (LPS, mm): the two ends of a length; first arm,
    vertex and second arm of an angle; the centre and a point on the rim of what
    is round (area, volume, value). A growth has no points.
    """

    key: str
    title: str
    series: SeriesKey
    kind: TruthKind
    points_mm: tuple[Vector, ...]
    number: float
    unit: str
    formula: str


def sample_table_markdown() -> str:
    """The truths as a Markdown table for the manual, numbers to six digits."""
    head = ("What", "Series", "Kind", "True value", "Points (x, y, z), mm", "From")
    rows = [head, ("---",) * len(head)]
    for truth in SAMPLE_TRUTH:
        points = "; ".join("({:g}, {:g}, {:g})".format(*point) for point in truth.points_mm) or "–"
        rows.append((truth.title, truth.series, truth.kind, f"{truth.number:.6g} {truth.unit}", points, truth.formula))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _shift(series: SeriesKey) -> Vector:
    return PRIOR_SHIFT_MM if series == "prior" else (0.0, 0.0, 0.0)


def _moved(point: Vector, by: Vector) -> Vector:
    return point[0] + by[0], point[1] + by[1], point[2] + by[2]


def _length(series: SeriesKey, key: str, title: str, ends: tuple[Vector, Vector], formula: str) -> Truth:
    a, b = (_moved(end, _shift(series)) for end in ends)
    return Truth(f"{series}-{key}", title, series, "length", (a, b), math.dist(*ends), "mm", formula)


def _ball(series: SeriesKey, key: str, title: str, center: Vector, diameter: float) -> list[Truth]:
    """Diameter (along x, through the centre), largest section and volume of a ball."""
    radius = diameter / 2
    left, right = _moved(center, (-radius, 0.0, 0.0)), _moved(center, (radius, 0.0, 0.0))
    round_points = _moved(center, _shift(series)), _moved(right, _shift(series))
    area, volume = math.pi * radius**2, 4 / 3 * math.pi * radius**3
    return [
        _length(series, f"{key}-diameter", f"{title}, diameter", (left, right), "drawn with this diameter"),
        Truth(f"{series}-{key}-area", f"{title}, largest section", series, "area", round_points, area, "mm2", "π r²"),
        Truth(f"{series}-{key}-volume", f"{title}, volume", series, "volume", round_points, volume, "mm3", "4/3 π r³"),
    ]


def _rod(series: SeriesKey, rod: Rod) -> Truth:
    center = _moved((rod.x, ROD_Y, _ROD_LEVEL_Z), _shift(series))
    rim = _moved(center, (ROD_RADIUS_MM, 0.0, 0.0))
    key, title = f"{series}-rod-{rod.hu:g}", f"Calibration rod {rod.hu:g} HU"
    return Truth(key, title, series, "value", (center, rim), rod.hu, "HU", "no noise in the rod, radius 9 mm")


def _vertebra(series: SeriesKey, vertebra: Vertebra) -> Truth:
    low = _moved(vertebra.center, (0.0, 0.0, -vertebra.half_height))
    high = _moved(vertebra.center, (0.0, 0.0, vertebra.half_height))
    title = f"Vertebral body {vertebra.name}, height"
    return _length(series, f"{vertebra.name}-height", title, (low, high), "twice the half height it is drawn with")


def _between_nodules(series: SeriesKey) -> list[Truth]:
    found = []
    for a, b in ((0, 1), (1, 2), (0, 2)):
        first, second = NODULES[a], NODULES[b]
        letters = first.key[-1] + second.key[-1]
        title = f"Nodule {letters[0].upper()} to nodule {letters[1].upper()}, centres"
        ends = first.center, second.center
        found.append(_length(series, f"nodules-{letters}", title, ends, "√(Δx² + Δy² + Δz²)"))
    return [*found, _nodule_angle(series)]


def _nodule_angle(series: SeriesKey) -> Truth:
    a, b, c = (nodule.center for nodule in NODULES)
    u, v = ([p - q for p, q in zip(arm, b, strict=True)] for arm in (a, c))
    degrees = math.degrees(math.acos(sum(p * q for p, q in zip(u, v, strict=True)) / (math.hypot(*u) * math.hypot(*v))))
    points = tuple(_moved(point, _shift(series)) for point in (a, b, c))
    title, formula = "Angle of the nodules A, B, C at B", "arccos(u · v / (‖u‖ ‖v‖))"
    return Truth(f"{series}-nodules-angle", title, series, "angle", points, degrees, "deg", formula)


def _aorta(series: SeriesKey) -> Truth:
    ends = tuple((AORTA_TOP[0] + side * AORTA_RADIUS_MM, AORTA_TOP[1], _AORTA_LEVEL_Z) for side in (-1.0, 1.0))
    return _length(series, "aorta", "Descending aorta, diameter", (ends[0], ends[1]), "an upright tube, 2 r")


def _rod_distances(series: SeriesKey) -> list[Truth]:
    places: list[Vector] = [(rod.x, ROD_Y, _ROD_LEVEL_Z) for rod in RODS]
    pairs = ((0, 1, "neighbours"), (0, len(RODS) - 1, "first to last"))
    return [
        _length(series, f"rods-{a}-{b}", f"Rods, {which}, axes", (places[a], places[b]), "32 mm from rod to rod")
        for a, b, which in pairs
    ]


def _chest(series: SeriesKey) -> list[Truth]:
    found: list[Truth] = []
    for nodule in NODULES:
        diameter = nodule.prior_diameter_mm if series == "prior" else nodule.diameter_mm
        found += _ball(series, nodule.key, nodule.title, nodule.center, diameter)
    heights = [_vertebra(series, vertebra) for vertebra in VERTEBRAE if vertebra.name in ("T6", "T9")]
    rods = [_rod(series, rod) for rod in RODS]
    return [*found, *_between_nodules(series), _aorta(series), *heights, *rods, *_rod_distances(series)]


def _abdomen(series: SeriesKey) -> list[Truth]:
    lumbar = next(vertebra for vertebra in VERTEBRAE if vertebra.name == "L1")
    lesion = _ball(series, "lesion", "Liver lesion", LESION_CENTER, 2 * LESION_RADIUS_MM)
    return [*lesion, _vertebra(series, lumbar)]


def _growth(nodule: Nodule) -> list[Truth]:
    now, before = nodule.diameter_mm, nodule.prior_diameter_mm
    percent = ((now / before) ** 3 - 1) * 100
    key, title = f"ct-{nodule.key}-growth", f"{nodule.title}, growth in one year"
    return [
        Truth(key, f"{title}, diameter", "ct", "value", (), now - before, "mm", "d now - d before"),
        Truth(f"{key}-volume", f"{title}, volume", "ct", "value", (), percent, "%", "(d now / d before)³ - 1"),
    ]


SAMPLE_TRUTH: tuple[Truth, ...] = (
    *_chest("ct"),
    *_abdomen("ct"),
    *_abdomen("mr"),
    *_chest("prior"),
    *(truth for nodule in NODULES for truth in _growth(nodule)),
)
