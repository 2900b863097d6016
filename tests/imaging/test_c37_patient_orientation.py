"""C37: letters of images without coordinates, by Patient Orientation (PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.cases import case
from tests.made import frame, image
from viewer_app import scripting
from viewer_app.imaging.places.orientation import edge_letters

NOWHERE: dict[str, Any] = {
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "ImagerPixelSpacing": ["1", "1"],
}
OPPOSITE = str.maketrans("LRPAHF", "RLAPFH")
AXIS = dict(zip("LRPAHF", "xxyyzz", strict=True))


def projection(said: Any, **values: Any) -> Any:
    return image(**{"Modality": "MG", "PixelSpacing": None, "PatientOrientation": said, **NOWHERE} | values)


PAIRS = [pair for pair in itertools.product("LRPAHF", repeat=2) if AXIS[pair[0]] != AXIS[pair[1]]]
OBLIQUE = [("A", "R"), ("P", "FR"), ("A", "FL"), ("PR", "F"), ("L", "PH"), ("LPH", "F"), ("AFR", "PFR")]


@pytest.mark.parametrize(("across", "down"), [*PAIRS, *OBLIQUE[:6]])
def test_c37_rows_and_columns_of_a_projection(across: str, down: str) -> None:
    found = frame(projection([across, down]))
    assert edge_letters(found) == (across.translate(OPPOSITE), across, down.translate(OPPOSITE), down)
    assert not any("Orientation" in doubt for doubt in found.doubts)


IMPOSSIBLE = [
    ["L", "R"], ["A", "A"], ["LR", "F"], ["L", "HF"], ["X", "F"], ["L"], ["L", "F", "P"], ["LL", "F"],
    ["LPHA", "F"], ["S", "I"], ["LE", "CD"],
]  # fmt: skip


@pytest.mark.parametrize("said", IMPOSSIBLE)
def test_c37_what_cannot_be_true_is_not_used(said: list[str]) -> None:
    found = frame(projection(said))
    assert edge_letters(found) is None
    assert any("impossible" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("said", [None, "", []])
def test_c37_without_it_the_orientation_is_unknown(said: Any) -> None:
    found = frame(projection(said))
    assert (found.orientation, edge_letters(found)) == (None, None)


AXIAL = ["1", "0", "0", "0", "1", "0"]
OBLIQUE_AXIAL = ["1", "0", "0", "0", "0.8", "0.6"]
AGREEING = [(AXIAL, ["L", "P"]), (OBLIQUE_AXIAL, ["L", "P"]), (OBLIQUE_AXIAL, ["L", "PH"]), (OBLIQUE_AXIAL, ["L", "H"])]
CONTRADICTING = [
    (AXIAL, ["R", "P"]),
    (AXIAL, ["L", "A"]),
    (AXIAL, ["L", "H"]),
    (OBLIQUE_AXIAL, ["L", "F"]),
    (AXIAL, ["P", "L"]),
]


@pytest.mark.parametrize(("cosines", "said"), AGREEING)
def test_c37_coordinates_come_first(cosines: list[str], said: list[str]) -> None:
    found = frame(image(ImageOrientationPatient=cosines, PatientOrientation=said))
    assert found.orientation is None
    assert edge_letters(found) == (("R", "L", "A", "P") if cosines is AXIAL else ("R", "L", "AF", "PH"))
    assert found.doubts == ()


@pytest.mark.parametrize(("cosines", "said"), CONTRADICTING)
def test_c37_a_contradiction_shows_nothing_and_says_so(cosines: list[str], said: list[str]) -> None:
    found = frame(image(ImageOrientationPatient=cosines, PatientOrientation=said))
    assert edge_letters(found) is None
    assert any("contradicts" in doubt for doubt in found.doubts)
    assert found.plane.located


def test_c37_an_impossible_word_takes_nothing_from_the_coordinates() -> None:
    found = frame(image(ImageOrientationPatient=AXIAL, PatientOrientation=["L", "R"]))
    assert edge_letters(found) == ("R", "L", "A", "P")
    assert any("impossible" in doubt for doubt in found.doubts)


ANIMAL: dict[str, Any] = {"AnatomicalOrientationType": "QUADRUPED"}
# Rows and columns; left, right, top and bottom edge
ANIMALS = [
    (["LE", "CD"], ("RT", "LE", "CR", "CD")),
    (["RT", "V"], ("LE", "RT", "D", "V")),
    (["CD", "V"], ("CR", "CD", "D", "V")),
    (["LECR", "V"], ("RTCD", "LECR", "D", "V")),
    (["R", "V"], ("CD", "R", "D", "V")),
    (["L", "DI"], ("M", "L", "PR", "DI")),
    (["PA", "DI"], ("D", "PA", "PR", "DI")),
    (["PL", "DI"], ("D", "PL", "PR", "DI")),
    (["D", "DI"], ("", "D", "PR", "DI")),
]


@pytest.mark.parametrize(("said", "wanted"), ANIMALS)
def test_c37_animals_have_words_of_their_own(said: list[str], wanted: tuple[str, str, str, str]) -> None:
    assert edge_letters(frame(projection(said, **ANIMAL))) == wanted
    assert edge_letters(frame(image(PatientOrientation=said, **ANIMAL))) == wanted


def test_c37_human_letters_are_never_put_on_an_animal() -> None:
    for said in (None, ["L", "P"], ["A", "F"], ["LE", "RT"]):
        found = frame(image(PatientOrientation=said, **ANIMAL))
        assert edge_letters(found) is None or said == ["L", "P"]
        assert found.doubts or said == ["L", "P"]


@pytest.mark.real_data
def test_c37_real_files() -> None:
    """A DX, an oblique CT whose words agree, and an MR whose words are impossible."""
    cases = {
        "seg-sr-highdicom/dx_image.dcm": ("R", "L", "H", "F"),
        "odd-files-pydicom/test_files/J2K_pixelrep_mismatch.dcm": ("R", "L", "AH", "PF"),
        "mr-brain-t1-7t-defaced/N2D_0129.dcm": ("R", "L", "AH", "PF"),
    }
    for name, wanted in cases.items():
        with scripting.open_study(case(name)) as study:
            assert edge_letters(study.series[0].stack.images[0].frame) == wanted, name
