"""Several files of a real server opened together: each is proven, and what befalls one is no concern of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.cached import SHORT, Counted, fetched, source_of
from tests.sources.places import write_study
from tests.sources.relay import Spoil, relayed, unspoilt
from tests.sources.series import SLICES, STUDY_UID, write_series
from tests.sources.slow_relay import SlowRelay
from viewer_app import digests
from viewer_app.errors import Cancelled
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Opened, open_many
from viewer_app.sources.joined import joined
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server, files
from viewer_app.sources.orthanc.cache import Cache, disk
from viewer_app.sources.orthanc.cache.behind import BEHIND
from viewer_app.sources.orthanc.errors import Integrity, OrthancNotFound, TlsError, Unreachable
from viewer_app.sources.orthanc.held import Held
from viewer_app.sources.orthanc.transport import Answer


@pytest.fixture(autouse=True)
def _together(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, and MD5s side by side."""
    monkeypatch.setattr(files, "_LATE_AFTER_S", 60.0)
    digests.warm_up().join()


def opened(
    own: RunningOrthanc, study_id: str, spoil: Spoil, watch: Watch | None = None
) -> tuple[list[Opened | None], str]:
    """All files of the study, one of them perhaps spoilt on the way; and the requests for files, a line each."""
    with relayed(own.url, spoil=spoil) as relay:
        source = OrthancSource(OrthancClient(Server(relay.url, own.user, own.password), SHORT), study_id)
        try:
            instances = source.find(Watch()).studies[0].instances
            found = source.open_many(instances, watch or Watch())
        finally:
            source.close()
        return found, "\n".join(line for line in relay.lines if "attachments" in line)


def study_of(server: RunningOrthanc) -> tuple[str, list[Instance]]:
    source = source_of(server, None)  # type: ignore[arg-type]  # nothing is kept
    (study,) = source.find(Watch()).studies
    source.close()
    return study.server_id, list(study.instances)


def content(one: Opened | None) -> bytes:
    assert one is not None and not isinstance(one, Exception)
    with one:
        return one.read()


def flipping(locator: str, times: int) -> Spoil:
    left = [times]

    def spoil(number: int, line: str, body: bytes) -> bytes:
        if f"{locator}/attachments" not in line or not left[0]:
            return body
        left[0] -= 1
        return body[:-10] + bytes([body[-10] ^ 1]) + body[-9:]

    return spoil


def test_each_is_the_file_that_was_sent(own: RunningOrthanc, series_folder: Path) -> None:
    study_id, _ = study_of(own)
    found, asked = opened(own, study_id, unspoilt)
    assert sorted(map(content, found)) == sorted(path.read_bytes() for path in series_folder.iterdir())
    assert asked.count("\n") + 1 == SLICES


@pytest.mark.parametrize("times", [1, 9])
def test_one_that_arrives_damaged_is_asked_for_once_more(own: RunningOrthanc, series_folder: Path, times: int) -> None:
    study_id, instances = study_of(own)
    found, asked = opened(own, study_id, flipping(instances[2].locator, times))
    assert [isinstance(one, Integrity) for one in found] == [times > 1 and at == 2 for at in range(SLICES)]
    assert [asked.count(one.locator) for one in instances] == [1 + (at == 2) for at in range(SLICES)]
    stored = {path.read_bytes() for path in series_folder.iterdir()}
    assert stored >= {content(one) for one in found if not isinstance(one, Exception)}


def test_one_that_has_gone(own: RunningOrthanc) -> None:
    study_id, instances = study_of(own)
    gone = threading.Event()

    def spoil(number: int, line: str, body: bytes) -> bytes:
        if "attachments" in line and not gone.is_set():
            gone.set()
            with own.client() as api:
                api.delete(f"/instances/{instances[3].locator}").raise_for_status()
        return body

    found, _ = opened(own, study_id, spoil)
    assert [type(one) is OrthancNotFound for one in found] == [at == 3 for at in range(SLICES)]


def test_a_server_that_falls_silent_leaves_what_has_come(own: RunningOrthanc) -> None:
    study_id, instances = study_of(own)
    late = {one.locator for one in instances[2:]}

    def spoil(number: int, line: str, body: bytes) -> bytes | None:
        return None if any(f"{one}/attachments" in line for one in late) else body

    found, asked = opened(own, study_id, spoil)
    assert [isinstance(one, Unreachable) for one in found] == [at >= 2 for at in range(SLICES)]
    assert not any(one.locator in asked for one in instances[3:])  # nobody waits for each of the others


