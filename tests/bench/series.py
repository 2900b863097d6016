"""The series the benchmarks open: written once for each run, gone with the process."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tests.imaging.pixels.encoders import ENCODERS
from tests.imaging.pixels.records import pixel_format
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import image_dataset, uid, write_series
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource

SIZE = 512
NATIVE_SLICES, COMPRESSED_SLICES, DEEP_SLICES = 300, 255, 400
LARGE = (4096, 3328)
_DIFFERENT = 16


@functools.cache
def native() -> Path:
    """300 native CT slices of 512 x 512, 157 MB."""
    return _written(_slices(NATIVE_SLICES))


@functools.cache
def deep() -> Path:
    """400 native CT slices of 512 x 512, for planes through them."""
    return _written(_slices(DEEP_SLICES))


@functools.cache
def large_and_small() -> Path:
    """Two series of one image: 1 of 512 x 512, 2 of 4096 x 3328."""
    numbers = np.random.default_rng(3)
    images = [
        image_dataset(
            numbers.integers(0, 4096, shape).astype(np.uint16),
            axial_plane((0.0, 0.0, 0.0), 300 / shape[0], 300 / shape[0]),
            name=f"size-{number}",
            SeriesNumber=number,
            StudyInstanceUID=uid("size"),
        )
        for number, shape in enumerate(((SIZE, SIZE), LARGE), start=1)
    ]
    return _written(images)


@functools.cache
def compressed(syntax: str) -> Path:
    """255 CT slices of 512 x 512, compressed; 16 of them are different."""
    encoded: dict[bytes, bytes] = {}
    return _written(_recoded(_slices(COMPRESSED_SLICES), syntax, encoded))


def opened(folder: Path) -> tuple[FolderSource, Stack]:
    """The one stack in `folder`, its headers read."""
    source = FolderSource(folder)
    (study,) = source.find(Watch()).studies
    return source, stacks_of(study.series[0])[0]


def files(folder: Path) -> list[Path]:
    """The files of a series, in name order."""
    return sorted(folder.iterdir())


@functools.cache
def _kept() -> list[tempfile.TemporaryDirectory[str]]:
    return []


def _written(images: Iterable[FileDataset]) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="caliper-bench-")
    _kept().append(folder)
    write_series(Path(folder.name), images)
    return Path(folder.name)


def _slices(count: int) -> list[FileDataset]:
    different = list(_bodies())
    steps = [(0.0, 0.0, float(number)) for number in range(count)]
    stored = [different[number % _DIFFERENT] for number in range(count)]
    return stack(stored, axial_plane((0.0, 0.0, 0.0), 0.7, 0.7), steps)


def _bodies() -> Iterator[NDArray[np.uint16]]:
    """A round body of uneven tissue with noise, in air: it compresses about as a CT slice does."""
    numbers = np.random.default_rng(1)
    rows, columns = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    body = rows**2 + columns**2 < (0.45 * SIZE) ** 2
    for _ in range(_DIFFERENT):
        tissue = np.kron(numbers.normal(1000, 300, (SIZE // 16, SIZE // 16)), np.ones((16, 16)))
        noisy = tissue + numbers.normal(0, 15, (SIZE, SIZE))
        yield np.where(body, np.clip(noisy, 0, 4095), 0).astype(np.uint16)


def _recoded(images: Iterable[FileDataset], syntax: str, encoded: dict[bytes, bytes]) -> Iterator[FileDataset]:
    pixels = pixel_format(SIZE, SIZE)
    for image in images:
        stored = image.pixel_array
        key = stored.tobytes()
        if key not in encoded:
            encoded[key] = ENCODERS[syntax](stored, pixels)
        image.PixelData = encapsulate([encoded[key]])
        image["PixelData"].is_undefined_length = True
        image.file_meta.TransferSyntaxUID = UID(syntax)
        yield image
