"""Words in a narrow room: every one is kept whole, and so is every number."""

from __future__ import annotations

import pytest

from viewer_app.ui.views.wrapping import wrapped
from viewer_app.ui.words import number_text

LABEL = "Nodule A 3  14.3\u2009±\u20092.9\u2009mm"


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        (LABEL, 40, (LABEL,)),
        (LABEL, 15, ("Nodule A 3", "14.3\u2009±\u20092.9\u2009mm")),
        (LABEL, 8, ("Nodule A", "3", "14.3\u2009±\u20092.9\u2009mm")),
        ("mean 41\u2009HU · SD 12\u2009HU · n 21", 16, ("mean 41\u2009HU", "SD 12\u2009HU · n 21")),
        ("mean 41\u2009HU · SD 12\u2009HU", 13, ("mean 41\u2009HU", "SD 12\u2009HU")),
        ("Drag a series here", 9, ("Drag a", "series", "here")),
        ("", 5, ("",)),
    ],
)
def test_lines_fit_and_no_word_is_cut(text: str, room: int, lines: tuple[str, ...]) -> None:
    assert wrapped(text, len, room) == lines


def test_zero_has_no_minus() -> None:
    assert [number_text(value, 1) for value in (-0.04, -0.06, 0.0)] == ["0.0", "−0.1", "0.0"]
