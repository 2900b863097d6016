"""Lengths as people type them."""

from __future__ import annotations

import pytest

from viewer_app.errors import CaliperError
from viewer_app.measure.typed import typed_mm


@pytest.mark.parametrize(
    ("text", "length"),
    [("50 mm", 50.0), ("5 cm", 50.0), ("2,5cm", 25.0), (" 25.4 MM ", 25.4), (".5 cm", 5.0), ("0,125 cm", 1.25)],
)
def test_what_is_understood(text: str, length: float) -> None:
    assert typed_mm(text) == pytest.approx(length, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("50", "mm or cm"),
        ("2,5", "mm or cm"),
        ("", "no length"),
        ("mm", "no length"),
        ("-5 mm", "no length"),
        ("1e3 mm", "no length"),
        ("nan mm", "no length"),
        ("2 in", "in is not understood"),
        ("5 m", "m is not understood"),
        ("1,500 mm", "two ways"),
        ("1.500 mm", "two ways"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(CaliperError, match=why):
        typed_mm(text)
