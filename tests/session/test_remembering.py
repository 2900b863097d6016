"""C38: a picture comes back turned exactly as it was left, or not turned at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.session.sitting import Sitting
from tests.sources.places import write_study
from viewer_app.session.restoring import saved_view, shown_layout

LOOKS: list[dict[str, Any]] = [
    {"flipped": True, "quarter_turns": 3, "smooth": False, "color_map": "hot", "inverted": True},
    {"flipped": False, "quarter_turns": 1},
    {"flipped": True, "quarter_turns": 0},
    {"color_map": "hot"},
]


@pytest.mark.parametrize("look", LOOKS)
def test_the_look_comes_back_through_the_store(sitting: Sitting, tmp_path: Path, look: dict[str, Any]) -> None:
    place = write_study(tmp_path / "images", "one")
    opened = sitting.open(place)
    left = replace(opened.view.value, **look)
    opened.view.set(left)
    sitting.open(write_study(tmp_path / "elsewhere", "elsewhere"))
    assert sitting.open(place).view.value == left


DAMAGED: list[dict[str, Any]] = [
    {},
    {"quarter_turns": 1},
    {"flipped": True},
    {"flipped": True, "quarter_turns": 4},
    {"flipped": True, "quarter_turns": -1},
    {"flipped": True, "quarter_turns": True},
    {"flipped": True, "quarter_turns": 1.0},
    {"flipped": 1, "quarter_turns": 1},
    {"flipped": "True", "quarter_turns": "1", "smooth": 0, "color_map": None, "inverted": "yes"},
    {"flipped": None, "quarter_turns": None, "smooth": [], "color_map": {}, "inverted": 1},
]


@pytest.mark.parametrize("state", DAMAGED)
def test_half_a_turn_or_a_damaged_one_is_none(sitting: Sitting, tmp_path: Path, state: dict[str, Any]) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    saved = replace(saved_view(opened), view_state=state)
    layout = shown_layout(opened, saved)
    assert layout is not None
    assert layout.view == opened.view.value
