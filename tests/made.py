"""Data sets made by a test, as the records, stacks and studies the product makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileDataset

from viewer_app import scripting
from viewer_app.imaging.geometry import Floats, Plane, Vector, vector
from viewer_app.imaging.headers import Frame, Instance
from viewer_app.imaging.reading.parse import parse_instance
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import assemble
from viewer_app.phantom.dicom import image_dataset, write_series

FRAME_OF_REFERENCE = "2.25.1"


def image(number: int = 1, *, size: tuple[int, int] = (4, 4), origin: Vector = (0.0, 0.0, 0.0), **values: Any) -> Any:
    """One small CT image; further `values` by DICOM keyword, None leaves an attribute out."""
    plane = Plane(origin, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid=FRAME_OF_REFERENCE)
    return image_dataset(np.zeros(size, dtype=np.uint16), plane, number=number, **values)


def record(dataset: Dataset) -> Instance:
    """The record of a header."""
    return parse_instance(dataset, locator="")


def frame(dataset: Dataset) -> Frame:
    """The only frame of a header."""
    (found,) = record(dataset).frames
    return found


def stacks(datasets: Iterable[Dataset]) -> tuple[Stack, ...]:
    """The stacks of the only series there is."""
    (study,) = assemble(map(record, datasets))
    (series,) = study.series
    return stacks_of(series)


def stack(datasets: Iterable[Dataset]) -> Stack:
    """The only stack there is."""
    (found,) = stacks(datasets)
    return found


def written(folder: Path, datasets: Iterable[FileDataset]) -> scripting.Study:
    """Data sets through files and the folder source: the way of every study."""
    write_series(folder, datasets)
    return scripting.open_study(folder)


def rotation(random: np.random.Generator) -> Floats:
    """A random rotation (3, 3): rows are orthonormal, determinant +1."""
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    found: Floats = turn * np.linalg.det(turn)
    return found


def random_plane(random: np.random.Generator, **changes: Any) -> Plane:
    """A plane anywhere in the patient."""
    turn = rotation(random)
    values: dict[str, Any] = {
        "origin": vector(random.uniform(-500, 500, 3)),
        "row_direction": vector(turn[0]),
        "column_direction": vector(turn[1]),
        "row_spacing": float(random.uniform(0.05, 5)),
        "column_spacing": float(random.uniform(0.05, 5)),
        "frame_of_reference_uid": FRAME_OF_REFERENCE,
    }
    return Plane(**values | changes)
