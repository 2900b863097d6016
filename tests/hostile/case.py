"""What a hostile case is: how it is made, what may be handed out of it, and what must be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.headers import Image
from viewer_app.imaging.report import GeometryReport

NEIGHBOUR_ID = "NEIGHBOUR"


@dataclass(frozen=True)
class Shown:
    """One frame that was handed out, as a view would get it."""

    image: Image
    report: GeometryReport
    stored: NDArray[Any]
    window_width: float
    pixel_doubts: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """All that is told beside it: doubts of the frame and its pixels, warnings and notes of its stack."""
        return " ".join((*self.image.frame.doubts, *self.pixel_doubts, *self.report.warnings, *self.report.notes))


@dataclass(frozen=True)
class Seen:
    """What became of a place: the neighbour's part is left out everywhere.

    `told` is (where, why) as `viewer-app info` prints it, `failed` what a load could not
    show, `stacks` how many images each stack has, `patients` the (id, name) of each study.
    """

    shown: tuple[Shown, ...] = ()
    failed: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    stacks: tuple[int, ...] = ()
    patients: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """Every sentence there is."""
        return " ".join((*(f"{where}: {why}" for where, why in self.told), *(shown.said for shown in self.shown)))


Expectation = Callable[[Seen], None]
Truth = NDArray[Any]


@dataclass(frozen=True)
class Case:
    """One hostile place.

    `make` fills a folder; `place` is what of it is opened. Every frame that is handed out
    must be one of `truths`, bit by bit; without any, none may be handed out. `lonely` cases
    get no healthy neighbour beside them. Root gives its rights away for what is opened
    `as_nobody`. Everything that is done with the place takes `longest_s` at most.
    `reason_not_yet` is why the case still fails; a test that then passes fails.
    """

    id: str
    make: Callable[[Path], object]
    expect: Expectation
    truths: tuple[Truth, ...] = ()
    place: str = ""
    lonely: bool = False
    as_nobody: bool = False
    longest_s: float = 10.0
    reason_not_yet: str = ""

    @property
    def number(self) -> str:
        """ "H24" of "H24-larger-columns"."""
        return self.id.partition("-")[0]


def is_truth(stored: NDArray[Any], truths: tuple[Truth, ...]) -> bool:
    """`stored` is one of `truths` in shape and every value; NaN equals NaN."""
    return any(
        stored.shape == truth.shape and np.array_equal(stored, truth, equal_nan=truth.dtype.kind == "f")
        for truth in truths
    )


def shown(words: str = "", *, count: int = 1, unit: str | None = None) -> Expectation:
    """`count` frames are handed out; `words`, a pattern, is among what is told."""

    def check(seen: Seen) -> None:
        assert len(seen.shown) == count, f"{len(seen.shown)} shown, told: {seen.said}"
        assert not seen.failed, seen.failed
        _said(words, seen.said)
        if unit is not None:
            units = {item.image.frame.rescale.unit for item in seen.shown}
            assert units == {unit}, units

    return check


def in_pixels(words: str, *, count: int = 1) -> Expectation:
    """Handed out, with lengths in pixels and the reason told."""

    def check(seen: Seen) -> None:
        shown(words, count=count)(seen)
        units = {item.image.plane.unit for item in seen.shown}
        assert units == {"px"}, units

    return check


def no_volume(words: str, *, count: int) -> Expectation:
    """Handed out as a stack to scroll through; no volume, for the reason told."""

    def check(seen: Seen) -> None:
        shown(words, count=count)(seen)
        assert not any(item.report.is_volume for item in seen.shown)

    return check


def split(*sizes: int, words: str = "") -> Expectation:
    """Handed out in several stacks."""

    def check(seen: Seen) -> None:
        shown(words, count=sum(sizes))(seen)
        assert seen.stacks == sizes, seen.stacks

    return check


def refused(words: str, *, name: str = "") -> Expectation:
    """No frame is handed out, and a sentence says of which file and why."""

    def check(seen: Seen) -> None:
        assert not seen.shown, "a frame was handed out"
        _named(words, name, seen)

    return check


def either(words: str = "") -> Expectation:
    """Handed out rightly, or refused with a sentence that names the file and has `words`."""

    def check(seen: Seen) -> None:
        if not seen.shown:
            _named(words, "", seen)

    return check


def doubted(words: str) -> Expectation:
    """Refused, or handed out with `words` beside it: what is ambiguous is never taken in silence."""

    def check(seen: Seen) -> None:
        assert seen.told or seen.shown
        _said(words, seen.said)

    return check


def not_dicom(count: int = 1) -> Expectation:
    """Counted among the files that are not DICOM, and nothing else is said."""

    def check(seen: Seen) -> None:
        assert not seen.shown and not seen.failed
        _said(rf"\b{count} files? (is|are) not DICOM", seen.said)

    return check


def not_an_image(kind: str) -> Expectation:
    """Listed by its kind among what is no image."""

    def check(seen: Seen) -> None:
        assert not seen.shown and not seen.failed, seen.failed
        assert seen.others == (kind,), seen.others

    return check


def patients(*identities: tuple[str, str], words: str) -> Expectation:
    """Studies of these patients (id, name), kept apart and told."""

    def check(seen: Seen) -> None:
        assert sorted(seen.patients) == sorted(identities), seen.patients
        _said(words, seen.said)

    return check


def nothing(seen: Seen) -> None:
    """Nothing is seen of it and nothing need be said."""
    assert not seen.shown and not seen.failed


def _named(words: str, name: str, seen: Seen) -> None:
    """The sentence names its file; a file that is no DICOM at all is counted instead."""
    for where, why in seen.told:
        if name in where and re.search(words, why, re.IGNORECASE) and why.endswith("."):
            return
    raise AssertionError(f"no sentence on {name or 'the file'} with {words!r}; told: {seen.told}")


def _said(words: str, text: str) -> None:
    assert re.search(words, text, re.IGNORECASE), f"{words!r} is not said: {text!r}"
