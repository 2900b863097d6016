"""From solids to voxels, a few slices at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer_app.phantom.noise import grain, lumps
from viewer_app.phantom.paint import Grid, paint
from viewer_app.phantom.shapes import Floats32
from viewer_app.phantom.tissue import AIR, Layer

# A slab of about this many voxels stays near the processor and is drawn in less than 0.1 s.
_SLAB_VOXELS = 1 << 20
_LUMP_MM = 5.0


@dataclass(frozen=True)
class Scene:
    """What is drawn: layers under the noise, layers over it, and how noisy the scanner is."""

    noisy: Sequence[Layer]
    exact: Sequence[Layer]
    edge_mm: float
    seed: int


class Canvas:
    """Layers laid out on a grid once, then painted slab by slab."""

    def __init__(self, grid: Grid, layers: Sequence[Layer], edge_mm: float, values: Sequence[float]) -> None:
        self._grid, self._layers, self._edge_mm, self._values = grid, layers, edge_mm, values
        self._windows = grid.windows([layer.shape.box for layer in layers], edge_mm)

    def paint(self, field: Floats32, first: int) -> None:
        """Paint all layers on `field` (slices, rows, columns), whose first slice is `first`."""
        low, high = np.maximum(self._windows[:, :, 0], (first, 0, 0)), self._windows[:, :, 1].copy()
        high[:, 0] = np.minimum(high[:, 0], first + len(field))
        for number in np.flatnonzero((low < high).all(axis=1)).tolist():
            k, j, i = (slice(int(a), int(b)) for a, b in zip(low[number], high[number], strict=True))
            part = field[k.start - first : k.stop - first, j, i]
            shape = self._layers[number].shape
            paint(part, self._grid.points((k, j, i)), shape, self._values[number], self._edge_mm)


def ct_slices(grid: Grid, scene: Scene) -> Iterator[NDArray[np.uint16]]:
    """Stored values (rows, columns) of one slice after the other: HU + 1024, 12 bits."""
    noisy = Canvas(grid, scene.noisy, scene.edge_mm, [layer.tissue.hu for layer in scene.noisy])
    exact = Canvas(grid, scene.exact, scene.edge_mm, [layer.tissue.hu for layer in scene.exact])
    for first, field in _slabs(grid, AIR.hu):
        noisy.paint(field, first)
        for index, plane in enumerate(field):
            _add_ct_noise(plane, grid.slab(first + index, first + index + 1), scene.seed, first + index)
        exact.paint(field, first)
        yield from np.rint(np.clip(field + np.float32(1024.0), 0.0, 4095.0)).astype(np.uint16)


def mr_slices(grid: Grid, scene: Scene) -> Iterator[NDArray[np.uint16]]:
    """Stored values (rows, columns) of one slice after the other: T1-like signal, 12 bits."""
    layers = [*scene.noisy, *scene.exact]
    canvas = Canvas(grid, layers, scene.edge_mm, [layer.tissue.signal for layer in layers])
    for first, field in _slabs(grid, AIR.signal):
        canvas.paint(field, first)
        for index, plane in enumerate(field):
            noise = grain(scene.seed, first + index, (plane.shape[0], plane.shape[1]))
            yield np.rint(np.clip(np.abs(plane + noise * np.float32(11.0)), 0.0, 4095.0)).astype(np.uint16)


def _slabs(grid: Grid, background: float) -> Iterator[tuple[int, Floats32]]:
    thick = max(1, _SLAB_VOXELS // (grid.shape[1] * grid.shape[2]))
    for first in range(0, grid.shape[0], thick):
        count = min(thick, grid.shape[0] - first)
        yield first, np.full((count, *grid.shape[1:]), background, dtype=np.float32)


def _add_ct_noise(plane: Floats32, grid: Grid, seed: int, number: int) -> None:
    """Scanner noise, strongest in the middle of the body, and a little texture, coarser in the lung."""
    x, y, z = grid.points((slice(0, 1), slice(0, grid.shape[1]), slice(0, grid.shape[2])))
    x, y = x[0], y[0]
    depth = np.clip(np.float32(1.0) - (x * x + y * y) * np.float32(1.0 / 170.0**2), np.float32(0.0), None)
    amount = np.float32(8.0) + depth * np.float32(7.0)
    texture = np.where((plane < -600) & (plane > -930), np.float32(26.0), np.float32(5.0))
    texture *= lumps(seed, x, y, float(z[0, 0, 0]), _LUMP_MM)
    plane += grain(seed, number, (plane.shape[0], plane.shape[1])) * amount + texture
