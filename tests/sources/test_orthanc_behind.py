"""Files that wait to be written: in their order, bounded, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.cached import fetched, read_all, source_of
from tests.sources.series import SLICES, STUDY_UID
from viewer_app.errors import Cancelled
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.cache.behind import BEHIND, Behind


def put(behind: Behind, path: Path, size: int = 100, watch: Watch | None = None) -> None:
    behind.put(path, size, lambda: path.write_bytes(bytes(size)), watch or Watch())


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_put_is_written_a_moment_later(tmp_path: Path) -> None:
    behind, until = Behind(), time.monotonic() + 5
    for name in "abc":
        put(behind, tmp_path / name)
    assert behind.waiting_bytes == 300 and not written(tmp_path)
    while behind.waiting_bytes and time.monotonic() < until:
        time.sleep(0.01)
    assert (written(tmp_path), behind.waiting_bytes) == (["a", "b", "c"], 0)


def test_one_is_written_at_once_when_it_is_asked_for(tmp_path: Path) -> None:
    behind = Behind()
    put(behind, tmp_path / "a")
    put(behind, tmp_path / "b")
    behind.finish(tmp_path / "b")
    assert written(tmp_path) == ["b"]
    behind.settle(tmp_path)
    assert (written(tmp_path), behind.waiting_bytes) == (["a", "b"], 0)


def test_no_more_waits_than_may(tmp_path: Path) -> None:
    behind = Behind(most_bytes=250)
    for name in "abcdef":
        put(behind, tmp_path / name)
        assert behind.waiting_bytes <= 250
    behind.settle(tmp_path)
    assert written(tmp_path) == list("abcdef")


def test_who_waits_for_room_can_be_cancelled(tmp_path: Path) -> None:
    behind, watch, gate = Behind(most_bytes=100), Watch(), threading.Event()
    behind.put(tmp_path / "slow", 100, lambda: gate.wait(5), Watch())
    threading.Timer(0.1, watch.cancel).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        put(behind, tmp_path / "late", watch=watch)
    assert time.monotonic() - begun < 0.3 + 0.1
    gate.set()
    behind.settle(tmp_path)
    assert not written(tmp_path)


def test_what_is_forgotten_is_not_written(tmp_path: Path) -> None:
    behind = Behind()
    put(behind, tmp_path / "a")
    with behind.forgotten(tmp_path):
        assert behind.waiting_bytes == 0
    time.sleep(0.4)
    assert not written(tmp_path)


def test_a_failure_does_not_end_the_writing(tmp_path: Path) -> None:
    behind = Behind()
    behind.put(tmp_path / "none", 100, lambda: (tmp_path / "none" / "x").write_bytes(b""), Watch())
    with pytest.raises(OSError):
        behind.settle(tmp_path)
    put(behind, tmp_path / "b")
    behind.settle(tmp_path)
    assert (written(tmp_path), behind.waiting_bytes) == (["b"], 0)


def test_a_program_that_ends_writes_what_waits(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from viewer_app.progress import Watch\n"
        "from viewer_app.sources.orthanc.cache.behind import BEHIND\n"
        "for name in 'abc':\n"
        "    path = pathlib.Path(sys.argv[1], name)\n"
        "    BEHIND.put(path, 1, lambda path=path: path.write_bytes(b'x'), Watch())\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=30)
    assert written(tmp_path) == ["a", "b", "c"]


@pytest.mark.orthanc
def test_another_who_opens_the_study_at_once_finds_it_kept(own: RunningOrthanc, cache: Cache) -> None:
    source, other = source_of(own, cache), source_of(own, Cache(cache.folder))
    contents = read_all(source, source.find(Watch()))
    assert read_all(other, other.find(Watch())) == contents
    assert fetched(other) == 0
    source.close()
    other.close()


@pytest.mark.orthanc
def test_a_study_that_is_closed_at_once_is_kept_and_one_that_is_cleared_is_not(
    own: RunningOrthanc, cache: Cache
) -> None:
    source = source_of(own, cache)
    listing = source.find(Watch())
    bodies = [source.open(instance, Watch()) for instance in listing.studies[0].instances]
    for body in bodies:
        body.close()
    source.close()
    server = Server(own.url, own.user)
    assert [kept.file_count for kept in cache.studies(server)] == [SLICES]
    assert cache.kept(server, STUDY_UID)
    source = source_of(own, cache)
    cache.clear()
    read_all(source, source.find(Watch()))
    cache.clear()
    BEHIND.settle(cache.folder)
    assert not [path for path in cache.folder.rglob("*") if path.is_file()]
    source.close()


@pytest.mark.orthanc
def test_a_listing_is_kept_a_moment_later_and_seen_at_once(own: RunningOrthanc, cache: Cache) -> None:
    server, source = Server(own.url, own.user), source_of(own, cache)
    source.find(Watch())
    assert not list(cache.folder.rglob("listing.json"))
    (shelf,) = Cache(cache.folder).kept(server, STUDY_UID)
    listing = shelf.listing()
    assert listing is not None
    assert [len(shelf.headers(one.id)) for one in listing.series] == [SLICES]
    source.find(Watch())
    shelf.forget_listing()
    BEHIND.settle(cache.folder)
    assert cache.kept(server, STUDY_UID) == ()
    source.close()


@pytest.mark.orthanc
@pytest.mark.parametrize("ends", ["cleared", "refused"])
def test_a_listing_that_waits_does_not_come_back(own: RunningOrthanc, cache: Cache, ends: str) -> None:
    server, source = Server(own.url, own.user), source_of(own, cache)
    source.find(Watch())
    source.close()
    cache.clear() if ends == "cleared" else cache.refuse(server)
    BEHIND.settle(cache.folder)
    assert cache.kept(server, STUDY_UID) == ()
    assert cache.studies(server) == ()


@pytest.mark.orthanc
def test_what_another_program_clears_is_kept_anew(own: RunningOrthanc, cache: Cache) -> None:
    told: list[str] = []
    cache.tell = told.append
    source = source_of(own, cache)
    contents = read_all(source, source.find(Watch()))
    cache.settle()
    Cache(cache.folder).clear()
    for _ in range(2):
        assert read_all(source, source.find(Watch())) == contents
    cache.settle()
    assert not told and fetched(source) == 2 * SLICES
    source.close()
