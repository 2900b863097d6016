"""The windows of a file stand in the menu by their names, and the presets of the unit after them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer_app.imaging.headers import Lookup, Window
from viewer_app.session.presets import WindowPresets
from viewer_app.ui.window_menu import file_choices, preset_choices, window_menu

TABLE = Lookup(0, b"\0\0\xff\0", 8)
LUT = Window(128.0, 256.0, "Hips & spine", "LUT", TABLE)
BONE = Window(450.0, 1500.0, "Bone")


def test_each_window_of_the_file_once_and_by_name() -> None:
    found = file_choices([LUT, BONE, BONE, Window(40.0, 400.0), Window(2.5, 5.0, "", "LINEAR_EXACT")])
    assert [choice.title for choice in found] == [
        "VOI LUT Hips && spine",
        "Bone · W 1500 L 450",
        "Window of the file · W 400 L 40",
        "Window of the file · W 5.00 L 2.50",
    ]


@pytest.mark.parametrize(
    ("modality", "unit", "first"),
    [("CT", "HU", Window(40.0, 80.0, "Brain")), ("PT", "SUVbw", Window(2.5, 5.0, "SUV 0–5", "LINEAR_EXACT"))],
)
def test_presets_are_of_the_unit_or_the_modality(tmp_path: Path, modality: str, unit: str, first: Window) -> None:
    assert preset_choices(WindowPresets(tmp_path).of(modality, unit))[0].window == first


@pytest.mark.parametrize(("modality", "unit"), [("MR", ""), ("PT", "Bq/ml")])
def test_no_preset_where_numbers_mean_something_else(tmp_path: Path, modality: str, unit: str) -> None:
    assert WindowPresets(tmp_path).of(modality, unit) == ()


def test_a_choice_is_made_and_marked(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[Window] = []
    groups = (file_choices([LUT, BONE]), preset_choices(WindowPresets(tmp_path).of("CT", "HU")))
    actions = [action for action in window_menu(parent, groups, BONE, chosen.append).actions() if action.text()]
    assert [action.text() for action in actions if action.isChecked()] == ["Bone · W 1500 L 450"]
    actions[0].trigger()
    assert chosen == [LUT]
    assert actions[2].text() == "Brain\t2"
