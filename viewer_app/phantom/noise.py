"""Noise from raw generator output and whole-number sums: the same bits everywhere.

numpy promises the streams of its bit generators (NEP 19), but not those of
`Generator.normal`; a sum of uniform bytes is near enough to a bell curve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer_app.phantom.shapes import Floats32

# Four bytes: variance 4 (256² - 1) / 12. A 1-2-1 blur both ways: variance times (6/16)² of weights summing to 1.
_SD_OF_SUM = 147.80
_SD_AFTER_BLUR = _SD_OF_SUM * 16 * 0.375


def grain(seed: int, number: int, shape: tuple[int, int]) -> Floats32:
    """Correlated noise of mean 0 and SD 1 for slice `number`: (rows, columns), about two pixels wide."""
    rows, columns = shape[0] + 2, shape[1] + 2
    words = np.random.PCG64([seed, number]).random_raw((rows * columns + 1) // 2)
    parts = words.astype("<u8").view(np.uint8).reshape(-1, 4)[: rows * columns]
    white = parts.astype(np.int16)
    total = (white[:, 0] + white[:, 1] + white[:, 2] + white[:, 3]).reshape(rows, columns) - np.int16(510)
    down = _blurred(total)
    both = _blurred(down.T).T
    return both.astype(np.float32) * np.float32(1.0 / _SD_AFTER_BLUR)


def lumps(seed: int, x: Floats32, y: Floats32, z: float, pitch: float) -> Floats32:
    """Smooth blotches about `pitch` mm wide in [-1, 1] for one slice: x is (1, columns), y is (rows, 1), mm."""
    size = 64
    words = np.random.PCG64(seed).random_raw(size**3 // 8)
    lattice = words.astype("<u8").view(np.uint8).reshape(size, size, size).astype(np.float32)
    level, part = divmod(z / pitch, 1.0)
    part = part * part * (3 - 2 * part)
    low, high = lattice[int(level) % size], lattice[(int(level) + 1) % size]
    sheet = low + np.float32(part) * (high - low)
    rows, down = _cell(y[:, 0], pitch)
    columns, across = _cell(x[0], pitch)
    sheet = sheet[rows % size] + down[:, None] * (sheet[(rows + 1) % size] - sheet[rows % size])
    sheet = sheet[:, columns % size] + across * (sheet[:, (columns + 1) % size] - sheet[:, columns % size])
    blotches: Floats32 = sheet * np.float32(1 / 127.5) - np.float32(1.0)
    return blotches


def _cell(values: Floats32, pitch: float) -> tuple[NDArray[np.intp], Floats32]:
    steps = values * np.float32(1.0 / pitch)
    floor = np.floor(steps)
    part = steps - floor
    return floor.astype(np.intp), part * part * (np.float32(3.0) - np.float32(2.0) * part)


def _blurred(values: NDArray[np.int16]) -> NDArray[np.int16]:
    """1-2-1 down the rows; two rows fewer. Sums stay below 16 * 1020."""
    return values[:-2] + 2 * values[1:-1] + values[2:]