def test_a_cancel_ends_all(own: RunningOrthanc) -> None:
    study_id, _ = study_of(own)
    watch = Watch()

    def spoil(number: int, line: str, body: bytes) -> bytes:
        if "attachments" in line:
            watch.cancel()
        return body

    with pytest.raises(Cancelled):
        opened(own, study_id, spoil, watch)


class Distrusted(Counted):
    """Its server is not trusted any more from the third file on."""

    def get_file(self, *words: Any, **named: Any) -> Any:
        if self.fetched == 2:
            self.fetched += 1
            raise TlsError("expired")
        assert self.fetched < 2
        return super().get_file(*words, **named)


def test_a_server_that_is_not_trusted_any_more_is_asked_no_more(own: RunningOrthanc) -> None:
    client = Distrusted(Server(own.url, own.user, own.password), SHORT)
    source = OrthancSource(client, STUDY_UID)
    found = source.open_many(source.find(Watch()).studies[0].instances, Watch())
    assert [isinstance(one, TlsError) for one in found] == [False, False, True, True, True, True]
    assert client.fetched == 3
    source.close()


class Seen(OrthancClient):
    """Keeps the bodies it gives; the last one is followed by a cancel."""

    def __init__(self, server: Server, watch: Watch) -> None:
        super().__init__(server, SHORT)
        self.watch = watch
        self.bodies: list[BinaryIO] = []

    def get_file(self, *words: Any, check: Callable[[Answer], object] | None = None, **named: Any) -> Any:
        def seen(answer: Answer) -> None:
            assert check is not None
            check(answer)
            self.bodies.append(answer.body)

        found = super().get_file(*words, check=seen, **named)
        if len(self.bodies) == SLICES:
            self.watch.cancel()
        return found


def test_a_cancel_while_they_are_proven_leaves_none_open(own: RunningOrthanc) -> None:
    watch = Watch()
    client = Seen(Server(own.url, own.user, own.password), watch)
    source = OrthancSource(client, STUDY_UID)
    instances = source.find(Watch()).studies[0].instances
    with pytest.raises(Cancelled):
        source.open_many(instances, watch)
    assert [body.closed for body in client.bodies] == [True] * SLICES
    source.close()


