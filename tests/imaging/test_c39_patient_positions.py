"""C39: the same patient, encoded for eight positions on the table, reads the same at the same patient point."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from tests.cases import case
from tests.made import written
from viewer_app import scripting
from viewer_app.imaging.geometry import orientation_letters
from viewer_app.phantom.blocks import GRID_HU, grid
from viewer_app.phantom.positions import (
    FIRST_MM,
    POSITIONS,
    SPACING_MM,
    in_position,
    numbered_hu,
    numbered_point,
    numbered_voxels,
)

VOXELS = list(itertools.product(range(0, 12, 3), range(0, 10, 3), range(6)))


@pytest.mark.parametrize("position", POSITIONS)
def test_the_same_point_has_the_same_value_and_coordinates(tmp_path: Path, position: str) -> None:
    with written(tmp_path, in_position(numbered_voxels(), position)) as study:
        (series,) = study.series
        assert series.geometry.is_volume
        assert series.geometry.step_mm == pytest.approx(2.5, abs=1e-9)
        heights = [entry.plane.origin[2] for entry in series.stack.images]
        assert heights == sorted((FIRST_MM[2] + 2.5 * k for k in range(6)), reverse=True)
        for place in VOXELS:
            point = numbered_point(*place)
            assert scripting.measure("probe", series, point)["value"].number == numbered_hu(*place)
            plane = series.stack.images[series.nearest_index(point)].plane
            pixel = np.rint(plane.to_pixels(point))
            np.testing.assert_allclose(plane.to_patient(pixel)[0], point, atol=1e-9)


@pytest.mark.parametrize("position", POSITIONS)
def test_the_side_on_the_table_is_the_lower_edge(tmp_path: Path, position: str) -> None:
    with written(tmp_path, in_position(numbered_voxels(), position)) as study:
        plane = study.series[0].stack.images[0].plane
    lower = {"S": "P", "P": "A", "DR": "R", "DL": "L"}[position[2:]]
    assert orientation_letters(plane.column_direction) == lower
    # Seen from the foot end of the table: into the screen is the head, feet first the feet.
    assert orientation_letters(plane.normal) == position[0]


@pytest.mark.parametrize("position", POSITIONS)
def test_wires_cross_at_the_same_points(tmp_path: Path, position: str) -> None:
    with written(tmp_path, in_position(grid(1), position)) as study:
        (series,) = study.series
        for x, y in itertools.product((0.0, 70.0, 140.0), (0.0, 50.0, 100.0)):
            assert scripting.measure("probe", series, (x, y, 0.0))["value"].number == GRID_HU
        corners = [(70.0, 0.0, 0.0), (0.0, 50.0, 0.0)]
        length = scripting.measure("distance", series, corners)["length"]
        assert length.number == pytest.approx(math.hypot(70, 50), abs=1e-9)


def test_statistics_of_the_same_region_are_the_same(tmp_path: Path) -> None:
    found = set()
    point = np.add(FIRST_MM, np.multiply((5.2, 4.3, 3.0), SPACING_MM))
    for position in POSITIONS:
        with written(tmp_path / position, in_position(numbered_voxels(), position)) as study:
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
