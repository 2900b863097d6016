"""Long forms of the proofs of measuring."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import leave_the_user_alone
from tests.measure.proofs import prove_areas, prove_points, prove_polygons, prove_volumes
from tests.session.machine import run

_CASES, _POLYGONS, _VOLUMES, _RUNS, _STEPS = 1_000_000, 100_000, 1_000, 2_000, 50


def lengths(seed: int, cases: int = _CASES) -> None:
    """1,000,000 random cases of all kinds: lengths, angles, areas and coordinates within 1e-9 of closed forms (G10)."""
    prove_points(np.random.default_rng(seed), cases)


def regions(seed: int, polygons: int = _POLYGONS) -> None:
    """100,000 random polygons, pixel by pixel against an exact reference, their numbers as SimpleITK's (G11)."""
    prove_polygons(np.random.default_rng(seed), polygons)
    prove_areas(np.random.default_rng(seed), polygons)


def volumes(seed: int, count: int = _VOLUMES) -> None:
    """1,000 random boxes, exact, and as many balls, within 2.5 %, by voxels and by contours (G12)."""
    voxels, contours = prove_volumes(np.random.default_rng(seed), count)
    print(
        f"balls of 10 to 20 mm, slices of 0.5 to 2.5 mm: voxels off by {voxels:.2%} at worst, contours {contours:.2%}"
    )


def changes(seed: int, runs: int = _RUNS) -> None:
    """2,000 runs of 50 random changes, steps back and forth, and restarts of a study against a plain model (H94)."""
    leave_the_user_alone()
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory(prefix="caliper-changes-") as folder:
        run(cast(QtBot, _Waiting()), Path(folder), runs, _STEPS, seed)
    del application


class _Waiting:
    """What a sitting asks of pytest-qt's robot."""

    def waitUntil(self, true: Callable[[], bool], timeout: int) -> None:  # the robot's name
        """Let Qt work until `true()` is, for at most `timeout` ms."""
        deadline = time.monotonic() + timeout / 1000
        while not true():
            assert time.monotonic() < deadline
            QApplication.processEvents()
            time.sleep(0.001)
