"""What every source promises, run over all of them on the same small CT series."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from pydicom import dcmread

from tests.orthanc_server import RunningOrthanc
from tests.sources.series import SLICES, zip_folder
from viewer_app.errors import Cancelled
from viewer_app.imaging.headers import Instance
from viewer_app.progress import Step, Watch
from viewer_app.sources import Source, open_source

CARRIED = tuple(field.name for field in fields(Instance) if field.name not in ("locator", "mark"))


@dataclass(frozen=True)
class Place:
    """Where the series lies: what is given to `open_source`, the password, how many of the slices are there."""

    text: str
    password: str
    slices: int

    def source(self) -> Source:
        return open_source(self.text, password=lambda url, user: self.password)


def in_folder(request: pytest.FixtureRequest, folder: Path) -> Place:
    return Place(str(folder), "", SLICES)


def in_file(request: pytest.FixtureRequest, folder: Path) -> Place:
    return Place(str(folder / "000.dcm"), "", 1)


def in_zip(request: pytest.FixtureRequest, folder: Path) -> Place:
    tmp_path: Path = request.getfixturevalue("tmp_path")
    return Place(str(zip_folder(folder, tmp_path / "export.zip")), "", SLICES)


def in_orthanc(request: pytest.FixtureRequest, folder: Path) -> Place:
    server: RunningOrthanc = request.getfixturevalue("orthanc")
    study_id = request.getfixturevalue("study_id")
    url = server.url.replace("http://", f"http://{server.user}@")
    return Place(f"{url}/#study={study_id}", server.password, SLICES)


PLACES: tuple[Callable[[pytest.FixtureRequest, Path], Place], ...] = (in_folder, in_file, in_zip, in_orthanc)


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
def place(request: pytest.FixtureRequest, series_folder: Path) -> Place:
    made: Place = request.param(request, series_folder)
    return made


@pytest.fixture
def source(place: Place) -> Iterator[Source]:
    source = place.source()
    yield source
    source.close()


def by_uid(source: Source) -> dict[str, Instance]:
    listing = source.find(Watch())
    assert listing.problems == ()
    (study,) = listing.studies
    (series,) = study.series
    return {instance.sop_instance_uid: instance for instance in series.instances}


@pytest.fixture
def truth(series_folder: Path) -> dict[str, Instance]:
    return by_uid(open_source(str(series_folder)))


def test_headers_are_the_same_to_the_last_bit(source: Source, place: Place, truth: dict[str, Instance]) -> None:
    found = by_uid(source)
    assert len(found) == place.slices
    for uid, instance in found.items():
        for name in CARRIED:
            assert getattr(instance, name) == getattr(truth[uid], name), name


def test_truth_is_what_was_written(truth: dict[str, Instance]) -> None:
    instance = truth["1.2.826.0.1.3680043.8.498.1.1.2"]
    plane = instance.frames[0].plane
    assert (plane.row_spacing, plane.column_spacing) == (0.703125, 0.70312500000001)
    assert plane.origin == (-66.008080743032, -131.33872823643, 1.25)
    assert instance.patient.name == "Müller^Zoë"
    assert instance.padding == (-2000.0, -2000.0)
    assert instance.details["ImageComments"] == ("long " * 200).strip()


def test_open_gives_the_bytes_of_the_file(source: Source, series_folder: Path) -> None:
    written = {str(dcmread(path).SOPInstanceUID): path.read_bytes() for path in series_folder.iterdir()}
    for uid, instance in by_uid(source).items():
        with source.open(instance, Watch()) as stream:
            assert stream.read() == written[uid]


def test_several_threads_open_at_once(source: Source, series_folder: Path) -> None:
    instances = list(by_uid(source).values()) * 4
    sizes: list[int] = []

    def read_every_fourth(start: int) -> None:
        for instance in instances[start::4]:
            with source.open(instance, Watch()) as stream:
                sizes.append(len(stream.read()))

    threads = [threading.Thread(target=read_every_fourth, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sizes) == sorted(instance.size_bytes for instance in instances)


def test_progress_ends_complete(source: Source, place: Place) -> None:
    steps: list[Step] = []
    source.find(Watch(report=steps.append))
    assert (steps[-1].done, steps[-1].total) == (place.slices, place.slices)


def test_a_cancelled_watch_ends_everything(source: Source) -> None:
    instance = next(iter(by_uid(source).values()))
    watch = Watch()
    watch.cancel()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        source.find(watch)
    with pytest.raises(Cancelled):
        source.open(instance, watch)
    assert time.monotonic() - start < 0.3


def test_cancel_while_finding(source: Source) -> None:
    seen: list[Step] = []

    def cancel_at_once(step: Step) -> None:
        seen.append(step)
        watch.cancel()

    watch = Watch(report=cancel_at_once)
    with pytest.raises(Cancelled):
        source.find(watch)
    assert len(seen) == 1


def test_the_address_opens_the_same_place(source: Source, place: Place) -> None:
    assert "%" not in source.address
    again = open_source(source.address, password=lambda url, user: place.password)
    try:
        assert by_uid(again).keys() == by_uid(source).keys()
        assert (again.address, again.title) == (source.address, source.title)
    finally:
        again.close()
