"""Functions of a header, computed once for all headers that answer alike.

The slices of a series repeat nearly all of their header. What a function asks a data set for, and what it is
told, is remembered with its result; a header that gives the same answers gets the same result. The questions
are recorded where the data set keeps its elements, so none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar, TypeVarTuple, cast

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag

_MOST_RESULTS, _MOST_RUNS = 5000, 64
_LONGEST = 4096

_Arguments = TypeVarTuple("_Arguments")
_Answer = TypeVar("_Answer")
_Element = DataElement | RawDataElement
Elements = Mapping[BaseTag, _Element]


class ReadDataset(Dataset):
    """A data set that nobody writes to: no attribute set on it is an element, and pydicom need not look for one."""

    __setattr__ = object.__setattr__  # type: ignore[assignment]  # the same signature, as a slot of C


def recalled(
    function: Callable[[Dataset, *_Arguments], _Answer], *, instead: RawDataElement | None = None
) -> Callable[[Dataset, *_Arguments], _Answer]:
    """`function` of a data set and of hashable arguments, with a memory.

    It may read elements and their character set, no other state of the data set such as `file_meta`; what
    it returns is shared and must be immutable. It sees a copy of the data set, in which `instead` stands for the
    element of its tag: headers that differ there alone are the same.
    """
    memory = _Memory()

    @wraps(function)
    def wrapper(dataset: Dataset, /, *arguments: *_Arguments) -> _Answer:
        known = elements(dataset)
        if instead is not None:
            known = {**known, instead.tag: instead}
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


_Tags = tuple[BaseTag, ...]
_Results = dict[tuple[_Element | None, ...], _Result]


class _Memory:
    """What was asked, and the result for each set of answers. Used by many threads: what one loses, it computes again.

    The answer to one question decides which is asked next, so a header that gives all the answers of one run
    would be asked that run's questions; there are few different runs.
    """

    def __init__(self) -> None:
        self._runs: dict[Hashable, dict[_Tags, _Results]] = {}
        self._kept = 0

    def find(self, key: Hashable, known: Elements) -> _Result | None:
        runs, answer = self._runs.get(key), known.get
        if runs is None:
            return None
        try:
            for questions, results in tuple(runs.items()):
                found = results.get(tuple(map(answer, questions)))
                if found is not None:
                    return found
        except TypeError:  # a converted element: only raw ones can be compared
            return None
        return None

    def keep(self, key: Hashable, questions: Mapping[BaseTag, _Element | None], result: _Result) -> None:
        """Remember a result."""
        runs = self._runs.setdefault(key, {})
        if self._kept >= _MOST_RESULTS or len(runs) >= _MOST_RUNS:
            self._runs.clear()
            self._kept, runs = 0, self._runs.setdefault(key, {})
        self._kept += 1
        runs.setdefault(tuple(questions), {})[tuple(questions.values())] = result
