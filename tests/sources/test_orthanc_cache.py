"""The cache of files from servers, with a real Orthanc: opened once, a study opens without it, as it last was there."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.cached import fetched, files, opened_once, read_all, source_of
from tests.sources.fault_server import says, serving
from tests.sources.series import SLICES, STUDY_UID, ct_slice
from viewer_app.errors import CaliperError
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.base import NoticeKind
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import AuthFailed, OrthancNotFound, Unreachable

pytestmark = pytest.mark.orthanc


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


def test_a_reopened_study_is_not_fetched_again(own: RunningOrthanc, cache: Cache) -> None:
    contents = opened_once(own, cache)
    source = source_of(own, Cache(cache.folder))
    listing = source.find(Watch())
    assert read_all(source, listing) == contents
    assert fetched(source) == 0
    assert all(notice.kind is NoticeKind.ARRIVING for notice in listing.notices)
    source.close()


def test_what_is_missing_is_told_and_comes_once_the_server_answers(own: RunningOrthanc, cache: Cache) -> None:
    source = source_of(own, cache)
    listing = source.find(Watch())
    for instance in listing.studies[0].instances[:2]:
        source.open(instance, Watch()).close()
    source.close()
    cache.settle()
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


def test_a_cancel_while_another_fetches(cache: Cache) -> None:
    shelf = cache.shelf(Server("http://h"), "-".join(["00000000"] * 5))
    watch = Watch()
    with cache.alone(shelf, ["x"], Watch()):
        threading.Timer(0.1, watch.cancel).start()
        with pytest.raises(CaliperError), cache.alone(shelf, ["x"], watch):
            raise AssertionError("two at once")
