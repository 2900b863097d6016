"""Several files of places that open one at a time, or of two places: none is mixed up, lost or left open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.sources.series import SLICES, write_series
from viewer_app.errors import Cancelled
from viewer_app.imaging.headers import Instance
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Changes, Glance, Listing, open_many
from viewer_app.sources.joined import joined, listed_anew


class Place(FolderSource):
    """A folder that remembers what it opened, and does something `before` each; listed anew, it holds nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.files: list[BinaryIO] = []
        self.before: Callable[[], object] = list

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        self.before()
        watch.check()
        self.files.append(super().open(instance, watch))
        return self.files[-1]

    def look(self, watch: Watch) -> Glance:
        return Glance(0)

    def refresh(self, watch: Watch) -> Changes:
        return Changes(Listing(()), frozenset(), frozenset(), frozenset())


def instances_of(listing: Listing) -> Sequence[Instance]:
    return [instance for study in listing.studies for instance in study.instances]


def test_a_cancel_leaves_no_file_open(tmp_path: Path) -> None:
    place, watch = Place(write_series(tmp_path / "one")), Watch()
    instances = instances_of(place.find(Watch()))
    place.before = lambda: watch.cancel() if len(place.files) == 2 else None
    with pytest.raises(Cancelled):
        open_many(place, instances, watch)
    assert [file.closed for file in place.files] == [True, True]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Place, Place]:
    return Place(write_series(tmp_path / "now")), Place(write_series(tmp_path / "prior", study_uid="1.2.3"))


def test_a_cancel_in_the_second_place_leaves_no_file_open(two: tuple[Place, Place]) -> None:
    (now, prior), watch = two, Watch()
    both, listing = joined(now, now.find(Watch()), prior, prior.find(Watch()))
    prior.before = watch.cancel
    with pytest.raises(Cancelled):
        open_many(both, instances_of(listing), watch)
    assert [file.closed for file in now.files] == [True] * SLICES


def test_a_place_may_be_listed_anew_meanwhile(two: tuple[Place, Place]) -> None:
    now, prior = two
    both, listing = joined(now, now.find(Watch()), prior, prior.find(Watch()))
    instances = instances_of(listing)
    theirs = next(one for one in instances if one.study.study_uid == "1.2.3")
    now.before = lambda: listed_anew(both, theirs, Watch())
    found = open_many(both, instances, Watch())
    for instance, one in zip(instances, found, strict=True):
        assert one is not None and not isinstance(one, Exception)
        with one:
            assert instance.sop_instance_uid.encode() in one.read()
