"""Opening a series from a folder of native files: first image, whole volume."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pydicom

from tests.bench import series
from tests.bench.harness import Result, interleaved_medians
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Step, Watch
from viewer_app.sources.loading import load

_ROUNDS = 7
_HIGHEST_MULTIPLE_OF_A_BARE_READ = 12


def volume() -> Result:
    """A folder to a full volume of stored values, against pydicom reading and stacking the same files."""

    def pydicom_stack() -> None:
        np.stack([pydicom.dcmread(file).pixel_array for file in series.files(series.native())])

    return _whole(pydicom_stack, "pydicom read and stack", 0.6)


def volume_simpleitk() -> Result:
    """The same, against SimpleITK's series reader."""
    import SimpleITK

    def simpleitk() -> None:
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(series.native())))
        reader.Execute()

    return _whole(simpleitk, "SimpleITK ImageSeriesReader", 0.5)


def volume_read() -> Result:
    """The same, against read() of the same bytes and nothing else."""

    def bare_read() -> None:
        for path in series.files(series.native()):
            with path.open("rb") as file:
                file.read()

    return _whole(bare_read, "a bare read", _HIGHEST_MULTIPLE_OF_A_BARE_READ)


def _whole(reference: Callable[[], None], name: str, goal: float) -> Result:
    mine, its = interleaved_medians(_open_and_load, reference, _ROUNDS)
    size = f"{series.NATIVE_SLICES} x {series.SIZE} x {series.SIZE}"
    return Result(f"{size} in {mine * 1000:.0f} ms", f"{name} {its * 1000:.0f} ms", mine / its, goal)


def _open_and_load(report: Callable[[Step], None] | None = None) -> None:
    source, stack = series.opened(series.native())
    filled = Volume(stack)
    load(source, filled, Watch(report) if report else Watch())
    assert filled.is_complete


def first_image() -> Result:
    """A folder to its first image, against the same folder to the full volume."""
    rounds = [_first_and_whole() for _ in range(_ROUNDS + 1)][1:]
    first, whole = (float(np.median([times[n] for times in rounds])) for n in (0, 1))
    return Result(f"first image after {first * 1000:.0f} ms", f"whole volume {whole * 1000:.0f} ms", first / whole, 0.6)


def _first_and_whole() -> tuple[float, float]:
    started, arrivals = time.perf_counter(), list[float]()
    _open_and_load(lambda step: arrivals.append(time.perf_counter()))
    return arrivals[0] - started, time.perf_counter() - started


BENCHMARKS = {
    "volume": volume,
    "volume-simpleitk": volume_simpleitk,
    "volume-read": volume_read,
    "first-image": first_image,
}
