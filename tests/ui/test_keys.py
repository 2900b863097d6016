"""A key means one thing: of two actions with one key, Qt does neither."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from viewer_app.measure.kinds import DRAWN
from viewer_app.measure.present import within
from viewer_app.ui.actions import ACTIONS, shortcuts


def test_no_two_actions_have_one_key() -> None:
    names = {spec.name for spec in ACTIONS}
    keys = [QKeySequence(key).toString() for name, listed in shortcuts().items() if name in names for key in listed]
    assert len(keys) > len(DRAWN)
    assert [key for key, count in Counter(filter(None, keys)).items() if count > 1] == []


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Two diameters", "two diameters"),
        ("Cobb angle", "Cobb angle"),
        ("3D distance", "3D distance"),
        ("Draw Cobb angle", "draw Cobb angle"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence_keeps_its_names(title: str, inside: str) -> None:
    assert within(title) == inside
