"""Full disks, locked and read-only stores, damage: a plain word, and nothing stored is lost."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.samples import record, study_of
from viewer_app.errors import StoreBusy, StoreDamaged, StoreError, StoreReadOnly
from viewer_app.store import FILE_NAME, Store, open_store
from viewer_app.store.backups import back_up_daily, backup_folder, backups
from viewer_app.store.connection import connect_for_reading, connect_for_writing
from viewer_app.store.lock import WindowLock


def filled(folder: Path, count: int = 3) -> int:
    """A store with some measurements; the study's id."""
    with open_store(folder) as store:
        study_id = study_of(store)
        for number in range(count):
            store.add(study_id, record(f"m{number}"))
    return study_id


def cap_pages(store: Store, spare: int) -> None:
    """Let SQLite itself report a full disk once the file has grown by `spare` pages."""
    pages = store._database.pragma("page_count")
    store._database.pragma("max_page_count", pages + spare)


def test_a_full_disk_is_said_and_nothing_is_half_written(folder: Path) -> None:
    with open_store(folder) as store:
        study_id = study_of(store)
        cap_pages(store, spare=1)
        acknowledged = []
        with pytest.raises(StoreReadOnly, match="disk is full"):
            for number in range(200):
                acknowledged.append(store.add(study_id, record(f"m{number}")).uid)
        assert acknowledged
        assert [item.uid for item in store.list(study_id)] == acknowledged
        store._database.pragma("max_page_count", 1_000_000)
        store.add(study_id, record("after"))
    with open_store(folder) as store:
        assert [item.uid for item in store.list(study_id)] == [*acknowledged, "after"]


def test_a_store_held_by_another_program_is_busy_soon(folder: Path) -> None:
    study_id = filled(folder)
    with open_store(folder) as store, closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        before = datetime.now(UTC)
        with pytest.raises(StoreBusy, match="holds the store"):
            store.add(study_id, record("new"))
        assert datetime.now(UTC) - before < timedelta(seconds=5)
        assert len(store.list(study_id)) == 3
        other.execute("ROLLBACK")
        store.add(study_id, record("new"))


def shared(store: Store) -> bool:
    return store.shared_with_other_window


def test_the_second_window_knows_and_takes_over(folder: Path) -> None:
    study_id = filled(folder)
    first, second = open_store(folder), open_store(folder)
    with second:
        with first:
            assert not shared(first)
            assert shared(second)
            second.add(study_id, record("from the second"))
            first.add(study_id, record("from the first"))
            assert len(first.list(study_id)) == len(second.list(study_id)) == 5
        assert not shared(second)
        with open_store(folder) as third:
            assert shared(third)


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = WindowLock(path)
    assert WindowLock(path).taken_by_other()
    first.release()
    fresh = WindowLock(path)
    assert not fresh.taken_by_other()
    fresh.release()


@contextmanager
def immutable(*paths: Path) -> Iterator[None]:
    """Deny writing even to root, by the file system's immutable flag; skips where there is none."""
    chattr = shutil.which("chattr")
    if chattr is None:
        pytest.skip("no chattr on this system")
    with ExitStack() as undo:
        for path in paths:
            if subprocess.run([chattr, "+i", str(path)], capture_output=True, check=False).returncode:
                pytest.skip("this file system or user cannot set the immutable flag")
            undo.callback(subprocess.run, [chattr, "-i", str(path)], check=True)
        yield


@pytest.mark.parametrize("names", [(FILE_NAME,), (".",), (FILE_NAME, ".")])
def test_a_store_that_cannot_be_written_is_still_read(folder: Path, names: tuple[str, ...]) -> None:
    study_id = filled(folder)
    with immutable(*(folder / name for name in names)), open_store(folder) as store:
        assert not store.writable
        assert store.why_not_writable
        assert [item.record for item in store.list(study_id)] == [record(f"m{number}") for number in range(3)]
        with pytest.raises(StoreReadOnly):
            store.add(study_id, record("new"))
    with open_store(folder) as store:
        assert store.writable
        store.add(study_id, record("new"))


def test_a_read_only_store_shows_what_only_its_log_holds(folder: Path) -> None:
    study_id = filled(folder)
    with open_store(folder) as store:
        store.add(study_id, record("in the log"))
        parts = {path.name: path.read_bytes() for path in folder.glob(f"{FILE_NAME}*") if path.suffix != ".lock"}
    assert len(parts) == 3
    killed = folder.parent / "killed"
    killed.mkdir()
    for name, content in parts.items():
        (killed / name).write_bytes(content)
    with immutable(*killed.iterdir(), killed), open_store(killed) as store:
        assert not store.writable
        assert "in the log" in [item.uid for item in store.list(study_id)]


def test_a_log_without_its_index_is_refused_rather_than_missed(folder: Path) -> None:
    with open_store(folder) as store:
        store.add(study_of(store), record())
        parts = {path.name: path.read_bytes() for path in folder.glob(f"{FILE_NAME}*") if path.suffix != ".lock"}
    killed = folder.parent / "killed"
    killed.mkdir()
    for name, content in parts.items():
        if not name.endswith("-shm"):
            (killed / name).write_bytes(content)
    with immutable(killed), pytest.raises(StoreReadOnly):
        open_store(killed)
    with open_store(killed) as store:
        assert [item.uid for item in store.list(1)] == ["m1"]


