"""Warnings in as few words as tell them, for viewports with no room for more. No Qt."""

from __future__ import annotations

_STUDIES = {"Prior study": "Prior", "Other study": "Other study", "Newer study": "Newer"}
_LINKS = ("not linked", "linked by hand")
_TURNED = ("Rotated", "Flipped")


def short_badge(badge: str) -> str:
    """ "Prior 2025-01-09" for "Prior study 2025-01-09", "not linked" without the reason; others as they are."""
    for name, short in _STUDIES.items():
        if badge.startswith(name):
            return badge.replace(name, short, 1)
    return next((link for link in _LINKS if badge.startswith(link)), badge)


def never_folds(badge: str) -> bool:
    """True of what tells whose picture it is, of which day, and which side is which: it is written in any viewport."""
    return badge.startswith((*_STUDIES, *_STUDIES.values(), *_LINKS, *_TURNED))
