"""Stretches of a header that come again byte for byte: the slices of a series repeat nearly all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag

Found = dict[BaseTag, DataElement | RawDataElement]

_HEAD = 8
_FEWEST_ELEMENTS = 3
# Looking for runs costs as much as a walk: only where they would spare steps, and less often where it is in vain.
_MOST_STEPS, _SPARED, _PAUSE, _LONGEST_PAUSE = 32, 8, 8, 96
_LONGEST_HEADER = 256 << 10


class Span(NamedTuple):
    """An element of a header: its tag, and where it begins and ends."""

    tag: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """The bytes of some elements in a row, the tags of the first and the last, how many they are, and what is found."""

    raw: bytes
    first: int
    last: int
    length: int
    found: Found


class Runs:
    """The runs that two headers had in common, by their first eight bytes; for several threads.

    What is found in the same bytes is the same: a run is only ever a shorter way to what a walk finds.
    """

    def __init__(self) -> None:
        self.known: Mapping[bytes, Run] = {}
        self._steps = _SPARED
        self._before: Mapping[int, bytes] = {}
        self._pause, self._waited = _PAUSE, _PAUSE

    def is_due(self, steps: int, length: int) -> bool:
        """A walk over a header of `length` bytes took so many `steps` that new runs are worth looking for."""
        if steps <= self._steps + _SPARED:
            self._pause = max(_PAUSE, self._pause - 1)
            return False
        self._waited += 1
        return self._waited > self._pause and length <= _LONGEST_HEADER

    def learn(self, data: bytes, spans: Iterable[Span], found: Found) -> None:
        """Learn from a header of these elements, of which `found` are wanted, and from the one that is due after it."""
        before, told = self._before, {span: data[span.start : span.end] for span in spans}
        if not before:
            self._before = {span.tag: raw for span, raw in told.items()}
            return
        self._before, self._pause, self._waited = {}, min(2 * self._pause, _LONGEST_PAUSE), 0
        rows = (list(row) for again, row in groupby(told, lambda one: before.get(one.tag) == told[one]) if again)
        runs = [_run(data, row, found) for row in rows if len(row) >= _FEWEST_ELEMENTS]
        if runs:
            self.known = {run.raw[:_HEAD]: run for run in runs}
            self._steps = min(len(told) - sum(run.length - 1 for run in runs), _MOST_STEPS)


def _run(data: bytes, row: list[Span], found: Found) -> Run:
    first, last = row[0], row[-1]
    wanted = {tag: element for tag, element in found.items() if first.tag <= tag <= last.tag}
    return Run(data[first.start : last.end], first.tag, last.tag, len(row), wanted)
