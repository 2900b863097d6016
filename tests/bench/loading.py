"""Opening a series from a folder: first image, whole volume."""

from __future__ import annotations

import functools
import tempfile
import time
from pathlib import Path

import numpy as np
import pydicom

from tests.bench.harness import Result, interleaved_medians
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Step, Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.loading import load

_SLICES, _SIZE, _ROUNDS = 300, 512, 5


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """300 native CT slices of 512 x 512, 157 MB; goes away with the process."""
    folder: tempfile.TemporaryDirectory[str] = tempfile.TemporaryDirectory(prefix="caliper-bench-")
    numbers = np.random.default_rng(1)
    stored = [numbers.integers(0, 4096, (_SIZE, _SIZE), dtype=np.uint16) for _ in range(_SLICES)]
    steps = [(0.0, 0.0, float(number)) for number in range(_SLICES)]
    write_series(Path(folder.name), stack(stored, axial_plane((0.0, 0.0, 0.0), 0.7, 0.7), steps))
    return folder


def _files() -> list[Path]:
    return sorted(Path(_folder().name).iterdir())


def _open() -> tuple[FolderSource, Volume]:
    source = FolderSource(_folder().name)
    (study,) = source.find(Watch()).studies
    return source, Volume(stacks_of(study.series[0])[0])


def volume() -> Result:
    """A folder to a full volume of stored values, against pydicom reading and stacking the same files."""

    def ours() -> None:
        source, filled = _open()
        load(source, filled, Watch())

    def pydicom_stack() -> None:
        np.stack([pydicom.dcmread(file).pixel_array for file in _files()])

    mine, its = interleaved_medians(ours, pydicom_stack, _ROUNDS)
    return Result(
        f"{_SLICES} x {_SIZE} x {_SIZE} in {mine:.2f} s", f"pydicom read and stack {its:.2f} s", mine / its, 0.6
    )


def first_image() -> Result:
    """A folder to its first image, against the same folder to the full volume."""
    arrivals: list[float] = []

    def load_telling(volume_at: list[float]) -> None:
        started = time.perf_counter()
        source, filled = _open()
        seen: list[float] = []

        def arrived(step: Step) -> None:
            if not seen:
                seen.append(time.perf_counter() - started)

        load(source, filled, Watch(arrived))
        arrivals.append(seen[0])
        volume_at.append(time.perf_counter() - started)

    wholes: list[float] = []
    for _ in range(_ROUNDS + 1):
        load_telling(wholes)
    first, whole = float(np.median(arrivals[1:])), float(np.median(wholes[1:]))
    return Result(f"first image after {first * 1000:.0f} ms", f"whole volume {whole * 1000:.0f} ms", first / whole, 0.6)
