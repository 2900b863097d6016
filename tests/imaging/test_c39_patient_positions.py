"""C39: the same patient, encoded for eight positions on the table, reads the same at the same patient point."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cases import case
from tests.made import written
from viewer_app import scripting
from viewer_app.imaging.geometry import Plane, Vector, orientation_letters, vector
from viewer_app.phantom.dicom import image_dataset

# Where the columns and rows of an axial slice run in the patient, looking from the table's foot end.
POSITIONS: dict[str, tuple[Vector, Vector]] = {
    "HFS": ((1, 0, 0), (0, 1, 0)), "HFP": ((-1, 0, 0), (0, -1, 0)),
    "FFS": ((-1, 0, 0), (0, 1, 0)), "FFP": ((1, 0, 0), (0, -1, 0)),
    "HFDR": ((0, 1, 0), (-1, 0, 0)), "HFDL": ((0, -1, 0), (1, 0, 0)),
    "FFDR": ((0, 1, 0), (1, 0, 0)), "FFDL": ((0, -1, 0), (-1, 0, 0)),
}  # fmt: skip
SIZE = np.array([12, 10, 6])  # voxels along patient x, y and z
SPACING = np.array([0.7, 0.9, 2.5])
FIRST = np.array([-31.0, 12.5, -400.0])


def patient_value(place: Any) -> int:
    """A value of its own for each voxel of the patient, by voxel indices (x, y, z)."""
    x, y, z = place
    return int(x + 12 * y + 120 * z)


def encoded(row: Vector, column: Vector, position: str) -> list[Any]:
    """The patient's slices, read out along these directions."""
    along, down = int(np.argmax(np.abs(row))), int(np.argmax(np.abs(column)))
    corner = [SIZE[axis] - 1 if (np.add(row, column)[axis] < 0) else 0 for axis in (0, 1)]
    images = []
    for z in range(SIZE[2]):
        stored = np.zeros((SIZE[down], SIZE[along]), dtype=np.uint16)
        for r, c in itertools.product(range(SIZE[down]), range(SIZE[along])):
            place = np.array([*corner, z]) + np.multiply(row, c) + np.multiply(column, r)
            stored[r, c] = patient_value(place)
        x, y, height = FIRST + np.array([*corner, z]) * SPACING
        plane = Plane(
            (x, y, height), vector(row), vector(column), SPACING[down], SPACING[along], frame_of_reference_uid="2.25.3"
        )
        images.append(image_dataset(stored, plane, number=z + 1, name=position, PatientPosition=position))
    return images


@pytest.mark.parametrize("position", POSITIONS)
def test_the_same_point_has_the_same_value(tmp_path: Path, position: str) -> None:
    row, column = POSITIONS[position]
    with written(tmp_path, encoded(row, column, position)) as study:
        (series,) = study.series
        assert series.geometry.is_volume
        assert series.geometry.step_mm == pytest.approx(2.5, abs=1e-9)
        assert [entry.plane.origin[2] for entry in series.stack.images] == sorted(
            FIRST[2] + 2.5 * np.arange(6), reverse=True
        )
        for place in itertools.product(range(0, 12, 3), range(0, 10, 3), range(6)):
            point = FIRST + np.array(place) * SPACING
            values = scripting.measure("probe", series, point)
            assert values["value"].number == patient_value(place) - 1024
        assert orientation_letters(series.stack.images[0].plane.row_direction) == "RAFLPH"[_axis(row)]


def _axis(direction: Vector) -> int:
    axis = int(np.argmax(np.abs(direction)))
    return axis + (3 if direction[axis] > 0 else 0)


def test_statistics_of_the_same_region_are_the_same(tmp_path: Path) -> None:
    found = set()
    point = FIRST + np.array([5.2, 4.3, 3.0]) * SPACING
    for position, (row, column) in POSITIONS.items():
        with written(tmp_path / position, encoded(row, column, position)) as study:
            values = scripting.measure("probe", study.series[0], point)
            found.add(tuple(round(value.number or 0.0, 9) for value in values.values()))
    assert len(found) == 1


@pytest.mark.real_data
def test_a_real_patient_turned_on_the_side_keeps_the_letters_of_the_cosines() -> None:
    for folder, position in (("HFS", "HFS"), ("HFDR", "HFDR")):
        with scripting.open_study(case("mr-decubitus-a") / folder) as study:
            (series,) = study.series
            image = series.stack.images[0]
        assert image.instance.details["PatientPosition"] == position
        assert orientation_letters(image.plane.normal)[0] in "LR"
        assert orientation_letters(image.plane.column_direction)[0] in "FHPA"
