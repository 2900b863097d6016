"""Small studies on disk, and a folder whose reading a test can hold, count and spoil."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydicom.dataset import FileDataset

from viewer_app.errors import SourceError
from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.headers import Instance
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource

STEP_MM = 2.0


def slices(name: str, count: int = 5, *, first: int = 0, **values: Any) -> list[FileDataset]:
    """Flat CT slices of 32 x 32 pixels of 1 mm; slice n from the feet (from 0) has 10 n HU."""
    numbers = range(first, first + count)
    pixels = [np.full((32, 32), 1024 + 10 * number, dtype=np.uint16) for number in numbers]
    steps: Sequence[Vector] = [(0.0, 0.0, STEP_MM * number) for number in numbers]
    return stack(pixels, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0, name), steps, name, **values)


def write_study(folder: Path, name: str, count: int = 5, **values: Any) -> Path:
    """A study of one series in `folder`; its names decide the UIDs."""
    write_series(folder / name, slices(name, count, **values))
    return folder


class SourceGone(SourceError):
    """The whole place went away."""

    ends_source = True


class HeldFolder(FolderSource):
    """A real folder. `opened` are the Instance Numbers in the order of asking; `gate` holds all but the first."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.gate = threading.Event()
        self.gate.set()
        self.opened: list[int] = []
        self.gone_after: int | None = None
        self.closed = 0

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The file, once the gate is open."""
        self.opened.append(instance.instance_number or 0)
        if self.gone_after is not None and len(self.opened) > self.gone_after:
            raise SourceGone("The place does not answer any more.", "Look at its cable.")
        if len(self.opened) > 1:
            while not self.gate.wait(0.02):
                watch.check()
        return super().open(instance, watch)

    def close(self) -> None:
        """Count."""
        self.closed += 1
