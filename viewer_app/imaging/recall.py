"""Functions of a header, computed once for all headers that answer alike.

The slices of a series repeat nearly all of their header. What a function asks a data set for, and what it is
told, is remembered with its result; a header that gives the same answers gets the same result. The questions
are recorded where the data set keeps its elements, so none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple, cast

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag

_MOST_RESULTS = 5000
_LONGEST = 4096

_Arguments = TypeVarTuple("_Arguments")
_Answer = TypeVar("_Answer")
_Element = DataElement | RawDataElement
Elements = Mapping[BaseTag, _Element]


def recalled(function: Callable[[Dataset, *_Arguments], _Answer]) -> Callable[[Dataset, *_Arguments], _Answer]:
    """`function` of a data set and of hashable arguments, with a memory.

    It may read elements and their character set, no other state of the data set such as `file_meta`; what
    it returns is shared and must be immutable. It sees a copy of the data set.
    """
    memory = _Memory()

    @wraps(function)
    def wrapper(dataset: Dataset, /, *arguments: *_Arguments) -> _Answer:
        known = elements(dataset)
        key = (encoding(dataset), arguments)
        found = memory.find(key, known)
        if found is None:
            asked = _Recorder(known)
            found = _Result(function(_copy(dataset, asked), *arguments))
            if asked.comparable():
                memory.keep(key, asked.questions, found)
        return cast(_Answer, found.value)

    return wrapper


def elements(dataset: Dataset) -> Elements:
    """The elements of a data set as it keeps them: raw until somebody asks for their value."""
    return dataset._dict


def encoding(dataset: Dataset) -> str | tuple[str, ...]:
    """The names of the character sets of a data set, hashable."""
    names = dataset.original_character_set
    return names if isinstance(names, str) else tuple(names)


def _copy(dataset: Dataset, asked: _Recorder) -> Dataset:
    copy = Dataset(asked)
    implicit, little = dataset.original_encoding
    copy.set_original_encoding(implicit, little, dataset.original_character_set)
    return copy


class _Recorder(MutableMapping[BaseTag, _Element]):
    """The elements of a data set. `questions` are the tags somebody looked for, in order, with what was there."""

    def __init__(self, known: Elements) -> None:
        self._known = known
        self._converted: dict[BaseTag, _Element] = {}
        self.questions: dict[BaseTag, _Element | None] = {}
        self.asked_for_all = False

    def __getitem__(self, tag: BaseTag) -> _Element:
        self.questions.setdefault(tag, self._known.get(tag))
        return self._converted[tag] if tag in self._converted else self._known[tag]

    def __setitem__(self, tag: BaseTag, element: _Element) -> None:
        self._converted[tag] = element

    def __delitem__(self, tag: BaseTag) -> None:
        raise TypeError("a header is only read")

    def __iter__(self) -> Iterator[BaseTag]:
        self.asked_for_all = True
        return iter(self._known)

    def __len__(self) -> int:
        self.asked_for_all = True
        return len(self._known)

    def comparable(self) -> bool:
        """True where all answers are bytes of moderate length, which another header may have too."""
        return not self.asked_for_all and all(
            answer is None
            or (isinstance(answer, RawDataElement) and not answer.value_tell and len(answer.value or b"") <= _LONGEST)
            for answer in self.questions.values()
        )


@dataclass(frozen=True, slots=True)
class _Result:
    value: object


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked next, and where each answer leads; the first question is always the same."""

    tag: BaseTag
    answers: dict[Any, _Question | _Result] = field(default_factory=dict)


class _Memory:
    """The questions of one function as a tree. Used by many threads: what one of them loses, it computes again."""

    def __init__(self) -> None:
        self._first: dict[Hashable, _Question | _Result] = {}
        self._results = 0

    def find(self, key: Hashable, known: Elements) -> _Result | None:
        step = self._first.get(key)
        try:
            while isinstance(step, _Question):
                step = step.answers.get(known.get(step.tag))
        except TypeError:  # a converted element: only raw ones can be compared
            return None
        return step

    def keep(self, key: Hashable, questions: Mapping[BaseTag, Any], result: _Result) -> None:
        """Remember a result."""
        if self._results >= _MOST_RESULTS:
            self._first.clear()
            self._results = 0
        self._results += 1
        steps: dict[Any, _Question | _Result] = self._first
        for tag, answer in questions.items():
            question = steps.setdefault(key, _Question(tag))
            if not isinstance(question, _Question) or question.tag != tag:
                return
            steps, key = question.answers, answer
        steps[key] = result
