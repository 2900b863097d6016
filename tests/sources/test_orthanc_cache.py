"""The cache of files from servers, with a real Orthanc: opened once, opens without it, and never a wrong byte."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.fault_server import says, serving
from tests.sources.series import SLICES, STUDY_UID, ct_slice, write_series
from viewer_app.errors import CaliperError
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing, NoticeKind
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import AuthFailed, OrthancNotFound, Unreachable
from viewer_app.sources.orthanc.transport import Patience

pytestmark = pytest.mark.orthanc
SHORT = Patience(connect_s=1, silence_s=1, pauses_s=(0.01, 0.02, 0.03))


@pytest.fixture
def own(tmp_path: Path, series_folder: Path) -> Iterator[RunningOrthanc]:
    """A server of its own, which may be killed, with the series."""
    (tmp_path / "server").mkdir()
    server = start_orthanc(tmp_path / "server")
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        for path in series_folder.iterdir():
            client.upload(path)
    yield server
    server.stop()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


class Counted(OrthancClient):
    """Counts the files it fetches."""

    fetched = 0

    def get_file(self, *words: object, **named: object) -> object:  # type: ignore[override]  # passed on as they are
        self.fetched += 1
        return super().get_file(*words, **named)  # type: ignore[arg-type]  # passed on as they are


def source_of(server: RunningOrthanc, cache: Cache, study: str = STUDY_UID, password: str = "") -> OrthancSource:
    return OrthancSource(Counted(Server(server.url, server.user, password or server.password), SHORT), study, cache)


def fetched(source: OrthancSource) -> int:
    client = source._client
    assert isinstance(client, Counted)
    return client.fetched


def read_all(source: OrthancSource, listing: Listing) -> dict[str, bytes]:
    contents = {}
    for instance in listing.studies[0].instances:
        with source.open(instance, Watch()) as stream:
            contents[instance.sop_instance_uid] = stream.read()
    return contents


def opened_once(server: RunningOrthanc, cache: Cache) -> dict[str, bytes]:
    source = source_of(server, cache)
    contents = read_all(source, source.find(Watch()))
    source.close()
    assert len(contents) == SLICES
    return contents


def files(cache: Cache) -> list[Path]:
    return sorted(cache.folder.glob("*/*/*.dcm"))


def test_a_study_opened_once_opens_without_the_server(own: RunningOrthanc, cache: Cache) -> None:
    contents = opened_once(own, cache)
    assert {path.read_bytes() for path in files(cache)} == set(contents.values())
    own.stop()
    source = source_of(own, Cache(cache.folder))
    listing = source.find(Watch())
    (notice,) = listing.notices
    assert notice.kind is NoticeKind.SERVER_DOWN
    assert "does not answer" in notice.text and f"{SLICES} of {SLICES} images are here" in notice.text
    assert [problem.why for problem in listing.problems] == [notice.text]
    assert read_all(source, listing) == contents
    assert fetched(source) == 0
    source.close()


def test_by_its_orthanc_id_too(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    own.stop()
    (folder,) = {path.parent for path in files(cache)}
    source = source_of(own, cache, folder.name)
    assert source.find(Watch()).studies[0].server_id == folder.name
    source.close()


def test_what_was_never_opened_does_not(own: RunningOrthanc, cache: Cache) -> None:
    own.stop()
    source = source_of(own, cache)
    with pytest.raises(Unreachable):
        source.find(Watch())
    source.close()


def test_only_its_owner_may_read_it(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    if os.name != "posix":
        pytest.skip("modes are those of POSIX")
    for path in (cache.folder, *cache.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert STUDY_UID not in path.name and "P-1" not in path.name


def test_a_reopened_study_is_not_fetched_again(own: RunningOrthanc, cache: Cache) -> None:
    contents = opened_once(own, cache)
    source = source_of(own, Cache(cache.folder))
    listing = source.find(Watch())
    assert read_all(source, listing) == contents
    assert fetched(source) == 0
    assert all(notice.kind is NoticeKind.ARRIVING for notice in listing.notices)
    source.close()


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


def test_what_is_missing_is_told_and_comes_once_the_server_answers(own: RunningOrthanc, cache: Cache) -> None:
    source = source_of(own, cache)
    listing = source.find(Watch())
    for instance in listing.studies[0].instances[:2]:
        source.open(instance, Watch()).close()
    source.close()
    with serving(says(b"", status="503 Busy")) as busy:
        busy_server = RunningOrthanc(busy.url, own.user, own.password, own.process, own.folder)
        shutil.move(next(cache.folder.iterdir()), cache._of(Server(busy.url, own.user)))
        source = source_of(busy_server, cache)
        listing = source.find(Watch())
        assert f"2 of {SLICES} images are here" in listing.notices[0].text
        assert f"{SLICES - 2} of its {SLICES} images are not here yet" in listing.problems[1].why
        assert len(listing.studies[0].instances) == SLICES
        volume = Volume(stacks_of(listing.studies[0].series[0])[0])
        with pytest.raises(Unreachable):
            load(source, volume, Watch())
        assert (volume.present, volume.failed) == (2, {})
    source.close()


def test_a_refused_password_shows_nothing(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    source = source_of(own, cache, password="wrong")
    with pytest.raises(AuthFailed):
        source.find(Watch())
    source.close()
    own.stop()
    source = source_of(own, cache, password="wrong")
    with pytest.raises(Unreachable):
        source.find(Watch())
    source.close()


def test_what_is_kept_is_listed_like_on_the_server(own: RunningOrthanc, cache: Cache) -> None:
    server = Server(own.url, own.user, own.password)
    assert cache.studies(server) == ()
    opened_once(own, cache)
    (kept,) = cache.studies(server)
    with OrthancClient(server) as client:
        (there,) = client.get_all_studies()
        assert kept.series == client.get_series(there.id)
    assert (kept.study.id, kept.study.patient, kept.study.info) == (there.id, there.patient, there.info)
    assert (kept.study.modalities, kept.study.instance_count, kept.file_count) == (("CT",), SLICES, SLICES)
    assert kept.is_whole
    assert cache.studies(Server(own.url, "another")) == ()
    cache.refuse(server)
    assert cache.studies(server) == ()


def test_after_the_right_password_it_opens_again(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    source = source_of(own, cache, password="wrong")
    with pytest.raises(AuthFailed):
        source.find(Watch())
    source.close()
    opened_once(own, cache)
    own.stop()
    source = source_of(own, cache)
    assert source.find(Watch()).notices
    source.close()


def test_another_user_has_another_cache(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    assert cache.kept(Server(own.url, own.user), STUDY_UID)
    assert not cache.kept(Server(own.url, "other"), STUDY_UID)
    assert not cache.kept(Server(own.url + "/prefix", own.user), STUDY_UID)


def test_a_study_that_was_deleted_is_not_shown_without_the_server(own: RunningOrthanc, cache: Cache) -> None:
    opened_once(own, cache)
    own.empty()
    source = source_of(own, cache)
    with pytest.raises(OrthancNotFound):
        source.find(Watch())
    source.close()
    assert not cache.kept(Server(own.url, own.user), STUDY_UID)


def test_new_images_are_fetched_and_deleted_ones_told(own: RunningOrthanc, cache: Cache, tmp_path: Path) -> None:
    opened_once(own, cache)
    source = source_of(own, cache)
    source.find(Watch())
    assert source.refresh(Watch()).none
    ct_slice(SLICES).save_as(tmp_path / "new.dcm", enforce_file_format=True)
    with OrthancClient(Server(own.url, own.user, own.password)) as client:
        new = client.upload(tmp_path / "new.dcm").id
    with own.client() as api:
        old = next(path.stem for path in files(cache))
        api.delete(f"/instances/{old}").raise_for_status()
    changes = source.refresh(Watch())
    assert (changes.new, changes.gone, changes.changed) == (frozenset({new}), frozenset({old}), frozenset[str]())
    assert any("1 of its images" in problem.why and "any more" in problem.why for problem in changes.listing.problems)
    assert len(read_all(source, changes.listing)) == SLICES
    assert fetched(source) == 1
    source.close()


def test_bytes_that_changed_under_the_same_id_are_fetched(tmp_path: Path, cache: Cache, series_folder: Path) -> None:
    (tmp_path / "server").mkdir()
    server = start_orthanc(tmp_path / "server", OverwriteInstances=True)
    try:
        with OrthancClient(Server(server.url, server.user, server.password)) as client:
            for path in series_folder.iterdir():
                client.upload(path)
            before = opened_once(server, cache)
            same, other = ct_slice(0), ct_slice(1)
            other.PixelData = bytes(len(other.PixelData))
            for number, dataset in enumerate((same, other)):
                dataset.save_as(tmp_path / f"{number}.dcm", enforce_file_format=True)
                client.upload(tmp_path / f"{number}.dcm")
        source = source_of(server, cache)
        after = read_all(source, source.find(Watch()))
        assert [uid for uid in before if before[uid] != after[uid]] == [f"{STUDY_UID}.1.2"]
        assert fetched(source) == 1
        source.close()
    finally:
        server.stop()


def test_two_who_want_the_same_image_fetch_it_once(own: RunningOrthanc, cache: Cache) -> None:
    source = source_of(own, cache)
    instances = source.find(Watch()).studies[0].instances
    threads = [
        threading.Thread(target=lambda: [source.open(one, Watch()).close() for one in instances]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fetched(source) == SLICES
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


def test_a_cancel_while_another_fetches(cache: Cache) -> None:
    shelf = cache.shelf(Server("http://h"), "-".join(["00000000"] * 5))
    watch = Watch()
    with cache.alone(shelf, "x", Watch()):
        threading.Timer(0.1, watch.cancel).start()
        with pytest.raises(CaliperError), cache.alone(shelf, "x", watch):
            raise AssertionError("two at once")
