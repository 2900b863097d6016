"""Every kind of measurement on a slice of 512 x 512, with all its numbers, units and uncertainties."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

import numpy as np

from tests.bench.harness import Result
from tests.measure.made import REFERENCE, UPRIGHT, image, measurement
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import KINDS

GOAL_MS = 5.0
_ROUNDS = 15
_SIZE = 512
_TANGLED = 2000
_PLANE = replace(UPRIGHT, row_spacing=0.5, column_spacing=0.7)
_TURNS = np.linspace(0, 2 * math.pi, 60, endpoint=False)
_RING = 256 + 200 * np.stack([np.cos(_TURNS) * (1 + 0.1 * np.sin(5 * _TURNS)), np.sin(_TURNS)], axis=1)
_DRAWN = {
    "polyline": _RING,
    "polygon": _RING[::5],
    "freehand": _RING,
    "spline": _RING[::5],
    "two_diameters": np.array([(56.0, 256.0), (456.0, 256.0), (256.0, 106.0), (256.0, 406.0)]),
}
_TIMES = count()
_ELSEWHERE = np.array([(100.0, 100.0), (400.0, 380.0), (120.0, 390.0), (300.0, 50.0)])


def kinds() -> Result:
    """The slowest kind; all of them draw something that fills most of the slice."""
    stored = np.random.default_rng(0).integers(-1000, 1000, (_SIZE, _SIZE)).astype(np.int16)
    shown = image(_PLANE, stored)
    rows, columns = np.mgrid[:_SIZE, :_SIZE]
    inside = (rows - 256) ** 2 + (columns - 256) ** 2 < 200**2
    bare = _best_ms(lambda: float(stored.astype(np.float64)[inside].mean()))
    found = {}
    for name, kind in KINDS.items():
        pixels = _DRAWN.get(name, _ELSEWHERE[: min(kind.max_points, 4)])
        found[name] = _best_ms(partial(_evaluated, name, pixels, shown))
    slowest = max(found, key=lambda name: found[name])
    tangled = _best_ms(partial(_evaluated, "freehand", _tangle(), shown))
    figure = f"{found[slowest]:.1f} ms for a {KINDS[slowest].title.lower()}, the slowest of {len(found)} kinds"
    figure += f"; a noisy freehand of {_TANGLED} points, crossing itself, {tangled:.1f} ms"
    figure += f" ({', '.join(f'{name} {ms:.2f}' for name, ms in found.items())})"
    return Result(figure, f"{GOAL_MS:g} ms; numpy's mean alone {bare:.2f} ms", found[slowest] / GOAL_MS, 1.0)


def _tangle() -> Floats:
    turns = np.linspace(0, 2 * math.pi, _TANGLED, endpoint=False)
    noise = np.random.default_rng(3).normal(0, 0.3, (_TANGLED, 2))
    return np.asarray(256 + 200 * np.stack([np.cos(turns), np.sin(turns)], axis=1) + noise)


def _evaluated(name: str, pixels: Floats, shown: PlanarImage) -> None:
    """Each time a little aside, since the shape drawn last is remembered."""
    drawn = measurement(name, _PLANE, _PLANE.to_patient(pixels + 1e-4 * next(_TIMES)))
    evaluate(drawn, {REFERENCE: shown})


def _best_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times) * 1000


BENCHMARKS = {"kinds": kinds}
