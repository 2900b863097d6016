"""C37, C38: the letters of reconstructed views are where the patient's sides are, whatever was done to the planes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from tests.imaging.test_c14_mpr import NAMES, axes, grid_of, phantom, turned_often
from tests.made import image, stack, written
from viewer_app.imaging import mpr
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Floats, orientation_letters
from viewer_app.imaging.places.orientation import Edges
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.volume import Volume
from viewer_app.phantom import positions

STANDARD = {"axial": ("R", "L", "A", "P"), "coronal": ("R", "L", "H", "F"), "sagittal": ("A", "P", "H", "F")}
OPPOSITE = str.maketrans("LRAPHF", "RLPAFH")
COLUMNS, ROWS, _ = positions.SIZE
# How far a voxel of the phantom lies to the left, to the back and to the head, from its number.
AXES: dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]] = {
    "L": lambda number: number % COLUMNS,
    "P": lambda number: number // COLUMNS % ROWS,
    "H": lambda number: number // (COLUMNS * ROWS),
}


@pytest.mark.parametrize("name", NAMES)
def test_of_the_standard_planes(name: mpr.Name) -> None:
    cut = mpr.standard_cut(name, (0.0, 0.0, 0.0))
    assert mpr.cut_letters(cut, phantom("P5 HFS")) == STANDARD[name]


def test_of_obliques_up_to_three() -> None:
    made = phantom("P5 HFS")
    cuts = mpr.start_cuts(grid_of("P5 HFS"))
    once = mpr.rotated(cuts, 0, math.radians(30))
    assert mpr.cut_letters(once[1], made) == ("RA", "LP", "H", "F")
    # Row (0.78, -0.13, -0.61) and column (-0.13, 0.93, -0.35): turned clockwise about (-0.5, 0.87, 0).
    twice = mpr.rotated(once, 1, math.radians(45))
    assert mpr.cut_letters(twice[0], made) == ("RHP", "LFA", "AHL", "PFR")


@pytest.mark.parametrize("position", positions.POSITIONS)
def test_after_any_turns_opposite_edges_have_opposite_letters(position: str) -> None:
    made = phantom(f"P5 {position}")
    for cut in turned_often(mpr.start_cuts(grid_of(f"P5 {position}")), np.random.default_rng(37), 20):
        left, right, top, bottom = mpr.cut_letters(cut, made)
        assert (right, bottom) == tuple(orientation_letters(way) for way in axes(cut)[:2])
        assert (left, top) == (right.translate(OPPOSITE), bottom.translate(OPPOSITE))


def growing_to(letter: str, position: str) -> list[FileDataset]:
    """The phantom of eight positions with values that grow to one side of the patient."""
    images = positions.in_position(positions.numbered_voxels(), position)
    for one in images:
        number = one.pixel_array.astype(np.int64) - 1024
        one.PixelData = AXES[letter](number).astype(np.uint16).tobytes()
    return images


def growth(cut: Cut, volume: Volume) -> Floats:
    """(2,): how the values of the picture grow to its right and down, by a disc about its middle."""
    plane = mpr.plane_of(cut, mpr.Grid.of(volume.stack))
    offsets = np.array([at for at in itertools.product(range(-4, 5), repeat=2) if math.hypot(*at) <= 4])
    values = values_at(volume, plane.to_patient(offsets))
    found: Floats = values @ offsets
    return found


def sides(edges: Edges, letter: str) -> list[int]:
    """For right and down: +1 if the letter stands there, -1 if it stands opposite, 0 for neither."""
    left, right, top, bottom = edges
    return [(letter in plus) - (letter in minus) for minus, plus in ((left, right), (top, bottom))]


@pytest.mark.parametrize("letter", AXES)
@pytest.mark.parametrize("position", positions.POSITIONS)
def test_the_side_of_the_patient_is_at_its_letter(tmp_path: Path, position: str, letter: str) -> None:
    random = np.random.default_rng(38)
    with written(tmp_path, growing_to(letter, position)) as study:
        (series,) = study.series
        volume, grid = series.volume(), mpr.Grid.of(series.stack)
        cuts = mpr.start_cuts(grid, grid.centre)
        for _ in range(10):
            for cut in (*cuts, *mpr.snapped(cuts, 0, "coronal")):
                wanted = sides(mpr.cut_letters(cut, series.stack), letter)
                grown = growth(cut, volume)
                assert np.isfinite(grown).all()
                assert all(side == 0 or np.sign(one) == side for one, side in zip(grown, wanted, strict=True))
                assert any(wanted) or abs(axes(cut)[2] @ np.eye(3)["LPH".index(letter)]) > 0.98
            cuts = turned_often(cuts, random, 1)


def axial_slices(**values: Any) -> list[FileDataset]:
    return [image(k + 1, origin=(0.0, 0.0, 2.0 * k), **values) for k in range(4)]


def test_none_where_the_file_contradicts_itself_or_shows_an_animal() -> None:
    contradicting = stack(axial_slices(PatientOrientation="R\\P"))
    animal = stack(axial_slices(AnatomicalOrientationType="QUADRUPED"))
    sound = stack(axial_slices(PatientOrientation="L\\P"))
    letters = [mpr.cut_letters(mpr.start_cuts(mpr.Grid.of(one))[1], one) for one in (contradicting, animal, sound)]
    assert letters == [("", "", "", ""), ("", "", "", ""), STANDARD["coronal"]]
    assert any("Orientation unknown" in note for note in mpr.mpr_notes(contradicting))
    assert any("Orientation unknown" in note for note in mpr.mpr_notes(animal))
    assert mpr.mpr_notes(sound) == ()
