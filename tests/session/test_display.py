"""PET begins black on white and held at zero; what already is so, or in colour, does not (BIR 17, 18)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.made import image, stack
from viewer_app.session.display import is_clamped, starts_inverted
from viewer_app.session.view import View


@pytest.mark.parametrize(
    ("modality", "kind", "expected"),
    [
        ("PT", "MONOCHROME2", True),
        ("PT", "MONOCHROME1", False),
        ("PT", "RGB", False),
        ("CT", "MONOCHROME2", False),
        ("NM", "MONOCHROME2", False),
    ],
)
def test_only_a_plain_pet_starts_inverted(modality: str, kind: str, expected: bool) -> None:
    samples: dict[str, Any] = {"SamplesPerPixel": 3, "PlanarConfiguration": 0} if kind == "RGB" else {}
    made = stack([image(Modality=modality, PhotometricInterpretation=kind, **samples)])
    assert starts_inverted(made) is expected


@pytest.mark.parametrize(("modality", "by_itself"), [("PT", True), ("NM", True), ("CT", False), ("MR", False)])
def test_the_user_decides_over_the_modality(modality: str, by_itself: bool) -> None:
    made = stack([image(Modality=modality)])
    assert is_clamped(View(), made) is by_itself
    assert is_clamped(View(clamped=False), made) is False
    assert is_clamped(View(clamped=True), made) is True