def test_no_store_in_a_folder_that_cannot_be_written(folder: Path) -> None:
    folder.mkdir()
    with immutable(folder), pytest.raises(StoreReadOnly, match="not be saved"):
        open_store(folder)
    assert list(folder.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreReadOnly, match="folder"):
        open_store(tmp_path / "data")
    with pytest.raises(StoreReadOnly, match="folder"):
        open_store(tmp_path / "data" / "deeper")


def test_a_folder_where_the_file_should_be(folder: Path) -> None:
    (folder / FILE_NAME).mkdir(parents=True)
    with pytest.raises(StoreError):
        open_store(folder)


def noise(content: bytes) -> bytes:
    return random.Random(7).randbytes(len(content))


def header_only(content: bytes) -> bytes:
    return content[:100]


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2 + 17]


def torn_page(content: bytes) -> bytes:
    return content[:4096] + bytes(4096) + content[8192:]


def renamed_column(content: bytes) -> bytes:
    return content.replace(b"measurement_type TEXT", b"measurement_tYpe TEXT")


def garbled_name(content: bytes) -> bytes:
    return content.replace(b"slice_index INTEGER NOT", b"sl\xffce_index INTEGER NOT")


DAMAGES = [noise, header_only, cut, torn_page, renamed_column, garbled_name]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_without_a_backup(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    filled(folder)
    damaged = damage((folder / FILE_NAME).read_bytes())
    (folder / FILE_NAME).write_bytes(damaged)
    with open_store(folder) as store:
        assert "damaged" in store.notices[0]
        assert "no good backup" in store.notices[0]
        assert store.studies() == ()
        study_of(store)
    (aside,) = (path for path in folder.glob("*.damaged-*") if not path.name.endswith(("-wal", "-shm")))
    assert aside.name in store.notices[0]
    assert aside.read_bytes() == damaged
    with open_store(folder) as store:
        assert store.notices == ()


@pytest.mark.parametrize("damage", [*DAMAGES, lambda content: b""])
def test_damage_with_a_backup(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    study_id = filled(folder)
    open_store(folder).close()  # makes the day's backup
    (folder / FILE_NAME).write_bytes(damage((folder / FILE_NAME).read_bytes()))
    with open_store(folder) as store:
        assert "was restored" in store.notices[0]
        assert [item.record for item in store.list(study_id)] == [record(f"m{number}") for number in range(3)]
        store.add(study_id, record("after"))
    assert len(backups(folder / FILE_NAME)) == 1


def test_a_bad_backup_is_passed_over(folder: Path) -> None:
    study_id = filled(folder)
    open_store(folder).close()
    kept = backup_folder(folder / FILE_NAME)
    (kept / "daily-29990101-000000.sqlite").write_bytes(b"no database at all" * 500)
    (folder / FILE_NAME).write_bytes(b"garbage" * 2000)
    with open_store(folder) as store:
        assert len(store.list(study_id)) == 3


def test_a_damaged_store_used_by_another_window_is_left_alone(folder: Path) -> None:
    filled(folder)
    first = WindowLock(folder / f"{FILE_NAME}.lock")
    (folder / FILE_NAME).write_bytes(b"garbage" * 2000)
    with pytest.raises(StoreDamaged, match="other windows"):
        open_store(folder)
    first.release()
    assert (folder / FILE_NAME).read_bytes() == b"garbage" * 2000


def test_zero_bytes_and_a_stray_log(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).touch()
    with open_store(folder) as store:
        assert store.notices == ()
    (folder / FILE_NAME).unlink()
    (folder / f"{FILE_NAME}-wal").write_bytes(b"a log without its store")
    with open_store(folder) as store:
        assert "set aside" in store.notices[0]
    (aside,) = folder.glob("*.damaged-*-wal")
    assert aside.read_bytes() == b"a log without its store"


def test_two_damages_in_one_second_keep_both(folder: Path) -> None:
    for _ in range(3):
        filled(folder)
        (folder / FILE_NAME).write_bytes(b"garbage" * 2000)
        open_store(folder).close()
        shutil.rmtree(backup_folder(folder / FILE_NAME), ignore_errors=True)
    assert len(list(folder.glob("*.damaged-*"))) == 3


def test_a_backup_a_day_and_the_newest_three_stay(folder: Path) -> None:
    filled(folder)
    path = folder / FILE_NAME
    day = datetime(2026, 1, 1, 8, tzinfo=UTC)
    with closing(connect_for_writing(path)) as database:
        for hours in (0, 1, 23, 24, 47, 48, 72, 96):
            back_up_daily(database, path, day + timedelta(hours=hours))
        assert [kept.stem for kept in backups(path)] == [f"daily-2026010{n}-080000" for n in (5, 4, 3)]
        back_up_daily(database, path, day - timedelta(days=365))
    assert "daily-20250101-080000" in [kept.stem for kept in backups(path)]
    for kept in backups(path):
        with closing(connect_for_reading(kept)) as copy:
            assert copy.pragma("integrity_check") == "ok"
    assert [path.name for path in backup_folder(path).iterdir() if path.suffix != ".sqlite"] == []


def test_a_backup_that_cannot_be_made_stops_nothing(folder: Path) -> None:
    study_id = filled(folder)
    backup_folder(folder / FILE_NAME).write_text("in the way")
    with open_store(folder) as store:
        assert "backup" in store.notices[0]
        store.add(study_id, record("new"))
