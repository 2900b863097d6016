"""Which numbers can be the size of a pixel."""

from __future__ import annotations

Spacing = tuple[float, float]
"""Millimetres (between rows, between columns)."""

Doubts = tuple[str, ...]
"""Sentences: what a reader must know before trusting a length."""

# Outside these no scanner works: such a spacing is a writing error, not a scale.
_SMALLEST_MM, _LARGEST_MM = 1e-4, 1e3
# Writers round the same spacing differently; no projection is calibrated by less.
_SAME = 1e-3


def valid_spacing(numbers: tuple[float, ...] | None) -> Spacing | None:
    """The pair of an attribute like Pixel Spacing (PS3.3 10.7.1.3), None where it is no scale (C09)."""
    if numbers is None or len(numbers) != 2:
        return None
    if not all(_SMALLEST_MM < number < _LARGEST_MM for number in numbers):
        return None
    return numbers[0], numbers[1]


def same_spacing(one: Spacing, other: Spacing) -> bool:
    """Equal but for the rounding of decimal strings."""
    return all(abs(here / there - 1) <= _SAME for here, there in zip(one, other, strict=True))