def test_nobody_waits_for_many_where_one_takes_long(
    own: RunningOrthanc, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is kept, and of what comes at once, as much as was asked for; over a slow line one at a time."""
    folder = write_study(tmp_path / "pixels", "pixels", SLICES)
    with OrthancClient(Server(own.url, own.user, own.password)) as client:
        ids = {client.upload(path).study_id for path in (folder / "pixels").iterdir()}
    with closing(SlowRelay(urlsplit(own.url).port or 0)) as relay:
        slow = OrthancClient(Server(relay.url, own.user, own.password), SHORT)
        source = OrthancSource(slow, ids.pop(), cache)
        instances = source.find(Watch()).studies[0].instances
        kept = source.open_many(instances[:2], Watch())
        relay.bytes_per_s = instances[0].size_bytes / 0.2
        monkeypatch.setattr(files, "_LATE_AFTER_S", 0.15)
        found = source.open_many(instances[1:], Watch())
        assert [one is None for one in found] == [False, False, True, True, True]
        assert sorted(source._files.parsed) == sorted(one.locator for one in instances[3:])
        for one in (*kept, *found[:2]):
            assert content(one)
        source.close()


def test_a_source_that_is_closed_meanwhile_asks_for_no_more(own: RunningOrthanc) -> None:
    study_id, _ = study_of(own)
    sources: list[OrthancSource] = []

    def spoil(number: int, line: str, body: bytes) -> bytes:
        if "attachments" in line:
            sources[0].close()
        return body

    with relayed(own.url, spoil=spoil) as relay:
        sources.append(OrthancSource(OrthancClient(Server(relay.url, own.user, own.password), SHORT), study_id))
        instances = sources[0].find(Watch()).studies[0].instances
        with pytest.raises(Cancelled):
            sources[0].open_many(instances, Watch())
        assert sum("attachments" in line for line in relay.lines) == 1


def test_two_who_want_the_same_fetch_it_once(own: RunningOrthanc, cache: Cache) -> None:
    source = source_of(own, cache)
    instances = source.find(Watch()).studies[0].instances
    found: list[list[bytes]] = []
    orders = (instances, instances[::-1], instances[1:], instances[:-1])
    threads = [
        threading.Thread(target=lambda order=order: found.append([*map(content, source.open_many(order, Watch()))]))
        for order in orders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, found)) == [SLICES - 1, SLICES - 1, SLICES, SLICES]
    assert fetched(source) == SLICES
    source.close()


@pytest.fixture
def loaded(own: RunningOrthanc, cache: Cache, tmp_path: Path) -> Iterator[tuple[OrthancSource, Volume]]:
    """A study whose files are mostly pixels, which lie in the volume only; only this thread writes them."""
    folder = write_study(tmp_path / "pixels", "pixels", SLICES)
    with OrthancClient(Server(own.url, own.user, own.password)) as client:
        ids = {client.upload(path).study_id for path in (folder / "pixels").iterdir()}
    source = source_of(own, cache, ids.pop())
    (study,) = source.find(Watch()).studies
    (stack,) = stacks_of(study.series[0])
    volume = Volume(stack)
    with BEHIND.forgotten(tmp_path / "nothing of it"):
        load(source, volume, Watch())
        assert volume.is_complete
        yield source, volume
    source.close()


def test_what_is_kept_is_the_file_although_its_memory_is_used_again(
    loaded: tuple[OrthancSource, Volume], tmp_path: Path, cache: Cache
) -> None:
    sent = {path.read_bytes() for path in (tmp_path / "pixels" / "pixels").iterdir()}
    others = [Held(len(one)) for one in sent for _ in range(3)]
    for other in others:
        other.memory[:] = bytes(len(other.memory))
    cache.settle()
    assert {path.read_bytes() for path in cache.folder.glob("*/*/*.dcm")} == sent


def test_what_was_changed_before_it_was_written_is_not_kept(loaded: tuple[OrthancSource, Volume], cache: Cache) -> None:
    source, volume = loaded
    volume.stored_values[2, 3, 4] ^= 1
    cache.settle()
    assert len(list(cache.folder.glob("*/*/*.dcm"))) == SLICES - 1
    again = Volume(volume.stack)
    load(source, again, Watch())
    assert fetched(source) == SLICES + 1
    volume.stored_values[2, 3, 4] ^= 1
    np.testing.assert_array_equal(again.stored_values, volume.stored_values)


def test_what_changes_while_it_is_written_is_not_taken_for_it(
    loaded: tuple[OrthancSource, Volume], cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the memory and the disk: the file is there, but nothing says that it is the one."""
    source, volume = loaded
    expected, write_whole = volume.stored_values.copy(), disk.write_whole

    def written_late(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
        if path.suffix == ".dcm":
            volume.stored_values[...] = 0
        write_whole(path, chunks)

    monkeypatch.setattr(disk, "write_whole", written_late)
    cache.settle()
    monkeypatch.undo()
    assert len(list(cache.folder.glob("*/*/*.dcm"))) == 1
    again = Volume(volume.stack)
    load(source, again, Watch())
    np.testing.assert_array_equal(again.stored_values, expected)
    assert fetched(source) == 2 * SLICES


def test_of_two_places_each_gives_its_own(own: RunningOrthanc, tmp_path: Path, series_folder: Path) -> None:
    near = FolderSource(write_series(tmp_path / "prior", study_uid="1.2.3"))
    far = source_of(own, None)  # type: ignore[arg-type]  # nothing is kept
    both, listing = joined(far, far.find(Watch()), near, near.find(Watch()))
    instances = [instance for study in listing.studies for instance in study.instances]
    mixed = [one for pair in zip(instances[:SLICES], instances[SLICES:], strict=True) for one in pair]
    found = [*map(content, open_many(both, mixed, Watch()))]
    assert len(set(found)) == 2 * SLICES
    assert [one.sop_instance_uid.encode() in data for one, data in zip(mixed, found, strict=True)] == [True] * 12
    both.close()
