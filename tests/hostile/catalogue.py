"""All cases, by id. The quick form is what every test run tries; the thorough form adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from tests.hostile import colours, elements, files, geometry, identity, media, pixels, places, text, values
from tests.hostile.case import Case

GROUPS: tuple[Callable[[bool], Iterator[Case]], ...] = (
    files.cases,
    elements.cases,
    pixels.cases,
    colours.cases,
    geometry.cases,
    values.cases,
    identity.cases,
    text.cases,
    media.cases,
    places.cases,
)


@cache
def catalogue(*, thorough: bool = False) -> dict[str, Case]:
    """Every case by its id."""
    listed = [case for group in GROUPS for case in group(thorough)]
    found = {case.id: case for case in listed}
    assert len(found) == len(listed), "two cases of one id"
    return found


def case_of(name: str) -> Case:
    """The case of that id, quick or thorough."""
    quick = catalogue()
    return quick[name] if name in quick else catalogue(thorough=True)[name]
