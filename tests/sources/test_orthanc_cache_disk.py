"""The cache of files from servers on the disk: private, within its limit, and never a wrong byte."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.cached import fetched, files, opened_once, read_all, source_of
from tests.sources.series import SLICES, STUDY_UID, write_series
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import Unreachable

pytestmark = pytest.mark.orthanc


def test_only_its_owner_may_read_it(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    if os.name != "posix":
        pytest.skip("modes are those of POSIX")
    for path in (cache.folder, *cache.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert STUDY_UID not in path.name and "P-1" not in path.name


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def header_flipped(path: Path) -> None:
    data = path.read_bytes()
    assert data.count(b"0.703125\\") == 1
    path.write_bytes(data.replace(b"0.703125\\", b"0.903125\\"))


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:700])


def foreign(path: Path) -> None:
    other = next(other for other in path.parent.glob("*.dcm") if other != path)
    path.write_bytes(other.read_bytes())


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("spoil", [flipped, header_flipped, halved, foreign, Path.unlink, pipe])
def test_what_was_spoilt_on_the_disk_is_fetched_again(
    own: RunningOrthanc, cache: Cache, spoil: Callable[[Path], None]
) -> None:
    contents = opened_once(own, cache)
    spoil(files(cache)[2])
    source = source_of(own, Cache(cache.folder))
    assert read_all(source, source.find(Watch())) == contents
    assert fetched(source) == 1
    source.close()
    assert {path.read_bytes() for path in files(cache)} == set(contents.values())


@pytest.mark.parametrize("spoil", [flipped, header_flipped, halved, foreign, Path.unlink, pipe])
def test_nor_is_it_shown_without_the_server(own: RunningOrthanc, cache: Cache, spoil: Callable[[Path], None]) -> None:
    contents = opened_once(own, cache)
    spoil(files(cache)[2])
    own.stop()
    source = source_of(own, Cache(cache.folder))
    listing = source.find(Watch())
    (stack,) = stacks_of(listing.studies[0].series[0])
    assert {image.plane.row_spacing for image in stack.images} == {0.703125}
    volume = Volume(stack)
    with pytest.raises(Unreachable):
        load(source, volume, Watch())
    assert (volume.present, volume.failed) == (SLICES - 1, {})
    if spoil is not flipped:  # only the bytes tell
        assert any(f"1 of its {SLICES} images" in problem.why for problem in listing.problems)
    assert set(contents.values()) >= {path.read_bytes() for path in files(cache) if path.is_file()}
    source.close()


@pytest.mark.parametrize("name", ["files.jsonl", "listing.json"])
@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"[" * 100_000, b'{"ID": "../../x"}\n', b"[]"])
def test_damaged_lists_are_as_none(own: RunningOrthanc, cache: Cache, name: str, data: bytes) -> None:
    contents = opened_once(own, cache)
    next(cache.folder.glob(f"*/*/{name}")).write_bytes(data)
    source = source_of(own, Cache(cache.folder))
    assert read_all(source, source.find(Watch())) == contents
    source.close()


def spoilt_disk(cache: Cache) -> None:
    """A file where a folder is wanted: nothing can be written, whoever runs the test."""
    cache.folder.parent.mkdir(exist_ok=True)
    cache.folder.write_bytes(b"")


def test_a_folder_that_cannot_be_written_is_told_once(own: RunningOrthanc, cache: Cache) -> None:
    told: list[str] = []
    cache.tell = told.append
    spoilt_disk(cache)
    opened_once(own, cache)
    opened_once(own, cache)
    assert len(told) == 1 and "not kept" in told[0] and "Everything else works" in told[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is made of /dev/full")
def test_a_full_disk_leaves_no_half_file(own: RunningOrthanc, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    cache.tell = told.append
    real = os.fdopen

    def full(handle: int, mode: str, buffering: int = -1) -> object:
        if mode == "wb":
            device = os.open("/dev/full", os.O_WRONLY)
            os.dup2(device, handle)
            os.close(device)
        return real(handle, mode, buffering)

    monkeypatch.setattr("viewer_app.sources.orthanc.cache.disk.os.fdopen", full)
    contents = opened_once(own, cache)
    monkeypatch.undo()
    assert [text for text in told if "the disk is full" in text] == told and len(told) == 1
    assert not [path for path in cache.folder.rglob("*") if path.is_file()]
    assert opened_once(own, Cache(cache.folder)) == contents


def test_the_study_used_longest_ago_goes_first(orthanc: RunningOrthanc, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    uids = [f"{STUDY_UID}.{number}" for number in range(3)]
    with OrthancClient(Server(orthanc.url, orthanc.user, orthanc.password)) as client:
        for uid in uids:
            for path in write_series(tmp_path / uid, slices=3, study_uid=uid).iterdir():
                client.upload(path)
    sources = {uid: source_of(orthanc, cache, uid) for uid in uids}
    for uid in uids[:2]:
        read_all(sources[uid], sources[uid].find(Watch()))
    size = cache.size_bytes
    assert size == sum(path.stat().st_size for path in cache.folder.rglob("*") if path.is_file())
    sources[uids[1]].close()
    for age, path in enumerate({path.parent for path in files(cache)}):
        os.utime(path, times=(time.time() - 5000 + age,) * 2)
    cache.limit_bytes = size
    read_all(sources[uids[2]], sources[uids[2]].find(Watch()))
    server = Server(orthanc.url, orthanc.user)
    assert [bool(cache.kept(server, uid)) for uid in uids] == [True, False, True]
    assert cache.size_bytes <= size
    cache.clear()
    assert (cache.size_bytes, files(cache)) == (0, [])
    assert len(read_all(sources[uids[2]], sources[uids[2]].find(Watch()))) == 3
    assert len(files(cache)) == 3
    sources[uids[0]].close()
    sources[uids[2]].close()


def test_nothing_is_kept_beyond_the_limit(own: RunningOrthanc, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", limit_bytes=5_000)
    opened_once(own, cache)
    assert cache.size_bytes <= 5_000


def test_lists_hold_no_password(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    for path in cache.folder.rglob("*.json*"):
        assert own.password not in path.read_text()
        if path.suffix == ".json":
            json.loads(path.read_text())
