"""Presets, shortcuts and label sets are well-formed and free of collisions."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from viewer_app import resources
from viewer_app.ui.actions import shortcuts


def test_presets_have_one_key_and_a_real_window_each() -> None:
    table = resources.table("window_presets.json")
    assert next(iter(table)) == "CT"
    for presets in table.values():
        assert [preset["key"] for preset in presets] == [str(n) for n in range(2, 2 + len(presets))]
        assert len({preset["name"] for preset in presets}) == len(presets) <= 8
        assert all(preset["width"] >= 1 and set(preset) == {"key", "name", "center", "width"} for preset in presets)


def test_the_first_preset_is_the_brain_window() -> None:
    brain = resources.table("window_presets.json")["CT"][0]
    assert (brain["name"], brain["center"], brain["width"]) == ("Brain", 40, 80)


def test_no_two_actions_share_a_key(qapp: QApplication) -> None:
    table = shortcuts()
    keys = [QKeySequence(key, QKeySequence.SequenceFormat.PortableText) for keys in table.values() for key in keys]
    count = Counter(key.toString(QKeySequence.SequenceFormat.PortableText) for key in keys)
    assert [key for key, number in count.items() if number > 1 or not key] == []


def test_shortcuts_are_written_as_qt_writes_them(qapp: QApplication) -> None:
    for action, keys in shortcuts().items():
        assert keys and action.replace("_", "").isalnum() and action.islower()
        assert [QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) for key in keys] == keys


def test_every_preset_key_has_its_action() -> None:
    keys = shortcuts()
    for preset in resources.table("window_presets.json")["CT"]:
        assert keys[f"window_preset_{preset['key']}"] == [preset["key"]]


def test_letters_on_which_the_standards_agree() -> None:
    keys = shortcuts()
    agreed = {"scroll": "S", "window": "W", "zoom": "Z", "pan": "T", "distance": "D", "cine": "C"}
    assert {action: keys[action] for action in agreed} == {action: [key] for action, key in agreed.items()}


def test_label_sets_hold_each_label_once() -> None:
    sets = resources.table("label_sets.json")
    assert {"recist", "organs"} <= set(sets)
    for found in sets.values():
        assert found["title"] and len(set(found["labels"])) == len(found["labels"]) > 0
