"""Images that repeat places, told apart by what they say of themselves: echo, phase, b-value, time ...

Only a split that makes every part show each place once is taken; where none
does, the images stay together and the geometry report tells the repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import Image
from viewer_app.imaging.reading.dimensions import (
    B_VALUE,
    COUNTERS,
    DIMENSIONS,
    OBJECT,
    Dimension,
    Value,
    index_dimension,
)

SAME_PLACE_MM = 0.01
_MOST_TOGETHER = 3
_MOST_DESCRIBED = 2
_MOST_PARTS_PER_REPEAT = 2
_RANKED = ("trigger time", "acquisition time", "content time")

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """Images that show each place once, and what tells them from the other parts: "b = 800 s/mm²"."""

    label: str
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The parts in the order of their values; `by` names what they were told apart by: "b-value, echo time"."""

    by: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A dimension over all images: the code of each image is the place of its value in `values`."""

    dimension: Dimension
    values: tuple[Value, ...]
    codes: Codes


def split_repeats(images: Sequence[Image]) -> Split | None:
    """The parts of located images of one orientation; None where no place repeats, or nothing explains it."""
    places = _places(images)
    count = int(places.max()) + 1
    if count == len(images) or count < 2:
        return None
    columns = _columns(images)
    for chosen in _candidates(columns, places):
        codes = _together(chosen)
        if _explains(codes, places, all(column.dimension.strong for column in chosen)):
            return _split(images, chosen, codes, columns)
    return None


def _places(images: Sequence[Image]) -> Codes:
    """The number of each image's place, from 0, along the normal."""
    heights = images[0].plane.height([image.plane.origin for image in images])
    order = np.argsort(heights, kind="stable")
    fresh = np.diff(heights[order], prepend=heights[order[0]]) > SAME_PLACE_MM
    places = np.empty(len(images), dtype=np.int64)
    places[order] = np.cumsum(fresh)
    return places


def _columns(images: Sequence[Image]) -> list[_Column]:
    """The dimensions in which the images differ, in the order of their worth."""
    known = [dict(image.frame.dimensions) for image in images]
    names = dict.fromkeys(name for one in known for name in one)
    indices = [index_dimension(name) for name in sorted(names) if name.startswith("dimension index")]
    found = []
    for dimension in (*DIMENSIONS, *COUNTERS, *indices):
        if dimension.name in names:
            column = _column(dimension, [one.get(dimension.name, "") for one in known])
            if len(column.values) > 1:
                found.append(column)
    return [*found, *_objects(images)]


def _objects(images: Sequence[Image]) -> list[_Column]:
    """The objects the images come from, where these hold several images each."""
    instances = {image.sop_instance_uid: image.instance for image in images}
    if not 1 < len(instances) < len(images):
        return []
    written = sorted(instances.values(), key=lambda one: (one.instance_number or 0, one.sop_instance_uid))
    numbers = {instance.sop_instance_uid: float(number) for number, instance in enumerate(written, start=1)}
    return [_column(OBJECT, [numbers[image.sop_instance_uid] for image in images])]


def _column(dimension: Dimension, told: list[Value]) -> _Column:
    values = tuple(sorted(set(told), key=lambda value: (isinstance(value, float), value)))
    codes = {value: code for code, value in enumerate(values)}
    return _Column(dimension, values, np.array([codes[value] for value in told], dtype=np.int64))


def _candidates(columns: list[_Column], places: Codes) -> Iterator[tuple[_Column, ...]]:
    """What may tell the images apart: few dimensions before many, what scanners call images before counters."""
    named = [column for column in columns if column.dimension in DIMENSIONS]
    counters = [column for column in columns if column.dimension not in DIMENSIONS]
    yield from _subsets(named, 1, _MOST_TOGETHER)
    for few in (0, 1):
        for counter in counters:
            yield from ((*rest, counter) for rest in _subsets(named, few, few))
    for prior in _subsets(named, 0, 2):
        for column in columns:
            if column.dimension.name in _RANKED and column not in prior:
                ranked = _ranked(column, prior, places)
                if ranked is not None:
                    yield (*prior, ranked)


def _subsets(columns: Iterable[_Column], fewest: int, most: int) -> Iterator[tuple[_Column, ...]]:
    kept = tuple(columns)
    for size in range(fewest, most + 1):
        yield from combinations(kept, size)


def _together(columns: Sequence[_Column]) -> Codes:
    codes = np.zeros_like(columns[0].codes)
    for column in columns:
        codes = codes * len(column.values) + column.codes
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _explains(codes: Codes, places: Codes, strong: bool) -> bool:
    """Each part shows each place once, and there are no more parts than the repeats ask for.

    Counters must also give parts of like size, and repeats must be the rule: a
    clock that happens to jump at a single duplicate proves nothing.
    """
    sizes, at_place = np.bincount(codes), np.bincount(places)
    if not 2 <= len(sizes) <= _MOST_PARTS_PER_REPEAT * at_place.max():
        return False
    if len(np.unique(codes * len(at_place) + places)) < len(codes):
        return False
    alike = 2 * sizes.min() >= sizes.max() and 2 * len(codes) >= 3 * len(at_place)
    return strong or bool(alike)


def _ranked(column: _Column, prior: Sequence[_Column], places: Codes) -> _Column | None:
    """The k-th image in time at each place, where every place has equally many, at different times.

    Times of one phase differ a little from slice to slice, so they cannot be compared by value.
    """
    before = _together(prior) if prior else np.zeros_like(places)
    order = np.lexsort((column.codes, places, before))
    cell = before[order] * (places.max() + 1) + places[order]
    _, starts, counts = np.unique(cell, return_index=True, return_counts=True)
    repeated = (np.diff(cell) == 0) & (np.diff(column.codes[order]) == 0)
    if counts.min() != counts.max() or counts[0] < 2 or repeated.any():
        return None
    codes = np.empty_like(places)
    codes[order] = np.arange(len(order)) - np.repeat(starts, counts)
    what = "phase" if column.dimension.name == "trigger time" else "time point"
    dimension = Dimension(column.dimension.name, (), lambda value, every: f"{what} {value:g} of {len(every)}")
    return _Column(dimension, tuple(float(rank) for rank in range(1, int(counts[0]) + 1)), codes)


def _split(images: Sequence[Image], chosen: Sequence[_Column], codes: Codes, columns: list[_Column]) -> Split:
    told = [*_described(chosen, codes, columns), *chosen]
    parts = []
    for code in range(int(codes.max()) + 1):
        members: list[int] = np.flatnonzero(codes == code).tolist()
        words = [column.dimension.words(column.values[column.codes[members[0]]], column.values) for column in told]
        label = ", ".join(word for word in words if word) or f"part {code + 1}"
        parts.append(Part(_capital(label), tuple(images[index] for index in members)))
    return Split(", ".join(column.dimension.name for column in chosen), tuple(parts))


def _capital(label: str) -> str:
    """A b-value is written small."""
    return label if label.startswith("b ") else label[:1].upper() + label[1:]


def _described(chosen: Sequence[_Column], codes: Codes, columns: list[_Column]) -> list[_Column]:
    """What is the same in a whole part and says more than what splits: a b-value beside a counter or a direction."""
    splits_by_name = all(column.dimension in DIMENSIONS for column in chosen)
    telling: tuple[Dimension, ...] = (B_VALUE,) if splits_by_name else DIMENSIONS
    others = (column for column in columns if column.dimension in telling and column not in chosen)
    parts = int(codes.max()) + 1
    return [column for column in others if len(np.unique(column.codes * parts + codes)) == parts][:_MOST_DESCRIBED]
